/** The rows of a file that could not come in, with their reasons. */
import type { ReactNode } from "react";
import { host } from "#renderer/bridge/host.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import "#renderer/ui/files/files.css";
import { formatNumber, plural } from "#renderer/ui/format.ts";
import { visibleText } from "#renderer/ui/text/visible-text.ts";

export function BadRows({
  jobId,
  opened = false,
}: {
  readonly jobId: string;
  /** Shown without being asked for. */
  readonly opened?: boolean;
}): ReactNode {
  const rows = useQuery({
    key: `bad-rows:${jobId}`,
    topics: ["dataset-jobs"],
    fetch: (signal) => host.datasets.imports.badRows({ jobId, limit: 500 }, { signal }),
  }).data;
  if (rows === undefined || rows.total === 0) return null;
  return (
    <details className="badrows s12" open={opened}>
      <summary>
        {plural(rows.total, "bad line")}
        {rows.rows.length < rows.total && `, the first ${formatNumber(rows.rows.length)}`}
      </summary>
      <ul className="scroll" tabIndex={0} aria-label="Bad lines">
        {rows.rows.map((row) => (
          <li key={row.line} className="flex top">
            <span className="mono t3 lineno">{formatNumber(row.line)}</span>
            <span className="grow break">{visibleText(row.reason)}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
