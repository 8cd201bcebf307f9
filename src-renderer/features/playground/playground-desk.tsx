/** The models' answers, the field to ask them, and the settings of the trial. */
import { useState } from "react";
import type { ReactNode } from "react";
import type { PlaygroundModel } from "#shared/schema/playground.ts";
import { FailureNotice } from "#renderer/ui/region-state.tsx";
import { Composer } from "./asking/composer.tsx";
import { MemoryRegion } from "./asking/memory-region.tsx";
import { ProblemRegion } from "./asking/problem-region.tsx";
import { SamplingForm } from "./asking/sampling-form.tsx";
import { useAsked } from "./asking/use-asked.ts";
import { useLoaded } from "./asking/use-loaded.ts";
import { useWriting } from "./asking/use-writing.ts";
import { DatasetDialog } from "./keeping/dataset-dialog.tsx";
import type { AnswerToKeep } from "./keeping/dataset-dialog.tsx";
import { HistoryRegion } from "./keeping/history-region.tsx";
import { useThreadAddress } from "./keeping/use-thread-address.ts";
import { usePlaygroundCommands } from "./playground-commands.ts";
import { PlaygroundHead } from "./playground-head.tsx";
import { PlaygroundContext } from "./playground-value.ts";
import { Sides } from "./reading/sides.tsx";
import { TokenRegion } from "./reading/tokens/token-region.tsx";
import { useReading } from "./reading/use-reading.ts";
import { useTrial } from "./trial/use-trial.ts";

export interface PlaygroundDeskProps {
  readonly model: string;
  readonly models: readonly PlaygroundModel[];
}

export function PlaygroundDesk({ model, models }: PlaygroundDeskProps): ReactNode {
  const asked = useAsked(model, models);
  const control = useTrial(asked.mode, asked.ids);
  const loadFailure = useLoaded(asked.ids);
  const reading = useReading();
  const writing = useWriting(asked.mode, control, reading.pick);
  const [answer, keep] = useState<AnswerToKeep>();
  useThreadAddress(control, ({ mode, sides }) => {
    // A text is gone on with from where it was; a chat begins a new message.
    if (mode === "text") writing.setText(sides[0]?.turns[0]?.content ?? "");
  });
  const playground = { models, asked, control, writing, reading, keep };
  usePlaygroundCommands(playground);
  const failure = control.failure ?? loadFailure;
  return (
    <PlaygroundContext value={playground}>
      <PlaygroundHead />
      {failure !== undefined && <FailureNotice failure={failure} />}
      <div className="cols playground">
        <div className="region">
          <Sides />
          <Composer />
        </div>
        <div
          className="region scroll aside"
          tabIndex={0}
          role="group"
          aria-label="Settings of the trial"
        >
          <TokenRegion piece={reading.picked} shown={reading.shaded} />
          <ProblemRegion />
          <SamplingForm />
          <MemoryRegion />
          <HistoryRegion />
        </div>
      </div>
      <DatasetDialog answer={answer} onClose={() => keep(undefined)} />
    </PlaygroundContext>
  );
}
