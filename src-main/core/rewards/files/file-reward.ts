/**
 * Rewards in files of one's own, run in the sandbox many completions at a call. A file that does not keep to what is asked
 * of it ends the run with its name, its line and the completion that it failed on.
 */
import { AppError } from "#shared/errors.ts";
import type { JsonValue } from "#shared/schema/json-value.ts";
import type { FileReward } from "#shared/schema/reward.ts";
import { DEFAULT_SANDBOX_LIMITS } from "../../sandbox-port.ts";
import type { Sandbox, SandboxOutcome } from "../../sandbox-port.ts";
import type { JudgedProblem } from "../../verifiers/answers/answer-rule.ts";
import { HarnessAnswer, javaScriptHarness, pythonHarness } from "./reward-harness.ts";
import type { RewardInput, RewardValue } from "../reward-input.ts";

/** In one call: the time limit is a call's. */
const AT_ONCE = 64;
const QUOTED = 200;

type RewardText = Pick<FileReward, "file"> & { readonly text: string };

type Row = {
  readonly prompt: string;
  readonly completion: string;
  readonly columns: Readonly<Record<string, JsonValue>>;
};

/**
 * One value for each completion, in order.
 * @throws AppError BAD_RECIPE where the file throws, never ends, or gives anything but a number or null for each; the
 * signal's reason
 */
export async function fileReward(
  sandbox: Sandbox,
  reward: RewardText,
  inputs: readonly RewardInput[],
  signal?: AbortSignal,
): Promise<RewardValue[]> {
  const values: RewardValue[] = [];
  for (let from = 0; from < inputs.length; from += AT_ONCE)
    values.push(...(await callOnce(sandbox, reward, inputs.slice(from, from + AT_ONCE), signal)));
  return values;
}

async function callOnce(
  sandbox: Sandbox,
  reward: RewardText,
  inputs: readonly RewardInput[],
  signal: AbortSignal | undefined,
): Promise<readonly RewardValue[]> {
  const outcome = await run(sandbox, reward, inputs, signal);
  if (outcome.ended !== "returned") {
    const culprit = await firstThatEndsIt(sandbox, reward, inputs, signal);
    throw failure(reward, outcome.message, null, culprit);
  }
  const answer = HarnessAnswer.parse(outcome.value);
  if ("fault" in answer)
    throw failure(
      reward,
      answer.fault,
      answer.line,
      answer.at === null ? undefined : inputs[answer.at],
    );
  if (answer.values.length !== inputs.length)
    throw failure(
      reward,
      `it gave ${answer.values.length} values for ${inputs.length} completions`,
      null,
      undefined,
    );
  return answer.values;
}

async function run(
  sandbox: Sandbox,
  { file, text }: RewardText,
  inputs: readonly RewardInput[],
  signal: AbortSignal | undefined,
): Promise<SandboxOutcome> {
  const name = file.split(/[/\\]/).at(-1) ?? file;
  const python = name.endsWith(".py");
  return sandbox.run(
    {
      language: python ? "python" : "javascript",
      harness: python ? pythonHarness(name) : javaScriptHarness(name),
      files: { [name]: text },
      input: { rows: inputs.map(rowOf) },
      limits: DEFAULT_SANDBOX_LIMITS,
    },
    signal === undefined ? {} : { signal },
  );
}

/** Of completions that together met a limit: the first that meets it alone. */
async function firstThatEndsIt(
  sandbox: Sandbox,
  reward: RewardText,
  inputs: readonly RewardInput[],
  signal: AbortSignal | undefined,
): Promise<RewardInput | undefined> {
  if (inputs.length < 2) return inputs[0];
  for (const input of inputs) {
    const outcome = await run(sandbox, reward, [input], signal);
    if (outcome.ended !== "returned") return input;
  }
  return undefined;
}

function rowOf({ problem, completionText }: RewardInput): Row {
  return { prompt: problem.prompt, completion: completionText, columns: columnsOf(problem) };
}

/** What a reward can read by name: the set's own columns, and before them what every problem has. */
function columnsOf(problem: JudgedProblem): Record<string, JsonValue> {
  const { id, source, difficulty, gold, data, columns } = problem;
  return { id, task: source, difficulty, gold, data, ...columns };
}

function failure(
  { file }: RewardText,
  message: string,
  line: number | null,
  culprit: RewardInput | undefined,
): AppError {
  const place = line === null ? file : `${file}, line ${line}`;
  const completion =
    culprit === undefined
      ? ""
      : ` The completion was ${quote(culprit.completionText)}, of the problem ${culprit.problem.id}.`;
  return new AppError(
    "BAD_RECIPE",
    `The reward ${place}: ${message.replace(/\.$/, "")}.${completion}`,
    `Correct the file and try it with gradus rewards try ${file}.`,
  );
}

function quote(text: string): string {
  return JSON.stringify(text.length > QUOTED ? `${text.slice(0, QUOTED)}…` : text);
}
