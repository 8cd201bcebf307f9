/** Questions about problem sets that several parts of this screen ask. */
import { host } from "#renderer/bridge/host.ts";
import { queryOf } from "#renderer/bridge/query-client.ts";

/** @param version null: the newest */
export function setQuery(set: string, version: number | null) {
  return queryOf(`problems:${set}@${String(version)}`, ["benchmarks", "results"], (options) =>
    host.problems.get({ set, version }, options),
  );
}

export function problemQuery(set: string, version: number | null, id: string) {
  return queryOf(`problem:${JSON.stringify([set, version, id])}`, ["benchmarks"], (options) =>
    host.problems.problem({ set, version, id }, options),
  );
}
