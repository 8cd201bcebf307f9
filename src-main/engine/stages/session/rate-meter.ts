/** How long a window reaches back where much is done in it. */
const WINDOW_MS = 20_000;
/** Steps that a window holds at least, however long they take: of one long step and the next, the time left would jump. */
const LEAST_DONE = 8;
/** Marks closer than this say nothing. */
const LEAST_MS = 200;

interface Mark {
  readonly timeMs: number;
  readonly done: number;
  /** Handled until then; null where none were counted. */
  readonly tokens: number | null;
}

/** Tokens a second and time left, over a window of the last seconds or steps. */
export class RateMeter {
  readonly #now: () => number;
  #marks: Mark[] = [];

  /** @param now milliseconds of a clock that never goes back */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** @param tokens all handled so far; null where work goes on that counts none, such as the sampling before a step */
  add(done: number, tokens: number | null): void {
    const last = this.#marks.at(-1);
    // Nothing was finished since: a mark in the middle of a step would begin a window with a part of it.
    if (last !== undefined && tokens === null && done === last.done) return;
    const mark = { timeMs: this.#now(), done, tokens };
    this.#marks.push(mark);
    while (this.#isOld(mark)) this.#marks.shift();
  }

  reset(): void {
    this.#marks = [];
  }

  /** Null until two marks with tokens lie some time apart. */
  tokensPerSecond(): number | null {
    const counted = this.#marks.filter(hasTokens);
    const first = counted[0];
    const last = counted.at(-1);
    if (first === undefined || last === undefined) return null;
    const ms = last.timeMs - first.timeMs;
    return ms < LEAST_MS ? null : (1000 * (last.tokens - first.tokens)) / ms;
  }

  /** Milliseconds until `total` are done; null until something was. */
  etaMs(total: number): number | null {
    const first = this.#marks[0];
    const last = this.#marks.at(-1);
    if (first === undefined || last === undefined) return null;
    const ms = last.timeMs - first.timeMs;
    const done = last.done - first.done;
    if (ms < LEAST_MS || done <= 0) return null;
    return (Math.max(0, total - last.done) * ms) / done;
  }

  /** Whether the window is long enough without its first mark. */
  #isOld(newest: Mark): boolean {
    const [first, second] = this.#marks;
    if (first === undefined || second === undefined || this.#marks.length <= 2) return false;
    return newest.timeMs - first.timeMs > WINDOW_MS && newest.done - second.done >= LEAST_DONE;
  }
}

function hasTokens(mark: Mark): mark is Mark & { readonly tokens: number } {
  return mark.tokens !== null;
}
