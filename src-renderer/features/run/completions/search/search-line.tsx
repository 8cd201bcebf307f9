/** What is searched for among a run's completions: text, reward, verdict and end. */
import type { ReactNode, RefObject } from "react";
import { plural } from "#renderer/ui/format.ts";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { Segments } from "#renderer/ui/segments.tsx";
import { isNumber } from "./hit-filter.ts";
import type { HitFilter } from "./hit-filter.ts";
import type { SetHitFilter } from "./use-hit-filter.ts";

function Bound({
  label,
  value,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}): ReactNode {
  const bad = !isNumber(value);
  return (
    <input
      className={bad ? "input bound bad" : "input bound"}
      aria-label={label}
      aria-invalid={bad}
      title={bad ? "Not a number: nothing is bounded by it" : label}
      inputMode="decimal"
      placeholder={label.startsWith("Least") ? "from" : "to"}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

export interface SearchLineProps {
  readonly filter: HitFilter;
  readonly set: SetHitFilter;
  /** undefined while it is searched. */
  readonly total: number | undefined;
  readonly field: RefObject<HTMLInputElement | null>;
}

export function SearchLine({ filter, set, total, field }: SearchLineProps): ReactNode {
  return (
    <div className="groups searchline">
      <label className="input filter grow">
        <span className="visually-hidden">Text in a completion or its prompt</span>
        <input
          ref={field}
          value={filter.text}
          placeholder="Text in a completion or its prompt"
          spellCheck={false}
          onChange={(event) => set.text(event.currentTarget.value)}
          onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
        />
        <KeyCaps keys="/" />
      </label>
      <span className="t3">Reward</span>
      <Bound label="Least reward" value={filter.minReward} onChange={set.minReward} />
      <Bound label="Greatest reward" value={filter.maxReward} onChange={set.maxReward} />
      <Segments
        slim
        label="Completions shown"
        value={filter.show}
        onChange={set.show}
        segments={[
          { value: "all", label: "All" },
          { value: "right", label: "Right" },
          { value: "wrong", label: "Wrong" },
        ]}
      />
      <button
        type="button"
        className="btn small"
        aria-pressed={filter.cut}
        onClick={() => set.cut(!filter.cut)}
      >
        Cut only
      </button>
      <span className="t3 nowrap" role="status">
        {total === undefined ? "searching" : plural(total, "completion")}
      </span>
    </div>
  );
}
