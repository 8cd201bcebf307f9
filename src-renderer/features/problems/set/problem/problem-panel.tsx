/** One problem: what is asked, what is right, who judges, the file's other columns, and an answer tried on its verifier. */
import type { ReactNode } from "react";
import type { SetProblem } from "#shared/schema/problem.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { Empty, FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { ReadingText } from "#renderer/ui/text/reading-text.tsx";
import { visibleText } from "#renderer/ui/text/visible-text.ts";
import { problemQuery } from "../../problem-queries.ts";
import type { SetPlace } from "../set-place.ts";
import { Completions } from "./completions.tsx";
import { TryAnswer } from "./try-answer.tsx";

const ROLES = { system: "System", user: "Prompt", assistant: "Assistant" } as const;

function optionText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function Asked({ problem }: { readonly problem: SetProblem }): ReactNode {
  return problem.messages.map(({ role, content }, turn) => (
    // Turns of one problem never change order.
    <section key={`${role}-${String(turn)}`} className="ppart" aria-label={ROLES[role]}>
      <h3>{ROLES[role]}</h3>
      <ReadingText key={content} text={content} />
    </section>
  ));
}

function Judging({ problem }: { readonly problem: SetProblem }): ReactNode {
  const { gold, verifier } = problem;
  return (
    <dl className="kv left pfacts">
      <dt>Right answer</dt>
      <dd className={gold === null ? "t3" : "mono break"}>
        {gold === null ? "none: nothing can be learned from it by rule" : visibleText(gold)}
      </dd>
      <dt>Verifier</dt>
      <dd className="mono">{visibleText(verifier.name)}</dd>
      {Object.entries(verifier.options).map(([name, value]) => (
        <div key={name} className="pfact">
          <dt className="mono">{visibleText(name)}</dt>
          <dd className="mono break">{visibleText(optionText(value))}</dd>
        </div>
      ))}
      {problem.tags.length > 0 && (
        <>
          <dt>Tags</dt>
          <dd className="break">{visibleText(problem.tags.join(", "))}</dd>
        </>
      )}
    </dl>
  );
}

function Columns({ columns }: Pick<SetProblem, "columns">): ReactNode {
  const entries = Object.entries(columns);
  if (entries.length === 0) return null;
  return (
    <section className="ppart" aria-label="Columns">
      <h3>Columns</h3>
      <dl className="kv left">
        {entries.map(([name, value]) => (
          <div key={name} className="pfact">
            <dt className="mono ell" title={name}>
              {visibleText(name)}
            </dt>
            <dd className="break">{visibleText(optionText(value))}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Whole({
  place,
  problem,
}: {
  readonly place: SetPlace;
  readonly problem: SetProblem;
}): ReactNode {
  const { difficulty, split, solution } = problem;
  return (
    <div className="scroll grow setpanel" tabIndex={0} role="group" aria-label="The problem">
      <Asked problem={problem} />
      <Judging problem={problem} />
      <p className="s12 t3 pside">
        {split === "test" ? "Held out: nothing trains on it" : "On the training side"}
        {difficulty === null ? "" : `, difficulty ${String(difficulty)}`}
      </p>
      <TryAnswer key={problem.id} place={place} problem={problem} />
      {solution !== null && (
        <details className="ppart">
          <summary>Worked solution</summary>
          <ReadingText key={solution} text={solution} />
        </details>
      )}
      <Columns columns={problem.columns} />
      <Completions key={`of ${problem.id}`} set={place.name} id={problem.id} />
    </div>
  );
}

export function ProblemPanel({
  place,
  id,
}: {
  readonly place: SetPlace;
  readonly id: string | undefined;
}): ReactNode {
  const query = useQuery(
    id === undefined ? undefined : problemQuery(place.name, place.version, id),
  );
  if (query.failure !== undefined)
    return <FailureNotice failure={query.failure} onRetry={query.refresh} />;
  if (id === undefined) return <Empty>No problem is chosen.</Empty>;
  if (query.data === undefined) return <SkeletonRows rows={8} />;
  return <Whole key={id} place={place} problem={query.data} />;
}
