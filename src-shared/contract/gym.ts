/** reasoning-gym in the workspace's own Python. */
import { eventIterator } from "@orpc/contract";
import { GymInstallEvent, GymState } from "../schema/gym.ts";
import { procedure } from "./procedure.ts";

export const gym = {
  state: procedure.output(GymState),
  /** Makes the environment, told step by step; a stream that is let go ends it. */
  install: procedure.output(eventIterator(GymInstallEvent)),
};
