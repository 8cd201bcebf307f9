/** The step that is shown: its form, and the way back and on below it. */
import type { ReactNode } from "react";
import type { SavedRecipe } from "#shared/schema/recipe-draft.ts";
import { plural } from "#renderer/ui/format.ts";
import { Glyph } from "#renderer/ui/glyph.tsx";
import { useDraft } from "../document/draft-value.ts";
import { StepContent } from "../steps/step-content.tsx";
import { stepsOf } from "../steps/wizard-steps.ts";
import type { WizardWay } from "./use-wizard-way.ts";

export interface StepRegionProps {
  readonly way: WizardWay;
  readonly saved: SavedRecipe;
  readonly machineBytes: number;
  readonly onBeforeStart: () => Promise<void>;
}

export function StepRegion({
  way,
  saved,
  machineBytes,
  onBeforeStart,
}: StepRegionProps): ReactNode {
  const { steps, step } = way;
  return (
    <section className="region" aria-label={step?.title ?? "Step"}>
      {/* Each step begins at its top. */}
      <div key={step?.id} className="grow scroll stepbody">
        {step !== undefined && (
          <StepContent
            step={step}
            steps={steps}
            saved={saved}
            machineBytes={machineBytes}
            onBeforeStart={onBeforeStart}
          />
        )}
      </div>
      <StepFoot way={way} />
    </section>
  );
}

function StepFoot({ way }: { readonly way: WizardWay }): ReactNode {
  const { steps, step, before, next, goTo } = way;
  const errors = useDraft().problems.filter(({ level }) => level === "error");
  const here = errors.flatMap((one) => stepsOf(one, steps)).filter((id) => id === step?.id).length;
  return (
    <div className="flex bt stepfoot">
      <button
        type="button"
        className="btn"
        disabled={before === undefined}
        onClick={() => before !== undefined && goTo(before.id)}
      >
        Back
      </button>
      <span className="end s12 flex" role="status">
        {errors.length > 0 && (
          <span className="fail flex">
            <Glyph name="cross" />
            {here > 0
              ? `${plural(here, "problem")} in this step`
              : `${plural(errors.length, "problem")} in other steps`}
          </span>
        )}
      </span>
      {next !== undefined && (
        <button
          type="button"
          className={step?.id === "review" ? "btn" : "btn primary"}
          onClick={() => goTo(next.id)}
        >
          Continue to {next.title}
        </button>
      )}
    </div>
  );
}
