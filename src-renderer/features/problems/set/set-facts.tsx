/** What is known of a version: where it came from, what was checked, its tags and versions. */
import type { ReactNode } from "react";
import type { ProblemSetVersion } from "#shared/schema/problem-set.ts";
import type { host } from "#renderer/bridge/host.ts";
import { formatNumber, formatWhen, plural } from "#renderer/ui/format.ts";
import { useNow } from "#renderer/ui/use-now.ts";
import { visibleText } from "#renderer/ui/text/visible-text.ts";
import { goldsText, splitsText, verifiersText } from "../set-words.ts";
import { Overlap } from "./overlap.tsx";
import { hasTerm, termOf, toggleTerm } from "./filter-terms.ts";
import { PassRates } from "./pass-rates.tsx";
import type { SetPlace } from "./set-place.ts";

export type KnownSet = Awaited<ReturnType<typeof host.problems.get>>;

const MOST_TAGS = 24;

function Facts({ version }: { readonly version: ProblemSetVersion }): ReactNode {
  const { statistics, licence, source, instruction, contentSha256 } = version;
  const { goldRejected, nearDuplicates, withoutGold, withSolution, conversations } = statistics;
  const rows: readonly (readonly [string, ReactNode])[] = [
    ["Problems", `${formatNumber(statistics.problems)}: ${splitsText(statistics)}`],
    ["Verifier", verifiersText(statistics)],
    [
      "Gold answers",
      goldRejected === null
        ? "nobody looked"
        : goldRejected === 0
          ? "all understood"
          : goldsText(goldRejected),
    ],
    ["Without gold", formatNumber(withoutGold)],
    ["With a solution", formatNumber(withSolution)],
    ["Conversations", formatNumber(conversations)],
    ["Near repeats", nearDuplicates === null ? "nobody looked" : formatNumber(nearDuplicates)],
    ["Licence", licence === "" ? "not noted" : visibleText(licence)],
    ["Source", source === "" ? "not noted" : visibleText(source)],
    ["Under each problem", instruction === "" ? "nothing is added" : visibleText(instruction)],
    [
      "Hash",
      <span key="hash" className="mono" title={contentSha256}>
        {contentSha256.slice(0, 12)}
      </span>,
    ],
  ];
  return (
    <dl className="kv left pfacts">
      {rows.map(([name, value]) => (
        <div key={name} className="pfact">
          <dt>{name}</dt>
          <dd className="break">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Tags({ place, known }: SetFactsProps): ReactNode {
  const { tags } = known;
  if (tags.length === 0) return null;
  return (
    <section className="ppart" aria-label="Tags">
      <h3>Tags {formatNumber(tags.length)}</h3>
      <div className="chips">
        {tags.slice(0, MOST_TAGS).map(({ tag, problems }) => {
          const term = termOf("tag", tag);
          const on = hasTerm(place.where, term);
          return (
            <button
              key={tag}
              type="button"
              className={on ? "chip on" : "chip"}
              aria-pressed={on}
              onClick={() => place.setWhere(toggleTerm(place.where, term))}
            >
              {visibleText(tag)} <span className="t3">{formatNumber(problems)}</span>
            </button>
          );
        })}
      </div>
    </section>
  );
}

function Versions({ place, known }: SetFactsProps): ReactNode {
  const now = useNow(60_000);
  return (
    <section className="ppart" aria-label="Versions">
      <h3>Versions</h3>
      <ul className="s12">
        {known.versions.map((one, index) => (
          <li key={one.version} className="flex versionline">
            <button
              type="button"
              className="linkbtn mono"
              aria-current={one.version === known.version.version}
              onClick={() => place.setVersion(index === 0 ? null : one.version)}
            >
              v{one.version}
            </button>
            <span className="grow ell">
              {plural(one.statistics.problems, "problem")}
              {one.version === known.version.version && ", shown"}
            </span>
            <span className="t3 nowrap">{formatWhen(one.createdAtMs, now)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

export interface SetFactsProps {
  readonly place: SetPlace;
  readonly known: KnownSet;
}

export function SetFacts({ place, known }: SetFactsProps): ReactNode {
  return (
    <div className="scroll grow setpanel" tabIndex={0} role="group" aria-label="The set">
      <Facts version={known.version} />
      <PassRates place={place} models={known.models} />
      <Overlap key={String(known.version.version)} place={place} />
      <Tags place={place} known={known} />
      <Versions place={place} known={known} />
    </div>
  );
}
