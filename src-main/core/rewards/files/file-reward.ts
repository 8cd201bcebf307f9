/**
 * Rewards in files of one's own, run in the sandbox many completions at a call. A file that does not keep to what is asked
 * of it ends the run with its name, its line and the completion that it failed on.
 */
import { stripTypeScriptTypes } from "node:module";
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

type RewardText = Pick<FileReward, "file" | "python"> & { readonly text: string };

type Row = {
  readonly prompt: string;
  readonly completion: string;
  readonly columns: Readonly<Record<string, JsonValue>>;
};

/** What keeps a file from giving its values, in words. */
export interface FileFault {
  readonly message: string;
  /** From 1; null where it is not known. */
  readonly line: number | null;
  /** What it failed on, where it is one's. */
  readonly culprit: RewardInput | undefined;
}

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
  for (let from = 0; from < inputs.length; from += AT_ONCE) {
    const given = await callOnce(sandbox, reward, inputs.slice(from, from + AT_ONCE), signal);
    if ("fault" in given) throw failure(reward, given.fault);
    values.push(...given.values);
  }
  return values;
}

/** What is wrong with the file on these completions; undefined where it gives its values. Throws the signal's reason. */
export async function faultOfFile(
  sandbox: Sandbox,
  reward: RewardText,
  inputs: readonly RewardInput[],
  signal?: AbortSignal,
): Promise<FileFault | undefined> {
  const given = await callOnce(sandbox, reward, inputs.slice(0, AT_ONCE), signal);
  return "fault" in given ? given.fault : undefined;
}

type Given = { readonly values: readonly RewardValue[] } | { readonly fault: FileFault };

async function callOnce(
  sandbox: Sandbox,
  reward: RewardText,
  inputs: readonly RewardInput[],
  signal: AbortSignal | undefined,
): Promise<Given> {
  let outcome = await run(sandbox, reward, inputs, signal);
  // Its process may have been ended from outside, as by a machine short of memory: it is asked once more.
  if (outcome.ended === "died") outcome = await run(sandbox, reward, inputs, signal);
  if (outcome.ended !== "returned") {
    const culprit = await firstThatEndsIt(sandbox, reward, inputs, signal);
    return { fault: { message: outcome.message, line: null, culprit } };
  }
  const answer = HarnessAnswer.parse(outcome.value);
  if ("fault" in answer) {
    const culprit = answer.at === null ? undefined : inputs[answer.at];
    return { fault: { message: answer.fault, line: answer.line, culprit } };
  }
  if (answer.values.length === inputs.length) return { values: answer.values };
  const message = `it gave ${answer.values.length} values for ${inputs.length} completions`;
  return { fault: { message, line: null, culprit: undefined } };
}

async function run(
  sandbox: Sandbox,
  { file, text, python: ownPython }: RewardText,
  inputs: readonly RewardInput[],
  signal: AbortSignal | undefined,
): Promise<SandboxOutcome> {
  const name = file.split(/[/\\]/).at(-1) ?? file;
  const python = name.endsWith(".py");
  const source = sourceOf(name, text);
  if (typeof source !== "string") return { ended: "returned", value: source, printed: "" };
  return sandbox.run(
    {
      language: python ? "python" : "javascript",
      python: ownPython,
      harness: python ? pythonHarness(name) : javaScriptHarness(name),
      files: { [name]: source },
      input: { rows: inputs.map(rowOf) },
      limits: DEFAULT_SANDBOX_LIMITS,
    },
    signal === undefined ? {} : { signal },
  );
}

/** TypeScript without its types, at the same lines; what is wrong with it where more than types would have to go. */
function sourceOf(name: string, text: string): string | { fault: string; line: null; at: null } {
  const withoutMark = text.replace(/^\uFEFF/u, "");
  if (!name.endsWith(".ts")) return withoutMark;
  try {
    return stripTypeScriptTypes(withoutMark);
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    return { fault: `its types cannot be left out: ${words}`, line: null, at: null };
  }
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

/**
 * What a reward can read by name: the set's own columns, and before them what every problem has. The gold has the names
 * of TRL's and verl's datasets too, since a reward of theirs asks for those.
 */
function columnsOf(problem: JudgedProblem): Record<string, JsonValue> {
  const { id, source, difficulty, gold, data, columns } = problem;
  const names = { answer: gold, solution: gold, ground_truth: gold };
  return { id, task: source, difficulty, gold, data, ...names, ...columns };
}

function failure({ file, python }: RewardText, { message, line, culprit }: FileFault): AppError {
  const place = line === null ? file : `${file}, line ${line}`;
  const completion =
    culprit === undefined
      ? ""
      : ` The completion was ${quote(culprit.completionText)}, of the problem ${culprit.problem.id}.`;
  return new AppError(
    "BAD_RECIPE",
    `The reward ${place}: ${message.replace(/\.$/, "")}.${completion}`,
    adviceOn(message, file, python),
  );
}

function adviceOn(message: string, file: string, python: string | undefined): string {
  if (message.startsWith("ModuleNotFoundError") && python === undefined)
    return `Do without it, or let the file run in a Python that has it: python: python3 beside it in the recipe, then gradus rewards allow ${file} --python python3.`;
  // TRL hands over lists of messages where its prompts are such.
  if (/string indices must be integers/u.test(message))
    return `Completions are texts here: write completion where the file has completion[0]["content"], then gradus rewards try ${file}.`;
  const then = `then gradus rewards try ${file}.`;
  if (/unexpected keyword argument/u.test(message))
    return `Take what it does not name too, def reward(completions, **columns), ${then}`;
  if (/missing \d+ required .*argument/u.test(message))
    return `Take what is there: completions, prompts, id, task, gold, difficulty, data and the problem set's own columns; give others a default (name=None), ${then}`;
  if (/type coroutine/u.test(message)) return `Write def reward, without async, ${then}`;
  if (/'(?:module|exports|require)' is not defined/u.test(message))
    return `Write export function reward({ prompt, completion, columns }) { … }, ${then}`;
  return `Correct the file and try it with gradus rewards try ${file}.`;
}

function quote(text: string): string {
  return JSON.stringify(text.length > QUOTED ? `${text.slice(0, QUOTED)}…` : text);
}
