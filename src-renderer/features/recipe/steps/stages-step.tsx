/** The stages in their order with the arcs of their inputs, and the edits of that order. */
import { useState } from "react";
import type { ReactNode } from "react";
import type { StageKind as Kind } from "#shared/schema/recipe.ts";
import { kindWord } from "#renderer/ui/launches/stage-name.ts";
import { useDraft } from "../document/draft-value.ts";
import { ProblemLine } from "../fields/field-checks.tsx";
import { InputArcs } from "../input-arcs.tsx";
import { getValue, textAt } from "../document/plain-value.ts";
import {
  insertStage,
  moveStage,
  newStage,
  removeStage,
  renameStage,
  stagesOf,
} from "../document/stage-edits.ts";
import { StageKind } from "../document/stage-kind.ts";

const ROW = 36;

export function StagesStep(): ReactNode {
  const { value, problems, change, broken, goTo } = useDraft();
  const [kind, setKind] = useState<Kind>("grpo");
  const stages = stagesOf(value);
  const names = stages.map((stage) => textAt(stage, ["name"]));
  const move = (from: number, to: number): void => {
    if (to < 0 || to >= stages.length) return;
    change(`move ${names[from] ?? "a stage"}`, (text) => moveStage(text, from, to));
  };
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
              <input
                className="input mono"
                aria-label={`Name of stage ${String(index + 1)}`}
                defaultValue={names[index]}
                key={names[index]}
                spellCheck={false}
                disabled={broken}
                onBlur={(event) => {
                  const next = event.currentTarget.value.trim();
                  if (next !== "" && next !== names[index])
                    change(`rename ${names[index] ?? ""}`, (text) =>
                      renameStage(text, index, next),
                    );
                }}
                onKeyDown={(event) => {
                  if (event.key === "Enter") event.currentTarget.blur();
                  if (!event.altKey) return;
                  if (event.key === "ArrowUp") move(index, index - 1);
                  if (event.key === "ArrowDown") move(index, index + 1);
                }}
              />
              <span className="s12 t2 ell">{wordOf(getValue(stage, ["kind"]))}</span>
              <span className="s12 t3 ell">{inputText(stage)}</span>
              <span className="flex end">
                <button
                  type="button"
                  className="linkbtn s12"
                  onClick={() => goTo(`stage.${names[index] ?? ""}`)}
                >
                  Options<span className="visually-hidden"> of {names[index]}</span>
                </button>
                <button
                  type="button"
                  className="btn small"
                  disabled={broken || index === 0}
                  aria-label={`Move ${names[index] ?? ""} up`}
                  onClick={() => move(index, index - 1)}
                >
                  ↑
                </button>
                <button
                  type="button"
                  className="btn small"
                  disabled={broken || index === stages.length - 1}
                  aria-label={`Move ${names[index] ?? ""} down`}
                  onClick={() => move(index, index + 1)}
                >
                  ↓
                </button>
                <button
                  type="button"
                  className="btn small"
                  disabled={broken}
                  aria-label={`Remove ${names[index] ?? ""}`}
                  onClick={() =>
                    change(`remove ${names[index] ?? ""}`, (text) => removeStage(text, index))
                  }
                >
                  Remove
                </button>
              </span>
            </li>
          ))}
        </ol>
      </div>
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
            change(`add ${kind}`, (text) => insertStage(text, stages.length, newStage(kind, value)))
          }
        >
          Add at the end
        </button>
        <span className="s11 t3">Alt ↑ and Alt ↓ in a name move its stage</span>
      </div>
    </>
  );
}

function wordOf(kind: unknown): string {
  const parsed = StageKind.safeParse(kind);
  return parsed.success ? kindWord(parsed.data) : "unknown kind";
}

function inputText(stage: Parameters<typeof getValue>[0]): string {
  const parts = [`from ${textAt(stage, ["model"])}`];
  const teacher = textAt(stage, ["teacher"]);
  const data = textAt(stage, ["data", "stage"]);
  if (teacher !== "") parts.push(`taught by ${teacher}`);
  if (data !== "") parts.push(`on ${data}`);
  return parts.join(", ");
}
