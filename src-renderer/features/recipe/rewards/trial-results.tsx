/** What rewards gave to completions: how their values are spread, where groups teach nothing, and the cases. */
import { useState } from "react";
import type { ReactNode } from "react";
import type { TriedCompletion, TriedReward } from "#shared/schema/recipe-draft.ts";
import { formatNumber, formatPercent, formatSigned, plural } from "#renderer/ui/format.ts";
import { Glyph } from "#renderer/ui/glyph.tsx";
import { Segments } from "#renderer/ui/segments.tsx";
import { binsOf, casesOf, spreadOf, TOTAL, valueOf } from "./trial-figures.ts";
import type { CaseOrder, ValueBin } from "./trial-figures.ts";

const SHOWN = 24;
/** From this share of groups without spread on it is said as a warning. */
const MANY_FLAT = 0.5;

const ORDERS = [
  { value: "first", label: "as they come" },
  { value: "lowest", label: "lowest" },
  { value: "highest", label: "highest" },
  { value: "null", label: "does not apply" },
] as const;

export function TrialResults({
  rewards,
  completions,
}: {
  readonly rewards: readonly TriedReward[];
  readonly completions: readonly TriedCompletion[];
}): ReactNode {
  const [chosen, setChosen] = useState(TOTAL);
  const [order, setOrder] = useState<CaseOrder>("first");
  const names = [TOTAL, ...rewards.map(({ name }) => name)];
  const reward = names.includes(chosen) ? chosen : TOTAL;
  const values = completions
    .map((one) => valueOf(one, reward))
    .filter((value): value is number => value !== null);
  const cases = casesOf(completions, reward, order);
  return (
    <>
      <SpreadLine completions={completions} />
      <div className="sectext flex">
        <label className="flex">
          <span className="s12 t2">Values of</span>
          <select
            className="input mono"
            value={reward}
            onChange={(event) => setChosen(event.currentTarget.value)}
          >
            {names.map((name) => (
              <option key={name} value={name}>
                {name === TOTAL ? "the weighted sum" : name}
              </option>
            ))}
          </select>
        </label>
        <span className="s12 t3">
          {plural(values.length, "value")}
          {values.length < completions.length &&
            `, ${formatNumber(completions.length - values.length)} without one`}
          {costText(rewards.find(({ name }) => name === reward))}
        </span>
      </div>
      <ValueHistogram title={reward} bins={binsOf(values)} />
      <div className="sectext flex">
        <Segments label="Cases" slim value={order} onChange={setOrder} segments={ORDERS} />
        <span className="s12 t3">
          {cases.length === 0
            ? "none"
            : `${formatNumber(Math.min(SHOWN, cases.length))} of ${formatNumber(cases.length)}`}
        </span>
      </div>
      <ol className="tried">
        {cases.slice(0, SHOWN).map((one, place) => (
          <Case key={`${String(one.group)} ${String(place)}`} one={one} />
        ))}
      </ol>
    </>
  );
}

function costText(tried: TriedReward | undefined): string {
  return tried === undefined ? "" : `, ${formatNumber(tried.msPerCompletion, 2)} ms a completion`;
}

/** GRPO learns from differences within a group alone. */
function SpreadLine({
  completions,
}: {
  readonly completions: readonly TriedCompletion[];
}): ReactNode {
  const { groups, flat } = spreadOf(completions, TOTAL);
  if (groups === 0)
    return (
      <p className="sectext s12 t3">
        No problem has several completions here, so nothing is said about spread within groups.
      </p>
    );
  const share = flat / groups;
  const text = `${formatNumber(flat)} of ${plural(groups, "group")} (${formatPercent(share, 0)}%) have the same sum for all completions`;
  return share < MANY_FLAT ? (
    <p className="sectext s12 t3" role="status">
      {text}: these teach nothing.
    </p>
  ) : (
    <p className="sectext s12 warn flex nowrapped" role="status">
      <Glyph name="warn" />
      <span>
        {text}: a run would learn nothing from them. Add a reward that tells them apart, or choose
        problems that are solved now and then.
      </span>
    </p>
  );
}

function rangeText({ from, to }: ValueBin): string {
  return from === to ? formatNumber(from, 2) : `${formatNumber(from, 2)} to ${formatNumber(to, 2)}`;
}

function ValueHistogram({
  title,
  bins,
}: {
  readonly title: string;
  readonly bins: readonly ValueBin[];
}): ReactNode {
  const most = Math.max(1, ...bins.map(({ count }) => count));
  const [first] = bins;
  const last = bins.at(-1);
  if (first === undefined || last === undefined) return null;
  const summary = bins
    .filter(({ count }) => count > 0)
    .map((bin) => `${rangeText(bin)}: ${String(bin.count)}`)
    .join("; ");
  return (
    <div className="valuebars">
      <span className="ratebars" role="img" aria-label={`Completions by ${title}. ${summary}`}>
        {bins.map((bin) => (
          <i
            key={bin.from}
            title={`${rangeText(bin)}: ${plural(bin.count, "completion")}`}
            style={{ height: `${String((100 * bin.count) / most)}%` }}
          />
        ))}
      </span>
      <div className="flex s11 t3 tn" aria-hidden="true">
        <span>{formatNumber(first.from, 2)}</span>
        <span className="end">{formatNumber(last.to, 2)}</span>
      </div>
    </div>
  );
}

function Case({ one }: { readonly one: TriedCompletion }): ReactNode {
  return (
    <li>
      <div className="s11 t3">
        {one.prompt} <span className="mono">gold {one.gold}</span>
      </div>
      <pre className="out">{one.completion}</pre>
      <dl>
        {one.rewards.map((reward) => (
          <div key={reward.name}>
            <dt className="mono">{reward.name}</dt>
            <dd className="tn">
              {reward.value === null ? "–" : formatNumber(reward.value, 2)} × {reward.weight}
            </dd>
            <dd className="t2">{reward.why}</dd>
          </div>
        ))}
        <div>
          <dt>total</dt>
          <dd className="tn med">{one.total === null ? "–" : formatSigned(one.total)}</dd>
          <dd />
        </div>
      </dl>
    </li>
  );
}
