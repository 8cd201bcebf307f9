/** The playground. */
import { randomUUID } from "node:crypto";
import { basename } from "node:path";
import type { Contract } from "#shared/contract/contract.ts";
import { AppError } from "#shared/errors.ts";
import type { PlaygroundEvent, PlaygroundModel, ThreadContent } from "#shared/schema/playground.ts";
import { TaskName } from "#shared/schema/stages/problem-data.ts";
import { gradeHeldOut, heldOutProblem } from "#main/core/problems/held-out-problem.ts";
import type { Application } from "#main/services/application.ts";
import { checkpointsOnDisk } from "#main/services/runs/run-checkpoints.ts";
import type { Implementer, Procedures } from "./implementer.ts";

const TITLE_LENGTH = 80;
const RUNS_WITH_CHECKPOINTS = 200;

export function playgroundProcedures(
  app: Application,
  os: Implementer,
): Procedures<Contract["playground"]> {
  const to = os.playground;
  const { playground } = app.store;
  const runtime = () => app.store.settings.get().runtime;
  return {
    models: to.models.handler(() => choices(app)),
    tasks: to.tasks.handler(() =>
      app.tasks.withRules().map(({ name, title, difficultyUnit, difficulties }) => ({
        name: TaskName.parse(name),
        title,
        difficultyUnit,
        difficulties: [...difficulties],
      })),
    ),
    load: to.load.handler(async ({ input }) => {
      const facts = await app.inference.load(app.models.resolve(input.model), runtime());
      return { ...facts, warnings: [...facts.warnings] };
    }),
    held: to.held.handler(() => app.inference.models()),
    unload: to.unload.handler(({ input }) => {
      app.inference.unload(input.path);
    }),
    complete: to.complete.handler(async function* ({ input, signal }) {
      const { model, prompt, options } = input;
      yield* withFailure(app, async function* () {
        const folder = app.models.resolve(model);
        if (!app.inference.isLoaded(folder, runtime())) yield { type: "loading" } as const;
        const ended = signal ?? new AbortController().signal;
        yield* app.inference.complete(folder, runtime(), prompt, options, ended);
      });
    }),
    problem: to.problem.handler(({ input }) => heldOutProblem(input, app.tasks)),
    grade: to.grade.handler(({ input, signal = new AbortController().signal }) =>
      gradeHeldOut(input.problem, input.text, { outside: app.tasks, sandbox: app.sandbox, signal }),
    ),
    threads: {
      list: to.threads.list.handler(() => playground.list()),
      get: to.threads.get.handler(({ input }) => threadOf(app, input.threadId)),
      save: to.threads.save.handler(({ input }) => {
        const id = input.threadId ?? `t-${randomUUID().slice(0, 12)}`;
        const { content } = input;
        app.store.transaction(() => {
          playground.save({ id, title: titleOf(content), content, updatedAtMs: app.now() });
        });
        const { content: _, ...summary } = threadOf(app, id);
        return summary;
      }),
      delete: to.threads.delete.handler(({ input }) => {
        threadOf(app, input.threadId);
        app.store.transaction(() => {
          playground.delete(input.threadId);
        });
      }),
    },
  };
}

/** A stream cannot fail by a declared error once it has begun: what went wrong is its last event. */
async function* withFailure(
  app: Application,
  events: () => AsyncGenerator<PlaygroundEvent>,
): AsyncGenerator<PlaygroundEvent> {
  try {
    yield* events();
  } catch (error) {
    if (error instanceof Error && error.name === "AbortError") throw error;
    if (!(error instanceof AppError)) app.reportBug(error);
    yield {
      type: "failed",
      message:
        error instanceof AppError
          ? error.message
          : "Something went wrong inside Gradus; the workspace's crashes folder has the details.",
      advice: error instanceof AppError ? (error.advice ?? null) : null,
    };
  }
}

function choices(app: Application): PlaygroundModel[] {
  const models = app.models.list().map(({ id, name, origin }): PlaygroundModel => ({
    id,
    kind: "model",
    name,
    note: origin === "output" ? `output of ${id}` : origin,
  }));
  const { runs } = app.store.runs.list({ offset: 0, limit: RUNS_WITH_CHECKPOINTS });
  const checkpoints = runs.flatMap(({ id }) =>
    checkpointsOnDisk(app.store, id)
      .toReversed()
      .map(({ dir, step }): PlaygroundModel => ({
        id: dir,
        kind: "checkpoint",
        name: `${id}, step ${step}`,
        note: basename(dir),
      })),
  );
  return [...models, ...checkpoints];
}

function threadOf(app: Application, id: string) {
  const thread = app.store.playground.get(id);
  if (thread !== undefined) return thread;
  throw new AppError(
    "NOT_FOUND",
    "This trial is not kept any more.",
    "Choose another, or begin anew.",
  );
}

function titleOf({ sides }: ThreadContent): string {
  const first = sides[0]?.turns.find(({ role }) => role !== "system")?.content ?? "";
  const words = first.replaceAll(/\s+/g, " ").trim();
  if (words === "") return "Untitled";
  return words.length > TITLE_LENGTH ? `${words.slice(0, TITLE_LENGTH)}…` : words;
}
