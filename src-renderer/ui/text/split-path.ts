/** A path in its end, which stays, and what stands before it, which may be cut. Pure. */

/** The end stays this short, so that a side region has room for it. */
const MOST_TAIL = 24;

/** A path in two: its last names as far as they are short, the last always, and what stands before them. */
export function splitPath(path: string): readonly [head: string, tail: string] {
  const from = Math.max(0, path.length - MOST_TAIL - 1);
  const within = path.slice(from).search(/[\\/]/u);
  const at = within === -1 ? path.search(/[\\/][^\\/]*$/u) : from + within;
  return at <= 0 ? ["", path] : [path.slice(0, at), path.slice(at)];
}
