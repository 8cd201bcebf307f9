/** A recipe's text with the hashes of its own rewards' and rubrics' texts, so that it keeps them wherever its file is. */
import { isMap, isScalar, isSeq } from "yaml";
import type { YAMLMap } from "yaml";
import { AppError } from "#shared/errors.ts";
import { fileOfReward, RewardSpec } from "#shared/schema/reward.ts";
import type { RewardFile } from "#shared/schema/reward.ts";
import { readYaml } from "./recipe-yaml.ts";
import type { RewardFiles } from "./reward-files.ts";

/** All else stays as it is written. A file that is not there is left to the check. */
export function withKeptRewards(yaml: string, relativeTo: string, files: RewardFiles): string {
  const { document, faults } = readYaml(yaml);
  const stages: unknown = isMap(document.contents) ? document.get("stages", true) : undefined;
  if (faults.length > 0 || !isSeq(stages)) return yaml;
  const insertions: { readonly at: number; readonly text: string }[] = [];
  for (const stage of stages.items) {
    const rewards: unknown = isMap(stage) ? stage.get("rewards", true) : undefined;
    if (!isSeq(rewards)) continue;
    for (const reward of rewards.items) {
      const insertion = isMap(reward) ? hashOf(yaml, reward, relativeTo, files) : undefined;
      if (insertion !== undefined) insertions.push(insertion);
    }
  }
  return insertions.reduceRight(
    (text, { at, text: added }) => `${text.slice(0, at)}${added}${text.slice(at)}`,
    yaml,
  );
}

function hashOf(
  yaml: string,
  reward: YAMLMap,
  relativeTo: string,
  files: RewardFiles,
): { readonly at: number; readonly text: string } | undefined {
  const spec = RewardSpec.safeParse(reward.toJSON());
  const file = spec.success ? fileOfReward(spec.data) : undefined;
  if (file === undefined || file.sha256 !== undefined) return undefined;
  const pair = reward.items.find(
    ({ key, value }) => isScalar(key) && isScalar(value) && value.value === file.file,
  );
  if (!isScalar(pair?.key)) return undefined;
  const { value } = pair;
  if (!isScalar(value) || !pair.key.range || !value.range) return undefined;
  const sha256 = keptHash(file, relativeTo, files);
  if (sha256 === undefined) return undefined;
  const [start] = pair.key.range;
  const indent = start - (yaml.lastIndexOf("\n", start - 1) + 1);
  const between = reward.flow === true ? ", " : `\n${" ".repeat(indent)}`;
  return { at: value.range[1], text: `${between}sha256: ${sha256}` };
}

function keptHash(spec: RewardFile, relativeTo: string, files: RewardFiles): string | undefined {
  try {
    return files.keep(spec, relativeTo);
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}
