/** Runs tasks side by side, no more than `limit` at once, and gives each result as it comes. */

/**
 * Tasks are taken one by one as there is room; null means none for now, ask again when another is done. The first failure ends it: no further task is begun, and it is
 * thrown once it is reached; whoever stops reading should abort what the tasks listen to.
 */
export async function* inParallel<T>(
  tasks: Iterable<(() => Promise<T>) | null>,
  limit: number,
): AsyncGenerator<T> {
  const iterator = tasks[Symbol.iterator]();
  const running = new Map<number, Promise<{ readonly id: number; readonly value: T }>>();
  let next = 0;
  const begin = (): boolean => {
    const task = iterator.next();
    if (task.done === true || task.value === null) return false;
    const id = next++;
    const promise = task.value().then((value) => ({ id, value }));
    // A failure is met when its turn comes; until then it is no unhandled one.
    promise.catch(() => undefined);
    running.set(id, promise);
    return true;
  };
  try {
    while (running.size < limit && begin());
    while (running.size > 0) {
      const { id, value } = await Promise.race(running.values());
      running.delete(id);
      yield value;
      while (running.size < limit && begin());
    }
  } finally {
    iterator.return?.();
  }
}
