/** What came of an import: what is in, and what a person should look at. */
import type { ReactNode } from "react";
import type { ProblemImportOutcome } from "#shared/schema/problem-import.ts";
import { hrefTo } from "#renderer/navigation/location.ts";
import { BadLines } from "#renderer/ui/files/bad-lines.tsx";
import { formatNumber, plural } from "#renderer/ui/format.ts";
import { Glyph } from "#renderer/ui/glyph.tsx";
import { goldsText, splitsText } from "../set-words.ts";

/** Nothing that a person has to look at. */
export function isClean(outcome: ProblemImportOutcome): boolean {
  const { version, badLines, goldsRejected, duplicates, goldsContradicted, withoutGold } = outcome;
  return (
    version !== null &&
    badLines + goldsRejected + duplicates + goldsContradicted + withoutGold === 0
  );
}

function Summary({ outcome }: { readonly outcome: ProblemImportOutcome }): ReactNode {
  const { set, version, problems, unchanged, duplicates, nearDuplicates, badLines } = outcome;
  if (version === null)
    return (
      <span className="grow">
        <span className="med">
          {plural(badLines, "line")} cannot come in, so nothing was imported.
        </span>{" "}
        Mend the file, map it otherwise, or leave bad lines out.
      </span>
    );
  return (
    <>
      <span className="grow">
        <span className="med">
          {unchanged
            ? `${set} has these very problems already: version ${formatNumber(version)} stays the newest.`
            : `${plural(problems, "problem")} in ${set}, version ${formatNumber(version)}: ${splitsText(outcome)}.`}
        </span>
        {badLines > 0 && ` ${plural(badLines, "bad line")} left out.`}
        {duplicates > 0 && ` Left out as repeated: ${plural(duplicates, "line")}.`}
        {nearDuplicates > 0 && ` ${plural(nearDuplicates, "problem")} nearly repeats another.`}
      </span>
      <a className="btn small" href={hrefTo(["problems", set])}>
        Open {set}
      </a>
    </>
  );
}

export function ImportOutcome({ outcome }: { readonly outcome: ProblemImportOutcome }): ReactNode {
  const { version, bad, goldRejected, goldsRejected, contradicted, goldsContradicted } = outcome;
  const { withoutGold } = outcome;
  return (
    <div className="importoutcome bb" role="status">
      <div className={version === null ? "notice fail" : "notice done"}>
        {version === null ? (
          <Glyph name="cross" className="fail" />
        ) : (
          <Glyph name="check" className="pass" />
        )}
        <Summary outcome={outcome} />
      </div>
      {bad.length > 0 && <BadLines rows={bad} />}
      {goldsRejected > 0 && (
        <>
          <p className="s12 pad warn">
            {goldsText(goldsRejected)}: nobody can be right there. They are in the set.
          </p>
          <BadLines rows={goldRejected} label="Gold answers not understood" doubtful />
        </>
      )}
      {goldsContradicted > 0 && (
        <>
          <p className="s12 pad warn">
            {plural(goldsContradicted, "problem")} asked before, with another answer. All are in the
            set.
          </p>
          <BadLines rows={contradicted} label="Asked twice with different answers" doubtful />
        </>
      )}
      {withoutGold > 0 && (
        <p className="s12 pad warn">
          {plural(withoutGold, "problem")} without a right answer: no verifier can judge them. Where
          a column holds it, say which under Right answer.
        </p>
      )}
    </div>
  );
}
