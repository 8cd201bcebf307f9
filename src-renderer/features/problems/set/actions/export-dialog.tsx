/** Writes a set's problems to a file on the host's machine: all of them, or those of the filter. */
import { useState } from "react";
import type { ReactNode } from "react";
import { parseProblemFilter } from "#shared/schema/problem-filter-text.ts";
import { host } from "#renderer/bridge/host.ts";
import { infoQuery } from "#renderer/bridge/queries.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { DialogFoot } from "#renderer/ui/dialog-foot.tsx";
import { Dialog } from "#renderer/ui/dialog.tsx";
import { CheckField } from "#renderer/ui/fields/check-field.tsx";
import { optionsOf, SelectField } from "#renderer/ui/fields/select-field.tsx";
import { TextField } from "#renderer/ui/fields/text-field.tsx";
import { formatBytes, plural } from "#renderer/ui/format.ts";
import type { SetPlace } from "../set-place.ts";
import { DatasetFormat } from "#shared/schema/dataset-format.ts";

type Written = Awaited<ReturnType<typeof host.problems.export>>;

export function ExportDialog({
  place,
  onClose,
}: {
  readonly place: SetPlace;
  readonly onClose: () => void;
}): ReactNode {
  const { name: set, version } = place;
  const folder = useQuery(infoQuery).data?.workspace.path ?? "";
  const [where, setWhere] = useState(place.asked);
  const [format, setFormat] = useState<DatasetFormat>("jsonl");
  const [typed, setTyped] = useState<string>();
  const [overwrite, setOverwrite] = useState(false);
  const [done, setDone] = useState<Written>();
  const act = useAct();
  const path = typed ?? `${folder}/${set}.${format}`;
  const { problems } = parseProblemFilter(where);
  const write = (): void => {
    void act.run(async () =>
      setDone(
        await host.problems.export({ set, version, where: where.trim(), path, format, overwrite }),
      ),
    );
  };
  return (
    <Dialog opened onClose={onClose} label={`Export ${set}`} headed size={560}>
      <form
        className="s12"
        onSubmit={(event) => {
          event.preventDefault();
          write();
        }}
      >
        <TextField
          layout="beside"
          label="Filter"
          mono
          focused
          placeholder="all problems"
          value={where}
          invalid={problems.length > 0}
          onChange={setWhere}
        />
        {problems.length > 0 && <p className="warn">{problems.join("; ")}</p>}
        <SelectField
          layout="beside"
          label="Format"
          value={format}
          options={optionsOf(DatasetFormat.options)}
          onChange={setFormat}
        />
        <TextField
          layout="beside"
          label="File on the host's machine"
          mono
          value={path}
          onChange={setTyped}
        />
        <CheckField checked={overwrite} onChange={setOverwrite}>
          Write over a file that is there
        </CheckField>
        {done !== undefined && (
          <p className="exportdone break" role="status">
            {plural(done.problems, "problem")}, {formatBytes(done.bytes)}, in{" "}
            <span className="mono">{done.path}</span>. SHA-256{" "}
            <span className="mono">{done.sha256.slice(0, 16)}…</span>
          </p>
        )}
        <DialogFoot act={act} onClose={onClose}>
          <button
            type="submit"
            className="btn primary"
            disabled={act.busy || path.trim() === "" || problems.length > 0}
          >
            {act.busy ? "Writing" : "Export"}
          </button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
