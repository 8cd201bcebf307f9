/** GRPO and its twin with a critic, in the terminal. */
import { assertNever } from "#shared/errors.ts";
import {
  criticText,
  learnedClaim,
  savedClaim,
  savedText,
  TWIN_NOTE,
  twinMeasures,
} from "#shared/twin-text.ts";
import type { TwinMeasure } from "#shared/twin-text.ts";
import type { TwinComparison } from "#shared/schema/twin-comparison.ts";
import { usdText } from "#shared/usd-text.ts";
import { duration } from "./live-line.ts";
import { scoreText } from "./score-text.ts";
import { table } from "./terminal.ts";

export function twinText(twin: TwinComparison): string {
  const measures = twinMeasures(twin).map((one) => [
    one.label,
    amount(one, one.grpo),
    amount(one, one.ppo),
    savedText(one),
  ]);
  const scores = twin.benchmarks.map((one) => [
    `pass@1, ${one.task}, n ${one.n}, k ${one.k}`,
    scoreText(one.grpo),
    scoreText(one.ppo),
    learnedClaim(one),
  ]);
  const claim = savedClaim(twin);
  return [
    `Twins of ${twin.pipelineName}, seed ${twin.seed}; the critic is ${criticText(twin)}`,
    table(["", twin.grpo.stageName, twin.ppo.stageName, "saved"], [...measures, ...scores], [1, 2]),
    ...(claim === null ? ["Not both have ended."] : [claim]),
    TWIN_NOTE,
  ].join("\n");
}

function amount({ unit }: TwinMeasure, value: number | null): string {
  if (value === null) return "";
  switch (unit) {
    case "ms":
      return duration(value);
    case "bytes":
      return `${(value / 2 ** 20).toFixed(0)} MiB`;
    case "flops":
      return value.toExponential(2).replace("e+", "e");
    case "usd":
      return usdText(value);
    case "tokens":
      return value.toLocaleString("en-US");
    default:
      return assertNever(unit);
  }
}
