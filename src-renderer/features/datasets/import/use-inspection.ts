/** What a file holds and how its first rows would come in, read as the person says. */
import { useState } from "react";
import { host } from "#renderer/bridge/host.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import type { Query } from "#renderer/bridge/use-query.ts";
import type { PickedFile } from "#renderer/ui/files/file-picker.tsx";
import type { ReadAs } from "./import-choice.ts";

export type FoundInFile = Awaited<ReturnType<typeof host.datasets.imports.inspect>>;

export interface Inspection extends Pick<Query<FoundInFile>, "data" | "failure" | "refresh"> {
  /** Whether `data` is of the file and the mapping as they are chosen; else of the choice before. */
  readonly isOf: boolean;
}

export function useInspection(picked: PickedFile | undefined, readAs: ReadAs): Inspection {
  const { data, failure, refresh } = useQuery(
    picked === undefined
      ? undefined
      : {
          key: `inspect:${JSON.stringify([picked.file, readAs])}`,
          topics: [],
          fetch: (signal) =>
            host.datasets.imports.inspect({ file: picked.file, ...readAs }, { signal }),
        },
  );
  // The preview of another mapping takes the place of the last one, not of an empty moment.
  const [shown, setShown] = useState({ picked, data });
  if (data !== undefined && data !== shown.data) setShown({ picked, data });
  const before = shown.picked === picked ? shown.data : undefined;
  return { data: data ?? before, isOf: data !== undefined, failure, refresh };
}
