/** A task plug-in as a task that stages draw from. */
import type { Sandbox } from "../../sandbox-port.ts";
import type { OutsideTask } from "../outside/outside-task.ts";
import { generateByPlugin, solveByPlugin, verifyByPlugin } from "./call-plugin.ts";
import type { Plugin } from "./plugin.ts";

/** Before a plug-in's name, where its problems name their verifier. */
const VERIFIER = "plugin/";
const MOST_AT_ONCE = 128;

export function pluginTask(sandbox: Sandbox, plugin: Plugin): OutsideTask {
  const { name, difficulties } = plugin.manifest;
  return {
    name,
    verifier: { name: `${VERIFIER}${name}`, options: { sha256: plugin.hash } },
    version: plugin.hash.slice(0, 12),
    difficulties,
    generate: (draws, signal) =>
      inBatches(draws, (batch) => generateByPlugin(sandbox, plugin, batch, signal)),
    solve: async (problems, signal) => {
      const [first, ...rest] = problems;
      if (first === undefined) return [];
      const one = await solveByPlugin(sandbox, plugin, [first], signal);
      if (one === null) return null;
      const others = await inBatches(rest, async (batch) => {
        const solved = await solveByPlugin(sandbox, plugin, batch, signal);
        return solved ?? [];
      });
      return [...one, ...others];
    },
    verify: (answers, signal) => verifyByPlugin(sandbox, plugin, answers, signal),
  };
}

/** The plug-in that a verifier names, with its hash; undefined where it names none. */
export function pluginOfVerifier(
  verifier: OutsideTask["verifier"],
): { readonly name: string; readonly sha256: string | undefined } | undefined {
  if (!verifier.name.startsWith(VERIFIER)) return undefined;
  const { sha256 } = verifier.options;
  return {
    name: verifier.name.slice(VERIFIER.length),
    sha256: typeof sha256 === "string" ? sha256 : undefined,
  };
}

/** One, then two, then four, …: a file that never ends is found by one call and not by a hundred. */
async function inBatches<Item, Result>(
  items: readonly Item[],
  call: (batch: readonly Item[]) => Promise<Result[]>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let from = 0, size = 1; from < items.length; from += size, size = grown(size))
    // eslint-disable-next-line no-await-in-loop
    results.push(...(await call(items.slice(from, from + size))));
  return results;
}

function grown(size: number): number {
  return Math.min(2 * size, MOST_AT_ONCE);
}
