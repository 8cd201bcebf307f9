/** One group's completions: answer, each reward, the weighted reward, advantage and length. */
import type { ReactNode } from "react";
import type { ListedRollout } from "#shared/schema/metrics.ts";
import { formatNumber, formatSigned } from "#renderer/ui/format.ts";
import { Glyph } from "#renderer/ui/glyph.tsx";
import { visibleText } from "#renderer/ui/text/visible-text.ts";

export interface CompletionsTableProps {
  readonly rollouts: readonly ListedRollout[];
  readonly rewards: readonly string[];
  /** Largest |advantage| of the group: the full width of a bar. */
  readonly scale: number;
  readonly chosen: ListedRollout | undefined;
  readonly onChoose: (rollout: ListedRollout) => void;
}

/** Full bars carry the sign by side and by fill: filled to the right is positive, hollow to the left negative. */
export function AdvantageBar({
  value,
  scale,
}: {
  readonly value: number;
  readonly scale: number;
}): ReactNode {
  const width = `${String(scale === 0 ? 0 : (Math.abs(value) / scale) * 50)}%`;
  return (
    <span className="adv" aria-hidden="true">
      {value !== 0 && <i className={value > 0 ? "pos" : "neg"} style={{ width }} />}
    </span>
  );
}

function Answer({ rollout }: { readonly rollout: ListedRollout }): ReactNode {
  const { answer } = rollout;
  const cut = rollout.finishReason === "length";
  return (
    <span className="flex">
      <Glyph
        name={rollout.correct ? "check" : "cross"}
        className={rollout.correct ? "pass" : "fail"}
        label={rollout.correct ? "right" : "wrong"}
      />
      {answer === null ? (
        <span className="t3">no answer{cut ? ", cut" : ""}</span>
      ) : (
        <span className="mono ell" dir="ltr" title={visibleText(answer)}>
          {visibleText(answer)}
        </span>
      )}
    </span>
  );
}

export function CompletionsTable({
  rollouts,
  rewards,
  scale,
  chosen,
  onChoose,
}: CompletionsTableProps): ReactNode {
  return (
    <table className="comp">
      <thead>
        <tr>
          <th className="num">#</th>
          <th>Answer</th>
          {rewards.map((name) => (
            <th key={name} className="num">
              {name}
            </th>
          ))}
          <th className="num">Reward</th>
          <th className="num" colSpan={2}>
            Advantage
          </th>
          <th className="num">Tokens</th>
        </tr>
      </thead>
      <tbody>
        {rollouts.map((rollout) => (
          <tr
            key={rollout.index}
            aria-selected={rollout === chosen}
            onClick={() => onChoose(rollout)}
          >
            <td className="num t3">{rollout.index + 1}</td>
            <td style={{ maxWidth: 160 }}>
              <Answer rollout={rollout} />
            </td>
            {rewards.map((name) => (
              <td key={name} className="num">
                {formatNumber(rollout.rewards[name] ?? null, 2)}
              </td>
            ))}
            <td className="num med">{formatNumber(rollout.reward, 2)}</td>
            <td>
              <AdvantageBar value={rollout.advantage} scale={scale} />
            </td>
            <td className="num">{formatSigned(rollout.advantage)}</td>
            <td className="num">{formatNumber(rollout.tokens)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
