/** What commands print: the result on stdout, everything else on stderr. Exit codes. */
import { ORPCError } from "@orpc/client";
import { explainError } from "#main/store/explain-error.ts";
import { z } from "zod";
import { LiveLine } from "./live-line.ts";

export const EXIT = { ok: 0, failed: 1, usage: 2, cancelled: 130 } as const;

/** Thrown where the user ended the command. */
export class Cancelled extends Error {
  override readonly name = "Cancelled";
}

/** Thrown where the command's work failed and everything about it was already printed. */
export class Failed extends Error {
  override readonly name = "Failed";
}

export class Terminal {
  readonly json: boolean;
  readonly line: LiveLine;

  constructor(json: boolean) {
    this.json = json;
    this.line = new LiveLine(process.stderr);
  }

  /** The command's result: one JSON document with --json, else the text. */
  result(value: unknown, text: string): void {
    this.line.clear();
    process.stdout.write(this.json ? `${JSON.stringify(value, undefined, 2)}\n` : `${text}\n`);
  }

  /** Something to know meanwhile. */
  note(text: string): void {
    this.line.clear();
    process.stderr.write(`${text}\n`);
  }
}

/** Prints what went wrong and gives the exit code. A bug shows its stack, what a user can cause does not. */
export function reportFailure(error: unknown, json: boolean): number {
  if (error instanceof Cancelled) return EXIT.cancelled;
  if (error instanceof Failed) return EXIT.failed;
  const known = describe(error);
  if (known === undefined) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`gradus: unexpected error\n${text}\n`);
  } else {
    process.stderr.write(`gradus: ${known.message}\n`);
    if (known.advice !== undefined) process.stderr.write(`${known.advice}\n`);
  }
  if (json) {
    const body = known ?? { code: "BUG", message: String(error) };
    process.stdout.write(`${JSON.stringify({ error: body }, undefined, 2)}\n`);
  }
  return known?.code === "USAGE" ? EXIT.usage : EXIT.failed;
}

function describe(
  error: unknown,
): { code: string; message: string; advice?: string | undefined } | undefined {
  const known = explainError(error);
  if (known !== undefined) {
    return { code: known.code, message: known.message, advice: known.advice };
  }
  if (error instanceof ORPCError) {
    const data: unknown = error.data;
    const wrong = issueText(data);
    const advice =
      typeof data === "object" && data !== null && "advice" in data ? data.advice : undefined;
    return {
      code: String(error.code),
      message: wrong ?? error.message,
      advice: typeof advice === "string" ? advice : undefined,
    };
  }
  return undefined;
}

const Issues = z.object({
  issues: z
    .array(z.object({ path: z.array(z.union([z.string(), z.number()])), message: z.string() }))
    .min(1),
});

/** What of the input the contract refused, e.g. "file.path: Too big: …". */
function issueText(data: unknown): string | undefined {
  const [issue] = Issues.safeParse(data).data?.issues ?? [];
  return issue === undefined ? undefined : `${issue.path.join(".")}: ${issue.message}`;
}

/** Columns padded to their widest cell; the first is left-aligned, the others as asked. */
export function table(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  rightAligned: readonly number[] = [],
): string {
  const widths = header.map((name, column) =>
    Math.max(name.length, ...rows.map((row) => (row[column] ?? "").length)),
  );
  const lineOf = (cells: readonly string[]): string =>
    cells
      .map((cell, column) =>
        rightAligned.includes(column)
          ? cell.padStart(widths[column] ?? 0)
          : cell.padEnd(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd();
  return [header, ...rows].map(lineOf).join("\n");
}
