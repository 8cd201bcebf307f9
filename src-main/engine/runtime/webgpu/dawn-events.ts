/**
 * Waiting for the GPU without giving up the turn.
 *
 * Dawn for Node asks the GPU what it has finished only in callbacks that it hands to `setImmediate`, which it looks
 * up on the global object each time (AsyncRunner.cpp in Dawn's src/dawn/node/binding). With these callbacks at hand,
 * a caller that must have a value now can run them itself, as the event loop would have.
 */
type Callback = (...args: unknown[]) => void;

/** Dawn's callbacks that the event loop has not run yet. */
const waiting = new Map<Callback, NodeJS.Immediate>();

/** Rounds without a pause: what is short is had in microseconds. */
const EAGER_ROUNDS = 200;
const PAUSE_MS = 0.1;
const pause = new Int32Array(new SharedArrayBuffer(4));

let isWatching = false;

/** From here on Dawn's callbacks are known; to be called before Dawn is opened. All others pass through. */
export function watchDawnEvents(): void {
  if (isWatching) return;
  isWatching = true;
  const schedule = globalThis.setImmediate;
  const watched = (callback: Callback, ...args: unknown[]): NodeJS.Immediate => {
    if (!isDawns(callback)) return schedule(callback, ...args);
    const handle = schedule(() => {
      waiting.delete(callback);
      callback();
    });
    waiting.set(callback, handle);
    return handle;
  };
  // With what hangs on it, such as the form that gives a promise.
  globalThis.setImmediate = Object.defineProperties(
    watched,
    Object.getOwnPropertyDescriptors(schedule),
  ) as typeof setImmediate;
}

/** A function without a name that is not written in JavaScript; bound functions have a name. */
function isDawns(callback: Callback): boolean {
  return (
    callback.name === "" &&
    /\{\s*\[native code\]\s*\}$/.test(Function.prototype.toString.call(callback))
  );
}

/**
 * Returns once `isDone`; the thread sleeps in between. @throws Error where Dawn waits for nothing, so that it would
 * never be done
 */
export function waitForDawn(isDone: () => boolean): void {
  for (let round = 0; !isDone(); round++) {
    if (waiting.size === 0)
      throw new Error("Dawn waits for nothing, and the GPU's answer is not there");
    for (const [callback, handle] of Array.from(waiting)) {
      waiting.delete(callback);
      clearImmediate(handle);
      callback();
    }
    if (round > EAGER_ROUNDS) Atomics.wait(pause, 0, 0, PAUSE_MS);
  }
}
