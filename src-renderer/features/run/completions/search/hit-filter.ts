/** Which completions of the whole run are wanted, as it stands in the address and as the host takes it. Pure. */
import type { host } from "#renderer/bridge/host.ts";

type Search = Parameters<typeof host.cockpit.search>[0];

export interface HitFilter {
  readonly text: string;
  readonly minReward: string;
  readonly maxReward: string;
  readonly show: "all" | "right" | "wrong";
  /** Only those cut at the limit. */
  readonly cut: boolean;
}

function numberOrNothing(text: string): number | undefined {
  const value = Number(text.replace(",", ".").replace("\u2212", "-"));
  return text.trim() === "" || !Number.isFinite(value) ? undefined : value;
}

/** A bound that is no number bounds nothing, and the field says so. */
export function isNumber(text: string): boolean {
  return text.trim() === "" || numberOrNothing(text) !== undefined;
}

export function searchOf(filter: HitFilter): Search["filter"] {
  const minReward = numberOrNothing(filter.minReward);
  const maxReward = numberOrNothing(filter.maxReward);
  return {
    ...(filter.text === "" ? {} : { text: filter.text }),
    ...(minReward === undefined ? {} : { minReward }),
    ...(maxReward === undefined ? {} : { maxReward }),
    ...(filter.show === "all" ? {} : { correct: filter.show === "right" }),
    ...(filter.cut ? { finishReason: "length" as const } : {}),
  };
}
