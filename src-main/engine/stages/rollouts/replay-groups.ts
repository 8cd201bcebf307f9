/**
 * Replay of good groups: a batch's groups whose advantages are all 0 give their places to earlier groups that were right in
 * part (selective sample replay: VL-Rethinker, Wang et al. 2025, arXiv 2504.08837). Each is learnt from again once, the
 * newest first, and none that is older than the stage allows. What it was sampled with stays: its advantages, and the
 * log-probabilities of the policy of then, so that the ratio says how far the policy has gone since.
 */
import { z } from "zod";
import type { GrpoStage } from "#shared/schema/stages/grpo-stage.ts";
import type { PolicyRow, RowLogprobs } from "../../training/policy-row.ts";
import { isMixed } from "./dynamic-sampling.ts";
import type { Generation } from "./generation.ts";

/** So many batches could take what is kept: older groups seldom have a turn, and a checkpoint holds them all. */
const BATCHES_KEPT = 4;

const KeptRow = z.strictObject({
  promptIds: z.array(z.int()),
  completionIds: z.array(z.int()),
  finished: z.boolean(),
  advantage: z.number(),
  tokenAdvantages: z.array(z.number()).nullable(),
  sampledLogprobs: z.array(z.number()).nullable(),
  /** Under the policy that sampled it, as the trainer computes them. */
  old: z.array(z.number()),
});
type KeptRow = z.infer<typeof KeptRow>;

const KeptGroup = z.strictObject({
  /** Optimizer steps done when it was sampled. */
  step: z.int(),
  rows: z.array(KeptRow),
});
type KeptGroup = z.infer<typeof KeptGroup>;

type Options = Pick<GrpoStage, "replay_groups" | "max_staleness" | "num_generations">;

/** Log-probabilities of rows under the models as they are; the policy's are not asked for. */
export type ScoreReference = (rows: readonly PolicyRow[]) => readonly RowLogprobs[];

export type Replayed = {
  readonly generation: Generation;
  /** Optimizer steps since each of the groups that came again was sampled. */
  readonly ages: readonly number[];
};

export class ReplayGroups {
  readonly #options: Options;
  /** Oldest first. */
  #kept: KeptGroup[];

  /** @param kept what `state` gave at the checkpoint that the run goes on from */
  constructor(options: Options, kept: unknown) {
    this.#options = options;
    this.#kept = z.array(KeptGroup).safeParse(kept).data ?? [];
  }

  /** For a checkpoint. */
  state(): KeptGroup[] {
    return this.#kept;
  }

  /**
   * The batch with earlier groups in the places of those that teach nothing, and its own good groups kept.
   * @param generation group after group, as it was sampled
   * @param step optimizer steps done
   */
  exchange(generation: Generation, step: number, score: ScoreReference): Replayed {
    const { replay_groups: most, max_staleness, num_generations: size } = this.#options;
    if (most === 0) return { generation, ages: [] };
    this.#kept = this.#kept.filter((group) => step - group.step <= max_staleness);
    const groups = groupsOf(generation, size);
    const idle = groups.filter(({ rows }) => rows.every(teachesNothing)).slice(0, most);
    const taken = this.#kept.splice(Math.max(0, this.#kept.length - idle.length)).toReversed();
    const rows = [...generation.rows];
    const logprobs = [...generation.logprobs];
    for (const [i, group] of taken.entries()) {
      const first = (idle[i]?.place ?? 0) * size;
      const again = group.rows.map((row) => policyRow(row, group.step));
      const scored = score(again);
      again.forEach((row, j) => {
        rows[first + j] = row;
        const old = Float32Array.from(group.rows[j]?.old ?? []);
        logprobs[first + j] = { old, reference: scored[j]?.reference ?? null };
      });
    }
    const good = groups
      .filter(({ rollouts, rows: own }) => isMixed(rollouts) && !own.every(teachesNothing))
      .map(({ rows: own, logprobs: scores }) => ({
        step,
        rows: own.map((row, i) => keptRow(row, scores[i]?.old ?? null)),
      }));
    this.#kept = [...this.#kept, ...good].slice(-BATCHES_KEPT * most);
    return {
      generation: { ...generation, rows, logprobs },
      ages: taken.map((group) => step - group.step),
    };
  }
}

function groupsOf({ rows, logprobs, rollouts }: Generation, size: number) {
  return Array.from({ length: rows.length / size }, (_, place) => {
    const own = <T>(all: readonly T[]): T[] => all.slice(place * size, (place + 1) * size);
    return { place, rows: own(rows), logprobs: own(logprobs), rollouts: own(rollouts) };
  });
}

function teachesNothing({ advantage, tokenAdvantages }: PolicyRow): boolean {
  return advantage === 0 && tokenAdvantages === undefined;
}

function keptRow(row: PolicyRow, old: Float32Array | null): KeptRow {
  if (old === null) throw new Error("a group to be kept without its log-probabilities");
  const { finished, advantage, tokenAdvantages, sampledLogprobs } = row;
  return {
    promptIds: [...row.promptIds],
    completionIds: [...row.completionIds],
    finished,
    advantage,
    tokenAdvantages: tokenAdvantages === undefined ? null : [...tokenAdvantages],
    sampledLogprobs: sampledLogprobs === undefined ? null : [...sampledLogprobs],
    old: [...old],
  };
}

function policyRow(kept: KeptRow, sampledAt: number): PolicyRow {
  const { promptIds, completionIds, finished, advantage, tokenAdvantages, sampledLogprobs } = kept;
  return {
    ...{ promptIds, completionIds, finished, advantage, sampledAt },
    ...(tokenAdvantages === null ? {} : { tokenAdvantages: Float64Array.from(tokenAdvantages) }),
    ...(sampledLogprobs === null ? {} : { sampledLogprobs }),
  };
}
