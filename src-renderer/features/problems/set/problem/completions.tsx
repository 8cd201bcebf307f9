/** What models ever wrote to a problem, and what the run made of it. */
import { useState } from "react";
import type { ReactNode } from "react";
import type { SampledCompletion } from "#shared/schema/problem-set.ts";
import { hrefTo } from "#renderer/navigation/location.ts";
import { host } from "#renderer/bridge/host.ts";
import { queryOf } from "#renderer/bridge/query-client.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { formatNumber, plural } from "#renderer/ui/format.ts";
import { Glyph } from "#renderer/ui/glyph.tsx";
import { FailureNotice } from "#renderer/ui/region-state.tsx";
import { visibleText } from "#renderer/ui/text/visible-text.ts";

const FIRST = 20;
const MOST = 1000;
/** Longer texts are unfolded. */
const FOLDED_CHARACTERS = 400;

function Text({ text }: { readonly text: string }): ReactNode {
  const shown = visibleText(text);
  if (shown.length <= FOLDED_CHARACTERS) return <p className="out">{shown}</p>;
  return (
    <details>
      <summary className="out">{shown.slice(0, FOLDED_CHARACTERS)} …</summary>
      <p className="out">{shown.slice(FOLDED_CHARACTERS)}</p>
    </details>
  );
}

function Completion({ one }: { readonly one: SampledCompletion }): ReactNode {
  const { runId, model, step, correct, reward, finishReason } = one;
  const query = step === null ? {} : { step: String(step) };
  return (
    <li className="sampled">
      <div className="flex s12">
        <span className={`nowrap ${correct ? "pass" : "fail"}`}>
          <Glyph name={correct ? "check" : "cross"} /> {correct ? "right" : "wrong"}
        </span>
        <span className="t3 ell grow">
          {visibleText(model)}
          {reward !== null && `, reward ${formatNumber(reward, 2)}`}
          {finishReason === "length" && ", cut at the limit"}
        </span>
        <a className="link nowrap" href={hrefTo(["run", runId], query)}>
          {runId}
          {step !== null && `, step ${formatNumber(step)}`}
        </a>
      </div>
      <Text text={one.completion} />
    </li>
  );
}

export function Completions({ set, id }: { readonly set: string; readonly id: string }): ReactNode {
  const [limit, setLimit] = useState(FIRST);
  const { data, failure, refresh } = useQuery(
    queryOf(
      `problem-completions:${JSON.stringify([set, id, limit])}`,
      ["results", "pipelines"],
      (options) => host.problems.completions({ set, id, limit }, options),
    ),
  );
  if (failure !== undefined) return <FailureNotice failure={failure} onRetry={refresh} />;
  if (data === undefined) return null;
  const { total, completions } = data;
  const right = completions.filter(({ correct }) => correct).length;
  return (
    <section className="ppart bt" aria-label="Completions">
      <h3>
        {total === 0
          ? "No model has answered it yet"
          : `${plural(total, "completion")}, ${formatNumber(right)} of ${completions.length === total ? "them" : `the newest ${formatNumber(completions.length)}`} right`}
      </h3>
      <ul>
        {completions.map((one, index) => (
          // The order of one answer never changes, and a completion has no id.
          <Completion key={`${one.runId} ${String(one.step)} ${String(index)}`} one={one} />
        ))}
      </ul>
      {completions.length < Math.min(total, MOST) && (
        <button type="button" className="btn small" onClick={() => setLimit(MOST)}>
          Show {total > MOST ? `the newest ${formatNumber(MOST)}` : "all"}
        </button>
      )}
    </section>
  );
}
