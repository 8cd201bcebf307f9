/** Endpoints of teachers and their keys. A key goes in and never comes out. */
import { z } from "zod";
import { Endpoint, EndpointFields } from "../schema/endpoint.ts";
import { procedure } from "./procedure.ts";

const one = z.strictObject({ endpointId: z.string() });

export const endpoints = {
  list: procedure.output(z.array(Endpoint)),
  /** A new one, or another form of one that exists. Without `key` the key stays; null takes it away. */
  save: procedure
    .input(
      z.strictObject({
        endpointId: z.string().optional(),
        fields: EndpointFields,
        key: z.string().trim().min(1).max(10_000).nullable().optional(),
      }),
    )
    .output(Endpoint),
  /** Its key goes with it. */
  delete: procedure.input(one).output(z.void()),
  /** Asks the endpoint for a few tokens. Fails with what the server said. */
  test: procedure
    .input(one)
    .output(z.strictObject({ latencyMs: z.number(), text: z.string(), tokens: z.int() })),
};
