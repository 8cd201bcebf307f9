/** Measuring a set: which model, how many samples a problem, which problems. Starts a pipeline; its pass rates stay with the set. */
import { useState } from "react";
import type { ReactNode } from "react";
import { hrefTo, navigate } from "#renderer/navigation/location.ts";
import { host } from "#renderer/bridge/host.ts";
import { modelsQuery } from "#renderer/bridge/queries.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { DialogFoot } from "#renderer/ui/dialog-foot.tsx";
import { Dialog } from "#renderer/ui/dialog.tsx";
import { SelectField } from "#renderer/ui/fields/select-field.tsx";
import { TextField } from "#renderer/ui/fields/text-field.tsx";
import { plural } from "#renderer/ui/format.ts";
import type { SetPlace } from "../set-place.ts";

function wholeIn(text: string): number | undefined {
  const number = Number(text.trim());
  return text.trim() !== "" && Number.isInteger(number) && number >= 1 ? number : undefined;
}

export interface MeasureDialogProps {
  readonly place: SetPlace;
  /** Of the filter. */
  readonly problems: number;
  readonly onClose: () => void;
}

export function MeasureDialog({ place, problems, onClose }: MeasureDialogProps): ReactNode {
  const { name: set, version, asked: where } = place;
  const models = useQuery(modelsQuery).data ?? [];
  const [chosen, setChosen] = useState("");
  const [samples, setSamples] = useState("8");
  const [maxTokens, setMaxTokens] = useState("256");
  const act = useAct();
  const model = chosen === "" ? (models[0]?.id ?? "") : chosen;
  const [count, tokens] = [wholeIn(samples), wholeIn(maxTokens)];
  const measure = (): void => {
    if (count === undefined || tokens === undefined) return;
    void act.run(async () => {
      const { pipelineId } = await host.problems.measure({
        set,
        version,
        model,
        samples: count,
        where,
        maxTokens: tokens,
      });
      navigate(hrefTo(["pipeline", pipelineId]));
    });
  };
  return (
    <Dialog opened label={`Measure ${set}`} headed size={480} onClose={onClose}>
      <form
        className="s12"
        onSubmit={(event) => {
          event.preventDefault();
          measure();
        }}
      >
        <p className="t2 formlead">
          {plural(problems, "problem")}
          {where === "" ? "" : " of the filter"}, each sampled and judged. How often a model solves
          a problem is kept with the set, and filters and curricula can ask for it.
        </p>
        <SelectField
          layout="beside"
          label="Model"
          focused
          value={model}
          options={models.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={setChosen}
        />
        <TextField
          layout="beside"
          label="Samples a problem"
          inputMode="numeric"
          value={samples}
          invalid={count === undefined}
          onChange={setSamples}
        />
        <TextField
          layout="beside"
          label="Tokens at most"
          inputMode="numeric"
          value={maxTokens}
          invalid={tokens === undefined}
          onChange={setMaxTokens}
        />
        <DialogFoot act={act} onClose={onClose}>
          <button
            type="submit"
            className="btn primary"
            disabled={act.busy || model === "" || count === undefined || tokens === undefined}
          >
            {act.busy ? "Starting" : "Measure"}
          </button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
