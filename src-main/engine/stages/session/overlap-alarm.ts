/** Problems that a stage both learns from and is measured on: what is measured is then partly memory. */
import { readFileSync } from "node:fs";
import { z } from "zod";
import type { AlarmChange } from "#shared/schema/alarm.ts";
import { ProblemMessage } from "#shared/schema/problem.ts";
import type { ProblemData } from "#shared/schema/stages/problem-data.ts";
import type { Problem } from "#main/core/problems/problem.ts";
import type { Alarm } from "../../training/alarms.ts";
import { benchmarkProblems } from "./benchmark-problems.ts";
import type { StageSession } from "./stage-session.ts";

type Asked = Pick<Problem, "id" | "messages" | "prompt">;

const AskedProblem = z.strictObject({
  id: z.string(),
  messages: z.array(ProblemMessage),
  prompt: z.string(),
});

/** What measures the model: the stage itself as it trains, or a benchmark stage behind it. */
type Measure = {
  /** The stage's name; null: itself. */
  readonly benchmark: string | null;
  readonly problems: readonly Asked[];
  /** It asks more than those. */
  readonly more?: boolean;
};

/** What the stage learns from and is measured on, where its options say so. */
type Sides = { readonly data?: ProblemData; readonly eval_data?: ProblemData | undefined };

/** So many problems of the run are compared with those that it is measured on. */
export const MOST_COMPARED = 4096;
const NAMED = 3;
const SHOWN = 80;

/**
 * Warns of what the benchmarks behind the stage ask too, once a run.
 * @param own what else measures it
 */
export async function warnOfOverlap(
  session: StageSession,
  trained: () => readonly Asked[],
  stage: Sides,
  own: readonly Measure[] = [],
): Promise<void> {
  if (session.fromStep > 0) return;
  const measures = [...own];
  for (const { stage: later, datasetFile, askedFile } of session.request.laterBenchmarks ?? []) {
    const problems =
      askedFile === undefined
        ? await benchmarkProblems(session, later, datasetFile)
        : askedIn(askedFile);
    const more = problems.length < later.num_problems && askedFile !== undefined;
    measures.push({ benchmark: later.name, problems, more });
  }
  if (measures.length === 0) return;
  for (const alarm of overlapAlarms(trained(), measures, stage)) session.alarm(0, alarm);
}

/** One for each measure that has problems in common with what is learnt; white space and capitals make no difference. */
export function overlapAlarms(
  trained: readonly Asked[],
  measures: readonly Measure[],
  stage: Sides,
): Alarm[] {
  const learnt = new Set(trained.map(textOf));
  return measures.flatMap(({ benchmark, problems, more }): Alarm[] => {
    const measured = new Map(problems.map((problem) => [textOf(problem), problem]));
    const shared = [...measured].flatMap(([text, problem]) => (learnt.has(text) ? problem : []));
    if (shared.length === 0) return [];
    const by = benchmark === null ? "the stage is measured on" : `the benchmark ${benchmark} asks`;
    const what = benchmark === null ? "Its curve" : "Its score";
    return [
      {
        code: "train-test-overlap",
        level: "warning",
        message: `${shared.length} of ${more === true ? "the first " : ""}${measured.size} problems that ${by} are among those that the stage learns from: ${shared.slice(0, NAMED).map(nameOf).join(", ")}. ${what} measures memory there.`,
        advice: "Learn from the set's train side and measure on its test side, or on another set.",
        change: benchmark === null ? testSide(stage) : trainSide(stage),
      },
    ];
  });
}

/** As the host wrote them. */
function askedIn(file: string): Asked[] {
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => AskedProblem.parse(JSON.parse(line)));
}

function nameOf({ id, prompt }: Asked): string {
  const line = prompt.replaceAll(/\s+/gu, " ").trim();
  return `${id} ("${line.length > SHOWN ? `${line.slice(0, SHOWN)}…` : line}")`;
}

function testSide({ eval_data: data }: Sides): AlarmChange | null {
  if (data === undefined || Array.isArray(data) || !("problems" in data)) return null;
  if (data.split === "test") return null;
  return { option: "eval_data", value: JSON.parse(JSON.stringify({ ...data, split: "test" })) };
}

/** null where what is learnt is of the train side already. */
function trainSide({ data }: Sides): AlarmChange | null {
  if (data === undefined) return null;
  const changed = [data]
    .flat()
    .map((source) => ("problems" in source ? { ...source, split: "train" } : source));
  const value: unknown = Array.isArray(data) ? changed : changed[0];
  const text = JSON.stringify(value);
  return text === JSON.stringify(data) ? null : { option: "data", value: JSON.parse(text) };
}

function textOf({ messages }: Asked): string {
  return messages
    .map(({ content }) => content.toLowerCase().replaceAll(/\s+/gu, " ").trim())
    .join("\n");
}
