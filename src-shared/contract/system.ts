/** The host itself: facts, health, settings, attention, and the workspace-wide event stream. */
import { eventIterator } from "@orpc/contract";
import { z } from "zod";
import { PriceList } from "../schema/cost.ts";
import { RuntimeChoice } from "../schema/engine-protocol.ts";
import { SystemLiveEvent } from "../schema/live.ts";
import { AttentionItem, DoctorCheck, Settings, SystemInfo, ThemeChoice } from "../schema/system.ts";
import { procedure } from "./procedure.ts";

export const system = {
  info: procedure.output(SystemInfo),
  doctor: procedure.output(z.strictObject({ ok: z.boolean(), checks: z.array(DoctorCheck) })),
  /** A bug of the window, for the workspace's crashes folder. */
  reportCrash: procedure
    .input(
      z.strictObject({
        screen: z.string().max(200),
        message: z.string().max(2000),
        stack: z.string().max(20_000),
      }),
    )
    .output(z.void()),
  /** Begins with a snapshot; see schema/live.ts. */
  watch: procedure.output(eventIterator(SystemLiveEvent)),
};

export const settings = {
  get: procedure.output(Settings),
  /** Changes what is named and leaves the rest; gives the new settings. */
  set: procedure
    .input(
      z.strictObject({
        prices: PriceList.optional(),
        theme: ThemeChoice.optional(),
        runtime: RuntimeChoice.optional(),
        allowedCode: Settings.shape.allowedCode.optional(),
      }),
    )
    .output(Settings),
};

export const attention = {
  /** Newest first. */
  list: procedure.output(z.array(AttentionItem)),
  dismiss: procedure.input(z.strictObject({ id: z.string() })).output(z.void()),
};
