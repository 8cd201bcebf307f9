/** What a file that was picked holds, read as the person says. */
import { useState } from "react";
import { useQuery } from "#renderer/bridge/use-query.ts";
import type { Query } from "#renderer/bridge/use-query.ts";
import type { PickedFile } from "./file-picker.tsx";

export interface FileInspection<T> extends Pick<Query<T>, "data" | "failure" | "refresh"> {
  /** Whether `data` is of the file and the mapping as they are chosen; else of the choice before. */
  readonly isOf: boolean;
}

/**
 * The answer for another mapping takes the place of the last one, not of an empty moment.
 * @param kind of the inspection, e.g. "problems"
 */
export function useFileInspection<T>(
  kind: string,
  picked: PickedFile | undefined,
  readAs: object,
  inspect: (file: PickedFile["file"], signal: AbortSignal) => Promise<T>,
): FileInspection<T> {
  const { data, failure, refresh } = useQuery(
    picked === undefined
      ? undefined
      : {
          key: `inspect-${kind}:${JSON.stringify([picked.file, readAs])}`,
          topics: [],
          fetch: (signal: AbortSignal) => inspect(picked.file, signal),
        },
  );
  const [shown, setShown] = useState({ picked, data });
  if (data !== undefined && data !== shown.data) setShown({ picked, data });
  const before = shown.picked === picked ? shown.data : undefined;
  return { data: data ?? before, isOf: data !== undefined, failure, refresh };
}
