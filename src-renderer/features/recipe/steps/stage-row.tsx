/** One stage in the list of stages: its name, what it is and uses, and the edits of its place. */
import type { ReactNode } from "react";
import { kindWord } from "#renderer/ui/pipelines/stage-name.ts";
import { useDraft } from "../document/draft-value.ts";
import { getValue, textAt } from "../document/plain-value.ts";
import type { Json } from "../document/plain-value.ts";
import { moveStage, removeStage, renameStage } from "../document/stage-edits.ts";
import { StageKind } from "../document/stage-kind.ts";

export interface StageRowProps {
  readonly stage: Json;
  readonly index: number;
  /** How many stages there are. */
  readonly count: number;
}

export function StageRow({ stage, index, count }: StageRowProps): ReactNode {
  const { change, broken, goTo } = useDraft();
  const name = textAt(stage, ["name"]);
  const move = (to: number): void => {
    if (to >= 0 && to < count)
      change(`move ${name === "" ? "a stage" : name}`, (text) => moveStage(text, index, to));
  };
  return (
    <>
      <input
        className="input mono"
        aria-label={`Name of stage ${String(index + 1)}`}
        defaultValue={name}
        key={name}
        spellCheck={false}
        disabled={broken}
        onBlur={(event) => {
          const next = event.currentTarget.value.trim();
          if (next !== "" && next !== name)
            change(`rename ${name}`, (text) => renameStage(text, index, next));
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter") event.currentTarget.blur();
          if (!event.altKey) return;
          if (event.key === "ArrowUp") move(index - 1);
          if (event.key === "ArrowDown") move(index + 1);
        }}
      />
      <span className="s12 t2 ell">{wordOf(getValue(stage, ["kind"]))}</span>
      <span className="s12 t3 ell">{inputText(stage)}</span>
      <span className="flex end">
        <button type="button" className="linkbtn s12" onClick={() => goTo(`stage.${name}`)}>
          Options<span className="visually-hidden"> of {name}</span>
        </button>
        <button
          type="button"
          className="btn small"
          disabled={broken || index === 0}
          aria-label={`Move ${name} up`}
          onClick={() => move(index - 1)}
        >
          ↑
        </button>
        <button
          type="button"
          className="btn small"
          disabled={broken || index === count - 1}
          aria-label={`Move ${name} down`}
          onClick={() => move(index + 1)}
        >
          ↓
        </button>
        <button
          type="button"
          className="btn small"
          disabled={broken}
          aria-label={`Remove ${name}`}
          onClick={() => change(`remove ${name}`, (text) => removeStage(text, index))}
        >
          Remove
        </button>
      </span>
    </>
  );
}

function wordOf(kind: unknown): string {
  const parsed = StageKind.safeParse(kind);
  return parsed.success ? kindWord(parsed.data) : "unknown kind";
}

function inputText(stage: Json): string {
  const parts = [`from ${textAt(stage, ["model"])}`];
  const teacher = textAt(stage, ["teacher"]);
  const data = textAt(stage, ["data", "stage"]);
  const endpoint = textAt(stage, ["teacher", "endpoint"]);
  if (endpoint !== "") parts.push(`taught by ${endpoint}`);
  if (teacher !== "") parts.push(`taught by ${teacher}`);
  if (data !== "") parts.push(`on ${data}`);
  return parts.join(", ");
}
