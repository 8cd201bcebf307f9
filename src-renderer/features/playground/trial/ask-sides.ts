/** Asks the model of every side at once, and tells what they write while they write it. */
import type { Dispatch } from "react";
import type { InferencePrompt } from "#shared/schema/inference.ts";
import type { PlaygroundProblem, PlaygroundVerdict } from "#shared/schema/playground.ts";
import { host } from "#renderer/bridge/host.ts";
import { streamAnswer } from "./stream-answer.ts";
import type { AnswerEnd } from "./stream-answer.ts";
import { messagesOf, newTurn } from "./trial.ts";
import type { Side, Trial } from "./trial.ts";
import type { TrialAction } from "./trial-state.ts";

interface Answer {
  readonly key: number;
  readonly content: string;
  readonly end: AnswerEnd;
}

function promptOf({ mode }: Trial, { turns }: Side, system: string): InferencePrompt {
  return mode === "chat"
    ? { messages: messagesOf(system, turns) }
    : { text: turns.at(-1)?.content ?? "" };
}

/** The verdict of the problem's own verifier; null where there is no problem or nothing was written. */
async function gradeAnswer(
  problem: PlaygroundProblem | undefined,
  text: string,
  tokens: number,
): Promise<PlaygroundVerdict | null> {
  if (problem === undefined || tokens === 0) return null;
  const { task, difficulty, seed } = problem;
  return host.playground.grade({ problem: { task, difficulty, seed }, text });
}

async function askSide(
  trial: Trial,
  side: Side,
  key: number,
  system: string,
  signal: AbortSignal,
  dispatch: Dispatch<TrialAction>,
): Promise<Answer> {
  const prompt = promptOf(trial, side, system);
  let content = "";
  const end = await streamAnswer(
    { model: side.model, prompt, options: trial.options },
    signal,
    (news) => {
      if (news.type !== "pieces") {
        dispatch({ type: "answering", key, state: news.type });
        return;
      }
      content += news.pieces.map(({ text }) => text).join("");
      dispatch({ type: "written", key, pieces: news.pieces });
    },
  );
  const verdict = await gradeAnswer(trial.problem, content, end.facts.tokens);
  const graded = { ...end, facts: { ...end.facts, verdict } };
  dispatch({ type: "answered", key, end: graded });
  return { key, content, end: graded };
}

/** Gives the trial with its answers, once all have ended. */
export async function askSides(
  trial: Trial,
  system: string,
  signal: AbortSignal,
  dispatch: Dispatch<TrialAction>,
): Promise<Trial> {
  const asked = trial.sides.map((side) => ({
    side,
    answer: newTurn("assistant", "", { pieces: [], state: "waiting" }),
  }));
  const sides = asked.map(({ side, answer }) => ({ ...side, turns: [...side.turns, answer] }));
  dispatch({ type: "asked", trial: { ...trial, sides } });
  const answers = await Promise.all(
    asked.map(({ side, answer }) => askSide(trial, side, answer.key, system, signal, dispatch)),
  );
  return {
    ...trial,
    sides: asked.map(({ side, answer }) => {
      const found = answers.find(({ key }) => key === answer.key);
      const ended =
        found === undefined
          ? answer
          : { ...answer, content: found.content, facts: found.end.facts };
      return { ...side, turns: [...side.turns, ended] };
    }),
  };
}
