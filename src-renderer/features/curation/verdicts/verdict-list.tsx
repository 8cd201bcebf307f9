/** The verdicts on a text, a line each. */
import type { ReactNode } from "react";
import type { DatasetId, RecordFacts } from "#shared/schema/dataset.ts";
import { hrefTo } from "#renderer/navigation/location.ts";
import { Glyph } from "#renderer/ui/glyph.tsx";
import type { GlyphName } from "#renderer/ui/glyph.tsx";
import { visibleText } from "#renderer/ui/text/visible-text.ts";
import { verdictLines, verdictSummary } from "./verdict-lines.ts";
import type { VerdictLine, VerdictTone } from "./verdict-lines.ts";

const MARKS: Readonly<
  Record<VerdictTone, { readonly glyph: GlyphName; readonly tone: string; readonly word: string }>
> = {
  pass: { glyph: "check", tone: "pass", word: "passes" },
  warn: { glyph: "warn", tone: "warn", word: "to look at" },
  fail: { glyph: "cross", tone: "fail", word: "fails" },
  none: { glyph: "dash", tone: "t3", word: "no verdict" },
};

function VerdictRow({
  line,
  datasetId,
}: {
  readonly line: VerdictLine;
  readonly datasetId: DatasetId;
}): ReactNode {
  const { glyph, tone, word } = MARKS[line.tone];
  return (
    <li className="vd">
      <Glyph name={glyph} className={tone} label={word} />
      <div className="grow">
        <span className="med">{line.name}</span>
        <div className="t3 break">
          {visibleText(line.detail)}{" "}
          {line.record !== undefined && (
            <a
              className="link"
              href={hrefTo(["curation"], {
                dataset: datasetId,
                queue: "all",
                record: String(line.record.id),
              })}
            >
              {line.record.label}
            </a>
          )}
        </div>
      </div>
    </li>
  );
}

export interface VerdictListProps {
  readonly facts: RecordFacts;
  readonly datasetId: DatasetId;
  /** The text is the one under the editor. */
  readonly typed: boolean;
}

export function VerdictList({ facts, datasetId, typed }: VerdictListProps): ReactNode {
  const lines = verdictLines(facts);
  return (
    <section aria-label="Verdicts">
      <div className="head">
        <h2>Verdicts</h2>
        <span className="note end">{typed ? "on the text as typed" : verdictSummary(lines)}</span>
      </div>
      <ul className="verdictlist">
        {lines.map((line) => (
          <VerdictRow key={line.name} line={line} datasetId={datasetId} />
        ))}
      </ul>
    </section>
  );
}
