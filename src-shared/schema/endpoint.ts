/** Servers that speak OpenAI's API: teachers for datasets, on this machine or elsewhere. Keys are no part of this. */
import { z } from "zod";

const price = z.number().min(0).max(1_000_000).nullable().default(null);

export const EndpointFields = z.strictObject({
  name: z.string().trim().min(1).max(100),
  /** Up to and including the version, e.g. http://127.0.0.1:11434/v1. */
  baseUrl: z.url({ protocol: /^https?$/ }).max(2000),
  /** As the server calls it. */
  model: z.string().trim().min(1).max(300),
  /** null: no price is known, and what it costs is not counted. */
  usdPerMillionInputTokens: price,
  usdPerMillionOutputTokens: price,
  /** Requests that are open at the same time. */
  requestsAtOnce: z.int().min(1).max(256).default(4),
  /** Whether it was confirmed that an address which is answered on the own link only is meant. */
  allowLinkLocal: z.boolean().default(false),
});
export type EndpointFields = z.infer<typeof EndpointFields>;

export const Endpoint = z.strictObject({
  id: z.string(),
  ...EndpointFields.shape,
  /** Whether a key is kept for it; the key itself never leaves the host. */
  hasKey: z.boolean(),
  createdAtMs: z.number(),
});
export type Endpoint = z.infer<typeof Endpoint>;
