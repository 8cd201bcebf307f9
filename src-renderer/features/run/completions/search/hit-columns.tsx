/** The columns of the completions found; a row whose page is not read yet waits. */
import type { ReactNode } from "react";
import type { RolloutHit } from "#shared/schema/metrics.ts";
import { formatNumber, formatSigned } from "#renderer/ui/format.ts";
import { Glyph } from "#renderer/ui/glyph.tsx";
import { visibleText } from "#renderer/ui/text/visible-text.ts";
import type { GridColumn } from "#renderer/ui/virtual-grid.tsx";

export interface HitRow {
  readonly at: number;
  readonly hit: RolloutHit | undefined;
}

function oneLine(text: string): string {
  return visibleText(text.replaceAll(/\s+/gu, " "));
}

const wait = <span className="skeleton" style={{ width: "70%" }} />;

function column(
  id: string,
  header: ReactNode,
  track: string,
  numeric: boolean,
  cell: (hit: RolloutHit) => ReactNode,
): GridColumn<HitRow> {
  return {
    id,
    header,
    track,
    numeric,
    cell: ({ hit }) => (hit === undefined ? wait : cell(hit)),
  };
}

export const HIT_COLUMNS: readonly GridColumn<HitRow>[] = [
  column("step", "Step", "64px", true, (hit) => formatNumber(hit.step)),
  column("group", "Prompt", "52px", true, (hit) => <span className="t3">{hit.group + 1}</span>),
  column("right", <span className="visually-hidden">Verdict</span>, "38px", false, (hit) => (
    <Glyph
      name={hit.correct ? "check" : "cross"}
      className={hit.correct ? "pass" : "fail"}
      label={hit.correct ? "right" : "wrong"}
    />
  )),
  column("reward", "Reward", "64px", true, (hit) => (
    <span className="med">{formatNumber(hit.reward, 2)}</span>
  )),
  column("advantage", "Adv.", "56px", true, (hit) => formatSigned(hit.advantage)),
  column("tokens", "Tokens", "60px", true, (hit) => (
    <span className={hit.finishReason === "length" ? "warn" : undefined}>
      {formatNumber(hit.tokens)}
      {hit.finishReason === "length" && <span className="visually-hidden"> cut</span>}
    </span>
  )),
  column("excerpt", "Text", "minmax(120px, 1fr)", false, (hit) => (
    <bdi className="mono" dir="ltr">
      {oneLine(hit.excerpt)}
    </bdi>
  )),
];
