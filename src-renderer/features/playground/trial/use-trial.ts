/** The trial on screen: asks the models, shows what they write while they write it, and keeps what came of it. */
import { useCallback, useEffect, useReducer, useRef } from "react";
import type { InferenceOptions } from "#shared/schema/inference.ts";
import { MAX_SEED } from "#shared/schema/inference.ts";
import type { PlaygroundProblem } from "#shared/schema/playground.ts";
import { failureOf } from "#renderer/bridge/failure.ts";
import { host } from "#renderer/bridge/host.ts";
import { invalidate } from "#renderer/bridge/query-client.ts";
import { askSides } from "./ask-sides.ts";
import {
  beforeAnswer,
  contentOf,
  emptyTrial,
  isBusy,
  newTurn,
  trialOf,
  withModels,
} from "./trial.ts";
import type { Mode, Trial } from "./trial.ts";
import { trialReducer } from "./trial-state.ts";
import type { TrialState } from "./trial-state.ts";

export interface TrialControl extends TrialState {
  readonly busy: boolean;
  readonly setSystem: (system: string) => void;
  readonly setOptions: (options: InferenceOptions) => void;
  readonly setProblem: (problem: PlaygroundProblem | undefined) => void;
  /** Asks every side: a question of a chat, or a text to go on with. */
  readonly send: (text: string) => void;
  /** Asks for the last answers again, by the next seed. */
  readonly regenerate: () => void;
  readonly stop: () => void;
  readonly begin: () => void;
  /** Gives the trial; undefined where the host does not keep it any more. */
  readonly open: (threadId: string) => Promise<Trial | undefined>;
}

/** The trial with one more question; undefined while answers are written, or where nothing is asked. */
function withQuestion(trial: Trial, text: string): Trial | undefined {
  if (isBusy(trial) || text.trim() === "") return undefined;
  const { problem, mode, sides } = trial;
  const question = newTurn("user", text);
  return {
    ...trial,
    // Another question is no longer the problem.
    problem: problem !== undefined && text.trim() === problem.prompt.trim() ? problem : undefined,
    sides: sides.map((side) => ({
      ...side,
      turns: [...(mode === "chat" ? side.turns : []), question],
    })),
  };
}

/** The trial before its last answers, with the next seed; undefined while answers are written, or without a question. */
function withNextSeed(trial: Trial): Trial | undefined {
  const questions = trial.sides.map((side) => beforeAnswer(side.turns));
  // A model that has just joined is asked what the other one was.
  const known = questions.find(({ length }) => length > 0);
  if (isBusy(trial) || known === undefined) return undefined;
  return {
    ...trial,
    options: { ...trial.options, seed: (trial.options.seed + 1) % (MAX_SEED + 1) },
    sides: trial.sides.map((side, i) => {
      const own = questions[i] ?? [];
      return { ...side, turns: own.length > 0 ? own : known };
    }),
  };
}

export function useTrial(mode: Mode, models: readonly string[]): TrialControl {
  const [state, dispatch] = useReducer(trialReducer, undefined, () => ({
    trial: emptyTrial(mode, models),
    system: "",
    failure: undefined,
  }));
  const asking = useRef<AbortController>(undefined);
  const trial = withModels({ ...state.trial, mode }, models);
  // Callbacks that outlive a render see the newest trial.
  const latest = useRef({ trial, system: state.system });
  useEffect(() => {
    latest.current = { trial, system: state.system };
  });
  const stop = useCallback(() => asking.current?.abort(), []);
  useEffect(() => stop, [stop]);

  const ask = useCallback(
    async (question: Trial | undefined): Promise<void> => {
      if (question === undefined) return;
      stop();
      const abort = new AbortController();
      asking.current = abort;
      const { system } = latest.current;
      const { threadId } = question;
      try {
        const answered = await askSides(question, system, abort.signal, dispatch);
        const { id } = await host.playground.threads.save({
          ...(threadId === undefined ? {} : { threadId }),
          content: contentOf(answered, system),
        });
        dispatch({ type: "saved", threadId, id });
        invalidate(["playground"]);
      } catch (error) {
        dispatch({ type: "failed", failure: failureOf(error) });
      }
    },
    [stop],
  );
  const open = useCallback(
    async (threadId: string) => {
      stop();
      try {
        const thread = await host.playground.threads.get({ threadId });
        const { problem } = thread.content;
        const known = problem === null ? undefined : await host.playground.problem(problem);
        const opened = trialOf(thread, known);
        dispatch({ type: "opened", ...opened });
        return opened.trial;
      } catch (error) {
        dispatch({ type: "failed", failure: failureOf(error) });
        return undefined;
      }
    },
    [stop],
  );

  return {
    ...state,
    trial,
    busy: isBusy(trial),
    setSystem: (system) => dispatch({ type: "system", system }),
    setOptions: (options) => dispatch({ type: "options", options }),
    setProblem: (problem) => dispatch({ type: "problem", problem }),
    send: useCallback((text) => void ask(withQuestion(latest.current.trial, text)), [ask]),
    regenerate: useCallback(() => void ask(withNextSeed(latest.current.trial)), [ask]),
    stop,
    begin: useCallback(() => {
      stop();
      dispatch({ type: "begin" });
    }, [stop]),
    open,
  };
}
