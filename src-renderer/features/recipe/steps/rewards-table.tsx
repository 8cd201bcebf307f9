/** The rewards of one stage with their weights, and what a try-out found about each. */
import type { ReactNode } from "react";
import { z } from "zod";
import { REWARD_WORDS } from "#shared/reward-words.ts";
import {
  NamedReward,
  REWARD_NAMES,
  rewardName,
  rewardTitle,
  writtenReward,
} from "#shared/schema/reward.ts";
import type { RewardName, RewardSpec } from "#shared/schema/reward.ts";
import type { TriedReward } from "#shared/schema/recipe-draft.ts";
import { formatNumber, formatPercent } from "#renderer/ui/format.ts";
import { Glyph } from "#renderer/ui/glyph.tsx";
import { useDraft } from "../document/draft-value.ts";
import { FieldChecks } from "../fields/field-checks.tsx";
import { fieldsOf } from "../fields/stage-fields.ts";
import { getValue, isMap } from "../document/plain-value.ts";
import type { Json } from "../document/plain-value.ts";
import { isGrpo, rewardsOf } from "../document/stage-rewards.ts";

/** Options that have a field here, with the words around it. */
const OPTIONS: Partial<Record<RewardName, readonly (readonly [key: string, words: string])[]>> = {
  "soft-overlong": [["cache_length", "tokens before the limit"]],
  soft_overlong: [["cache_length", "tokens before the limit"]],
  cosine: [
    ["max_len", "characters at the most"],
    ["min_value_correct", "right and long"],
    ["max_value_correct", "right and short"],
    ["min_value_wrong", "wrong and short"],
    ["max_value_wrong", "wrong and long"],
  ],
  repetition_penalty: [
    ["ngram_size", "words in a run"],
    ["max_penalty", "where all repeat"],
  ],
};

/** Names that mean the same: with one of them there, the other is not offered. */
const SAME: Partial<Record<string, RewardName>> = {
  answer: "accuracy",
  accuracy: "answer",
  "soft-overlong": "soft_overlong",
  soft_overlong: "soft-overlong",
};

/** Whether the list offers the same reward by another name before. */
function isSecondName(name: RewardName): boolean {
  const same = SAME[name];
  return same !== undefined && REWARD_NAMES.indexOf(same) < REWARD_NAMES.indexOf(name);
}

export function RewardsTable({
  index,
  tried,
}: {
  readonly index: number;
  readonly tried: readonly TriedReward[] | undefined;
}): ReactNode {
  const { value, set, unset, broken } = useDraft();
  const keys = ["stages", index, "rewards"] as const;
  const stage = getValue(value, ["stages", index]);
  const rewards = rewardsOf(stage);
  // A stage that chooses among solutions can do so by the verifier alone.
  const least = isMap(stage) && isGrpo(stage) ? 1 : 0;
  const change = (next: readonly RewardSpec[]): void =>
    next.length === 0 ? unset(keys) : set(keys, next.map(writtenReward));
  const there = new Set(
    rewards.map(rewardName).flatMap((name) => {
      const same = SAME[name];
      return same === undefined ? [name] : [name, same];
    }),
  );
  const left = REWARD_NAMES.filter((name) => !there.has(name) && !isSecondName(name));
  return (
    <>
      <table className="rw">
        <thead>
          <tr>
            <th>Function</th>
            <th>Weight</th>
            <th>{tried === undefined ? "What it is" : "Mean"}</th>
            {tried !== undefined && <th>Groups with spread</th>}
            <th>
              <span className="visually-hidden">Remove</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rewards.map((reward, place) => (
            <tr key={rewardName(reward)}>
              <td className="mono">{rewardTitle(reward)}</td>
              <td>
                <span className="flex">
                  <WeightInput
                    label={`Weight of ${rewardName(reward)}`}
                    weight={reward.weight}
                    disabled={broken}
                    onChange={(weight) => change(rewards.with(place, { ...reward, weight }))}
                  />
                  <OptionInputs
                    reward={reward}
                    disabled={broken}
                    onChange={(next) => change(rewards.with(place, next))}
                  />
                </span>
              </td>
              <TriedCells reward={reward} tried={tried} />
              <td className="num">
                <button
                  type="button"
                  className="linkbtn s12"
                  disabled={broken || rewards.length <= least}
                  onClick={() => change(rewards.toSpliced(place, 1))}
                >
                  Remove<span className="visually-hidden"> {rewardName(reward)}</span>
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <div className="sectext flex">
        {left.map((name) => (
          <button
            key={name}
            type="button"
            className="btn small"
            disabled={broken}
            title={REWARD_WORDS[name]}
            onClick={() => change([...rewards, NamedReward.parse({ name, weight: 0.1 })])}
          >
            Add {name}
          </button>
        ))}
        <FieldChecks
          keys={keys}
          id={`rewards-${String(index)}`}
          elsewhere={rewards.flatMap((reward, place) =>
            "judge" in reward ? [[...keys, place]] : [],
          )}
        />
      </div>
    </>
  );
}

function OptionInputs({
  reward,
  disabled,
  onChange,
}: {
  readonly reward: RewardSpec;
  readonly disabled: boolean;
  readonly onChange: (next: RewardSpec) => void;
}): ReactNode {
  if ("file" in reward || "judge" in reward) return null;
  return (OPTIONS[reward.name] ?? []).map(([key, words]) => (
    <span key={key} className="flex s11 t3">
      <WeightInput
        label={`${key} of ${reward.name}`}
        weight={z.number().optional().parse(Reflect.get(reward, key))}
        disabled={disabled}
        onChange={(value) => {
          const next = NamedReward.safeParse({ ...reward, [key]: value });
          if (next.success) onChange(next.data);
        }}
      />
      {words}
    </span>
  ));
}

function TriedCells({
  reward,
  tried,
}: {
  readonly reward: RewardSpec;
  readonly tried: readonly TriedReward[] | undefined;
}): ReactNode {
  if (tried === undefined) return <td className="t3">{wordsOf(reward)}</td>;
  const found = tried.find((one) => one.name === rewardName(reward));
  if (found === undefined || found.count === 0)
    return (
      <>
        <td className="t3" colSpan={2}>
          not tried
        </td>
      </>
    );
  const share = found.groups === 0 ? undefined : found.groupsWithSpread / found.groups;
  return (
    <>
      <td className="tn">{formatNumber(found.mean, 2)}</td>
      <td>
        {share === undefined ? (
          <span className="t3">no groups</span>
        ) : (
          <span className="flex">
            <span className="meter" style={{ width: 72 }} aria-hidden="true">
              <i style={{ width: `${String(share * 100)}%` }} />
            </span>
            <span className="tn nowrap">
              {formatPercent(share, 0)}% of {found.groups}
            </span>
            {share < 0.1 && (
              <span className="warn nowrap">
                <Glyph name="warn" /> tells few apart
              </span>
            )}
          </span>
        )}
      </td>
    </>
  );
}

function wordsOf(reward: RewardSpec): string {
  if ("file" in reward) return "a file of one's own";
  return "judge" in reward
    ? `a judge's score, from ${reward.scale.join(" to ")}`
    : REWARD_WORDS[reward.name];
}

function WeightInput({
  label,
  weight,
  disabled,
  onChange,
}: {
  readonly label: string;
  readonly weight: number | undefined;
  readonly disabled: boolean;
  readonly onChange: (weight: number) => void;
}): ReactNode {
  const shown = weight === undefined ? "" : String(weight);
  return (
    <input
      className="input mono"
      style={{ width: 64, height: 24 }}
      aria-label={label}
      inputMode="decimal"
      disabled={disabled}
      defaultValue={shown}
      key={shown}
      onBlur={(event) => {
        const text = event.currentTarget.value.trim();
        const next = Number(text);
        if (text !== "" && Number.isFinite(next) && next !== weight) onChange(next);
        else event.currentTarget.value = shown;
      }}
      onKeyDown={(event) => {
        if (event.key === "Enter") event.currentTarget.blur();
      }}
    />
  );
}

/** The number of a stage's option, or its default's. */
export function lengthLimit(stage: Json | undefined): number {
  const written = getValue(stage, ["max_completion_length"]);
  if (typeof written === "number") return written;
  const fallback = fieldsOf("grpo").find(({ name }) => name === "max_completion_length")?.fallback;
  return typeof fallback === "number" ? fallback : 256;
}
