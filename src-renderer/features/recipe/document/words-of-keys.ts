import { textAt } from "./plain-value.ts";
import type { Json, Keys } from "./plain-value.ts";

/** What a change of a recipe is called: "num_samples of benchmark-base" for stages.2.num_samples. */
export function wordsOfKeys(value: Json, keys: Keys): string {
  const [first, index, ...rest] = keys;
  const stage = first === "stages" ? textAt(value, ["stages", index ?? "", "name"]) : "";
  return stage === "" || rest.length === 0 ? keys.join(".") : `${rest.join(".")} of ${stage}`;
}
