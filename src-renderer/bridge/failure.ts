/** What went wrong, in the words the host sent: declared errors carry a code, a message and advice. */
import { ORPCError } from "@orpc/client";
import { ConnectionDown } from "./connection.ts";

function adviceIn(data: unknown): string | undefined {
  if (typeof data !== "object" || data === null || !("advice" in data)) return undefined;
  return typeof data.advice === "string" ? data.advice : undefined;
}

/** Makes any thrown value presentable. A host that cannot be reached is said so, once, with what happens next. */
export function failureOf(error: unknown): Failure {
  if (error instanceof ORPCError) {
    if (error.code === "UNAUTHORIZED" || error.code === "FORBIDDEN")
      return {
        message: "The host does not know this window.",
        advice: "Open the address that the host printed when it started.",
      };
    return { message: error.message, advice: adviceIn(error.data) };
  }
  if (error instanceof ConnectionDown)
    return { message: error.message, advice: "This asks again when the host is back." };
  if (error instanceof TypeError)
    return {
      message: "The host does not answer.",
      advice: "It may have been closed. This window tries again by itself.",
    };
  return { message: error instanceof Error ? error.message : String(error), advice: undefined };
}

export interface Failure {
  readonly message: string;
  /** What to do about it. */
  readonly advice: string | undefined;
}
