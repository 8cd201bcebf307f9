/** Reasoning as numbered steps that fold to one line each. */
import { useState } from "react";
import type { ReactNode } from "react";
import { plural } from "#renderer/ui/format.ts";
import { Glyph } from "#renderer/ui/glyph.tsx";
import { visibleText } from "#renderer/ui/text/visible-text.ts";
import type { Step } from "./reasoning-steps.ts";

/** Steps put on the page before more are asked for. */
const FIRST_STEPS = 60;
const FOLDED_CHARACTERS = 200;

export interface StepListProps {
  readonly steps: readonly Step[];
  readonly folded: ReadonlySet<number>;
  readonly onFold: (step: number) => void;
  readonly renderStep: (step: Step, index: number) => ReactNode;
}

export function StepList({ steps, folded, onFold, renderStep }: StepListProps): ReactNode {
  const [shown, setShown] = useState(FIRST_STEPS);
  const rest = steps.length - shown;
  return (
    <>
      <ol className="steps">
        {steps.slice(0, shown).map((step, index) => {
          const closed = folded.has(index);
          return (
            <li key={step.start} className="step">
              <button
                type="button"
                className="stepfold"
                aria-expanded={!closed}
                aria-label={`Step ${String(index + 1)}`}
                onClick={() => onFold(index)}
              >
                <Glyph name={closed ? "right" : "down"} />
                <span className="sn tn">{index + 1}</span>
              </button>
              {closed ? (
                <div className="ell t2 stepline">
                  {visibleText(step.text.slice(0, FOLDED_CHARACTERS)).replaceAll("\n", " ")}
                </div>
              ) : (
                <div className="read">{renderStep(step, index)}</div>
              )}
              <span className="t3 s11 nowrap stepwords">{plural(step.words, "word")}</span>
            </li>
          );
        })}
      </ol>
      {rest > 0 && (
        <button
          type="button"
          className="btn small"
          onClick={() => setShown(shown + Math.max(FIRST_STEPS, shown))}
        >
          Show {plural(Math.min(rest, Math.max(FIRST_STEPS, shown)), "more step", "more steps")} of{" "}
          {rest}
        </button>
      )}
    </>
  );
}
