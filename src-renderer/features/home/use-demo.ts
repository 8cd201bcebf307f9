/** The demo as Home knows it: the model it will start from, whether one is at work, and its start, which is asked about once. */
import { useCallback, useMemo, useState } from "react";
import type { PipelineSummary } from "#shared/schema/run.ts";
import { useCommands } from "#renderer/navigation/command-registry.ts";
import type { Command } from "#renderer/navigation/command-registry.ts";
import { hrefTo, navigate } from "#renderer/navigation/location.ts";
import type { Failure } from "#renderer/bridge/failure.ts";
import { host } from "#renderer/bridge/host.ts";
import { useLivePipelines } from "#renderer/bridge/live-store.ts";
import { recentPipelinesQuery } from "#renderer/bridge/queries.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { isActive } from "#renderer/ui/pipelines/pipeline-facts.ts";

export interface Demo {
  /** A demo or short check that is at work or waits. */
  readonly running: PipelineSummary | undefined;
  /** The model's id; "" is the built-in one. */
  readonly model: string;
  readonly setModel: (id: string) => void;
  readonly busy: boolean;
  readonly failure: Failure | undefined;
  /** Whether the question before the start is shown. */
  readonly asking: boolean;
  readonly ask: () => void;
  readonly dismiss: () => void;
  readonly start: () => void;
  /** Every stage with few steps: short enough to begin at once. */
  readonly startShortCheck: () => void;
}

export function useDemo(): Demo {
  const list = useQuery(recentPipelinesQuery);
  const live = useLivePipelines(list.data?.pipelines ?? []);
  const running = live.find(({ origin, status }) => origin !== "recipe" && isActive(status));
  const { busy, failure, run } = useAct();
  const [model, setModel] = useState("");
  const [asking, setAsking] = useState(false);
  const begin = useCallback(
    (smoke: boolean) =>
      void run(async () => {
        const { pipelineId } = await host.demo.start({ smoke, ...(model === "" ? {} : { model }) });
        navigate(hrefTo(["pipeline", pipelineId]));
      }),
    [run, model],
  );
  const demo: Demo = {
    running,
    model,
    setModel,
    busy,
    failure,
    asking,
    ask: useCallback(() => setAsking(true), []),
    dismiss: useCallback(() => setAsking(false), []),
    start: useCallback(() => begin(false), [begin]),
    startShortCheck: useCallback(() => begin(true), [begin]),
  };
  useDemoCommands(demo);
  return demo;
}

function useDemoCommands({ running, ask, startShortCheck }: Demo): void {
  const notNow = running === undefined ? undefined : "a demo is at work";
  useCommands(
    useMemo(
      (): readonly Command[] => [
        {
          id: "demo.start",
          title: "Run the demo…",
          note: "base, cold start, GRPO, rejection sampling, student",
          group: "Do",
          keys: "D",
          notNow,
          run: ask,
        },
        {
          id: "demo.smoke",
          title: "Run the short check",
          note: "every stage with few steps; proves the wiring",
          group: "Do",
          notNow,
          run: startShortCheck,
        },
      ],
      [notNow, ask, startShortCheck],
    ),
  );
}
