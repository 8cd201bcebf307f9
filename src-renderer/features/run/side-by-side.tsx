/** One prompt's completions beside each other, as the advantage compares them. */
import { useEffect, useRef } from "react";
import type { ReactNode } from "react";
import type { RolloutText } from "#shared/schema/metrics.ts";
import { formatNumber, formatSigned } from "../../ui/format.ts";
import { Glyph } from "../../ui/glyph.tsx";
import { CompletionText } from "./completion-text.tsx";
import { AdvantageBar } from "./completions-table.tsx";

export interface SideBySideProps {
  readonly rollouts: readonly RolloutText[];
  readonly rewards: readonly string[];
  /** Largest |advantage| of the group. */
  readonly scale: number;
  readonly chosen: RolloutText | undefined;
  readonly onChoose: (rollout: RolloutText) => void;
}

function One({
  rollout,
  rewards,
  scale,
  chosen,
  onChoose,
}: Omit<SideBySideProps, "rollouts" | "chosen"> & {
  readonly rollout: RolloutText;
  readonly chosen: boolean;
}): ReactNode {
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    if (chosen) box.current?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [chosen]);
  return (
    <article
      ref={box}
      className={chosen ? "beside on" : "beside"}
      aria-label={`Completion ${String(rollout.index + 1)}, ${rollout.correct ? "right" : "wrong"}`}
      aria-current={chosen}
    >
      <button type="button" className="flex s12 besidehead" onClick={() => onChoose(rollout)}>
        <Glyph
          name={rollout.correct ? "check" : "cross"}
          className={rollout.correct ? "pass" : "fail"}
          label={rollout.correct ? "right" : "wrong"}
        />
        <span className="med">{rollout.index + 1}</span>
        <span className="t3">{formatNumber(rollout.tokens)} tokens</span>
        {rollout.finishReason === "length" && <span className="warn">cut</span>}
        <span className="end flex">
          <AdvantageBar value={rollout.advantage} scale={scale} />
          <span className="num">{formatSigned(rollout.advantage)}</span>
        </span>
      </button>
      <p className="s11 t3 besiderewards">
        reward <b className="med t2">{formatNumber(rollout.reward, 2)}</b>
        {rewards.map((name) => (
          <span key={name}>
            {" · "}
            {name} {formatNumber(rollout.rewards[name] ?? null, 2)}
          </span>
        ))}
      </p>
      <div className="scroll grow" tabIndex={0} role="group" aria-label="Its text">
        <CompletionText text={rollout.completion} />
      </div>
    </article>
  );
}

export function SideBySide({ rollouts, chosen, ...rest }: SideBySideProps): ReactNode {
  return (
    <div className="besides bt scroll grow" role="group" aria-label="Completions of the prompt">
      {rollouts.map((rollout) => (
        <One key={rollout.index} rollout={rollout} chosen={rollout === chosen} {...rest} />
      ))}
    </div>
  );
}
