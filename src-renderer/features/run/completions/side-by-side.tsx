/** One prompt's completions beside each other, as the advantage compares them. */
import { useEffect, useRef } from "react";
import type { ReactNode } from "react";
import type { ListedRollout } from "#shared/schema/metrics.ts";
import type { RunId } from "#shared/schema/run.ts";
import { formatNumber, formatSigned } from "#renderer/ui/format.ts";
import { Glyph } from "#renderer/ui/glyph.tsx";
import { FailureNotice } from "#renderer/ui/region-state.tsx";
import { useWholeText } from "./use-whole-text.ts";
import { CompletionText } from "./completion-text.tsx";
import { AdvantageBar } from "./completions-table.tsx";

export interface SideBySideProps {
  readonly runId: RunId;
  readonly rollouts: readonly ListedRollout[];
  readonly rewards: readonly string[];
  /** Largest |advantage| of the group. */
  readonly scale: number;
  readonly chosen: ListedRollout | undefined;
  readonly onChoose: (rollout: ListedRollout) => void;
}

/** The one that is chosen is read whole, of the others their beginning. */
function OneText({
  runId,
  rollout,
  chosen,
  onChoose,
}: Pick<SideBySideProps, "runId" | "onChoose"> & {
  readonly rollout: ListedRollout;
  readonly chosen: boolean;
}): ReactNode {
  const { step, group, index, excerpt, isWhole } = rollout;
  const whole = useWholeText(
    chosen ? { runId, step, group, index } : undefined,
    isWhole ? excerpt : undefined,
  );
  if (whole.text !== undefined) return <CompletionText text={whole.text} />;
  return (
    <>
      <CompletionText text={excerpt} />
      {whole.failure === undefined ? (
        <button type="button" className="linkbtn" onClick={() => onChoose(rollout)}>
          … the rest
        </button>
      ) : (
        <FailureNotice failure={whole.failure} onRetry={whole.retry} />
      )}
    </>
  );
}

function One({
  runId,
  rollout,
  rewards,
  scale,
  chosen,
  onChoose,
}: Omit<SideBySideProps, "rollouts" | "chosen"> & {
  readonly rollout: ListedRollout;
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
        <OneText runId={runId} rollout={rollout} chosen={chosen} onChoose={onChoose} />
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
