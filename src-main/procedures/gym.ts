/** reasoning-gym: its state and its install. */
import type { Contract } from "#shared/contract/contract.ts";
import { AppError } from "#shared/errors.ts";
import type { GymInstallEvent, GymState } from "#shared/schema/gym.ts";
import type { Application } from "#main/services/application.ts";
import type { Implementer, Procedures } from "./implementer.ts";

export function gymProcedures(app: Application, os: Implementer): Procedures<Contract["gym"]> {
  const to = os.gym;
  return {
    state: to.state.handler(() => stateOf(app)),
    install: to.install.handler(({ signal = new AbortController().signal }) =>
      install(app, signal),
    ),
  };
}

function stateOf({ gym }: Application): GymState {
  const { environment } = gym;
  const facts = environment.facts();
  return {
    installed: facts === null ? null : { ...facts, datasets: facts.datasets.length },
    folder: environment.folder,
  };
}

/** A stream cannot fail by a declared error once it has begun: what went wrong is its last event. */
async function* install(app: Application, signal: AbortSignal): AsyncGenerator<GymInstallEvent> {
  const events: GymInstallEvent[] = [];
  let news = Promise.withResolvers<undefined>();
  const add = (event: GymInstallEvent): void => {
    events.push(event);
    news.resolve(undefined);
    news = Promise.withResolvers();
  };
  const ended = new AbortController();
  const both = AbortSignal.any([signal, ended.signal]);
  const installing = app.gym
    .install((progress) => add({ type: "progress", ...progress }), both)
    .then(
      () => add({ type: "done", state: stateOf(app) }),
      (error: unknown) => {
        if (!(error instanceof AppError) && !both.aborted) app.reportBug(error);
        const { message, advice } =
          error instanceof AppError
            ? error
            : { message: "The install was ended.", advice: undefined };
        add({ type: "failed", message, advice: advice ?? null });
      },
    );
  try {
    for (;;) {
      const next = news.promise;
      const event = events.shift();
      if (event === undefined) {
        await next;
        continue;
      }
      yield event;
      if (event.type !== "progress") return;
    }
  } finally {
    ended.abort();
    await installing;
  }
}
