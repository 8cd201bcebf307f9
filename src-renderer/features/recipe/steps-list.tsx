/** The wizard's steps with what is chosen in each, and where something is wrong. */
import type { ReactNode } from "react";
import type { RecipeProblem } from "#shared/schema/recipe-draft.ts";
import { plural } from "../../ui/format.ts";
import { Glyph } from "../../ui/glyph.tsx";
import { KeyCaps } from "../../ui/key-caps.tsx";
import { stepOf } from "./wizard-steps.ts";
import type { WizardStep } from "./wizard-steps.ts";

export function StepsList({
  steps,
  chosen,
  problems,
  onChoose,
}: {
  readonly steps: readonly WizardStep[];
  readonly chosen: string;
  readonly problems: readonly RecipeProblem[];
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
          const own = problems.filter((problem) => stepOf(problem, steps) === step.id);
          const errors = own.filter(({ level }) => level === "error").length;
          const doubts = own.filter(({ level }) => level === "warning").length;
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
                  {errors > 0 ? (
                    <Glyph name="cross" className="fail" />
                  ) : doubts > 0 ? (
                    <Glyph name="warn" className="warn" />
                  ) : (
                    <Glyph name="check" className="pass" />
                  )}
                </span>
                <span className="grow">
                  <span className="ell wt">{step.title}</span>
                  {errors > 0 ? (
                    <span className="s11 fail ell">{plural(errors, "problem")}</span>
                  ) : doubts > 0 ? (
                    <span className="s11 warn ell">{plural(doubts, "doubt")}</span>
                  ) : (
                    <span className="s11 t3 ell">{step.fact}</span>
                  )}
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

function keepInView(element: HTMLElement | null): void {
  element?.scrollIntoView({ block: "nearest" });
}
