/** What a file holds and how its first problems would come in, read as the person says. */
import { host } from "#renderer/bridge/host.ts";
import type { PickedFile } from "#renderer/ui/files/file-picker.tsx";
import { useFileInspection } from "#renderer/ui/files/use-file-inspection.ts";
import type { FileInspection } from "#renderer/ui/files/use-file-inspection.ts";
import type { ReadAs } from "./import-choice.ts";

export type FoundProblems = Awaited<ReturnType<typeof host.problems.inspect>>;

export function useProblemInspection(
  picked: PickedFile | undefined,
  readAs: ReadAs,
): FileInspection<FoundProblems> {
  return useFileInspection("problems", picked, readAs, (file, signal) =>
    host.problems.inspect({ file, ...readAs }, { signal }),
  );
}
