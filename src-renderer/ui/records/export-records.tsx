/** Writes records to a file on the host's machine: the chosen ones, those of a filter, a version's, or all. */
import { useState } from "react";
import type { ReactNode } from "react";
import type { DatasetSummary, DatasetVersion, RecordId } from "#shared/schema/dataset.ts";
import { DatasetFormat, DatasetShape, ReasoningForm } from "#shared/schema/dataset.ts";
import type { RecordTarget } from "#shared/contract/dataset-records.ts";
import { parseFilter } from "#shared/schema/record-filter-text.ts";
import { host } from "#renderer/bridge/host.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { Dialog } from "../dialog.tsx";
import { formatBytes, plural } from "../format.ts";
import { FailureNotice } from "../region-state.tsx";
import "../form-rows.css";

export interface ExportRecordsProps {
  readonly dataset: DatasetSummary;
  readonly versions: readonly DatasetVersion[];
  /** Records that were chosen one by one, if any. */
  readonly selection: readonly RecordId[];
  /** The first proposal of a filter. */
  readonly filterLine: string;
  /** Folder of the workspace: the first proposal. */
  readonly folder: string;
  readonly onClose: () => void;
}

interface Done {
  readonly path: string;
  readonly records: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly leftOut: readonly { readonly reason: string; readonly records: number }[];
  readonly datasetInfo: string | null;
}

function fileName(name: string): string {
  return name.replaceAll(/[^\p{L}\p{N}._-]+/gu, "-");
}

export function ExportRecords(props: ExportRecordsProps): ReactNode {
  const { dataset, versions, selection, filterLine, folder, onClose } = props;
  const [scope, setScope] = useState(selection.length > 0 ? "selection" : "filter");
  const [line, setLine] = useState(filterLine);
  const [format, setFormat] = useState<DatasetFormat>("jsonl");
  const [shape, setShape] = useState<DatasetShape>("messages");
  const [reasoning, setReasoning] = useState<ReasoningForm>("as-is");
  const [typedPath, setPath] = useState<string>();
  const [overwrite, setOverwrite] = useState(false);
  const [datasetInfo, setDatasetInfo] = useState(false);
  const [done, setDone] = useState<Done>();
  const act = useAct();
  const { filter, problems } = parseFilter(line);
  const path = typedPath ?? `${folder}/${fileName(dataset.name)}.${format}`;
  const version = versions.find(({ ref }) => ref === scope)?.version;
  const targetOf = (chosen: string): RecordTarget | { readonly version: number } => {
    if (version !== undefined) return { version };
    if (chosen === "selection") return { ids: [...selection] };
    return { filter: chosen === "filter" ? filter : [] };
  };
  const start = (): void => {
    void act.run(async () => {
      setDone(
        await host.datasets.export({
          datasetId: dataset.id,
          target: targetOf(scope),
          format,
          shape,
          reasoning,
          path,
          overwrite,
          datasetInfo,
        }),
      );
    });
  };
  return (
    <Dialog opened onClose={onClose} label={`Export ${dataset.name}`} headed size={560}>
      <form
        className="s12"
        onSubmit={(event) => {
          event.preventDefault();
          start();
        }}
      >
        <label className="maprow">
          <span className="t2">Records</span>
          <select
            className="input"
            data-autofocus
            value={scope}
            onChange={(event) => setScope(event.currentTarget.value)}
          >
            {selection.length > 0 && (
              <option value="selection">the {plural(selection.length, "record")} chosen</option>
            )}
            <option value="filter">those that match a filter</option>
            <option value="whole">all</option>
            {versions.map(({ ref }) => (
              <option key={ref} value={ref}>
                version {ref}
              </option>
            ))}
          </select>
        </label>
        {scope === "filter" && (
          <label className="maprow">
            <span className="t2">Filter</span>
            <input
              className="input mono"
              value={line}
              spellCheck={false}
              aria-invalid={problems.length > 0}
              onChange={(event) => setLine(event.currentTarget.value)}
            />
          </label>
        )}
        {scope === "filter" && problems.length > 0 && <p className="warn">{problems.join("; ")}</p>}
        <label className="maprow">
          <span className="t2">Format</span>
          <select
            className="input"
            value={format}
            onChange={(event) => {
              const next = DatasetFormat.safeParse(event.currentTarget.value);
              if (next.success) setFormat(next.data);
            }}
          >
            {DatasetFormat.options.map((option) => (
              <option key={option}>{option}</option>
            ))}
          </select>
        </label>
        <label className="maprow">
          <span className="t2">Shape</span>
          <select
            className="input"
            value={shape}
            onChange={(event) => {
              const next = DatasetShape.safeParse(event.currentTarget.value);
              if (next.success) setShape(next.data);
            }}
          >
            {DatasetShape.options.map((option) => (
              <option key={option}>{option}</option>
            ))}
          </select>
        </label>
        <label className="maprow">
          <span className="t2">Reasoning</span>
          <select
            className="input"
            value={reasoning}
            onChange={(event) => {
              const next = ReasoningForm.safeParse(event.currentTarget.value);
              if (next.success) setReasoning(next.data);
            }}
          >
            <option value="as-is">as it came; what was written here in think tags</option>
            <option value="inline">all in think tags inside the text</option>
            <option value="field">all in a field of its own</option>
          </select>
        </label>
        <label className="maprow">
          <span className="t2">File on the host&apos;s machine</span>
          <input
            className="input mono"
            value={path}
            spellCheck={false}
            onChange={(event) => setPath(event.currentTarget.value)}
          />
        </label>
        <label className="flex skipbad">
          <input
            type="checkbox"
            checked={overwrite}
            onChange={(event) => setOverwrite(event.currentTarget.checked)}
          />
          Write over a file that is there
        </label>
        <label className="flex skipbad">
          <input
            type="checkbox"
            checked={datasetInfo}
            onChange={(event) => setDatasetInfo(event.currentTarget.checked)}
          />
          Write LLaMA-Factory&apos;s dataset_info.json beside it
        </label>
        {act.failure !== undefined && <FailureNotice failure={act.failure} />}
        {done !== undefined && (
          <p className="exportdone break" role="status">
            {plural(done.records, "record")}, {formatBytes(done.bytes)}, in{" "}
            <span className="mono">{done.path}</span>
            {done.datasetInfo === null ? "" : " with dataset_info.json"}. SHA-256{" "}
            <span className="mono">{done.sha256.slice(0, 16)}…</span>
          </p>
        )}
        {done?.leftOut.map(({ reason, records }) => (
          <p key={reason} className="warn">
            {plural(records, "record")} left out, which {shape} cannot hold: {reason}.
          </p>
        ))}
        <div className="flex dialogacts">
          <button type="button" className="btn" onClick={onClose}>
            Close
          </button>
          <button
            type="submit"
            className="btn primary"
            disabled={act.busy || path.trim() === "" || (scope === "filter" && problems.length > 0)}
          >
            {act.busy ? "Writing" : "Export"}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
