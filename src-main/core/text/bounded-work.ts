/** Work on what a model's files say, ended after a time: a template or a pattern may never end by itself. */
import { createContext, Script } from "node:vm";

export class OutOfTime extends Error {}

const context = createContext({ work: undefined });
const script = new Script("work()");

/** Work that had the processor for less than this share of its time was kept from it, */
const KEPT_FROM_IT = 0.2;
/** and is waited for once more, so many times as long. */
const LONGER = 4;

/**
 * Runs `work` and returns its result. V8 ends it from outside, in the middle of a regular expression too; nothing
 * that `work` shares with others may be left half done. Work that was ended while the processor was with others
 * is begun once more, and waited for longer.
 * @throws OutOfTime, or what `work` throws
 */
export function withinTime<T>(limitMs: number, work: () => T): T {
  const before = process.threadCpuUsage();
  let result = endedAfter(limitMs, work);
  const { user, system } = process.threadCpuUsage(before);
  if (result === undefined && (user + system) / 1000 < KEPT_FROM_IT * limitMs)
    result = endedAfter(LONGER * limitMs, work);
  if (result === undefined) throw new OutOfTime(`it took longer than ${limitMs / 1000} s`);
  return result.value;
}

/** Undefined where it was ended. */
function endedAfter<T>(ms: number, work: () => T): { readonly value: T } | undefined {
  let result: { readonly value: T } | undefined;
  context["work"] = (): void => {
    result = { value: work() };
  };
  try {
    script.runInContext(context, { timeout: ms });
  } catch (error) {
    // The error is one of the context's own realm: no instance of this one's Error.
    const code = typeof error === "object" && error !== null && "code" in error ? error.code : "";
    if (code !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw error;
    return undefined;
  } finally {
    context["work"] = undefined;
  }
  if (result === undefined) throw new Error("the work ended without a result");
  return result;
}
