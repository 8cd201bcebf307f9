/** What became of the solutions that a stage sampled to learn from: kept, or why not. */
import type { ReactNode } from "react";
import { REJECTION_WORDS } from "#shared/schema/acceptance.ts";
import type { Acceptance } from "#shared/schema/acceptance.ts";
import { formatNumber, formatPercent } from "#renderer/ui/format.ts";

export function AcceptanceSection({ acceptance }: { readonly acceptance: Acceptance }): ReactNode {
  const { sampled, kept, rejected } = acceptance;
  const lines = [
    { words: "kept", count: kept },
    ...rejected.map(({ reason, count }) => ({ words: REJECTION_WORDS[reason], count })),
  ];
  return (
    <section aria-label="Acceptance">
      <div className="head bt">
        <h2>Acceptance</h2>
        <span className="note end">{formatNumber(sampled)} sampled</span>
      </div>
      <dl className="kv" style={{ padding: "0 16px 12px" }}>
        {lines.map(({ words, count }) => (
          <Line key={words} words={words} count={count} of={sampled} />
        ))}
      </dl>
    </section>
  );
}

function Line({
  words,
  count,
  of,
}: {
  readonly words: string;
  readonly count: number;
  readonly of: number;
}): ReactNode {
  return (
    <>
      <dt>{words}</dt>
      <dd className="num">
        {formatNumber(count)} <span className="t3">{formatPercent(count / of)}%</span>
      </dd>
    </>
  );
}
