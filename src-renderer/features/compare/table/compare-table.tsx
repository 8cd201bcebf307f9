/** Every compared benchmark with its doubt, in groups that share their problems; published scores stand apart, hollow and flagged. */
import type { ReactNode } from "react";
import type { ComparedGroup, ComparedRow, PublishedScore } from "#shared/schema/compare.ts";
import { hrefTo } from "#renderer/navigation/location.ts";
import { Mark } from "#renderer/charts/intervals/mark.tsx";
import { Whisker, WhiskerScale } from "#renderer/charts/intervals/whisker.tsx";
import {
  formatInterval,
  formatNumber,
  formatP,
  formatPercent,
  formatPoints,
  formatUsd,
  usdDigits,
} from "#renderer/ui/format.ts";
import { launchText } from "#renderer/ui/launches/launch-name.tsx";
import { Glyph } from "#renderer/ui/glyph.tsx";
import { Score, Trials } from "#renderer/ui/score.tsx";
import { VerdictWord } from "#renderer/ui/verdict-word.tsx";
import { modelKey, sortedRows } from "../compared-models.ts";
import type { ComparedModel, Sort } from "../compared-models.ts";
import { groupProtocol } from "../protocol-text.ts";

export type TableView = "verdicts" | "scores";

const COLUMNS = 10;

function SortButton({
  children,
  sort,
  now,
  onSort,
}: {
  readonly children: ReactNode;
  readonly sort: Sort;
  readonly now: Sort;
  readonly onSort: (sort: Sort) => void;
}): ReactNode {
  return (
    <button
      type="button"
      className={now === sort ? "sortbtn on" : "sortbtn"}
      aria-pressed={now === sort}
      onClick={() => onSort(now === sort ? "asked" : sort)}
    >
      {children}
      {now === sort && <Glyph name="down" />}
    </button>
  );
}

export function ModelName({ model }: { readonly model: ComparedModel | undefined }): ReactNode {
  if (model === undefined) return null;
  return (
    <span className="modelname">
      <Mark tone={model.style} />
      <span className="med">
        {model.letter} {model.label}
      </span>
    </span>
  );
}

function VerdictCells({
  row,
  isBaseline,
}: {
  readonly row: ComparedRow;
  readonly isBaseline: boolean;
}): ReactNode {
  if (isBaseline)
    return (
      <td colSpan={4} className="t3">
        baseline
      </td>
    );
  const { versus } = row;
  if (versus === null)
    return (
      <td colSpan={4} className="warn nowrap" title={row.refusal ?? ""}>
        <Glyph name="warn" /> not comparable: {row.refusal}
      </td>
    );
  return (
    <>
      <td
        className="num"
        title={`${versus.wins} problems better, ${versus.losses} worse, ${versus.ties} the same`}
      >
        {formatPoints(versus.difference.value)}
      </td>
      <td className="ci" title={`${formatPercent(versus.confidence)}%`}>
        {formatInterval(versus.difference.low, versus.difference.high)}
      </td>
      <td className="num">{formatP(versus.pAdjusted)}</td>
      <td>
        <VerdictWord verdict={versus.verdict} />
      </td>
    </>
  );
}

function ScoreCells({ row }: { readonly row: ComparedRow }): ReactNode {
  const { summary } = row;
  const passK = summary.passK.findLast(({ k }) => k > 1);
  return (
    <>
      <td className="nowrap">
        {passK === undefined ? <span className="t3">k is 1</span> : <Score estimate={passK} />}
      </td>
      <td className="nowrap">
        <Score estimate={summary.consK} />
      </td>
      <td className="num" title={`${formatPercent(summary.formatRate)}% in the asked form`}>
        {formatNumber(summary.meanTokens, 1)}
      </td>
      <td className="num">{formatPercent(summary.truncatedRate)}</td>
    </>
  );
}

function Row({
  row,
  model,
  isBaseline,
  view,
  digits,
}: {
  readonly row: ComparedRow;
  readonly model: ComparedModel | undefined;
  readonly isBaseline: boolean;
  readonly view: TableView;
  readonly digits: number;
}): ReactNode {
  const { summary } = row;
  return (
    <>
      <tr>
        <td className="nowrap">
          <a
            href={hrefTo(["run", row.runId])}
            className="link-quiet"
            title={`${launchText(row)} / ${row.label}, seed ${row.seed}`}
          >
            <ModelName model={model} />
          </a>
        </td>
        <td className="num med">{formatPercent(summary.pass1.value)}</td>
        <td className="ci">{formatInterval(summary.pass1.low, summary.pass1.high)}</td>
        <td className="whiskercell">
          <Whisker estimate={summary.pass1} mark={model?.style ?? "reference"} />
        </td>
        <td className="num t3">
          <Trials n={summary.n} k={summary.k} />
        </td>
        {view === "verdicts" ? (
          <VerdictCells row={row} isBaseline={isBaseline} />
        ) : (
          <ScoreCells row={row} />
        )}
        <td className="num" title="The stages that made the model; its benchmark left out">
          {row.lineage.length === 0 ? (
            <span className="t3">–</span>
          ) : (
            formatUsd(row.trainingUsd, digits)
          )}
        </td>
      </tr>
      {row.cautions.length > 0 && (
        <tr className="caution">
          <td className="s11 t3">note</td>
          <td colSpan={COLUMNS - 1}>
            <span className="cautions">
              {row.cautions.map((caution) => (
                <span key={caution} className="tag warn">
                  <Glyph name="warn" />
                  {caution}
                </span>
              ))}
            </span>
          </td>
        </tr>
      )}
    </>
  );
}

/** A published score on the same scale. Nothing about it was measured here, so it takes part in no comparison. */
function PublishedRow({
  score,
  groups,
}: {
  readonly score: PublishedScore;
  readonly groups: readonly ComparedGroup[];
}): ReactNode {
  const same = groups.some(({ title }) => title.toLowerCase() === score.benchmark.toLowerCase());
  return (
    <tr className="published">
      <td className="nowrap">
        <span className="modelname">
          <Mark tone="reference" />
          <span className="t2">{score.model}</span>
        </span>
      </td>
      <td className="num">
        {score.isRating ? formatNumber(score.value) : formatPercent(score.value)}
      </td>
      <td className="t3">no interval</td>
      <td className="whiskercell">
        {!score.isRating && (
          <Whisker estimate={{ ...score, low: score.value, high: score.value }} mark="reference" />
        )}
      </td>
      <td className="t3 nowrap">{score.measure}</td>
      <td colSpan={5}>
        <span className="cautions">
          <span className={same ? "tag ref" : "tag warn"}>
            {!same && <Glyph name="warn" />}
            {same ? score.benchmark : `other problems: ${score.benchmark}`}
          </span>
          {score.conditions.map((condition) => (
            <span key={condition} className="tag ref">
              {condition}
            </span>
          ))}
          <span className="t3 ell" title={score.source}>
            {score.source}, {score.date}
          </span>
        </span>
      </td>
    </tr>
  );
}

export function CompareTable({
  groups,
  published,
  models,
  view,
  sort,
  onSort,
}: {
  readonly groups: readonly ComparedGroup[];
  readonly published: readonly PublishedScore[];
  readonly models: ReadonlyMap<string, ComparedModel>;
  readonly view: TableView;
  readonly sort: Sort;
  readonly onSort: (sort: Sort) => void;
}): ReactNode {
  const digits = usdDigits(
    groups.flatMap(({ rows }) => rows.map(({ trainingUsd }) => trainingUsd)),
  );
  const first = groups[0];
  const baseline = first?.rows.find(({ runId }) => runId === first.baseline);
  const letter =
    baseline === undefined ? "baseline" : (models.get(modelKey(baseline))?.letter ?? "");
  const k = Math.max(1, ...groups.flatMap(({ rows }) => rows.map(({ summary }) => summary.k)));
  const sorting = { now: sort, onSort };
  return (
    <div className="scroll comparetable" tabIndex={0} role="group" aria-label="Compared benchmarks">
      <table>
        <caption className="visually-hidden">
          Scores with intervals, each against the baseline of its group
        </caption>
        <thead>
          <tr>
            <th>Model</th>
            <th className="num">
              <SortButton sort="pass1" {...sorting}>
                pass@1 %
              </SortButton>
            </th>
            <th>95% interval</th>
            <th className="whiskercell">
              <WhiskerScale />
            </th>
            <th className="num">n · k</th>
            {view === "verdicts" ? (
              <>
                <th className="num">
                  <SortButton sort="points" {...sorting}>
                    Points vs {letter}
                  </SortButton>
                </th>
                <th>interval</th>
                <th className="num">p, Holm</th>
                <th>In words</th>
              </>
            ) : (
              <>
                <th>pass@{k} %</th>
                <th>cons@{k} %</th>
                <th className="num">Tokens</th>
                <th className="num">Cut %</th>
              </>
            )}
            <th className="num">
              <SortButton sort="cost" {...sorting}>
                Training $
              </SortButton>
            </th>
          </tr>
        </thead>
        <tbody>
          {groups.map((group) => (
            <GroupRows
              key={group.task}
              group={group}
              models={models}
              view={view}
              sort={sort}
              digits={digits}
            />
          ))}
          {published.length > 0 && (
            <tr className="sub">
              <td colSpan={COLUMNS}>
                Published, not run here. Each flag names what differs from the protocol above.
              </td>
            </tr>
          )}
          {published.map((score) => (
            <PublishedRow key={score.id} score={score} groups={groups} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function GroupRows({
  group,
  models,
  view,
  sort,
  digits,
}: {
  readonly group: ComparedGroup;
  readonly models: ReadonlyMap<string, ComparedModel>;
  readonly view: TableView;
  readonly sort: Sort;
  readonly digits: number;
}): ReactNode {
  return (
    <>
      <tr className="sub">
        <td colSpan={COLUMNS}>{groupProtocol(group)}</td>
      </tr>
      {sortedRows(group, sort).map((row) => (
        <Row
          key={row.runId}
          row={row}
          model={models.get(modelKey(row))}
          isBaseline={row.runId === group.baseline}
          view={view}
          digits={digits}
        />
      ))}
    </>
  );
}
