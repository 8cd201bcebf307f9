/** Refusals in the form that OpenAI's clients know. */
import type { IncomingMessage } from "node:http";
import type { z } from "zod";
import { CONTRACT_ERRORS } from "#shared/contract/errors.ts";
import { AppError } from "#shared/errors.ts";

/** Of what was sent, no more than this is given back in words. */
const MOST_CHARACTERS = 500;
const MOST_ISSUES = 3;

type Issue = z.core.$ZodIssue;

/** A refusal with the status and code that OpenAI's clients know. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string | null;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message: string,
    more: {
      readonly code?: string | null;
      readonly headers?: Readonly<Record<string, string>>;
    } = {},
  ) {
    super(shortened(message));
    this.status = status;
    this.code = more.code ?? null;
    this.headers = more.headers ?? {};
  }
}

/** Undefined for what is a bug. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (error instanceof Refusal) return error;
  if (!(error instanceof AppError)) return undefined;
  const text = error.advice === undefined ? error.message : `${error.message} ${error.advice}`;
  const code = error.code === "PROMPT_TOO_LONG" ? "context_length_exceeded" : null;
  const status = error.code === "PROMPT_TOO_LONG" ? 400 : CONTRACT_ERRORS[error.code].status;
  return new Refusal(status, text, { code });
}

/** @throws Refusal */
export function onlyMethod(request: IncomingMessage, method: string): void {
  if (request.method === method) return;
  throw new Refusal(405, `Only ${method} is answered here.`, { headers: { allow: method } });
}

/** The body of an answer that refuses. */
export function refusalJson(status: number, message: string, code: string | null = null): unknown {
  const type = status < 500 ? "invalid_request_error" : "server_error";
  return { error: { message, type, param: null, code } };
}

/** @throws Refusal that says which part of the value is not as it should be, and how it should be */
export function checked<T extends z.ZodType>(schema: T, value: unknown): z.infer<T> {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new Refusal(400, whatIsWrong(parsed.error));
  return parsed.data;
}

/** e.g. "frequency_penalty: Invalid input: expected 0". */
function whatIsWrong({ issues }: z.ZodError): string {
  const words = issues.slice(0, MOST_ISSUES).map((issue) => issueWords(issue, []));
  const more = issues.length - words.length;
  return [...words, ...(more > 0 ? [`and ${more} more`] : [])].join("; ");
}

/** Of forms that are alternatives, the one that the value is nearest to. */
function issueWords(issue: Issue, above: readonly PropertyKey[]): string {
  const path = [...above, ...issue.path];
  if (issue.code === "invalid_union") {
    const nearest = nearestForms(issue.errors.filter((issues) => issues.length > 0));
    if (nearest.length > 0) {
      return [...new Set(nearest.map((one) => issueWords(one, path)))].join(", or ");
    }
  }
  return [path.join("."), shortened(issue.message)].filter((part) => part !== "").join(": ");
}

/** The first issue of each form that is right the furthest: of another type last, then by the depth of what is wrong. */
function nearestForms(forms: readonly (readonly Issue[])[]): Issue[] {
  const firsts = forms.flatMap(([issue]) => (issue === undefined ? [] : [issue]));
  const right = firsts.map(howRight);
  return firsts.filter((_, i) => right[i] === Math.max(...right));
}

function howRight({ code, path }: Issue): number {
  return path.length + (code === "invalid_type" ? 0 : 1);
}

function shortened(text: string): string {
  return text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS)} …`;
}
