/** What a person chose in the dialog that asks a teacher, and the request that it makes. Pure. */
import type { DatasetId } from "#shared/schema/dataset.ts";
import { parseProblemFilter } from "#shared/schema/problem-filter-text.ts";
import type { TaskName } from "#shared/schema/stages/problem-data.ts";
import type { host } from "#renderer/bridge/host.ts";

export type GenerateRequest = Parameters<typeof host.datasets.generate.start>[0];

/** Numbers stand as they are typed. */
export interface GenerateChoice {
  /** Of the new dataset. */
  readonly name: string;
  readonly from: "task" | "set" | "list";
  readonly task: TaskName;
  readonly difficulties: string;
  readonly count: string;
  /** A problem set: its training side is asked, or what of it the filter finds. */
  readonly set: string;
  readonly where: string;
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
  set: "",
  where: "",
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
  if (choice.from === "set") {
    const where = choice.where.trim();
    if (choice.set === "" || parseProblemFilter(where).problems.length > 0) return undefined;
    const source = { problems: choice.set, split: "train" as const };
    return {
      source: where === "" ? source : { ...source, where },
      count: Number(choice.count),
    };
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
