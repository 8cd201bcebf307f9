/** A completion of one's own for a real problem of the stage's task. */
import { useState } from "react";
import type { ReactNode } from "react";
import { ProblemData } from "#shared/schema/stages/problem-data.ts";
import { host } from "#renderer/bridge/host.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { FailureNotice } from "#renderer/ui/region-state.tsx";
import { getValue } from "../document/plain-value.ts";
import type { Json } from "../document/plain-value.ts";

export function PasteCompletion({
  stage,
  busy,
  onTry,
}: {
  readonly stage: Json | undefined;
  readonly busy: boolean;
  readonly onTry: (from: Parameters<typeof host.recipes.tryRewards>[0]["from"]) => void;
}): ReactNode {
  const [index, setIndex] = useState(0);
  const [text, setText] = useState("");
  const source = ProblemData.safeParse(getValue(stage, ["data"]));
  const problem = useQuery(
    source.success
      ? {
          key: `recipes.problem:${JSON.stringify(source.data)}:${String(index)}`,
          topics: [],
          fetch: (signal) => host.recipes.drawProblem({ source: source.data, index }, { signal }),
        }
      : undefined,
  );
  if (!source.success)
    return <p className="sectext s12 t2">Choose the stage's data first: problems come from it.</p>;
  return (
    <form
      className="sectext stack"
      style={{ gap: 8 }}
      onSubmit={(event) => {
        event.preventDefault();
        onTry({ source: source.data, index, completions: [text] });
      }}
    >
      {problem.failure !== undefined && <FailureNotice failure={problem.failure} />}
      <div className="flex s12">
        <span className="t2">Problem {index + 1}:</span>
        <span className="break">{problem.data?.prompt}</span>
        <button type="button" className="linkbtn" onClick={() => setIndex(index + 1)}>
          Another
        </button>
        <button
          type="button"
          className="linkbtn"
          disabled={(problem.data?.example ?? null) === null}
          onClick={() => setText(problem.data?.example ?? "")}
        >
          Write the worked solution
        </button>
      </div>
      <label>
        <span className="visually-hidden">Completion</span>
        <textarea
          className="input mono pasted"
          rows={6}
          spellCheck={false}
          placeholder={"<think>\n…\n</think>\n<answer>…</answer>"}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <div>
        <button type="submit" className="btn" disabled={busy || text === ""}>
          Try out
        </button>
      </div>
    </form>
  );
}
