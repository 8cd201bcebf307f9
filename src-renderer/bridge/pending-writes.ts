/** What screens save a moment after it was typed: whoever needs all of it with the host asks here. */
type Flush = () => Promise<void>;

const writers = new Set<Flush>();

/** `flush` resolves when nothing typed is left that the host does not have, and rejects where that cannot be. */
export function addWriter(flush: Flush): () => void {
  writers.add(flush);
  return () => writers.delete(flush);
}

export async function allWritten(): Promise<void> {
  await Promise.all([...writers].map((flush) => flush()));
}
