/** The trial on screen: asks the models, shows what they write while they write it, and keeps what came of it. */
import { useCallback, useEffect, useRef, useState } from "react";
import type { InferenceOptions, InferencePrompt } from "#shared/schema/inference.ts";
import { MAX_SEED } from "#shared/schema/inference.ts";
import type { PlaygroundProblem } from "#shared/schema/playground.ts";
import { failureOf } from "#renderer/bridge/failure.ts";
import { host } from "#renderer/bridge/host.ts";
import { invalidate } from "#renderer/bridge/query-client.ts";
import { streamAnswer } from "./stream-answer.ts";
import {
  beforeAnswer,
  contentOf,
  DEFAULT_OPTIONS,
  isBusy,
  messagesOf,
  newTurn,
  trialOf,
  withModels,
} from "./trial.ts";
import type { Mode, Trial, Turn } from "./trial.ts";
import type { Failure } from "#renderer/bridge/failure.ts";

export type TrialControl = {
  readonly trial: Trial;
  readonly system: string;
  readonly busy: boolean;
  /** Of keeping or reading a trial; a model's failure stands at its answer. */
  readonly failure: Failure | undefined;
  readonly setSystem: (system: string) => void;
  readonly setOptions: (options: InferenceOptions) => void;
  readonly setProblem: (problem: PlaygroundProblem | undefined) => void;
  /** Asks every side: a question of a chat, or a text to go on with. */
  readonly send: (text: string) => void;
  /** The last answers again, by the next seed. */
  readonly regenerate: () => void;
  readonly stop: () => void;
  readonly begin: () => void;
  /** Gives the trial, unless it is not kept any more. */
  readonly open: (threadId: string) => Promise<Trial | undefined>;
};

function emptyTrial(mode: Mode, models: readonly string[]): Trial {
  return withModels(
    { threadId: undefined, mode, options: DEFAULT_OPTIONS, problem: undefined, sides: [] },
    models,
  );
}

export function useTrial(mode: Mode, models: readonly string[]): TrialControl {
  const [kept, setTrial] = useState<Trial>(() => emptyTrial(mode, models));
  const [system, setSystem] = useState("");
  const [failure, setFailure] = useState<Failure | undefined>(undefined);
  const asking = useRef<AbortController | undefined>(undefined);
  const trial = withModels({ ...kept, mode }, models);
  // Callbacks that outlive a render see the newest trial.
  const latest = useRef({ trial, system });
  useEffect(() => {
    latest.current = { trial, system };
  });
  useEffect(() => () => asking.current?.abort(), []);

  const change = useCallback((side: number, key: number, more: (turn: Turn) => Partial<Turn>) => {
    setTrial((now) => ({
      ...now,
      sides: now.sides.map((one, i) =>
        i === side
          ? {
              ...one,
              turns: one.turns.map((turn) =>
                turn.key === key ? { ...turn, ...more(turn) } : turn,
              ),
            }
          : one,
      ),
    }));
  }, []);

  const ask = useCallback(
    async (started: Trial, systemText: string): Promise<void> => {
      asking.current?.abort();
      const abort = new AbortController();
      asking.current = abort;
      setFailure(undefined);
      const answers = started.sides.map(() =>
        newTurn("assistant", "", { pieces: [], state: "waiting" }),
      );
      const asked: Trial = {
        ...started,
        sides: started.sides.map((side, i) => ({
          ...side,
          turns: [...side.turns, ...answers.slice(i, i + 1)],
        })),
      };
      setTrial(asked);
      const ends = await Promise.all(
        started.sides.map(async ({ model, turns }, i) => {
          const key = answers[i]?.key ?? 0;
          const prompt: InferencePrompt =
            started.mode === "chat"
              ? { messages: messagesOf(systemText, turns) }
              : { text: turns.at(-1)?.content ?? "" };
          const { options } = started;
          let text = "";
          const end = await streamAnswer({ model, prompt, options }, abort.signal, (news) => {
            if (news.type !== "pieces") {
              change(i, key, () => ({ state: news.type }));
              return;
            }
            text += news.pieces.map((piece) => piece.text).join("");
            const content = text;
            change(i, key, ({ pieces }) => ({
              content,
              pieces: [...(pieces ?? []), ...news.pieces],
              state: "writing",
            }));
          });
          const { problem } = started;
          const verdict =
            problem === undefined || end.facts.tokens === 0
              ? null
              : await host.playground.grade({
                  problem: {
                    task: problem.task,
                    difficulty: problem.difficulty,
                    seed: problem.seed,
                  },
                  text,
                });
          const facts = { ...end.facts, verdict };
          change(i, key, () => ({ state: "done", facts, failure: end.failure }));
          return { key, facts, content: text };
        }),
      );
      // Turns that were written meanwhile have their text in `ends`; the state may lag behind by a render.
      const done: Trial = {
        ...asked,
        sides: asked.sides.map((side) => ({
          ...side,
          turns: side.turns.map((turn) => {
            const end = ends.find(({ key }) => key === turn.key);
            return end === undefined ? turn : { ...turn, content: end.content, facts: end.facts };
          }),
        })),
      };
      const { threadId } = started;
      const summary = await host.playground.threads.save({
        ...(threadId === undefined ? {} : { threadId }),
        content: contentOf(done, systemText),
      });
      setTrial((now) => (now.threadId === threadId ? { ...now, threadId: summary.id } : now));
      invalidate(["playground"]);
    },
    [change],
  );

  const start = useCallback(
    (started: Trial) => {
      ask(started, latest.current.system).catch((error: unknown) => setFailure(failureOf(error)));
    },
    [ask],
  );

  const send = useCallback(
    (text: string) => {
      const now = latest.current.trial;
      if (isBusy(now) || text.trim() === "") return;
      const { problem } = now;
      start({
        ...now,
        // Another question is no longer the problem.
        problem:
          problem !== undefined && text.trim() === problem.prompt.trim() ? problem : undefined,
        sides: now.sides.map((side) => ({
          ...side,
          turns: [...(now.mode === "chat" ? side.turns : []), newTurn("user", text)],
        })),
      });
    },
    [start],
  );

  const regenerate = useCallback(() => {
    const now = latest.current.trial;
    const asked = now.sides.map((side) => beforeAnswer(side.turns));
    // A model that has just joined is asked what the other one was.
    const known = asked.find(({ length }) => length > 0);
    if (isBusy(now) || known === undefined) return;
    const turns = asked.map((own) => (own.length > 0 ? own : known));
    start({
      ...now,
      options: { ...now.options, seed: (now.options.seed + 1) % (MAX_SEED + 1) },
      sides: now.sides.map((side, i) => ({ ...side, turns: turns[i] ?? [] })),
    });
  }, [start]);

  const stop = useCallback(() => asking.current?.abort(), []);

  const begin = useCallback(() => {
    asking.current?.abort();
    setFailure(undefined);
    setTrial((now) => ({
      ...now,
      threadId: undefined,
      problem: undefined,
      sides: now.sides.map((side) => ({ ...side, turns: [] })),
    }));
  }, []);

  const open = useCallback(async (threadId: string) => {
    asking.current?.abort();
    try {
      const thread = await host.playground.threads.get({ threadId });
      const { problem } = thread.content;
      const known = problem === null ? undefined : await host.playground.problem(problem);
      const opened = trialOf(thread, known);
      setFailure(undefined);
      setTrial(opened.trial);
      setSystem(opened.system);
      return opened.trial;
    } catch (error) {
      setFailure(failureOf(error));
      return undefined;
    }
  }, []);

  return {
    trial,
    system,
    busy: isBusy(trial),
    failure,
    setSystem,
    setOptions: useCallback((options) => setTrial((now) => ({ ...now, options })), []),
    setProblem: useCallback((problem) => setTrial((now) => ({ ...now, problem })), []),
    send,
    regenerate,
    stop,
    begin,
    open,
  };
}
