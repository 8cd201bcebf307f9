/** The rewards of one GRPO stage with their weights, and what a try-out found about each. */
import type { ReactNode } from "react";
import { RewardSpec } from "#shared/schema/recipe.ts";
import type { TriedReward } from "#shared/schema/recipe-draft.ts";
import { formatNumber, formatPercent } from "#renderer/ui/format.ts";
import { Glyph } from "#renderer/ui/glyph.tsx";
import { useDraft } from "../document/draft-value.ts";
import { FieldChecks } from "../fields/field-checks.tsx";
import { fieldsOf } from "../fields/stage-fields.ts";
import { getValue, isMap } from "../document/plain-value.ts";
import type { Json } from "../document/plain-value.ts";

const LINES: Readonly<Record<RewardSpec["name"], string>> = {
  answer: "1 where the task's rule accepts the answer",
  format: "1 where it thinks, then answers, and nothing else",
  language: "share of the words in the prompt's language",
  "soft-overlong": "falls to −1 towards the limit of length",
};

const NAMES = RewardSpec.shape.name.options;

/** The rewards that a stage has: its own, or the schema's default. */
export function rewardsOf(stage: Json | undefined): readonly RewardSpec[] {
  const list = getValue(stage, ["rewards"]);
  const parsed = RewardSpec.array().safeParse(list);
  if (parsed.success) return parsed.data;
  return list === undefined
    ? [
        { name: "answer", weight: 1 },
        { name: "format", weight: 0.1 },
      ]
    : [];
}

export function RewardsTable({
  index,
  tried,
}: {
  readonly index: number;
  readonly tried: readonly TriedReward[] | undefined;
}): ReactNode {
  const { value, set, broken } = useDraft();
  const keys = ["stages", index, "rewards"] as const;
  const rewards = rewardsOf(getValue(value, ["stages", index]));
  const change = (next: readonly RewardSpec[]): void => set(keys, next.map(plain));
  const left = NAMES.filter((name) => !rewards.some((reward) => reward.name === name));
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
            <tr key={reward.name}>
              <td className="mono">{reward.name}</td>
              <td>
                <span className="flex">
                  <WeightInput
                    label={`Weight of ${reward.name}`}
                    weight={reward.weight}
                    disabled={broken}
                    onChange={(weight) => change(rewards.with(place, { ...reward, weight }))}
                  />
                  {reward.name === "soft-overlong" && (
                    <span className="flex s11 t3">
                      over the last
                      <WeightInput
                        label={`Tokens of ${reward.name}`}
                        weight={reward.cache_length}
                        disabled={broken}
                        onChange={(length) =>
                          change(
                            rewards.with(place, {
                              ...reward,
                              cache_length: Math.max(1, Math.round(length)),
                            }),
                          )
                        }
                      />
                      tokens
                    </span>
                  )}
                </span>
              </td>
              <TriedCells name={reward.name} tried={tried} />
              <td className="num">
                <button
                  type="button"
                  className="linkbtn s12"
                  disabled={broken || rewards.length === 1}
                  onClick={() => change(rewards.toSpliced(place, 1))}
                >
                  Remove<span className="visually-hidden"> {reward.name}</span>
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
            onClick={() => change([...rewards, { name, weight: 0.1 }])}
          >
            Add {name}
          </button>
        ))}
        <FieldChecks keys={keys} id={`rewards-${String(index)}`} />
      </div>
    </>
  );
}

function TriedCells({
  name,
  tried,
}: {
  readonly name: RewardSpec["name"];
  readonly tried: readonly TriedReward[] | undefined;
}): ReactNode {
  if (tried === undefined) return <td className="t3">{LINES[name]}</td>;
  const found = tried.find((one) => one.name === name);
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

/** Without keys that are not there. */
function plain({ name, weight, cache_length: length }: RewardSpec): Json {
  return length === undefined ? { name, weight } : { name, weight, cache_length: length };
}

/** The number of a stage's option, or its default's. */
export function lengthLimit(stage: Json | undefined): number {
  const written = getValue(stage, ["max_completion_length"]);
  if (typeof written === "number") return written;
  const fallback = fieldsOf("grpo").find(({ name }) => name === "max_completion_length")?.fallback;
  return typeof fallback === "number" ? fallback : 256;
}

export function isGrpo(stage: Json): boolean {
  return isMap(stage) && stage["kind"] === "grpo";
}
