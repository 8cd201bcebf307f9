/** Problems that a stage both learns from and is measured on: what it measures is then partly memory. */
import type { AlarmChange } from "#shared/schema/alarm.ts";
import type { GrpoStage } from "#shared/schema/stages/grpo-stage.ts";
import type { Problem } from "#main/core/problems/problem.ts";
import type { Alarm } from "../../training/alarms.ts";

type Asked = Pick<Problem, "id" | "messages" | "prompt">;

/** So many problems of the run are compared with those that it is measured on. */
export const MOST_COMPARED = 4096;
const NAMED = 3;
const SHOWN = 80;

/** Null where they have nothing in common; white space and capitals make no difference. */
export function overlapAlarm(
  trained: Iterable<Asked>,
  heldOut: readonly Asked[],
  stage: Pick<GrpoStage, "eval_data">,
): Alarm | null {
  const measured = new Map(heldOut.map((problem) => [textOf(problem), problem]));
  const shared = new Map<string, Asked>();
  for (const problem of trained) {
    const text = textOf(problem);
    const same = measured.get(text);
    if (same !== undefined) shared.set(text, same);
  }
  if (shared.size === 0) return null;
  const named = [...shared.values()].slice(0, NAMED).map(({ id, prompt }) => {
    const line = prompt.replaceAll(/\s+/gu, " ").trim();
    return `${id} ("${line.length > SHOWN ? `${line.slice(0, SHOWN)}…` : line}")`;
  });
  return {
    code: "train-test-overlap",
    level: "warning",
    message: `${shared.size} of ${measured.size} problems that the stage is measured on are among those that it learns from: ${named.join(", ")}. Its curve measures memory there.`,
    advice: "Measure on the set's test side, or on another set.",
    change: changeOf(stage),
  };
}

function changeOf({ eval_data: data }: Pick<GrpoStage, "eval_data">): AlarmChange | null {
  if (data === undefined || Array.isArray(data) || !("problems" in data)) return null;
  if (data.split === "test") return null;
  return { option: "eval_data", value: JSON.parse(JSON.stringify({ ...data, split: "test" })) };
}

function textOf({ messages }: Asked): string {
  return messages
    .map(({ content }) => content.toLowerCase().replaceAll(/\s+/gu, " ").trim())
    .join("\n");
}
