/** The filter of a set's problems, with the terms that are asked for most as buttons, and whose pass rates are shown. */
import type { ReactNode, RefObject } from "react";
import type { MeasuredModel } from "#shared/schema/problem-set.ts";
import { PROBLEM_FILTER_FIELDS } from "#shared/schema/problem-filter-text.ts";
import { Glyph } from "#renderer/ui/glyph.tsx";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { visibleText } from "#renderer/ui/text/visible-text.ts";
import { hasTerm, toggleTerm } from "./filter-terms.ts";
import type { SetPlace } from "./set-place.ts";

const SIDES = ["split:train", "split:test"] as const;
const LEARNABLE = "pass_rate:0.1..0.9";

export interface FilterBarProps {
  readonly place: SetPlace;
  readonly models: readonly MeasuredModel[];
  readonly field: RefObject<HTMLInputElement | null>;
}

function TermChip({
  place,
  term,
  label,
  others,
}: {
  readonly place: SetPlace;
  readonly term: string;
  readonly label: string;
  readonly others?: readonly string[];
}): ReactNode {
  const on = hasTerm(place.where, term);
  return (
    <button
      type="button"
      className={on ? "chip on" : "chip"}
      aria-pressed={on}
      title={term}
      onClick={() => place.setWhere(toggleTerm(place.where, term, others))}
    >
      {label}
    </button>
  );
}

export function FilterBar({ place, models, field }: FilterBarProps): ReactNode {
  const { where, setWhere, faults, model, setModel } = place;
  return (
    <div className="problembar bb">
      <div className="flex">
        <label className="input filter grow">
          <Glyph name="search" className="t3" />
          <span className="visually-hidden">Filter problems</span>
          <input
            ref={field}
            className="mono"
            value={where}
            spellCheck={false}
            aria-invalid={faults.length > 0}
            aria-describedby="problem-filter-says"
            placeholder="tag:algebra difficulty:3..5 “two trains”"
            onChange={(event) => setWhere(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === "Escape" || event.key === "Enter") event.currentTarget.blur();
            }}
          />
          <KeyCaps keys="/" />
        </label>
        {SIDES.map((term) => (
          <TermChip
            key={term}
            place={place}
            term={term}
            label={term.slice("split:".length)}
            others={SIDES}
          />
        ))}
        {models.length > 0 && <TermChip place={place} term={LEARNABLE} label="10–90% solved" />}
        {models.length > 1 && (
          <select
            className="input"
            aria-label="Whose pass rates"
            value={model}
            onChange={(event) => setModel(event.currentTarget.value)}
          >
            <option value="">measured last: {visibleText(models[0]?.name ?? "")}</option>
            {models.slice(1).map(({ key, name }) => (
              <option key={key} value={key}>
                {visibleText(name)}
              </option>
            ))}
          </select>
        )}
      </div>
      <p
        id="problem-filter-says"
        className={faults.length === 0 ? "visually-hidden" : "s12 warn"}
        role="status"
      >
        {faults.length === 0
          ? `Fields: ${PROBLEM_FILTER_FIELDS.join(", ")}.`
          : `${faults.join("; ")}. The list shows everything meanwhile.`}
      </p>
    </div>
  );
}
