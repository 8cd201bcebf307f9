/** What a file holds and how its first problems would come in, read as the person says. */
import { useState } from "react";
import { host } from "#renderer/bridge/host.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import type { Query } from "#renderer/bridge/use-query.ts";
import type { PickedFile } from "#renderer/ui/files/file-picker.tsx";
import type { ReadAs } from "./import-choice.ts";

export type FoundProblems = Awaited<ReturnType<typeof host.problems.inspect>>;

export function useProblemInspection(
  picked: PickedFile | undefined,
  readAs: ReadAs,
): Pick<Query<FoundProblems>, "data" | "failure" | "refresh"> {
  const { data, failure, refresh } = useQuery(
    picked === undefined
      ? undefined
      : {
          key: `inspect-problems:${JSON.stringify([picked.file, readAs])}`,
          topics: [],
          fetch: (signal) => host.problems.inspect({ file: picked.file, ...readAs }, { signal }),
        },
  );
  // The preview of another mapping takes the place of the last one, not of an empty moment.
  const [shown, setShown] = useState({ picked, data });
  if (data !== undefined && data !== shown.data) setShown({ picked, data });
  const before = shown.picked === picked ? shown.data : undefined;
  return { data: data ?? before, failure, refresh };
}
