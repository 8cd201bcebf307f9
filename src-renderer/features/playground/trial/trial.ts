/** A trial: what was said to one model or two, and what they wrote. Pure. */
import type { ChatTurn, CompletionPiece, InferenceOptions } from "#shared/schema/inference.ts";
import { InferenceOptions as OptionsSchema } from "#shared/schema/inference.ts";
import type {
  AnswerFacts,
  StoredTurn,
  PlaygroundProblem,
  Thread,
  ThreadContent,
} from "#shared/schema/playground.ts";
import type { Failure } from "#renderer/bridge/failure.ts";

export type Mode = "chat" | "text";

export type TurnState = "waiting" | "loading" | "writing" | "done";

export type Turn = {
  readonly key: number;
  readonly role: ChatTurn["role"];
  readonly content: string;
  /** Tokens with their log-probabilities, as long as the window has them: history keeps the text only. */
  readonly pieces: readonly CompletionPiece[] | null;
  readonly state: TurnState;
  readonly facts: AnswerFacts | null;
  readonly failure: Failure | undefined;
};

export type Side = { readonly model: string; readonly turns: readonly Turn[] };

export type Trial = {
  readonly threadId: string | undefined;
  readonly mode: Mode;
  readonly options: InferenceOptions;
  readonly problem: PlaygroundProblem | undefined;
  readonly sides: readonly Side[];
};

export const DEFAULT_OPTIONS: InferenceOptions = OptionsSchema.parse({
  temperature: 0.6,
  top_p: 0.95,
  max_tokens: 256,
  alternatives: 5,
});

let lastKey = 0;

export function newTurn(role: Turn["role"], content: string, more: Partial<Turn> = {}): Turn {
  lastKey += 1;
  return {
    key: lastKey,
    role,
    content,
    pieces: null,
    state: "done",
    facts: null,
    failure: undefined,
    ...more,
  };
}

export function isBusy({ sides }: Trial): boolean {
  return sides.some(({ turns }) => turns.some(({ state }) => state !== "done"));
}

export function isEmpty({ sides }: Trial): boolean {
  return sides.every(({ turns }) => turns.length === 0);
}

/** The sides of a trial for the models that are chosen now; a side keeps what its place holds. */
export function withModels(trial: Trial, models: readonly string[]): Trial {
  const sides = models.map((model, i) => ({ model, turns: trial.sides[i]?.turns ?? [] }));
  return { ...trial, sides };
}

export function emptyTrial(mode: Mode, models: readonly string[]): Trial {
  return withModels(
    { threadId: undefined, mode, options: DEFAULT_OPTIONS, problem: undefined, sides: [] },
    models,
  );
}

/** The messages that a side's model is asked with; failed and empty answers are no part of them. */
export function messagesOf(system: string, turns: readonly Turn[]): ChatTurn[] {
  const said = turns
    .filter(({ role, content }) => role !== "assistant" || content !== "")
    .map(({ role, content }) => ({ role, content }));
  return system.trim() === "" ? said : [{ role: "system", content: system }, ...said];
}

/** A side's turns up to its last question, for answers that are written anew. */
export function beforeAnswer(turns: readonly Turn[]): readonly Turn[] {
  const last = turns.findLastIndex(({ role }) => role === "user");
  return turns.slice(0, last + 1);
}

/** The trial as the host keeps it. The system text is a turn of its own there. */
export function contentOf(trial: Trial, system: string): ThreadContent {
  const kept = ({ role, content, facts }: Turn): StoredTurn => ({ role, content, facts });
  const before: StoredTurn[] =
    trial.mode === "text" || system.trim() === ""
      ? []
      : [{ role: "system", content: system, facts: null }];
  const { problem } = trial;
  return {
    mode: trial.mode,
    options: trial.options,
    problem:
      problem === undefined
        ? null
        : { task: problem.task, difficulty: problem.difficulty, seed: problem.seed },
    sides: trial.sides.map(({ model, turns }) => ({
      model,
      turns: [...before, ...turns.map(kept)],
    })),
  };
}

/** A trial that the host kept, to go on with. */
export function trialOf(
  { id, content }: Thread,
  problem: PlaygroundProblem | undefined,
): { readonly trial: Trial; readonly system: string } {
  const system = content.sides[0]?.turns.find(({ role }) => role === "system")?.content ?? "";
  const sides = content.sides.map(({ model, turns }) => ({
    model,
    turns: turns
      .filter(({ role }) => role !== "system")
      .map(({ role, content: text, facts }) => newTurn(role, text, { facts })),
  }));
  const { mode, options } = content;
  return { trial: { threadId: id, mode, options, problem, sides }, system };
}
