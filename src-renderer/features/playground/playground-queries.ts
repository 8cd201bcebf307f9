/** Questions of the playground to the host. */
import { host } from "#renderer/bridge/host.ts";
import type { QuerySource } from "#renderer/bridge/query-client.ts";

type Answer<F extends (...args: never[]) => Promise<unknown>> = Awaited<ReturnType<F>>;

export const choicesQuery: QuerySource<Answer<typeof host.playground.models>> = {
  key: "playground.models",
  topics: ["models", "pipelines"],
  fetch: (signal) => host.playground.models(undefined, { signal }),
};

export const tasksQuery: QuerySource<Answer<typeof host.playground.tasks>> = {
  key: "playground.tasks",
  topics: [],
  fetch: (signal) => host.playground.tasks(undefined, { signal }),
};

export const heldQuery: QuerySource<Answer<typeof host.playground.held>> = {
  key: "playground.held",
  topics: ["settings"],
  fetch: (signal) => host.playground.held(undefined, { signal }),
};

export const threadsQuery: QuerySource<Answer<typeof host.playground.threads.list>> = {
  key: "playground.threads",
  topics: ["playground"],
  fetch: (signal) => host.playground.threads.list(undefined, { signal }),
};
