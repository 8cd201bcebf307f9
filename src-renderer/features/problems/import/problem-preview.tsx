/** The first problems of a file as they would come in. */
import type { ReactNode } from "react";
import type { Query } from "#renderer/bridge/use-query.ts";
import { BadLines } from "#renderer/ui/files/bad-lines.tsx";
import { formatNumber, plural } from "#renderer/ui/format.ts";
import { Glyph } from "#renderer/ui/glyph.tsx";
import { Empty, FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { visibleText } from "#renderer/ui/text/visible-text.ts";
import type { FoundProblems } from "./use-problem-inspection.ts";

const SHOWN_CHARACTERS = 600;

function short(text: string): string {
  return visibleText(
    text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)} …` : text,
  );
}

function Row({ row }: { readonly row: FoundProblems["problems"][number] }): ReactNode {
  const { line, problem, goldRefusal } = row;
  const { messages, gold, verifier, tags, difficulty, split } = problem;
  const facts = [
    ...(difficulty === null ? [] : [`difficulty ${String(difficulty)}`]),
    ...(split === null ? [] : [split]),
    ...tags,
  ];
  return (
    <li className="previewrow">
      <span className="mono t3 s11 lineno">{formatNumber(line)}</span>
      <dl className="s12">
        {messages.map(({ role, content }, turn) => (
          // Turns of one problem never change order.
          <div key={`${role}-${String(turn)}`} className="part">
            <dt>{role === "user" ? "prompt" : role}</dt>
            <dd dir="auto">{short(content)}</dd>
          </div>
        ))}
        <div className="part">
          <dt>answer</dt>
          <dd>
            {gold === null ? (
              <span className="t3">none</span>
            ) : (
              <span className="mono">{short(gold)}</span>
            )}
            <span className="t3">, judged by {verifier.name}</span>
            {goldRefusal !== null && (
              <span className="warn">
                {" "}
                <Glyph name="warn" label="doubtful" /> {visibleText(goldRefusal)}
              </span>
            )}
          </dd>
        </div>
        {facts.length > 0 && (
          <div className="part">
            <dt>facts</dt>
            <dd className="t2">{visibleText(facts.join(", "))}</dd>
          </div>
        )}
      </dl>
    </li>
  );
}

function Found({ found }: { readonly found: FoundProblems }): ReactNode {
  const { problems, read, bad } = found;
  const refused = problems.filter(({ goldRefusal }) => goldRefusal !== null).length;
  return (
    <>
      <div className="head bb">
        <h2>As they would come in</h2>
        <span className="note ell">
          {formatNumber(problems.length)} of the first {plural(read, "line")}
          {bad.length > 0 && `, ${plural(bad.length, "bad line")} among them`}
          {refused > 0 && `, ${plural(refused, "gold answer")} not understood`}
        </span>
      </div>
      <div className="grow scroll" tabIndex={0} role="group" aria-label="First problems">
        {bad.length > 0 && <BadLines rows={bad} />}
        <ul>
          {problems.map((row) => (
            <Row key={row.line} row={row} />
          ))}
        </ul>
      </div>
    </>
  );
}

export function ProblemPreview({
  picked,
  inspection,
}: {
  readonly picked: boolean;
  readonly inspection: Pick<Query<FoundProblems>, "data" | "failure" | "refresh">;
}): ReactNode {
  const { data, failure, refresh } = inspection;
  return (
    <section className="region" aria-label="Preview">
      {failure !== undefined && <FailureNotice failure={failure} onRetry={refresh} />}
      {!picked && (
        <Empty>
          Choose a file. Known by their columns: GSM8K, MATH and MATH-500, AIME, OpenR1-Math,
          DeepMath, Big-Math, DAPO-Math and verl, multiple choice (MMLU, GPQA, ARC), code with tests
          (human-eval, MBPP, KodCode), reasoning-gym’s dumps, and prompt with answer.
        </Empty>
      )}
      {picked && data === undefined && failure === undefined && <SkeletonRows rows={10} />}
      {data !== undefined && <Found found={data} />}
    </section>
  );
}
