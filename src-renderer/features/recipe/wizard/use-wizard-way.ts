/** The way through the wizard: its steps, the one that is shown, kept in the address, and how one comes to another. */
import { useCallback, useMemo } from "react";
import type { RecipeFinding } from "#shared/schema/recipe-draft.ts";
import { useFilter } from "#renderer/navigation/location.ts";
import type { Json } from "../document/plain-value.ts";
import { stepsOf, wizardSteps } from "../steps/wizard-steps.ts";
import type { WizardStep } from "../steps/wizard-steps.ts";

export interface WizardWay {
  readonly steps: readonly WizardStep[];
  readonly step: WizardStep | undefined;
  readonly before: WizardStep | undefined;
  readonly next: WizardStep | undefined;
  readonly goTo: (id: string) => void;
  /** Goes to the next step that holds one, and after the last to the first. */
  readonly goToNextProblem: (problems: readonly RecipeFinding[]) => void;
}

export function useWizardWay(value: Json): WizardWay {
  const [stepId, setStepId] = useFilter("step", "preset");
  const steps = useMemo(() => wizardSteps(value), [value]);
  const goTo = useCallback((id: string) => setStepId(id, false), [setStepId]);
  return useMemo(() => {
    const place = Math.max(
      0,
      steps.findIndex(({ id }) => id === stepId),
    );
    return {
      steps,
      step: steps[place],
      before: steps[place - 1],
      next: steps[place + 1],
      goTo,
      goToNextProblem: (problems) => {
        const wrong = problems.filter(({ level }) => level !== "note");
        const holding = steps.flatMap(({ id }, index) =>
          wrong.some((one) => stepsOf(one, steps).includes(id)) ? [index] : [],
        );
        const target = steps[holding.find((index) => index > place) ?? holding[0] ?? -1];
        if (target !== undefined) goTo(target.id);
      },
    };
  }, [steps, stepId, goTo]);
}
