/** How a child ended. */
export interface ChildExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why it could not be started; null where it was. */
  readonly startError: Error | null;
  /** It was ended because it took longer than `Child.endWithin` allowed. */
  readonly late: boolean;
  /** What it wrote to the pipe that the host keeps. */
  readonly said: string;
}

/** What happened, in words, e.g. "was ended by SIGKILL". */
export function describeExit({ code, signal }: Pick<ChildExit, "code" | "signal">): string {
  if (signal !== null) return `was ended by ${signal}${hintOf(signal)}`;
  if (code !== null) return `ended with exit code ${code}`;
  return "could not be started";
}

function hintOf(signal: NodeJS.Signals): string {
  if (signal === "SIGKILL") return " (by hand, or by the system for want of memory)";
  if (signal === "SIGSEGV" || signal === "SIGABRT" || signal === "SIGBUS") {
    return " (a crash in native code)";
  }
  return "";
}
