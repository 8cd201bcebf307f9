/** Importing a file: what it is, which column becomes what, how its rows would come in, which would not. */
import { useState } from "react";
import type { ReactNode } from "react";
import type { DatasetJob } from "#shared/schema/dataset.ts";
import { hrefTo, useFilter } from "#renderer/navigation/location.ts";
import { host } from "#renderer/bridge/host.ts";
import { datasetIdFrom } from "#renderer/bridge/ids.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { FilePicker } from "#renderer/ui/files/file-picker.tsx";
import type { PickedFile } from "#renderer/ui/files/file-picker.tsx";
import { FormatField } from "#renderer/ui/files/format-field.tsx";
import { ImportHead } from "#renderer/ui/files/import-head.tsx";
import { FailureNotice } from "#renderer/ui/region-state.tsx";
import "../datasets.css";
import { JobLines } from "../jobs/job-lines.tsx";
import { followToDataset } from "./follow-to-dataset.ts";
import { FIRST_CHOICE, isMapped, nameFrom } from "./import-choice.ts";
import type { ImportChoice } from "./import-choice.ts";
import { ImportForm } from "./import-form.tsx";
import { ImportOutcome } from "./import-outcome.tsx";
import { ImportPreview } from "./import-preview.tsx";
import { useInspection } from "./use-inspection.ts";

export function ImportScreen(): ReactNode {
  const [into, setInto] = useFilter("into");
  const [picked, setPicked] = useState<PickedFile>();
  const [choice, setChoice] = useState(FIRST_CHOICE);
  const [since, setSince] = useState(() => Date.now());
  const [ended, setEnded] = useState<DatasetJob>();
  const act = useAct();
  const inspection = useInspection(picked, choice.readAs);
  const found = inspection.data;
  const mapping = choice.readAs.mapping ?? found?.mapping;
  const change = (part: Partial<ImportChoice>): void =>
    setChoice((before) => ({ ...before, ...part }));
  const start = (): void => {
    if (picked === undefined || mapping === undefined) return;
    const datasetId = datasetIdFrom(into);
    const { format } = choice.readAs;
    setSince(Date.now());
    void act.run(async () => {
      const job = await host.datasets.imports.start({
        file: picked.file,
        mapping,
        ...(format === undefined ? {} : { format }),
        into: datasetId === undefined ? { name: choice.name.trim() } : { datasetId },
        skipBad: choice.skipBad,
      });
      const last = await followToDataset(job.id);
      if (last.state === "finished" && last.bad > 0) setEnded(last);
    });
  };
  const another = (): void => {
    setEnded(undefined);
    setPicked(undefined);
    setChoice(FIRST_CHOICE);
    setSince(Date.now());
  };
  return (
    <>
      <ImportHead
        title="Import records"
        file={picked && found && { name: picked.name, bytes: found.bytes }}
        back={{ label: "Back to Datasets", href: hrefTo(["datasets"]) }}
        busy={act.busy}
        ready={
          ended === undefined &&
          inspection.isOf &&
          found?.rows.length !== 0 &&
          isMapped(mapping) &&
          (into !== "" || choice.name.trim() !== "")
        }
        onStart={start}
      />
      {act.failure !== undefined && <FailureNotice failure={act.failure} />}
      {ended === undefined && <JobLines since={since} />}
      {ended !== undefined && <ImportOutcome job={ended} onAnother={another} />}
      {ended === undefined && (
        <div className="cols importcols">
          <section className="region scroll importform" aria-label="What to import" tabIndex={0}>
            <FilePicker
              picked={picked}
              onPick={(next) => {
                setPicked(next);
                change({ readAs: {}, name: nameFrom(next.name) });
              }}
            />
            {found === undefined && inspection.failure !== undefined && (
              <FormatField
                format={choice.readAs.format}
                onFormat={(format) => change({ readAs: format === undefined ? {} : { format } })}
              />
            )}
            {found !== undefined && (
              <ImportForm
                found={found}
                choice={choice}
                into={into}
                onInto={setInto}
                onChange={change}
              />
            )}
          </section>
          <ImportPreview picked={picked !== undefined} inspection={inspection} />
        </div>
      )}
    </>
  );
}
