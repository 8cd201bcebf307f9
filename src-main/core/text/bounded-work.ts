/** Work on what a model's files say, ended after a time: a template or a pattern may never end by itself. */
import { createContext, Script } from "node:vm";

export class OutOfTime extends Error {}

const context = createContext({ work: undefined });
const script = new Script("work()");

/**
 * Runs `work` and returns its result. V8 ends it from outside, in the middle of a regular expression too; nothing
 * that `work` shares with others may be left half done.
 * @throws OutOfTime, or what `work` throws
 */
export function withinTime<T>(limitMs: number, work: () => T): T {
  let result: { readonly value: T } | undefined;
  context["work"] = (): void => {
    result = { value: work() };
  };
  try {
    script.runInContext(context, { timeout: limitMs });
  } catch (error) {
    // The error is one of the context's own realm: no instance of this one's Error.
    const code = typeof error === "object" && error !== null && "code" in error ? error.code : "";
    if (code === "ERR_SCRIPT_EXECUTION_TIMEOUT")
      throw new OutOfTime(`it took longer than ${limitMs / 1000} s`);
    throw error;
  } finally {
    context["work"] = undefined;
  }
  if (result === undefined) throw new Error("the work ended without a result");
  return result.value;
}
