/** What a person chose in the dialog that asks a teacher, and the request that it makes. Pure. */
import type { DatasetId } from "#shared/schema/dataset.ts";
import type { TaskName } from "#shared/schema/recipe.ts";
import type { host } from "#renderer/bridge/host.ts";

export type GenerateRequest = Parameters<typeof host.datasets.generate.start>[0];

/** Numbers stand as they are typed. */
export interface GenerateChoice {
  /** Of the new dataset. */
  readonly name: string;
  readonly from: "task" | "list";
  readonly task: TaskName;
  readonly difficulties: string;
  readonly count: string;
  readonly list: string;
  /** A model's name, or an endpoint's id after `ENDPOINT`; empty until one is chosen. */
  readonly teacher: string;
  readonly n: string;
  readonly temperature: string;
  readonly maxTokens: string;
  readonly budget: string;
  readonly keepWrong: boolean;
}

/** Stands before an endpoint's id, since a model's name may be like one. */
export const ENDPOINT = "endpoint:";

export const FIRST_CHOICE: GenerateChoice = {
  name: "",
  from: "task",
  task: "arithmetic",
  difficulties: "3",
  count: "100",
  list: "",
  teacher: "",
  n: "4",
  temperature: "0.6",
  maxTokens: "512",
  budget: "",
  keepWrong: false,
};

function numbersIn(text: string): number[] {
  return text
    .split(/[,\s]+/u)
    .filter((part) => part !== "")
    .map(Number);
}

/** Prompts of a list, one a line. */
export function promptsIn(list: string): string[] {
  return list
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

function promptsOf(choice: GenerateChoice): GenerateRequest["prompts"] | undefined {
  if (choice.from === "list") {
    const list = promptsIn(choice.list);
    return list.length === 0 ? undefined : { list: list.map((prompt) => ({ prompt })) };
  }
  const difficulties = numbersIn(choice.difficulties);
  return difficulties.length === 0
    ? undefined
    : { source: { task: choice.task, difficulties }, count: Number(choice.count) };
}

/**
 * The request; undefined where something is missing that it needs.
 * @param into the dataset that gets the records; undefined: a new one
 * @param teacher as in the choice, or the first there is
 */
export function generateRequest(
  choice: GenerateChoice,
  into: DatasetId | undefined,
  teacher: string | undefined,
): GenerateRequest | undefined {
  const name = choice.name.trim();
  const prompts = promptsOf(choice);
  if (prompts === undefined || teacher === undefined || (into === undefined && name === ""))
    return undefined;
  return {
    into: into === undefined ? { name } : { datasetId: into },
    prompts,
    teacher: teacher.startsWith(ENDPOINT)
      ? { endpointId: teacher.slice(ENDPOINT.length) }
      : { model: teacher },
    n: Number(choice.n),
    temperature: Number(choice.temperature),
    maxTokens: Number(choice.maxTokens),
    ...(choice.budget.trim() === "" ? {} : { budgetUsd: Number(choice.budget) }),
    keepWrong: choice.keepWrong,
  };
}
