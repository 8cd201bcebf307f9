/** JSON files from outside: read, parsed and checked once, with messages that name the file and the place. */
import { readFileSync, statSync } from "node:fs";
import type { z } from "zod";
import { AppError, type ErrorCode } from "#shared/errors.ts";

/** The code of a Node file-system error, if that is what it is. */
export function fileErrorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** The largest tokenizer.json of a model in use has 34 MB. */
const MAX_TEXT_BYTES = 48 * 2 ** 20;

/** The text of a file, or undefined where there is none. Other failures throw AppError(code). */
export function readTextIfPresent(file: string, code: ErrorCode): string | undefined {
  try {
    const bytes = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    if (bytes > MAX_TEXT_BYTES) {
      throw new AppError(
        code,
        `${file} has ${bytes} bytes; Gradus reads such files up to ${MAX_TEXT_BYTES}.`,
        "Check that it is what its name says.",
      );
    }
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof AppError) throw error;
    const reason = fileErrorCode(error);
    if (reason === "ENOENT" || reason === "ENOTDIR") return undefined;
    throw new AppError(
      code,
      `${file} cannot be read (${reason ?? String(error)}).`,
      "Check that it is a file and that you may read it.",
      {
        cause: error,
      },
    );
  }
}

/** Parses JSON text and checks it against a schema; `name` appears in the message. Throws AppError(code). */
export function parseJson<Schema extends z.ZodType>(
  text: string,
  name: string,
  schema: Schema,
  code: ErrorCode,
): z.output<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(text.startsWith("\uFEFF") ? text.slice(1) : text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError(
      code,
      `${name} is not valid JSON: ${reason}`,
      "Fetch or export the file again; it may have been cut off.",
      {
        cause: error,
      },
    );
  }
  const checked = schema.safeParse(value);
  if (checked.success) return checked.data;
  const problems = checked.error.issues
    .slice(0, 5)
    .map((issue) => `${issue.path.map(String).join(".") || "the document"}: ${issue.message}`);
  throw new AppError(
    code,
    `${name} does not have the expected content: ${problems.join("; ")}`,
    undefined,
    {
      cause: checked.error,
    },
  );
}

/** Reads and checks a JSON file; undefined where there is none. */
export function readJsonIfPresent<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
  code: ErrorCode,
): z.output<Schema> | undefined {
  const text = readTextIfPresent(file, code);
  return text === undefined ? undefined : parseJson(text, file, schema, code);
}
