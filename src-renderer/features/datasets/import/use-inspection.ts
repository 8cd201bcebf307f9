/** What a file holds and how its first rows would come in, read as the person says. */
import { host } from "#renderer/bridge/host.ts";
import type { PickedFile } from "#renderer/ui/files/file-picker.tsx";
import { useFileInspection } from "#renderer/ui/files/use-file-inspection.ts";
import type { FileInspection } from "#renderer/ui/files/use-file-inspection.ts";
import type { ReadAs } from "./import-choice.ts";

export type FoundInFile = Awaited<ReturnType<typeof host.datasets.imports.inspect>>;
export type Inspection = FileInspection<FoundInFile>;

export function useInspection(picked: PickedFile | undefined, readAs: ReadAs): Inspection {
  return useFileInspection("records", picked, readAs, (file, signal) =>
    host.datasets.imports.inspect({ file, ...readAs }, { signal }),
  );
}
