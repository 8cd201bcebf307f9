/** From a pipeline that failed or ended to its recipe: a draft of it opens, at the stage that is to be changed. */
import { useCallback, useMemo } from "react";
import type { ReactNode } from "react";
import type { Pipeline } from "#shared/schema/run.ts";
import { useCommands } from "#renderer/navigation/command-registry.ts";
import { hrefTo, navigate } from "#renderer/navigation/location.ts";
import { host } from "#renderer/bridge/host.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { KeyCaps } from "../key-caps.tsx";
import { isActive } from "./pipeline-facts.ts";
import { FailureNotice } from "../region-state.tsx";

export function ChangeAndRun({
  pipeline,
  status,
  stage,
}: {
  readonly pipeline: Pick<Pipeline, "id" | "name">;
  readonly status: Pipeline["status"];
  /** The stage's name, where one is looked at. */
  readonly stage: string | undefined;
}): ReactNode {
  const { busy, failure, run: call } = useAct();
  const { id, name } = pipeline;
  const ended = !isActive(status);
  const open = useCallback(
    () =>
      void call(async () => {
        const draft = await host.recipes.create({ from: { pipeline: id } });
        navigate(
          hrefTo(["recipe", draft.id], {
            step: stage === undefined ? undefined : `stage.${stage}`,
          }),
        );
      }),
    [call, id, stage],
  );
  useCommands(
    useMemo(
      () => [
        {
          id: "pipeline.change",
          title: `Change ${name} and run it again`,
          note: "opens its recipe as a draft",
          group: "This screen",
          keys: "A",
          notNow: ended ? undefined : "it is at work",
          run: open,
        },
      ],
      [name, ended, open],
    ),
  );
  if (!ended) return null;
  return (
    <>
      <button
        type="button"
        className={status === "failed" ? "btn primary" : "btn"}
        disabled={busy}
        onClick={open}
      >
        Change and run again <KeyCaps keys="A" />
      </button>
      {failure !== undefined && <FailureNotice failure={failure} />}
    </>
  );
}
