/** Published versions of a dataset, newest first, and which runs trained on them. */
import type { ReactNode } from "react";
import type { DatasetVersion } from "#shared/schema/dataset.ts";
import { hrefTo } from "#renderer/navigation/location.ts";
import { formatNumber, formatWhen, plural } from "#renderer/ui/format.ts";
import { Empty } from "#renderer/ui/region-state.tsx";
import { useNow } from "#renderer/ui/use-now.ts";
import { visibleText } from "#renderer/ui/text/visible-text.ts";

export interface VersionsRegionProps {
  readonly versions: readonly DatasetVersion[];
  /** Two refs that are compared. */
  readonly compared: readonly string[];
  readonly onCompare: (from: string, to: string) => void;
}

export function VersionsRegion({ versions, compared, onCompare }: VersionsRegionProps): ReactNode {
  const now = useNow(60_000);
  return (
    <section aria-label="Versions">
      <div className="head bt bb">
        <h2>Versions</h2>
        <span className="note end">{plural(versions.length, "version")}</span>
      </div>
      {versions.length === 0 && (
        <Empty>None published yet. A version is what a recipe can train on.</Empty>
      )}
      <ul>
        {versions.map((version, index) => {
          const before = versions[index + 1];
          return (
            <li key={version.ref} className="versionrow s12">
              <div className="flex">
                <span className="mono med">{version.ref}</span>
                <span className="t2">{plural(version.records, "record")}</span>
                <span className="t3 end nowrap">{formatWhen(version.publishedAtMs, now)}</span>
              </div>
              {version.note !== "" && <div className="break">{visibleText(version.note)}</div>}
              <div className="t3 ell" title={version.filter}>
                filter <span className="mono">{version.filter || "none"}</span>
              </div>
              <div className="t3 ell" title={version.sha256}>
                SHA-256 <span className="mono">{version.sha256.slice(0, 16)}…</span>, median{" "}
                {formatNumber(version.statistics.words?.median)} words
              </div>
              <div className="flex">
                <span className="t3">
                  {version.runs.length === 0 ? "no run trained on it" : "trained: "}
                  {version.runs.map((runId) => (
                    <a key={runId} className="link mono" href={hrefTo(["run", runId])}>
                      {runId}{" "}
                    </a>
                  ))}
                </span>
                {before !== undefined && (
                  <button
                    type="button"
                    className="linkbtn end"
                    aria-pressed={compared[1] === version.ref}
                    onClick={() => onCompare(before.ref, version.ref)}
                  >
                    Compare with {before.ref}
                  </button>
                )}
              </div>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
