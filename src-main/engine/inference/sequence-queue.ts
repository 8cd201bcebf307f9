/**
 * Completions that wait for a row, in the order in which they were asked for. One is made when its turn has come:
 * a request for many thousands waits, and is let go, as a number.
 */

type Waiting<Sequence> = {
  readonly make: (index: number) => Sequence;
  readonly count: number;
  /** Of its completions, the first that still waits. */
  next: number;
  /** Those from `next` on that were looked at already. */
  readonly made: Sequence[];
};

export class SequenceQueue<Request, Sequence> {
  readonly #waiting = new Map<Request, Waiting<Sequence>>();
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Requests some of whose completions wait. */
  requests(): Iterable<Request> {
    return this.#waiting.keys();
  }

  push(request: Request, count: number, make: (index: number) => Sequence): void {
    if (count === 0) return;
    this.#waiting.set(request, { make, count, next: 0, made: [] });
    this.#length += count;
  }

  /** As a list's, from the queue's beginning. */
  slice(_start: 0, end: number): Sequence[] {
    const sequences: Sequence[] = [];
    for (const waiting of this.#waiting.values()) {
      for (let i = 0; waiting.next + i < waiting.count; i++) {
        if (sequences.length >= end) return sequences;
        const sequence = waiting.made[i] ?? waiting.make(waiting.next + i);
        waiting.made[i] = sequence;
        sequences.push(sequence);
      }
    }
    return sequences;
  }

  /** Takes the first ones away. */
  splice(_start: 0, count: number): void {
    let left = count;
    for (const [request, waiting] of this.#waiting) {
      const taken = Math.min(left, waiting.count - waiting.next);
      waiting.next += taken;
      waiting.made.splice(0, taken);
      this.#length -= taken;
      left -= taken;
      if (waiting.next === waiting.count) this.#waiting.delete(request);
      if (left === 0) return;
    }
  }

  forget(request: Request): void {
    const waiting = this.#waiting.get(request);
    if (waiting === undefined) return;
    this.#length -= waiting.count - waiting.next;
    this.#waiting.delete(request);
  }
}
