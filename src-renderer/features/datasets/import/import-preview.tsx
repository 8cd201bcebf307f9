/** The first rows of a file as they would come in. */
import type { ReactNode } from "react";
import type { Query } from "#renderer/bridge/use-query.ts";
import { BadLines } from "#renderer/ui/files/bad-lines.tsx";
import { formatNumber, plural } from "#renderer/ui/format.ts";
import { Empty, FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { visibleText } from "#renderer/ui/text/visible-text.ts";
import { PreviewRows } from "./preview-rows.tsx";
import type { FoundInFile } from "./use-inspection.ts";

function FoundRows({ found }: { readonly found: FoundInFile }): ReactNode {
  const { rows, read, bad, beside } = found;
  return (
    <>
      <div className="head bb">
        <h2>As they would come in</h2>
        <span className="note">
          {formatNumber(rows.length)} of the first {plural(read, "row")}
          {bad.length > 0 && `, ${plural(bad.length, "bad line")} among them`}
        </span>
      </div>
      <div className="grow scroll" tabIndex={0} role="group" aria-label="First rows">
        {beside.length > 0 && (
          <p className="s12 previewrow" role="note">
            Kept with the records and not trained on:{" "}
            <span className="mono">{visibleText(beside.join(", "))}</span>
          </p>
        )}
        {bad.length > 0 && <BadLines rows={bad} />}
        <PreviewRows rows={rows} />
      </div>
    </>
  );
}

export interface ImportPreviewProps {
  readonly picked: boolean;
  readonly inspection: Pick<Query<FoundInFile>, "data" | "failure" | "refresh">;
}

export function ImportPreview({ picked, inspection }: ImportPreviewProps): ReactNode {
  const { data, failure, refresh } = inspection;
  return (
    <section className="region" aria-label="Preview">
      {failure !== undefined && <FailureNotice failure={failure} onRetry={refresh} />}
      {!picked && (
        <Empty>
          Choose a file: conversations as OpenAI messages, ShareGPT, Alpaca, or prompt and
          completion, with the reasoning in think tags or in a column of its own.
        </Empty>
      )}
      {picked && data === undefined && failure === undefined && <SkeletonRows rows={10} />}
      {data !== undefined && <FoundRows found={data} />}
    </section>
  );
}
