/** Follows one run: its metrics as they come, and which of its other answers are out of date. */
import { useEffect, useMemo, useState } from "react";
import { assertNever } from "#shared/errors.ts";
import type { RunLiveEvent } from "#shared/schema/live.ts";
import type { RunId } from "#shared/schema/run.ts";
import { connection, pauseBeforeRetry } from "#renderer/bridge/connection.ts";
import { failureOf } from "#renderer/bridge/failure.ts";
import { host } from "#renderer/bridge/host.ts";
import { invalidate } from "#renderer/bridge/query-client.ts";
import type { MetricLine } from "./charts/metric-line.ts";
import { BUCKETS, RunMetrics } from "./run-metrics.ts";
import type { Failure } from "#renderer/bridge/failure.ts";

export interface RunStream {
  readonly lines: readonly MetricLine[];
  readonly loaded: boolean;
  readonly failure: Failure | undefined;
}

/** Charts are redrawn at most so often. */
const REDRAW_MS = 200;

/** Topics that an event of the run's stream puts out of date; its metrics are handled apart. */
function topicsOf(runId: RunId, event: RunLiveEvent): readonly string[] {
  switch (event.type) {
    case "rollouts":
    case "rewound":
      return [`rollouts:${runId}`];
    case "samples":
      return [`samples:${runId}`];
    case "evaluation":
    case "alarm":
    case "checkpoint":
      return [`run:${runId}`];
    case "event":
      return [`log:${runId}`];
    case "snapshot":
      return [`run:${runId}`, `rollouts:${runId}`, `samples:${runId}`, `log:${runId}`];
    case "run":
    case "metrics":
    case "pipeline-deleted":
      return [];
    default:
      return assertNever(event);
  }
}

class RunFollower {
  readonly #runId: RunId;
  readonly #onChange: (stream: RunStream) => void;
  readonly #metrics = new RunMetrics();
  readonly #abort = new AbortController();
  #loaded = false;
  #redraw: number | undefined;

  constructor(runId: RunId, onChange: (stream: RunStream) => void) {
    this.#runId = runId;
    this.#onChange = onChange;
  }

  stop(): void {
    this.#abort.abort();
    window.clearTimeout(this.#redraw);
  }

  async follow(): Promise<void> {
    const { signal } = this.#abort;
    while (!signal.aborted) {
      try {
        await connection.whenOpen(signal);
        // The stream is opened before the store is read, so that no point falls between the two.
        const events = await host.runs.watch({ runId: this.#runId }, { signal });
        await this.#load();
        for await (const event of events) await this.#take(event);
      } catch (error) {
        if (signal.aborted) return;
        if (connection.state() === "open")
          this.#onChange({
            lines: this.#metrics.lines(),
            loaded: this.#loaded,
            failure: failureOf(error),
          });
      }
      await pauseBeforeRetry(signal);
    }
  }

  async #take(event: RunLiveEvent): Promise<void> {
    const topics = topicsOf(this.#runId, event);
    if (topics.length > 0) invalidate(topics);
    if (event.type === "rewound") await this.#load();
    if (event.type !== "metrics") return;
    if (!this.#metrics.append(event.points)) return;
    if (this.#metrics.tooLong) await this.#load();
    else this.#redraw ??= window.setTimeout(() => this.#publish(), REDRAW_MS);
  }

  async #load(): Promise<void> {
    const { series } = await host.runs.metrics(
      { runId: this.#runId, buckets: BUCKETS },
      { signal: this.#abort.signal },
    );
    this.#metrics.load(series);
    this.#loaded = true;
    this.#publish();
  }

  #publish(): void {
    this.#redraw = undefined;
    this.#onChange({ lines: this.#metrics.lines(), loaded: this.#loaded, failure: undefined });
  }
}

const NOTHING: RunStream = { lines: [], loaded: false, failure: undefined };

/** The run's stream, from now until the component goes. */
export function useRunStream(runId: RunId): RunStream {
  const [held, setHeld] = useState<{ readonly runId: RunId; readonly stream: RunStream }>();
  useEffect(() => {
    const follower = new RunFollower(runId, (stream) => setHeld({ runId, stream }));
    void follower.follow();
    return () => follower.stop();
  }, [runId]);
  return useMemo(() => (held?.runId === runId ? held.stream : NOTHING), [held, runId]);
}
