/** JSONL in: one checked object a line, errors that name the line. */
import { readFileSync } from "node:fs";
import { z } from "zod";
import { AppError } from "#shared/errors.ts";

/** @throws AppError BAD_INPUT naming file, line and what is wrong. */
export function readJsonl<T>(file: string, schema: z.ZodType<T>, advice: string): T[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new AppError("NOT_FOUND", `${file} cannot be read.`, "Check the path.", { cause });
  }
  return text.split("\n").flatMap((line, i) => {
    if (line.trim() === "") return [];
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch (cause) {
      throw new AppError("BAD_INPUT", `${file}:${i + 1} is not JSON.`, advice, { cause });
    }
    const parsed = schema.safeParse(value);
    if (!parsed.success)
      throw new AppError("BAD_INPUT", `${file}:${i + 1}: ${z.prettifyError(parsed.error)}`, advice);
    return [parsed.data];
  });
}
