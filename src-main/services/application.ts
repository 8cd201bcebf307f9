/**
 * The host's heart: one open workspace with its store, its queue of work and its live events. The
 * window (through the contract) and the command line use the same one.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { randomUUID } from "node:crypto";
import { AppError } from "#shared/errors.ts";
import type { RuntimeChoice } from "#shared/schema/engine-protocol.ts";
import type { Recipe } from "#shared/schema/recipe.ts";
import type { RecipeId, SweepAxis, SweepId, SweepMode } from "#shared/schema/recipe-draft.ts";
import type { Pipeline, PipelineId } from "#shared/schema/run.ts";
import type { SystemInfo } from "#shared/schema/system.ts";
import { withoutSecrets } from "#shared/without-secrets.ts";
import { modelFacts } from "#main/core/formats/inspect-model.ts";
import { InferencePool } from "#main/processes/inference/inference-pool.ts";
import { RuntimeProbe } from "#main/processes/engine/runtime-state.ts";
import { assetFolder } from "#main/platform/asset-folder.ts";
import { machineFacts, oomKills } from "#main/platform/machine.ts";
import { configFolder, dataFolder } from "#main/platform/paths.ts";
import { openStore } from "#main/store/store.ts";
import type { Store } from "#main/store/store.ts";
import { lockWorkspace, prepareWorkspace } from "#main/store/workspace.ts";
import type { WorkspaceLock, WorkspacePaths } from "#main/store/workspace.ts";
import { PairedTests } from "./comparison/paired-tests.ts";
import { setReader } from "./problems/set-reader.ts";
import type { SetReader } from "#main/core/problems/problem-supply.ts";
import { DataChecks } from "./recipes/checks/data-checks.ts";
import { DatasetService } from "./datasets/dataset-service.ts";
import { GenerateService } from "./datasets/generate-service.ts";
import { demoChoice, demoForModel } from "./recipes/demo-for-model.ts";
import { EditJournal } from "./workspace/edit-journal.ts";
import { generateCompletions } from "./endpoints/generate-completions.ts";
import { Endpoints } from "./endpoints/endpoints.ts";
import { KeyFile } from "./endpoints/key-file.ts";
import type { KeyCipher } from "./endpoints/key-file.ts";
import { writePipeline } from "./runs/write-pipeline.ts";
import { LiveEvents } from "./workspace/live-events.ts";
import { ModelRegistry } from "./models/model-registry.ts";
import { ModelJobs } from "./models/get/model-jobs.ts";
import { PipelineRunner } from "./runs/pipeline-runner.ts";
import { RewardBook } from "./recipes/reward-book.ts";
import { GymService } from "./gym/gym-service.ts";
import { WorkspaceTasks } from "./plugins/workspace-tasks.ts";
import { builtInRecipe } from "./recipes/built-in-recipes.ts";
import { RewardFiles } from "./recipes/reward-files.ts";
import { SandboxPool } from "#main/processes/sandbox/sandbox-pool.ts";
import { withSeed } from "./recipes/with-seed.ts";
import { RecipeBook } from "./recipes/recipe-book.ts";
import { requireRecipe } from "./recipes/checks/recipe-checks.ts";
import { RunAnnotations } from "./runs/run-annotations.ts";
import { pointLabel } from "./recipes/sweep.ts";
import { sweepLaunches } from "./recipes/sweep-launches.ts";
import { TextIndexing } from "./workspace/text-indexing.ts";

export interface ApplicationOptions {
  readonly workspace: string;
  readonly shell: SystemInfo["shell"];
  /** The module that serves a stage in a process of its own. */
  readonly engineEntry?: string;
  /** Where keys are kept; by default the platform's folder for configuration. */
  readonly configFolder?: string;
  /** Seals keys, where the shell has a keychain. */
  readonly keyCipher?: KeyCipher | undefined;
  readonly now?: () => number;
  /** Processes that the system has ended for memory since it started; null where it does not tell. */
  readonly oomKills?: () => number | null;
}

export interface StartOptions {
  readonly yaml: string;
  readonly overrides?: readonly string[] | undefined;
  readonly runtime?: RuntimeChoice | undefined;
  readonly relativeTo?: string | undefined;
  readonly recipeId?: RecipeId | undefined;
  /** Left out: a recipe. */
  readonly origin?: "recipe" | "measure" | undefined;
}

export interface DemoOptions {
  readonly model?: string | undefined;
  readonly seed?: number | undefined;
  readonly smoke?: boolean | undefined;
  readonly forTour?: boolean | undefined;
  readonly runtime?: RuntimeChoice | undefined;
}

/** The demo starts from it where no other model is named. */
const BUILT_IN_BASE = "gradus-base";

const ENGINE_ENTRY = fileURLToPath(
  new URL("../processes/engine/engine-process.ts", import.meta.url),
);

export class Application {
  readonly store: Store;
  readonly live: LiveEvents;
  readonly models: ModelRegistry;
  readonly modelJobs: ModelJobs;
  readonly journal: EditJournal;
  readonly annotations: RunAnnotations;
  readonly datasets: DatasetService;
  readonly generating: GenerateService;
  readonly runner: PipelineRunner;
  readonly recipeBook: RecipeBook;
  readonly rewardFiles: RewardFiles;
  readonly rewardBook: RewardBook;
  /** For what is tried or checked; a run has its own. */
  readonly sandbox = new SandboxPool();
  readonly sets: SetReader;
  readonly gym: GymService;
  /** Built in, of plug-ins and of reasoning-gym. */
  readonly tasks: WorkspaceTasks;
  readonly dataChecks: DataChecks;
  readonly runtime: RuntimeProbe;
  readonly pairedTests: PairedTests;
  /** Models held in memory for completions outside runs. */
  readonly inference: InferencePool;
  readonly endpoints: Endpoints;
  readonly paths: WorkspacePaths;
  readonly shell: SystemInfo["shell"];
  readonly startedAtMs: number;
  readonly now: () => number;
  readonly #lock: WorkspaceLock;
  readonly #textIndexing: TextIndexing;

  /** Takes the workspace. Throws WORKSPACE_LOCKED, WORKSPACE_READ_ONLY, DISK_FULL. */
  constructor(options: ApplicationOptions) {
    this.now = options.now ?? Date.now;
    this.shell = options.shell;
    this.startedAtMs = this.now();
    this.paths = prepareWorkspace(options.workspace);
    this.#lock = lockWorkspace(this.paths.root);
    try {
      this.store = openStore(this.paths.database, {
        root: this.paths.root,
        ...(options.now === undefined ? {} : { now: options.now }),
      });
    } catch (error) {
      this.#lock.release();
      throw error;
    }
    this.pairedTests = new PairedTests(this.store);
    this.runtime = new RuntimeProbe(dataFolder(), this.now);
    this.inference = new InferencePool({ logFolder: this.paths.cache });
    this.endpoints = new Endpoints(
      this.store,
      new KeyFile(options.configFolder ?? configFolder(), options.keyCipher),
      this.now,
    );
    this.live = new LiveEvents(randomUUID().slice(0, 8));
    this.models = new ModelRegistry({
      store: this.store,
      builtIn: join(assetFolder(), "models"),
      imported: this.paths.models,
      now: this.now,
      changed: () => {
        this.live.publish([{ type: "models" }]);
      },
    });
    this.modelJobs = new ModelJobs({
      models: this.models,
      workFolder: join(this.paths.models, ".getting"),
      memoryBytes: machineFacts().memoryBytes,
      now: this.now,
      changed: (job) => {
        this.live.publish([{ type: "model-job", job }]);
      },
      reportBug: (error) => {
        this.reportBug(error);
      },
    });
    this.journal = new EditJournal({ store: this.store, live: this.live, now: this.now });
    this.annotations = new RunAnnotations({
      store: this.store,
      journal: this.journal,
      now: this.now,
    });
    this.datasets = new DatasetService({
      store: this.store,
      live: this.live,
      journal: this.journal,
      workspace: this.paths.root,
      now: this.now,
      reportBug: (error) => {
        this.reportBug(error);
      },
    });
    this.datasets.recover();
    this.sets = setReader(this.store);
    this.gym = new GymService(this.paths.root);
    this.tasks = new WorkspaceTasks(this.paths.root, this.sandbox, this.gym);
    this.generating = new GenerateService({
      store: this.store,
      datasets: this.datasets,
      sets: this.sets,
      tasks: this.tasks,
      publish: (events) => {
        this.live.publish(events);
      },
      generate: (request, signal) => generateCompletions(this, request, signal),
      now: this.now,
    });
    this.rewardFiles = new RewardFiles(
      this.paths.rewards,
      () => this.store.settings.get().allowedCode,
    );
    this.rewardBook = new RewardBook(this.paths.root, this.journal);
    this.recipeBook = new RecipeBook({
      rewardFiles: this.rewardFiles,
      store: this.store,
      preset: (id) => builtInRecipe(id),
      journal: this.journal,
      live: this.live,
      now: this.now,
    });
    this.dataChecks = new DataChecks(this.paths.cache);
    this.runner = new PipelineRunner(
      {
        store: this.store,
        sets: this.sets,
        rewardFiles: this.rewardFiles,
        tasks: this.tasks,
        endpoints: this.endpoints,
        live: this.live,
        versions: this.datasets.versions,
        engineEntry: options.engineEntry ?? ENGINE_ENTRY,
        now: this.now,
        oomKills: options.oomKills ?? oomKills,
      },
      (error) => {
        this.reportBug(error);
      },
    );
    this.runner.recover();
    this.#textIndexing = new TextIndexing(this.store, this.live, (error) => {
      this.reportBug(error);
    });
  }

  /** Checks and queues a recipe. Throws BAD_RECIPE, NOT_FOUND, BAD_CHECKPOINT, OUT_OF_MEMORY. */
  startPipeline(options: StartOptions & { readonly seed?: number | undefined }): PipelineId {
    const recipe = requireRecipe(options.yaml, options.overrides);
    const { origin = "recipe" } = options;
    const id = this.#write(withSeed(recipe, options.seed), { ...options, origin });
    this.runner.enqueue(id);
    return id;
  }

  /**
   * Queues a pipeline for each point of a sweep, or none: every recipe is checked first. Throws BAD_INPUT for axes that
   * make no sweep, and what `startPipeline` throws.
   */
  startSweep(
    options: StartOptions & { readonly axes: readonly SweepAxis[]; readonly mode: SweepMode },
  ): { sweepId: SweepId; pipelineIds: PipelineId[] } {
    const launches = sweepLaunches(options);
    const { store } = this;
    const sweep = store.transaction(() => {
      const sweepId = store.sweeps.insert({
        name: launches[0]?.recipe.name ?? "Sweep",
        mode: options.mode,
        axes: options.axes.map((axis) => ({ ...axis })),
        createdAtMs: this.now(),
      });
      const pipelineIds = launches.map(({ point, recipe }) => {
        const name = `${recipe.name}: ${pointLabel(point)}`;
        const id = this.#write({ ...recipe, name }, { ...options, origin: "recipe" });
        store.sweeps.add(sweepId, id, point);
        return id;
      });
      return { sweepId, pipelineIds };
    });
    for (const id of sweep.pipelineIds) this.runner.enqueue(id);
    return sweep;
  }

  /** Queues the built-in demo, on the built-in base or on another model. */
  startDemo(options: DemoOptions): PipelineId {
    const weights = (name: string): number => modelFacts(this.models.resolve(name)).parameters;
    const { model } = options;
    const parameters = weights(model ?? BUILT_IN_BASE);
    const choice = demoChoice(parameters, weights(BUILT_IN_BASE), options.smoke === true);
    const { id } = choice;
    const yaml = builtInRecipe(id);
    const recipe = withSeed(requireRecipe(yaml), options.seed);
    const adapted =
      model === undefined ? recipe : demoForModel(recipe, model, parameters, choice.parameters);
    const pipelineId = this.#write(adapted, {
      yaml,
      // What the demo promises on the home screen is what the built-in one measured.
      origin: options.forTour === true ? "tour" : id === "demo-chat" ? "recipe" : id,
      runtime: options.runtime,
    });
    this.runner.enqueue(pipelineId);
    return pipelineId;
  }

  /** Removes a pipeline's records and files. Throws CONFLICT while it is at work. */
  deletePipeline(id: PipelineId): void {
    const { runs } = this.store.pipelines.summary(id);
    if (this.runner.isAtWork(id)) {
      throw new AppError("CONFLICT", `The pipeline ${id} is at work.`, "Stop it first.");
    }
    this.store.transaction(() => {
      this.annotations.forget(runs.map((run) => run.id));
      this.store.pipelines.delete(id);
    });
    rmSync(join(this.paths.runs, id), { recursive: true, force: true });
    this.rewardFiles.removeUnless((sha256) => this.store.keptTexts.isNamed(sha256));
    this.live.publish([
      { type: "pipeline-deleted", pipelineId: id },
      { type: "attention" },
      { type: "models" },
    ]);
  }

  /** Tells other processes of this user where this host listens. */
  announce(url: string | null): void {
    this.#lock.announce(url);
  }

  /** A bug is written down in the workspace, never swallowed. */
  reportBug(error: unknown): void {
    const text = withoutSecrets(
      error instanceof Error ? (error.stack ?? error.message) : String(error),
    );
    process.stderr.write(`gradus: unexpected error\n${text}\n`);
    this.writeCrash(text);
  }

  /** Into the crashes folder, without secrets. */
  writeCrash(text: string): void {
    try {
      mkdirSync(this.paths.crashes, { recursive: true });
      const name = `${new Date(this.now()).toISOString().replace(/[:.]/g, "-")}.txt`;
      writeFileSync(join(this.paths.crashes, name), `${withoutSecrets(text)}\n`, { flag: "a" });
    } catch {
      // Where even that cannot be written, stderr has it.
    }
  }

  /** Ends what runs (resumable) and gives the workspace back. */
  async close(): Promise<void> {
    await this.datasets.close();
    this.dataChecks.close();
    this.inference.close();
    this.sandbox.close();
    this.gym.close();
    await this.modelJobs.close();
    await this.runner.close();
    this.#textIndexing.close();
    this.store.close();
    this.#lock.release();
  }

  #write(
    recipe: Recipe,
    from: Omit<StartOptions, "overrides" | "origin"> & { readonly origin: Pipeline["origin"] },
  ): PipelineId {
    return writePipeline(
      {
        recipe,
        recipeYaml: from.yaml,
        origin: from.origin,
        runtime: from.runtime ?? this.store.settings.get().runtime,
        relativeTo: from.relativeTo,
        recipeId: from.recipeId,
      },
      {
        store: this.store,
        models: this.models,
        versions: this.datasets.versions,
        sets: this.sets,
        rewardFiles: this.rewardFiles,
        tasks: this.tasks,
        endpoints: this.endpoints,
        runsFolder: this.paths.runs,
        now: this.now,
      },
    );
  }
}
