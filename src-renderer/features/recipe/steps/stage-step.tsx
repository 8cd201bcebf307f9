/** The options of one stage, in groups, with what follows from them said beside. */
import type { ReactNode } from "react";
import { useDraft } from "../document/draft-value.ts";
import { DataFields } from "./data/data-step.tsx";
import { OptionField } from "../fields/option-field.tsx";
import { getValue, isMap } from "../document/plain-value.ts";
import type { Json } from "../document/plain-value.ts";
import { RewardsTable } from "./rewards-table.tsx";
import { modelsMadeBy, stagesOf } from "../document/stage-edits.ts";
import { groupFact, inertFacts, optionFact } from "../document/stage-facts.ts";
import { fieldGroups } from "../fields/stage-fields.ts";
import { StageKind } from "../document/stage-kind.ts";
import { TextField } from "../fields/text-field.tsx";
import { TwinSwitch } from "../fields/twin-switch.tsx";
import { TeacherField } from "./teacher-field.tsx";

export function StageStep({ index }: { readonly index: number }): ReactNode {
  const { value, goTo } = useDraft();
  const stage = stagesOf(value)[index];
  const kind = StageKind.safeParse(getValue(stage, ["kind"]));
  if (stage === undefined || !kind.success)
    return (
      <p className="sectext t2">
        This stage has no known kind. Known are {StageKind.options.join(", ")}.
      </p>
    );
  const at = ["stages", index] as const;
  const inert = inertFacts(stage);
  return (
    <>
      <div className="sec">
        <h2>Inputs</h2>
        <span className="t3 s12">a model of the recipe, or a stage before</span>
      </div>
      <TextField
        label="model"
        line="what it starts from"
        keys={[...at, "model"]}
        choices={modelChoices(value, index)}
      />
      {(kind.data === "distill" || kind.data === "rejection-sampling") && (
        <TeacherField at={at} kind={kind.data} models={modelChoices(value, index)} />
      )}
      {kind.data !== "pretrain" && <DataFields stage={stage} index={index} />}
      {fieldGroups(kind.data).map(({ group, fields }) => (
        <section key={group} aria-label={group}>
          <div className="sec bt">
            <h2>{group}</h2>
            <span className="t3 s12">{groupFact(group, stage)}</span>
          </div>
          {group === "Critic" && <TwinSwitch keys={[...at, "twin"]} />}
          {fields.map((field) => (
            <OptionField
              key={field.name}
              field={field}
              keys={[...at, field.name]}
              fact={optionFact(field.name, stage)}
              inert={inert.get(field.name)}
            />
          ))}
          {group === (kind.data === "grpo" ? "Objective" : "What is kept") && (
            <>
              <div className="sec bt">
                <h2>Rewards</h2>
                <span className="t3 s12">
                  {kind.data === "grpo"
                    ? "weighted and added up"
                    : "weighted and added up, the best are kept; none: the verifier alone chooses"}
                </span>
                <button type="button" className="linkbtn s12 end" onClick={() => goTo("rewards")}>
                  Try them out
                </button>
              </div>
              <RewardsTable index={index} tried={undefined} />
            </>
          )}
        </section>
      ))}
    </>
  );
}

function modelChoices(value: Json, index: number): readonly string[] {
  const models = getValue(value, ["models"]);
  return [
    ...(isMap(models) ? Object.keys(models) : []),
    ...stagesOf(value).slice(0, index).flatMap(modelsMadeBy),
  ];
}
