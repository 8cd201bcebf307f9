/** What came of an import that left lines out: what is in, what is not and why, and the ways on. */
import type { ReactNode } from "react";
import type { DatasetJob } from "#shared/schema/dataset.ts";
import { hrefTo } from "#renderer/navigation/location.ts";
import { plural } from "#renderer/ui/format.ts";
import { Glyph } from "#renderer/ui/glyph.tsx";
import { visibleText } from "#renderer/ui/text/visible-text.ts";
import { BadRows } from "../jobs/bad-rows.tsx";

export interface ImportOutcomeProps {
  readonly job: DatasetJob;
  readonly onAnother: () => void;
}

export function ImportOutcome({ job, onAnother }: ImportOutcomeProps): ReactNode {
  const { id, datasetId, title, added, bad } = job;
  return (
    <section className="region grow" aria-label="What came of the import">
      <div className="notice done" role="status">
        <Glyph name="check" className="pass" />
        <span className="grow">
          <span className="med">
            {plural(added, "record")} of {visibleText(title)} {added === 1 ? "is" : "are"} in.
          </span>{" "}
          {plural(bad, "line")} could not come in and {bad === 1 ? "was" : "were"} left out.
        </span>
        {datasetId !== null && (
          <>
            <a className="btn small" href={hrefTo(["dataset", datasetId])}>
              Open the dataset
            </a>
            <a className="btn small" href={hrefTo(["curation"], { dataset: datasetId })}>
              Review
            </a>
          </>
        )}
        <button type="button" className="btn small" onClick={onAnother}>
          Import another file
        </button>
      </div>
      <p className="s12 t2 pad">
        Nothing more has to be done. To have these lines too, mend them in the file and import a
        file of them alone into the same dataset.
      </p>
      <BadRows jobId={id} opened />
    </section>
  );
}
