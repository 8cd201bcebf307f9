/**
 * A problem as a prompt: the ids that a model goes on from. By the model's chat template, with the stage's system prompt
 * and the stage's template of the user's message; or as DeepSeek-R1-Zero's plain text.
 */
import { Template } from "@huggingface/jinja";
import { LRUCache } from "lru-cache";
import { AppError } from "#shared/errors.ts";
import type { ProblemMessage } from "#shared/schema/problem.ts";
import type { PromptOptions } from "#shared/schema/stages/stage-options.ts";
import type { Problem } from "../problems/problem.ts";
import { withinTime } from "./bounded-work.ts";
import { boundCalls, renderBounded } from "./templates/bounded-template.ts";
import { renderChat } from "./templates/chat-template.ts";
import { neededNames } from "./templates/needed-names.ts";
import type { Tokenizer } from "./tokenizer.ts";

/** How a stage puts its problems. */
export type Prompting = Pick<PromptOptions, "system_prompt" | "prompt_template">;
export type AskedProblem = Pick<Problem, "messages" | "prompt" | "columns">;

/** A text as a problem without anything else. */
export function textProblem(prompt: string): AskedProblem {
  return { messages: [{ role: "user", content: prompt }], prompt, columns: {} };
}

const R1_ZERO = "r1-zero";
const PARSE_MS = 1500;
const parsed = new LRUCache<string, Template>({ max: 32 });

/** The conversation that a model is asked with; it ends with a user's turn. Throws BAD_RECIPE where the template cannot be rendered. */
export function askedMessages(problem: AskedProblem, prompting: Prompting = {}): ProblemMessage[] {
  const { system_prompt: system, prompt_template: template } = prompting;
  const before = problem.messages.slice(0, -1);
  const content =
    template === undefined || template === R1_ZERO ? problem.prompt : rendered(template, problem);
  return [
    ...(system === undefined ? [] : [{ role: "system" as const, content: system }]),
    // One system turn: the stage's takes the place of the problem's.
    ...(system === undefined ? before : before.filter(({ role }) => role !== "system")),
    { role: "user", content },
  ];
}

/** The ids of the conversation and the opening of the assistant's turn. */
export function promptIds(
  tokenizer: Tokenizer,
  problem: AskedProblem,
  prompting: Prompting = {},
): number[] {
  const { text, withSpecialTokens } = promptText(
    tokenizer,
    askedMessages(problem, prompting),
    prompting,
  );
  return tokenizer.encode(text, { addSpecialTokens: withSpecialTokens });
}

/** The text of the conversation; a chat template writes the special tokens itself. */
export function promptText(
  tokenizer: Tokenizer,
  messages: readonly ProblemMessage[],
  { prompt_template: template }: Prompting,
): { readonly text: string; readonly withSpecialTokens: boolean } {
  if (template === R1_ZERO) return { text: r1ZeroText(messages), withSpecialTokens: true };
  const text = renderChat(tokenizer, messages, { addGenerationPrompt: true });
  return { text, withSpecialTokens: false };
}

/** The prompt as the text of a template of its own, for trainers that write chat templates themselves; null where it is a conversation. */
export function plainPrompt(
  messages: readonly ProblemMessage[],
  { prompt_template: template }: Prompting,
): string | null {
  return template === R1_ZERO ? r1ZeroText(messages) : null;
}

/** Columns that the stage's template writes and the problem does not have. Throws BAD_RECIPE for a template that cannot be read. */
export function missingColumns(problem: AskedProblem, prompting: Prompting): string[] {
  const { prompt_template: template } = prompting;
  if (template === undefined || template === R1_ZERO) return [];
  return [...neededOf(template)].filter(
    (name) => name !== "prompt" && !Object.hasOwn(problem.columns, name),
  );
}

/** "DeepSeek-R1: Incentivizing Reasoning Capability in LLMs via Reinforcement Learning" (2025), table 1. */
function r1ZeroText(messages: readonly ProblemMessage[]): string {
  const system = messages
    .filter(({ role }) => role === "system")
    .map(({ content }) => `${content}\n`)
    .join("");
  const turns = messages
    .filter(({ role }) => role !== "system")
    .map(({ role, content }) => `${role === "user" ? "User" : "Assistant"}: ${content}`)
    .join("\n");
  return `${system}A conversation between User and Assistant. The user asks a question, and the Assistant solves it. The assistant first thinks about the reasoning process in the mind and then provides the user with the answer. The reasoning process and answer are enclosed within <think> </think> and <answer> </answer> tags, respectively, i.e., <think> reasoning process here </think> <answer> answer here </answer>. ${turns}\nAssistant:`;
}

function rendered(template: string, { prompt, columns }: AskedProblem): string {
  try {
    return renderBounded(parse(template), { ...columns, prompt });
  } catch (error) {
    throw unusable(error);
  }
}

function neededOf(template: string): ReadonlySet<string> {
  try {
    return neededNames(parse(template));
  } catch (error) {
    throw unusable(error);
  }
}

function unusable(error: unknown): AppError {
  return new AppError(
    "BAD_RECIPE",
    `prompt_template cannot be rendered: ${error instanceof Error ? error.message : String(error)}`,
    'It is a Jinja template over the problem\'s columns and `prompt`, e.g. "{{ prompt }} Answer with a number."',
    { cause: error },
  );
}

function parse(text: string): Template {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const template = withinTime(PARSE_MS, () => new Template(text));
  boundCalls(template);
  parsed.set(text, template);
  return template;
}
