/** What `grpo replay` refuses of a configuration and its recorded rollouts, before anything is computed. */
import { AppError } from "#shared/errors.ts";
import { objectiveFaults } from "#shared/schema/objective-faults.ts";

type Config = Omit<
  Parameters<typeof objectiveFaults>[0],
  "bf16" | "use_peft" | "steps_per_generation" | "replay_groups"
> & { readonly reward_weights?: readonly number[] | undefined };

type Recorded = {
  readonly generation: number;
  readonly completion_ids: readonly number[];
  readonly rewards: Readonly<Record<string, number | null>>;
  readonly logprobs?: readonly number[] | undefined;
};

/** For messages. */
type Files = { readonly config: string; readonly rollouts: string };

export type RewardColumns = {
  /** In the order of the first line, which is that of `reward_weights`. */
  readonly names: readonly string[];
  readonly weights: readonly number[];
};

/** Whether completions were recorded with the log-probabilities of another sampler. */
export function isSampledElsewhere(rollouts: readonly Recorded[]): boolean {
  return rollouts.some(({ logprobs }) => logprobs !== undefined);
}

/**
 * The rewards that every line has, by name.
 * @throws AppError BAD_INPUT for options that make no sense together, and for lines that do not fit each other or them
 */
export function requireReplayable(
  config: Config,
  rollouts: readonly Recorded[],
  files: Files,
): RewardColumns {
  const [fault] = objectiveFaults({
    ...config,
    // A sampler of another precision: here, whoever recorded the log-probabilities.
    bf16: isSampledElsewhere(rollouts),
    ...{ use_peft: false, steps_per_generation: undefined, replay_groups: 0 },
  });
  if (fault !== undefined)
    throw new AppError(
      "BAD_INPUT",
      `${files.config}: ${fault.name}: ${fault.message}.`,
      fault.advice,
    );
  const names = Object.keys(rollouts[0]?.rewards ?? {});
  const { reward_weights: weights = names.map(() => 1), generation_batch_size: size } = config;
  if (weights.length !== names.length)
    throw new AppError(
      "BAD_INPUT",
      `${files.config}: reward_weights has ${weights.length} numbers, and the completions have ${names.length} rewards (${names.join(", ")}).`,
      "Write one for each, in the order of the first line's rewards.",
    );
  rollouts.forEach((one, i) =>
    requireAlike(one, names, rollouts[0], `${files.rollouts}, completion ${i + 1}`),
  );
  for (const [generation, own] of Map.groupBy(rollouts, (one) => one.generation))
    if (size !== undefined && own.length !== size)
      throw new AppError(
        "BAD_INPUT",
        `${files.config}: generation_batch_size is ${size}, and generation ${generation} has ${own.length} completions.`,
        "Leave it out: the lines say themselves which generation they are of.",
      );
  return { names, weights };
}

function requireAlike(
  { rewards, completion_ids: ids, logprobs }: Recorded,
  names: readonly string[],
  first: Recorded | undefined,
  where: string,
): void {
  const own = Object.keys(rewards);
  if (own.length !== names.length || !names.every((name) => Object.hasOwn(rewards, name)))
    throw new AppError(
      "BAD_INPUT",
      `${where} has the rewards ${own.join(", ")}, and the first one ${names.join(", ")}.`,
      "Write all of them on each line; null where one does not apply.",
    );
  if ((logprobs === undefined) !== (first?.logprobs === undefined))
    throw new AppError(
      "BAD_INPUT",
      `${where} has ${logprobs === undefined ? "no" : "a sampler's"} log-probabilities, other than the first one.`,
      "Record them for all completions, or for none.",
    );
  if (logprobs !== undefined && logprobs.length !== ids.length)
    throw new AppError(
      "BAD_INPUT",
      `${where} has ${logprobs.length} log-probabilities of ${ids.length} tokens.`,
      "Record one for each token.",
    );
}
