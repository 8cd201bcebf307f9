/** The workspace as a whole: its host, its settings, and what asks for attention. */
import type { Contract } from "#shared/contract/contract.ts";
import type { SystemLiveEvent } from "#shared/schema/live.ts";
import { PipelineId } from "#shared/schema/run.ts";
import type { Application } from "#main/services/application.ts";
import { notePriceChange } from "#main/services/costs/price-history.ts";
import { ofSystem } from "#main/services/workspace/live-selection.ts";
import { attentionItems, doctor, systemInfo } from "#main/services/workspace/system-facts.ts";
import type { Implementer, Procedures } from "./implementer.ts";
import { numbered } from "./numbered.ts";

export function systemProcedures(
  app: Application,
  os: Implementer,
): Procedures<Contract["system"]> {
  const to = os.system;
  const { store, live } = app;
  return {
    info: to.info.handler(() => systemInfo(app)),
    doctor: to.doctor.handler(() => doctor(app)),
    reportCrash: to.reportCrash.handler(({ input }) => {
      app.writeCrash(`window, screen ${input.screen}\n${input.message}\n${input.stack}`);
    }),
    watch: to.watch.handler(({ lastEventId, signal }) =>
      numbered(
        live.watch<SystemLiveEvent>({
          lastEventId,
          signal,
          snapshot: () => ({
            type: "snapshot",
            active: store.pipelines.list({
              status: ["queued", "running", "stopping"],
              offset: 0,
              limit: 100,
            }).pipelines,
          }),
          select: ofSystem,
        }),
      ),
    ),
  };
}

export function settingsProcedures(
  app: Application,
  os: Implementer,
): Procedures<Contract["settings"]> {
  const to = os.settings;
  const { store, live } = app;
  return {
    get: to.get.handler(() => store.settings.get()),
    set: to.set.handler(({ input }) => {
      const changed = store.transaction(() => {
        notePriceChange(store, input.prices, app.now());
        return store.settings.set(input);
      });
      live.publish([{ type: "settings" }]);
      return changed;
    }),
  };
}

export function attentionProcedures(
  app: Application,
  os: Implementer,
): Procedures<Contract["attention"]> {
  const to = os.attention;
  const { store, live } = app;
  return {
    list: to.list.handler(() => attentionItems(store)),
    dismiss: to.dismiss.handler(({ input }) => {
      const [kind, id = ""] = input.id.split(":");
      store.transaction(() => {
        if (kind === "pipeline") store.pipelines.dismiss(PipelineId.parse(id));
        else store.history.dismissAlarm(Number(id), app.now());
      });
      live.publish([{ type: "attention" }]);
    }),
  };
}
