/**
 * Answers that a stage has sampled, in its run's folder as they come: a stage that was interrupted reads them back
 * instead of sampling them again. A line for each chunk of problems that were sampled together, added whole and flushed
 * to the disk; a chunk is kept whole or not at all, since what its rows give depends, in the last bits, on the rows
 * that are computed with them.
 */
import { closeSync, existsSync, fsyncSync, ftruncateSync, openSync, readFileSync } from "node:fs";
import { z } from "zod";
import { Usage } from "#shared/schema/engine-protocol.ts";
import { explainWriteError, writeFully } from "#main/platform/atomic-write.ts";

/** Of a run's folder. */
export const SAMPLED_ANSWERS = "sampled-answers.jsonl";

/** Of the file; in its first line, with the hash of the stage's options and seed: answers of others are not its own. */
const FORMAT = 1;

const SampledLine = z.strictObject({
  /** Number of the chunk's first problem. */
  first: z.int().min(0),
  /** SHA-256 of the prompts, as tokens. */
  prompts: z.string(),
  /** When they were sampled. */
  timeMs: z.number(),
  /** What the stage had used by then, all attempts together. */
  usage: Usage,
  /** Of each problem, in the problems' order. */
  completions: z.array(
    z.array(z.strictObject({ ids: z.array(z.int()), finishReason: z.enum(["stop", "length"]) })),
  ),
});
export type SampledLine = z.infer<typeof SampledLine>;

export class SampledAnswers {
  readonly #path: string;
  readonly #fd: number;
  /** What earlier attempts wrote; null once all of it that fits was read. */
  #file: Buffer | null;
  /** Bytes of it that were read, and problems that they answer. */
  #read = 0;
  #answered = 0;

  private constructor(path: string, fd: number, file: Buffer) {
    this.#path = path;
    this.#fd = fd;
    this.#file = file;
  }

  /**
   * Of another configuration nothing is read.
   * @throws AppError DISK_FULL, WORKSPACE_READ_ONLY
   */
  static open(path: string, config: string): SampledAnswers {
    const header = `${JSON.stringify({ version: FORMAT, config })}\n`;
    const before = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
    try {
      const answers = new SampledAnswers(path, openSync(path, "a"), before);
      if (before.subarray(0, header.length).toString() === header) answers.#read = header.length;
      else {
        answers.#leaveRest();
        answers.#write(header);
      }
      return answers;
    } catch (error) {
      throw explainWriteError(error, path);
    }
  }

  /**
   * The next chunk that was kept; null where there is none, or it does not fit: what follows in the file is then taken
   * away, a line that was cut off in the middle too.
   */
  next(fits: (line: SampledLine) => boolean): SampledLine | null {
    if (this.#file === null) return null;
    const end = this.#file.indexOf("\n", this.#read);
    const line = end === -1 ? null : lineOf(this.#file.toString("utf8", this.#read, end));
    if (line?.first !== this.#answered || !fits(line)) {
      this.#leaveRest();
      return null;
    }
    this.#read = end + 1;
    this.#answered += line.completions.length;
    return line;
  }

  /** On the disk when this returns. @throws AppError DISK_FULL, WORKSPACE_READ_ONLY */
  add(line: SampledLine): void {
    try {
      this.#write(`${JSON.stringify(line)}\n`);
    } catch (error) {
      throw explainWriteError(error, this.#path);
    }
  }

  close(): void {
    closeSync(this.#fd);
  }

  #leaveRest(): void {
    ftruncateSync(this.#fd, this.#read);
    this.#file = null;
  }

  #write(text: string): void {
    writeFully(this.#fd, new TextEncoder().encode(text));
    fsyncSync(this.#fd);
  }
}

function lineOf(text: string): SampledLine | null {
  try {
    return SampledLine.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
