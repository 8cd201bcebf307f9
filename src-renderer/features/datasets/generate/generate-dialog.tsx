/** New records from a teacher: prompts of a task or a list, samples of each, a budget. */
import { useState } from "react";
import type { ReactNode } from "react";
import type { DatasetId } from "#shared/schema/dataset.ts";
import { hrefTo } from "#renderer/navigation/location.ts";
import { host } from "#renderer/bridge/host.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { DialogFoot } from "#renderer/ui/dialog-foot.tsx";
import { Dialog } from "#renderer/ui/dialog.tsx";
import { TextField } from "#renderer/ui/fields/text-field.tsx";
import { FIRST_CHOICE, generateRequest } from "./generate-choice.ts";
import type { GenerateChoice } from "./generate-choice.ts";
import { PromptFields } from "./prompt-fields.tsx";
import { SamplingFields } from "./sampling-fields.tsx";
import { TeacherField, useFirstTeacher } from "./teacher-field.tsx";

export interface GenerateDialogProps {
  /** Records are added to it; without, to a new dataset. */
  readonly datasetId?: DatasetId;
  readonly onClose: () => void;
}

function Lead(): ReactNode {
  return (
    <p className="t2 formlead">
      Each sample is checked by its task&apos;s rule as it arrives. The job shows its yield and what
      an accepted sample costs; it can be cancelled and goes on where it stopped. Servers that speak
      OpenAI&apos;s API are named in the{" "}
      <a className="link" href={hrefTo(["settings"])}>
        settings
      </a>
      .
    </p>
  );
}

export function GenerateDialog({ datasetId, onClose }: GenerateDialogProps): ReactNode {
  const [choice, setChoice] = useState(FIRST_CHOICE);
  const first = useFirstTeacher();
  const act = useAct();
  const change = (part: Partial<GenerateChoice>): void =>
    setChoice((before) => ({ ...before, ...part }));
  const teacher = choice.teacher === "" ? first : choice.teacher;
  const request = generateRequest(choice, datasetId, teacher);
  const start = (): void => {
    if (request === undefined) return;
    void act
      .run(() => host.datasets.generate.start(request))
      .then((done) => {
        if (done) onClose();
      });
  };
  return (
    <Dialog opened onClose={onClose} label="Generate with a teacher" headed size={560}>
      <form
        className="s12"
        onSubmit={(event) => {
          event.preventDefault();
          start();
        }}
      >
        <Lead />
        {datasetId === undefined && (
          <TextField
            layout="beside"
            label="Name of the new dataset"
            focused
            maxLength={200}
            value={choice.name}
            onChange={(name) => change({ name })}
          />
        )}
        <TeacherField teacher={teacher} onChange={(next) => change({ teacher: next })} />
        <PromptFields choice={choice} onChange={change} />
        <SamplingFields choice={choice} onChange={change} />
        <DialogFoot act={act} onClose={onClose}>
          <button
            type="submit"
            className="btn primary"
            disabled={request === undefined || act.busy}
          >
            Generate
          </button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
