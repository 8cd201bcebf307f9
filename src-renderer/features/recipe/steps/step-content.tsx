/** The form of one step. */
import type { ReactNode } from "react";
import type { SavedRecipe } from "#shared/schema/recipe-draft.ts";
import { DataStep } from "./data/data-step.tsx";
import { HardwareStep } from "./hardware-step.tsx";
import { ModelsStep } from "./models-step.tsx";
import { PresetStep } from "./preset-step.tsx";
import { ReviewStep } from "./review-step.tsx";
import { RewardsStep } from "./rewards-step.tsx";
import { StageStep } from "./stage-step.tsx";
import { StagesStep } from "./stages-step.tsx";
import type { WizardStep } from "./wizard-steps.ts";

export interface StepContentProps {
  readonly step: WizardStep;
  readonly steps: readonly WizardStep[];
  readonly saved: SavedRecipe;
  readonly machineBytes: number;
  readonly onBeforeStart: () => Promise<void>;
}

export function StepContent(props: StepContentProps): ReactNode {
  const { step, steps, saved, machineBytes, onBeforeStart } = props;
  if (step.stage !== undefined) return <StageStep key={step.id} index={step.stage} />;
  switch (step.id) {
    case "models":
      return <ModelsStep />;
    case "data":
      return <DataStep />;
    case "stages":
      return <StagesStep />;
    case "rewards":
      return <RewardsStep />;
    case "hardware":
      return <HardwareStep machineBytes={machineBytes} />;
    case "review":
      return <ReviewStep saved={saved} steps={steps} onBeforeStart={onBeforeStart} />;
    default:
      return <PresetStep saved={saved} />;
  }
}
