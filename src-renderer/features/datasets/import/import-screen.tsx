/** Importing a file: what it is, which column becomes what, how its rows would come in, which would not. */
import { useState } from "react";
import type { ReactNode } from "react";
import type { DatasetFormat, DatasetId, ImportMapping } from "#shared/schema/dataset.ts";
import { DatasetFormat as FormatSchema } from "#shared/schema/dataset.ts";
import { currentAddress, hrefTo, navigate, useFilter } from "#renderer/navigation/location.ts";
import { host } from "#renderer/bridge/host.ts";
import { datasetIdFrom } from "#renderer/bridge/ids.ts";
import { datasetsQuery } from "#renderer/bridge/queries.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { formatBytes, formatNumber, plural } from "#renderer/ui/format.ts";
import { Empty, FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { visibleText } from "#renderer/ui/text/visible-text.ts";
import "../datasets.css";
import { FilePicker } from "./file-picker.tsx";
import type { PickedFile } from "./file-picker.tsx";
import { BadRowList, PreviewRows } from "./import-preview.tsx";
import { JobLines } from "../job-lines.tsx";
import { MappingForm } from "./mapping-form.tsx";
import "#renderer/ui/form-rows.css";

/** A dataset's name from its file's. */
function nameFrom(file: string): string {
  const last = file.split(/[\\/]/u).at(-1) ?? file;
  return last.replace(/\.[a-z0-9]+$/iu, "") || last;
}

/** Whether it is said where the text is. */
function isMapped(mapping: ImportMapping | undefined): boolean {
  if (mapping === undefined) return false;
  const { shape, conversation, prompt } = mapping;
  const talks = shape === "messages" || shape === "sharegpt";
  return talks ? conversation !== null : prompt !== null;
}

interface Wanted {
  readonly format?: DatasetFormat;
  readonly mapping?: ImportMapping;
}

function IntoForm({
  into,
  onInto,
  name,
  onName,
}: {
  readonly into: string;
  readonly onInto: (id: string) => void;
  readonly name: string;
  readonly onName: (name: string) => void;
}): ReactNode {
  const datasets = useQuery(datasetsQuery).data ?? [];
  return (
    <>
      <label className="maprow">
        <span className="t2">Into</span>
        <select
          className="input"
          value={into}
          onChange={(event) => onInto(event.currentTarget.value)}
        >
          <option value="">a new dataset</option>
          {datasets.map((dataset) => (
            <option key={dataset.id} value={dataset.id}>
              {dataset.name}
            </option>
          ))}
        </select>
      </label>
      {into === "" && (
        <label className="maprow">
          <span className="t2">Its name</span>
          <input
            className="input"
            value={name}
            maxLength={200}
            spellCheck={false}
            onChange={(event) => onName(event.currentTarget.value)}
          />
        </label>
      )}
    </>
  );
}

export function ImportScreen(): ReactNode {
  const [into, setInto] = useFilter("into");
  const [picked, setPicked] = useState<PickedFile>();
  const [wanted, setWanted] = useState<Wanted>({});
  const [name, setName] = useState("");
  const [skipBad, setSkipBad] = useState(false);
  const [since, setSince] = useState(() => Date.now());
  const act = useAct();
  const found = useQuery(
    picked === undefined
      ? undefined
      : {
          key: `inspect:${JSON.stringify([picked.file, wanted])}`,
          topics: [],
          fetch: (signal) =>
            host.datasets.imports.inspect({ file: picked.file, ...wanted }, { signal }),
        },
  );
  // A new mapping's preview comes in place of the last one, not after an empty moment.
  const [shown, setShown] = useState(found.data);
  if (found.data !== undefined && found.data !== shown) setShown(found.data);
  const data = picked === undefined ? undefined : (found.data ?? shown);
  const mapping = wanted.mapping ?? data?.mapping;
  const start = (): void => {
    if (picked === undefined || mapping === undefined) return;
    const datasetId: DatasetId | undefined = datasetIdFrom(into);
    setSince(Date.now());
    void act.run(async () => {
      const job = await host.datasets.imports.start({
        file: picked.file,
        mapping,
        ...(wanted.format === undefined ? {} : { format: wanted.format }),
        into: datasetId === undefined ? { name: name.trim() } : { datasetId },
        skipBad,
      });
      await followToDataset(job.id);
    });
  };
  return (
    <>
      <div className="screenhead">
        <h1>Import records</h1>
        {data !== undefined && (
          <span className="s12 t3 ell">
            {picked?.name}, {formatBytes(data.bytes)}
          </span>
        )}
        <span className="end flex">
          <a className="btn" href={hrefTo(["datasets"])}>
            Back to Datasets
          </a>
          <button
            type="button"
            className="btn primary"
            disabled={act.busy || !isMapped(mapping) || (into === "" && name.trim() === "")}
            onClick={start}
          >
            {act.busy ? "Importing" : "Import"}
          </button>
        </span>
      </div>
      {act.failure !== undefined && <FailureNotice failure={act.failure} />}
      <JobLines since={since} />
      <div className="cols importcols">
        <section className="region scroll importform" aria-label="What to import" tabIndex={0}>
          <FilePicker
            picked={picked}
            onPick={(next) => {
              setPicked(next);
              setWanted({});
              setShown(undefined);
              setName(nameFrom(next.name));
            }}
          />
          {data !== undefined && mapping !== undefined && (
            <>
              <div className="mapping s12">
                <IntoForm into={into} onInto={setInto} name={name} onName={setName} />
                <label className="maprow">
                  <span className="t2">Format</span>
                  <select
                    className="input"
                    value={wanted.format ?? data.format}
                    onChange={(event) => {
                      const format = FormatSchema.safeParse(event.currentTarget.value);
                      if (format.success) setWanted({ format: format.data });
                    }}
                  >
                    {FormatSchema.options.map((format) => (
                      <option key={format} value={format}>
                        {format}
                        {format === data.format ? ", as found" : ""}
                      </option>
                    ))}
                  </select>
                </label>
              </div>
              <MappingForm
                mapping={mapping}
                columns={data.columns}
                example={data.example}
                shapes={data.shapes}
                onMapping={(next) => setWanted({ ...wanted, mapping: next })}
              />
              <label className="flex s12 skipbad">
                <input
                  type="checkbox"
                  checked={skipBad}
                  onChange={(event) => setSkipBad(event.currentTarget.checked)}
                />
                Leave bad lines out. Otherwise one bad line keeps the whole file out.
              </label>
            </>
          )}
        </section>
        <section className="region" aria-label="Preview">
          {found.failure !== undefined && (
            <FailureNotice failure={found.failure} onRetry={found.refresh} />
          )}
          {picked === undefined && (
            <Empty>
              Choose a file: conversations as OpenAI messages, ShareGPT, Alpaca, or prompt and
              completion, with the reasoning in think tags or in a column of its own.
            </Empty>
          )}
          {picked !== undefined && data === undefined && found.failure === undefined && (
            <SkeletonRows rows={10} />
          )}
          {data !== undefined && (
            <>
              <div className="head bb">
                <h2>As they would come in</h2>
                <span className="note">
                  {formatNumber(data.rows.length)} of the first {plural(data.read, "row")}
                  {data.bad.length > 0 && `, ${plural(data.bad.length, "bad line")} among them`}
                </span>
              </div>
              <div className="grow scroll" tabIndex={0} role="group" aria-label="First rows">
                {data.beside.length > 0 && (
                  <p className="s12 previewrow" role="note">
                    Kept with the records and not trained on:{" "}
                    <span className="mono">{visibleText(data.beside.join(", "))}</span>
                  </p>
                )}
                {data.bad.length > 0 && <BadRowList rows={data.bad} />}
                <PreviewRows rows={data.rows} />
              </div>
            </>
          )}
        </section>
      </div>
    </>
  );
}

const ASK_EVERY_MS = 400;

/** Goes to the dataset when its records are there. What went wrong stays in the job's line. */
async function followToDataset(jobId: string): Promise<void> {
  for (;;) {
    const job = await host.datasets.jobs.get({ jobId });
    const stillHere = currentAddress().path[1] === "import";
    if (job.state === "finished" && job.datasetId !== null && job.bad === 0 && stillHere)
      navigate(hrefTo(["dataset", job.datasetId]));
    if (job.state !== "running") return;
    await new Promise((resolve) => {
      window.setTimeout(resolve, ASK_EVERY_MS);
    });
  }
}
