/** What a set's problems have in common with other sets, and with what tasks hold out. */
import { setImmediate } from "node:timers/promises";
import type { ProblemOverlap } from "#shared/contract/problems.ts";
import { heldOutProblem } from "#main/core/curation/held-out.ts";
import { NearIndex } from "#main/core/curation/near-index.ts";
import { contentHash, fingerprint } from "#main/core/curation/near-duplicates.ts";
import type { SetProblem } from "#shared/schema/problem.ts";
import type { Store } from "#main/store/store.ts";

const PAUSE_AFTER = 100;
const EXAMPLES = 20;
const NO_REFERENCE = { task: null, problemId: null, difficulty: null, gold: null, data: null };

/** With the newest version of every other set; those without anything in common are left out. Throws NOT_FOUND. */
export async function setOverlap(
  store: Store,
  set: string,
  version: number | null,
  signal?: AbortSignal,
): Promise<ProblemOverlap> {
  const own = store.problems.select({ set, version });
  const near = new NearIndex();
  const same = new Map<number, number>();
  const heldOut: ProblemOverlap["heldOut"] = { problems: 0, examples: [] };
  for (const [index, problem] of own.entries()) {
    const text = textOf(problem);
    same.set(contentHash(text), index);
    near.add(fingerprint(text));
    const task = heldOutProblem(problem.messages.at(-1)?.content ?? "", NO_REFERENCE);
    if (task !== null) {
      heldOut.problems++;
      if (heldOut.examples.length < EXAMPLES) heldOut.examples.push({ id: problem.id, task });
    }
    if (index % PAUSE_AFTER === 0) await pause(signal);
  }
  const sets: ProblemOverlap["sets"] = [];
  for (const other of store.problems.list()) {
    if (other.name === set) continue;
    const found: ProblemOverlap["sets"][number] = {
      set: other.name,
      version: other.latest.version,
      same: 0,
      near: 0,
      examples: [],
    };
    const theirs = store.problems.select({ set: other.name, version: other.latest.version });
    for (const [index, problem] of theirs.entries()) {
      const text = textOf(problem);
      const print = fingerprint(text);
      const equal = same.get(print.content);
      const at = equal ?? near.nearest(print);
      if (index % PAUSE_AFTER === 0) await pause(signal);
      if (at === null) continue;
      if (equal === undefined) found.near++;
      else found.same++;
      const id = own[at]?.id;
      if (id !== undefined && found.examples.length < EXAMPLES)
        found.examples.push({ id, other: problem.id, same: equal !== undefined });
    }
    if (found.same + found.near > 0) sets.push(found);
  }
  return { sets, heldOut };
}

function textOf({ messages }: Pick<SetProblem, "messages">): string {
  return messages.map(({ content }) => content).join("\n");
}

async function pause(signal: AbortSignal | undefined): Promise<void> {
  await setImmediate();
  signal?.throwIfAborted();
}
