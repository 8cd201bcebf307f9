/** The stages in their order with the arcs of their inputs, and the edits of that order. */
import { useState } from "react";
import type { ReactNode } from "react";
import type { StageKind as Kind } from "#shared/schema/recipe.ts";
import { kindWord } from "#renderer/ui/pipelines/stage-name.ts";
import { useDraft } from "../document/draft-value.ts";
import { insertStage, newStage, stagesOf } from "../document/stage-edits.ts";
import { StageKind } from "../document/stage-kind.ts";
import { ProblemLine } from "../fields/field-checks.tsx";
import { InputArcs } from "../input-arcs.tsx";
import { StageRow } from "./stage-row.tsx";

const ROW = 36;

export function StagesStep(): ReactNode {
  const { value, problems } = useDraft();
  const stages = stagesOf(value);
  return (
    <>
      <div className="sec">
        <h2>Stages</h2>
        <span className="t3 s12">
          they run from top to bottom; arcs lead from what a stage uses to the stage
        </span>
      </div>
      {problems
        .filter(({ keys }) => keys.length === 1 && keys[0] === "stages")
        .map((problem) => (
          <div key={problem.message} className="sectext">
            <ProblemLine problem={problem} />
          </div>
        ))}
      <div className="stagegraph">
        <InputArcs stages={stages} rowHeight={ROW} />
        <ol>
          {stages.map((stage, index) => (
            // A stage keeps its row's identity by its place: names may be double while they are typed.
            <li key={`${String(index)} of the list`} className="stagerow" style={{ height: ROW }}>
              <StageRow stage={stage} index={index} count={stages.length} />
            </li>
          ))}
        </ol>
      </div>
      <AddStage place={stages.length} />
    </>
  );
}

function AddStage({ place }: { readonly place: number }): ReactNode {
  const { value, change, broken } = useDraft();
  const [kind, setKind] = useState<Kind>("grpo");
  return (
    <div className="sectext flex">
      <label className="flex">
        <span className="s12 t2">Add a stage</span>
        <select
          className="input"
          value={kind}
          onChange={(event) => setKind(StageKind.parse(event.currentTarget.value))}
        >
          {StageKind.options.map((one) => (
            <option key={one} value={one}>
              {kindWord(one)}
            </option>
          ))}
        </select>
      </label>
      <button
        type="button"
        className="btn"
        disabled={broken}
        onClick={() =>
          change(`add ${kind}`, (text) => insertStage(text, place, newStage(kind, value)))
        }
      >
        Add at the end
      </button>
      <span className="s11 t3">Alt ↑ and Alt ↓ in a name move its stage</span>
    </div>
  );
}
