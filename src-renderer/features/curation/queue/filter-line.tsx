/** The filter as a line of text, the usual conditions as one press each, and all of them in a panel below. */
import { useState } from "react";
import type { ReactNode } from "react";
import { Glyph } from "#renderer/ui/glyph.tsx";
import { useNarrow } from "#renderer/ui/use-narrow.ts";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { useReview } from "../review/review-value.ts";
import { FilterPanel } from "./filter-panel.tsx";
import { hasTerm, QUICK_TERMS, toggleTerm } from "./filter-terms.ts";

/** Quick filters that are shown while the panel is closed. */
const QUICK_IN_VIEW = 3;

function QuickFilters({
  open,
  onToggle,
}: {
  readonly open: boolean;
  readonly onToggle: () => void;
}): ReactNode {
  const { line, setLine } = useReview().place;
  return (
    <div className="queuechips" role="group" aria-label="Quick filters">
      {QUICK_TERMS.slice(0, open ? undefined : QUICK_IN_VIEW).map(({ term, label }) => {
        const on = hasTerm(line, term);
        return (
          <button
            key={term}
            type="button"
            className={on ? "chip on" : "chip"}
            aria-pressed={on}
            title={term}
            onClick={() => setLine(toggleTerm(line, term))}
          >
            {label}
          </button>
        );
      })}
      <button type="button" className="chip" aria-expanded={open} onClick={onToggle}>
        {open ? "Less" : "More"} <Glyph name={open ? "left" : "down"} />
      </button>
    </div>
  );
}

export function FilterLine(): ReactNode {
  const { dataset, place, tags, filterField } = useReview();
  const { line, problems, setLine } = place;
  const [open, setOpen] = useState(false);
  const narrow = useNarrow();
  return (
    <>
      <label className="input filterline">
        <Glyph name="search" />
        <span className="visually-hidden">Filter records</span>
        <input
          ref={filterField}
          value={line}
          placeholder={narrow ? "Filter" : "Filter: text or field:value"}
          title="Text, or field:value"
          spellCheck={false}
          aria-invalid={problems.length > 0}
          onChange={(event) => setLine(event.currentTarget.value)}
          onKeyDown={(event) =>
            (event.key === "Escape" || event.key === "Enter") && event.currentTarget.blur()
          }
        />
        <KeyCaps keys="/" />
      </label>
      {problems.length > 0 && <p className="s11 warn">{problems.join("; ")}</p>}
      <QuickFilters open={open} onToggle={() => setOpen(!open)} />
      {open && <FilterPanel datasetId={dataset.id} line={line} tags={tags.all} onLine={setLine} />}
    </>
  );
}
