/** The options of a recipe's stages, for the palette: chosen, the stage's step opens with the option under the cursor. */
import type { ShownOption } from "#renderer/navigation/screen-options.ts";
import type { Json } from "../document/plain-value.ts";
import { getValue, textAt } from "../document/plain-value.ts";
import { stagesOf } from "../document/stage-edits.ts";
import { fieldsOf } from "./stage-fields.ts";
import { StageKind } from "../document/stage-kind.ts";
import type { WizardStep } from "../steps/wizard-steps.ts";

export function shownOptions(
  value: Json,
  steps: readonly WizardStep[],
  goTo: (stepId: string) => void,
): readonly ShownOption[] {
  return stagesOf(value).flatMap((stage, index) => {
    const kind = StageKind.safeParse(getValue(stage, ["kind"]));
    const step = steps.find((one) => one.stage === index);
    if (!kind.success || step === undefined) return [];
    return fieldsOf(kind.data).map(({ name, line }) => ({
      name,
      of: textAt(stage, ["name"]),
      line,
      open: () => {
        goTo(step.id);
        focusOption(name);
      },
    }));
  });
}

/** Once the step is drawn; its option may be folded away, then the step alone is shown. */
function focusOption(name: string): void {
  window.setTimeout(() => {
    const row = document.querySelector(`[data-option="${name}"]`);
    row?.scrollIntoView({ block: "center" });
    row?.querySelector<HTMLElement>("input, select, button")?.focus();
  }, 50);
}
