/** Progress on a terminal: one line that changes in place; elsewhere a plain line now and then. */

const REDRAW_MS = 100;
const PLAIN_EVERY_MS = 15_000;

export class LiveLine {
  readonly #stream: NodeJS.WriteStream;
  readonly #now: () => number;
  #shown = false;
  #lastMs = Number.NEGATIVE_INFINITY;
  #topic = "";

  constructor(stream: NodeJS.WriteStream, now: () => number = Date.now) {
    this.#stream = stream;
    this.#now = now;
  }

  /** @param topic what the line is about; a new topic is shown at once. */
  show(topic: string, text: string): void {
    const now = this.#now();
    const isNew = topic !== this.#topic;
    const pause = this.#stream.isTTY ? REDRAW_MS : PLAIN_EVERY_MS;
    if (!isNew && now - this.#lastMs < pause) return;
    this.#lastMs = now;
    this.#topic = topic;
    if (this.#stream.isTTY) {
      const width = (this.#stream.columns || 80) - 1;
      this.#stream.write(`\r\u001B[K${text.slice(0, width)}`);
      this.#shown = true;
    } else this.#stream.write(`${text}\n`);
  }

  /** Makes room for lasting lines. */
  clear(): void {
    if (this.#shown) this.#stream.write("\r\u001B[K");
    this.#shown = false;
  }
}

/** e.g. "2 h 05 min", "3 min 20 s", "7 s". */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${String(seconds % 60).padStart(2, "0")} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}
