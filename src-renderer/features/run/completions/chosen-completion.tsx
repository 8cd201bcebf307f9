/** One completion at its full length: as text, or token by token. */
import { useMemo, useState } from "react";
import type { ReactNode } from "react";
import type { ListedRollout, RolloutHit } from "#shared/schema/metrics.ts";
import type { RunId } from "#shared/schema/run.ts";
import { useCommands } from "#renderer/navigation/command-registry.ts";
import { useFilter } from "#renderer/navigation/location.ts";
import { host } from "#renderer/bridge/host.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { formatNumber, formatSigned } from "#renderer/ui/format.ts";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { CompletionText } from "./completion-text.tsx";
import { asTokenMeasure, missing, nextStrong, TOKEN_MEASURES } from "./tokens/token-measures.ts";
import type { TokenMeasure } from "./tokens/token-measures.ts";
import { useWholeText } from "./use-whole-text.ts";
import { TokenFoot, TokenText } from "./tokens/token-text.tsx";

export interface ChosenCompletionProps {
  readonly runId: RunId;
  readonly step: number;
  readonly group: number;
  readonly problemId: string;
  readonly rollout: ListedRollout | RolloutHit | undefined;
}

const MEASURES: readonly TokenMeasure[] = ["logprob", "entropy", "ratio"];

function meanOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, one) => sum + one, 0) / values.length;
}

function MeasureChoice({
  measure,
  onChange,
}: {
  readonly measure: TokenMeasure | undefined;
  readonly onChange: (measure: string) => void;
}): ReactNode {
  return (
    <label className="flex t3">
      <span className="opt">Tokens</span>
      <select
        className="input smoothing"
        aria-label="Colour tokens by"
        value={measure ?? ""}
        onChange={(event) => onChange(event.currentTarget.value)}
      >
        <option value="">off</option>
        {MEASURES.map((one) => (
          <option key={one} value={one}>
            {TOKEN_MEASURES[one].label}
          </option>
        ))}
      </select>
      <KeyCaps keys="L" />
    </label>
  );
}

export function ChosenCompletion(props: ChosenCompletionProps): ReactNode {
  const { runId, step, group, problemId, rollout } = props;
  const index = rollout?.index;
  const [measureText, setMeasure] = useFilter("tokens");
  const measure = asTokenMeasure(measureText);
  const key = `${runId}:${String(step)}:${String(group)}:${String(index)}`;
  const [choice, setChoice] = useState<{ readonly of: string; readonly at: number }>();
  const picked = choice?.of === key ? choice.at : undefined;
  const query = useQuery(
    index === undefined
      ? undefined
      : {
          key: `tokens:${key}`,
          topics: [`rollouts:${runId}`],
          fetch: (signal) => host.cockpit.tokens({ runId, step, group, index }, { signal }),
        },
  );
  const tokens = query.data;
  const whole = useWholeText(
    index === undefined ? undefined : { runId, step, group, index },
    rollout !== undefined && "isWhole" in rollout && rollout.isWhole ? rollout.excerpt : undefined,
  );
  useCommands(
    useMemo(
      () => [
        {
          id: "run.tokens",
          title: "Colour tokens by log-probability, entropy, ratio, or not",
          group: "This screen" as const,
          keys: "L",
          run: () => {
            const at = measure === undefined ? -1 : MEASURES.indexOf(measure);
            setMeasure(MEASURES[at + 1] ?? "");
          },
        },
        {
          id: "run.token-next",
          title: "Next token of the strongest colour",
          group: "This screen" as const,
          keys: "N",
          notNow: measure === undefined ? "tokens are not coloured" : undefined,
          run: () => {
            if (tokens === undefined || measure === undefined) return;
            const at = nextStrong(tokens, measure, picked ?? -1);
            if (at !== undefined) setChoice({ of: key, at });
          },
        },
      ],
      [measure, setMeasure, tokens, picked, key],
    ),
  );
  if (rollout === undefined) return <div className="region" />;
  const why = tokens === undefined || measure === undefined ? undefined : missing(tokens, measure);
  return (
    <div className="region" aria-label="Chosen completion" role="region">
      <div className="head s12">
        <span className="med nowrap">Completion {rollout.index + 1}</span>
        <span className="t3 ell">
          {formatNumber(rollout.tokens)} tokens,{" "}
          {rollout.finishReason === "length" ? "cut at the limit" : "not cut"}, advantage{" "}
          {formatSigned(rollout.advantage)}
        </span>
        <span className="end">
          <MeasureChoice measure={measure} onChange={setMeasure} />
        </span>
      </div>
      {query.failure !== undefined && (
        <FailureNotice failure={query.failure} onRetry={query.refresh} />
      )}
      {whole.failure !== undefined && (
        <FailureNotice failure={whole.failure} onRetry={whole.retry} />
      )}
      {why !== undefined && <p className="s12 t3 pad prose">{why}</p>}
      {/* The text scrolls on its own, so it takes the focus to be scrolled by keys. */}
      <div
        className="scroll grow completiontext"
        tabIndex={0}
        role="group"
        aria-label="Text of the completion"
      >
        {measure === undefined || tokens === undefined ? (
          whole.text === undefined ? (
            <SkeletonRows rows={5} />
          ) : (
            <CompletionText key={key} text={whole.text} />
          )
        ) : (
          <TokenText
            key={key}
            tokens={tokens}
            measure={measure}
            picked={picked}
            onPick={(at) => setChoice(at === undefined ? undefined : { of: key, at })}
          />
        )}
      </div>
      {measure !== undefined && tokens !== undefined && (
        <TokenFoot tokens={tokens} measure={measure} picked={picked} />
      )}
      <div className="s11 t3 bt groupfoot flex">
        <span>mean log-prob {formatNumber(meanOf(tokens?.logprobs ?? []), 3)} a token</span>
        <span className="mono end ell" title={problemId}>
          {problemId}
        </span>
      </div>
    </div>
  );
}
