/** A completion's whole text: what its list said already, else asked of the host once it is opened. */
import type { RunId } from "#shared/schema/run.ts";
import { host } from "#renderer/bridge/host.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import type { Failure } from "#renderer/bridge/failure.ts";

export interface CompletionPlace {
  readonly runId: RunId;
  readonly step: number;
  readonly group: number;
  readonly index: number;
}

export interface WholeText {
  /** undefined until it came. */
  readonly text: string | undefined;
  readonly failure: Failure | undefined;
  readonly retry: () => void;
}

/** @param place undefined where nothing is to be asked */
export function useWholeText(
  place: CompletionPlace | undefined,
  known: string | undefined,
): WholeText {
  const query = useQuery(
    place === undefined || known !== undefined
      ? undefined
      : {
          key: `completion:${place.runId}:${String(place.step)}:${String(place.group)}:${String(place.index)}`,
          // A resumed run samples the same texts again.
          topics: [],
          fetch: (signal) => host.runs.completion(place, { signal }),
        },
  );
  return { text: known ?? query.data?.text, failure: query.failure, retry: query.refresh };
}
