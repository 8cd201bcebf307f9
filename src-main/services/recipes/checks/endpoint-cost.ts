/** What a stage's requests to an endpoint will cost at most, said where the endpoint is named. */
import type { Endpoint } from "#shared/schema/endpoint.ts";
import { priceText, usdText } from "#shared/usd-text.ts";
import { setting } from "./recipe-finding.ts";
import type { StagePlace } from "./stage-place.ts";

export interface EndpointWork {
  /** e.g. "completions to judge". */
  readonly what: string;
  readonly requests: number;
  readonly tokensIn: number;
  readonly tokensOut: number;
  readonly cap: number | undefined;
  /** Named instead of the endpoint's own. */
  readonly model: string | undefined;
}

/**
 * @param key of the stage, under which `cap` and `model` stand
 * @param named the key there that names the endpoint
 */
export function checkEndpointCost(
  place: StagePlace,
  key: string,
  named: "judge" | "endpoint",
  endpoint: Endpoint,
  { what, requests, tokensIn, tokensOut, cap, model }: EndpointWork,
): void {
  const { usdPerMillionInputTokens: input, usdPerMillionOutputTokens: output } = endpoint;
  const size = `${countText(requests)} ${what}, at most ${countText(tokensIn)} tokens in and ${countText(tokensOut)} out`;
  if (input === null || output === null) {
    place.add(`${key}.${named}`, {
      level: cap === undefined ? "warning" : "error",
      message: `${size}; what they cost is not known: ${endpoint.name} has no prices${cap === undefined ? "" : ", and a cap needs them"}.`,
      advice: "Enter its prices in Settings → Endpoints; 0 for a server of your own.",
    });
    return;
  }
  const most = (tokensIn * input + tokensOut * output) / 1e6;
  place.add(`${key}.${named}`, { level: "note", message: `${size}: at most ${usdText(most)}` });
  if (model !== undefined && model !== endpoint.model)
    place.add(`${key}.model`, {
      level: "warning",
      message: `it is priced as ${endpoint.model}, the model of ${endpoint.name}.`,
      advice: "Make it an endpoint of its own, with its prices.",
    });
  if (cap !== undefined && cap < most) {
    const enough = roundedUp(most);
    place.add(`${key}.cap`, {
      level: "warning",
      message: `the run may stop at ${priceText(cap)}; it goes on with a higher cap`,
      fixes: [setting(place.at(`${key}.cap`), enough, `Use ${priceText(enough)}`)],
    });
  }
}

/** To three significant figures, and never below the amount. */
function roundedUp(usd: number): number {
  const step = 10 ** (Math.floor(Math.log10(usd)) - 2);
  return Number((Math.ceil(usd / step) * step).toPrecision(3));
}

function countText(count: number): string {
  return Math.round(count).toLocaleString("en");
}
