/** The text in the field: a question, or a text to go on with, and its way to the models. */
import { useCallback, useRef, useState } from "react";
import type { PlaygroundProblem } from "#shared/schema/playground.ts";
import { useFilter } from "#renderer/navigation/location.ts";
import type { Writing } from "../playground-value.ts";
import type { Mode } from "../trial/trial.ts";
import type { TrialControl } from "../trial/use-trial.ts";

/** @param pick of the token that is looked at */
export function useWriting(
  mode: Mode,
  { busy, begin, send, setProblem }: TrialControl,
  pick: (piece: undefined) => void,
): Writing {
  const [, setThreadId] = useFilter("thread");
  const [text, setText] = useState("");
  const field = useRef<HTMLTextAreaElement>(null);
  const submit = useCallback(() => {
    if (busy || text.trim() === "") return;
    send(text);
    if (mode === "chat") setText("");
  }, [busy, mode, send, text]);
  const startAnew = useCallback(() => {
    begin();
    pick(undefined);
    setThreadId("");
    field.current?.focus();
  }, [begin, pick, setThreadId]);
  const takeProblem = (problem: PlaygroundProblem): void => {
    startAnew();
    setProblem(problem);
    setText(problem.prompt);
  };
  return { text, setText, field, submit, startAnew, takeProblem };
}
