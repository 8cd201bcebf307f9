/** A teacher that is asked over the network. */
import { z } from "zod";

/** A teacher behind an endpoint of the workspace: its texts are learnt from, their log-probabilities are not to be had. */
export const EndpointTeacher = z.strictObject({
  /** The endpoint's name. */
  endpoint: z.string().trim().min(1).max(100),
  /** As the server calls it; by default the endpoint's own. A run keeps the one it began with. */
  model: z.string().trim().min(1).max(300).optional(),
  /** Dollars that a run may spend on it: no request is made that might pass them. */
  cap: z.number().positive().optional(),
  /** Seconds for a completion. */
  timeout: z.number().positive().max(86_400).default(600),
});
export type EndpointTeacher = z.infer<typeof EndpointTeacher>;
