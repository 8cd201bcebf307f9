/** The wizard's steps with what is chosen in each, and where something is wrong. */
import type { ReactNode } from "react";
import type { RecipeFinding } from "#shared/schema/recipe-draft.ts";
import { formatNumber, plural } from "#renderer/ui/format.ts";
import { Glyph } from "#renderer/ui/glyph.tsx";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import type { DataLook } from "../document/use-recipe-check.ts";
import { stepsOf } from "./wizard-steps.ts";
import type { WizardStep } from "./wizard-steps.ts";

export function StepsList({
  steps,
  chosen,
  problems,
  checked,
  looking,
  onChoose,
}: {
  readonly steps: readonly WizardStep[];
  readonly chosen: string;
  readonly problems: readonly RecipeFinding[];
  /** The text as it is was looked at. */
  readonly checked: boolean;
  readonly looking: DataLook | undefined;
  readonly onChoose: (id: string) => void;
}): ReactNode {
  const place = steps.findIndex(({ id }) => id === chosen);
  return (
    <nav className="region" aria-label="Steps">
      <div className="head">
        <h2>Steps</h2>
        <span className="note end">
          {place + 1} of {steps.length}
        </span>
      </div>
      <ol className="scroll grow">
        {steps.map((step) => {
          const state = stateOf(step, { steps, problems, checked, looking });
          return (
            <li key={step.id}>
              <button
                type="button"
                className={step.inner ? "ws inner" : "ws"}
                aria-current={step.id === chosen ? "step" : undefined}
                ref={step.id === chosen ? keepInView : undefined}
                onClick={() => onChoose(step.id)}
              >
                <span className="wg">
                  {state.glyph !== undefined && <Glyph name={state.glyph} className={state.tone} />}
                </span>
                <span className="grow">
                  <span className="ell wt">{step.title}</span>
                  <span className={`s11 ell ${state.glyph === "check" ? "t3" : state.tone}`}>
                    {state.words}
                  </span>
                </span>
              </button>
            </li>
          );
        })}
      </ol>
      <div className="s11 t3 pad bt">
        <div>
          Next step <KeyCaps keys="Alt+ArrowRight" />
        </div>
        <div style={{ marginTop: 6 }}>
          Next problem <KeyCaps keys="F8" />
        </div>
      </div>
    </nav>
  );
}

interface StepState {
  readonly glyph: "check" | "cross" | "warn" | undefined;
  readonly tone: string;
  readonly words: string;
}

/** A mark is only given to what was looked at: a step that shows a problem, or waits for one, has no check. */
function stateOf(
  step: WizardStep,
  about: {
    readonly steps: readonly WizardStep[];
    readonly problems: readonly RecipeFinding[];
    readonly checked: boolean;
    readonly looking: DataLook | undefined;
  },
): StepState {
  const { steps, problems, checked, looking } = about;
  const errors = problems.filter(({ level }) => level === "error");
  const shows = (problem: RecipeFinding): boolean => stepsOf(problem, steps).includes(step.id);
  const own = errors.filter(shows).length;
  if (own > 0) return { glyph: "cross", tone: "fail", words: plural(own, "problem") };
  if (step.id === "review" && errors.length > 0)
    return {
      glyph: "cross",
      tone: "fail",
      words: `${plural(errors.length, "problem")} to mend first`,
    };
  const doubts = problems.filter((one) => one.level === "warning" && shows(one)).length;
  if (doubts > 0) return { glyph: "warn", tone: "warn", words: plural(doubts, "doubt") };
  if (step.id === "data" && looking !== undefined)
    return { glyph: undefined, tone: "t3", words: lookText(looking) };
  return { glyph: checked ? "check" : undefined, tone: checked ? "pass" : "t3", words: step.fact };
}

/** e.g. "120 of 500 looked at". */
export function lookText({ done, total }: DataLook): string {
  return total === 0 ? "is looked at" : `${formatNumber(done)} of ${formatNumber(total)} looked at`;
}

function keepInView(element: HTMLElement | null): void {
  element?.scrollIntoView({ block: "nearest" });
}
