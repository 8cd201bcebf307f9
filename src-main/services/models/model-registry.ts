/** Models by name: those that ship, those that were imported, those that runs wrote, and plain folders. */
import {
  writeFileSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import { clearLeftovers, writeNewFolder } from "#main/platform/atomic-write.ts";
import { AppError } from "#shared/errors.ts";
import type { ExportFormat } from "#shared/schema/model.ts";
import { ModelRecord } from "#shared/schema/system.ts";
import { folderBytes, modelFacts, weightsSha256 } from "#main/core/formats/inspect-model.ts";
import { checkModel, runModelFileWork } from "#main/processes/reading/model-files.ts";
import type { Store } from "#main/store/store.ts";
import { withStoreErrors } from "#main/store/database.ts";
import type { ImportedModel } from "#main/store/repositories/model-repository.ts";
import { modelSource, packagedKey, sourceKey } from "./get/model-source.ts";
import { recordOfStray, strayModels } from "./stray-models.ts";
import { modelCard } from "../reports/model-card.ts";

export interface ModelRegistryOptions {
  readonly store: Store;
  /** assets/models: one folder a built-in model. */
  readonly builtIn: string;
  /** Where imported models are kept. */
  readonly imported: string;
  readonly now: () => number;
  readonly changed: () => void;
}

export class ModelRegistry {
  readonly #options: ModelRegistryOptions;

  constructor(options: ModelRegistryOptions) {
    this.#options = options;
  }

  /** Built-in first, then imported, then what runs wrote, newest first. Models that cannot be read are left out. */
  list(): ModelRecord[] {
    return [...this.#builtIns(), ...this.#imported(), ...this.#outputs()];
  }

  /**
   * The folder that a name means: a built-in or imported model's id, the id of a run that wrote one,
   * or a folder. Throws NOT_FOUND or what is wrong with the folder.
   */
  resolve(name: string, relativeTo: string = process.cwd()): string {
    if (isPlainName(name)) {
      const builtIn = join(this.#options.builtIn, name);
      if (existsSync(join(builtIn, "config.json"))) return builtIn;
      const { store } = this.#options;
      const path =
        store.models.get(name)?.path ??
        store.runs.withOutputModel().find((output) => output.id === name)?.path;
      if (path !== undefined) return path;
    }
    const got = this.#got(name, relativeTo);
    if (got !== undefined) return got;
    const folder = isAbsolute(name) ? name : resolve(relativeTo, name);
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) {
      modelFacts(folder);
      return folder;
    }
    const known = this.list().map((model) => model.id);
    throw new AppError(
      "NOT_FOUND",
      `There is no model "${name}".`,
      `Name a folder in hub layout, or one of: ${known.join(", ")}. A hub id or a GGUF file is got first: gradus model get ${name}.`,
    );
  }

  /** The folder of what was got from this source; undefined where nothing was. */
  #got(name: string, relativeTo: string): string | undefined {
    try {
      const source = modelSource(name, relativeTo);
      if (source.kind === "folder") return undefined;
      const packaged = source.kind === "hub" ? source.packaged : undefined;
      const got =
        this.bySource(sourceKey(source)) ??
        (packaged === undefined ? undefined : this.bySource(packagedKey(packaged)));
      return got?.path;
    } catch (error) {
      if (error instanceof AppError) return undefined;
      throw error;
    }
  }

  /** What was got from a source: exactly that one, or, for a hub id without a commit, its newest. */
  bySource(key: string): ImportedModel | undefined {
    const isBranch = /^hub:[^@]+@main$/.test(key);
    const prefix = key.slice(0, -"main".length);
    return this.#options.store.models
      .list()
      .find(
        ({ source }) =>
          source === key ||
          (isBranch && source?.startsWith(prefix) === true && !source.endsWith(".gguf")),
      );
  }

  /** Takes a whole model folder of the workspace's own over, after checking every tensor's shape. */
  async adopt(model: {
    readonly folder: string;
    readonly name: string;
    readonly source: string;
  }): Promise<ModelRecord> {
    const facts = await checkModel(model.folder);
    const sha256 = await weightsSha256(model.folder);
    const id = this.#freeId(model.name);
    const path = join(this.#options.imported, id);
    withStoreErrors(() => {
      renameSync(model.folder, path);
    });
    const { name, source } = model;
    const createdAtMs = this.#options.now();
    this.#options.store.models.insert({ id, name, path, ...facts, sha256, createdAtMs, source });
    this.#options.changed();
    return this.get(id);
  }

  /** Takes whole models of the workspace's folder in that the store does not know. @throws the signal's reason */
  async takeInStrays(signal: AbortSignal): Promise<void> {
    const { imported, builtIn, store, changed } = this.#options;
    const isKnown = (id: string): boolean =>
      store.models.get(id) !== undefined || existsSync(join(builtIn, id));
    for (const id of strayModels(imported, isKnown)) {
      const record = await recordOfStray(imported, id, signal);
      signal.throwIfAborted();
      if (record === null || isKnown(id)) continue;
      store.models.insert(record);
      changed();
    }
  }

  /** Copies the folder into the workspace after checking every tensor's shape. */
  async import(path: string, name?: string): Promise<ModelRecord> {
    const folder = resolve(path);
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
      throw new AppError(
        "NOT_FOUND",
        `There is no folder ${folder}.`,
        "Name a folder in hub layout.",
      );
    }
    const facts = await checkModel(folder);
    const id = this.#freeId(name ?? basename(folder));
    const target = join(this.#options.imported, id);
    const partial = `${target}.part`;
    withStoreErrors(() => {
      rmSync(partial, { recursive: true, force: true });
      cpSync(folder, partial, { recursive: true, dereference: true });
      renameSync(partial, target);
    });
    this.#options.store.models.insert({
      id,
      name: name ?? basename(folder),
      path: target,
      ...facts,
      sha256: await weightsSha256(target),
      createdAtMs: this.#options.now(),
      source: `file:${folder}`,
    });
    this.#options.changed();
    return this.get(id);
  }

  /** Writes a model to a new folder or, as GGUF, to a new file. @throws AppError NOT_FOUND, CONFLICT, BAD_TOKENIZER … */
  async export(
    id: string,
    path: string,
    format: ExportFormat = "hub",
  ): Promise<{ path: string; bytes: number }> {
    const source = this.resolve(id);
    const target = resolve(path);
    const isFile = format === "gguf-f16" || format === "gguf-q8_0";
    clearLeftovers(target);
    if (existsSync(target) && (isFile || readdirOrFile(target).length > 0)) {
      throw new AppError(
        "CONFLICT",
        `${target} is there already.`,
        "Name one that does not exist yet: nothing is overwritten.",
      );
    }
    if (isFile) {
      const type = format === "gguf-f16" ? "F16" : "Q8_0";
      await runModelFileWork({ kind: "export", folder: source, file: target, type, name: id });
      return { path: target, bytes: statSync(target).size };
    }
    const from = format === "peft" ? adapterOf(id, source) : source;
    return withStoreErrors(() => {
      const runId = this.list().find((model) => model.id === id)?.runId ?? null;
      writeNewFolder(target, (folder) => {
        cpSync(from, folder, { recursive: true, dereference: true });
        if (runId !== null)
          writeFileSync(join(folder, "README.md"), modelCard(this.#options.store, runId));
      });
      return { path: target, bytes: folderBytes(target) };
    });
  }

  delete(id: string): void {
    const model = this.#options.store.models.get(id);
    if (model === undefined) {
      throw new AppError("NOT_FOUND", `There is no imported model "${id}".`);
    }
    const active = this.#options.store.pipelines
      .list({ status: ["queued", "running", "stopping", "stopped"], offset: 0, limit: 1_000_000 })
      .pipelines.find(({ id: pipeline }) =>
        Object.values(this.#options.store.pipelines.get(pipeline).recipe.models).includes(
          model.path,
        ),
      );
    if (active !== undefined) {
      throw new AppError(
        "CONFLICT",
        `The pipeline ${active.id} (${active.name}) still needs this model.`,
        "Let it finish or delete it first.",
      );
    }
    this.#options.store.models.delete(id);
    rmSync(model.path, { recursive: true, force: true });
    this.#options.changed();
  }

  /** Throws NOT_FOUND. */
  get(id: string): ModelRecord {
    const found = this.list().find((model) => model.id === id);
    if (found === undefined) throw new AppError("NOT_FOUND", `There is no model "${id}".`);
    return found;
  }

  #builtIns(): ModelRecord[] {
    const folder = this.#options.builtIn;
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .filter((id) => existsSync(join(folder, id, "config.json")))
      .flatMap((id) => {
        const path = join(folder, id);
        return recordOf({ id, name: id, origin: "built-in", path, createdAtMs: mtimeOf(path) });
      });
  }

  #imported(): ModelRecord[] {
    return this.#options.store.models.list().map((model) =>
      ModelRecord.parse({
        ...model,
        origin: "imported",
        runId: null,
        pipelineId: null,
        card: cardOf(model.path),
        license: licenseOf(cardOf(model.path)),
      }),
    );
  }

  #outputs(): ModelRecord[] {
    return this.#options.store.runs
      .withOutputModel()
      .flatMap(({ id, name, pipelineId, path, sha256, endedAtMs }) =>
        recordOf({
          id,
          name,
          origin: "output",
          path,
          sha256,
          createdAtMs: endedAtMs,
          runId: id,
          pipelineId,
        }),
      );
  }

  #freeId(name: string): string {
    const wanted =
      name
        .toLowerCase()
        .replace(/[^a-z0-9.]+/g, "-")
        .replace(/^[-.]+|[-.]+$/g, "") || "model";
    const taken = new Set(this.list().map((model) => model.id));
    for (let n = 1; ; n += 1) {
      const id = n === 1 ? wanted : `${wanted}-${n}`;
      if (!taken.has(id) && !existsSync(join(this.#options.imported, id))) return id;
    }
  }
}

function recordOf(
  known: Pick<ModelRecord, "id" | "name" | "origin" | "path" | "createdAtMs"> &
    Partial<Pick<ModelRecord, "runId" | "pipelineId" | "sha256">>,
): ModelRecord[] {
  try {
    return [
      {
        runId: null,
        pipelineId: null,
        sha256: null,
        ...known,
        ...modelFacts(known.path),
        card: cardOf(known.path),
        source: null,
        license: licenseOf(cardOf(known.path)),
      },
    ];
  } catch {
    // Its files are gone or damaged: a list of models is no place to fail for one of them.
    return [];
  }
}

function cardOf(folder: string): string | null {
  const card = join(folder, "README.md");
  return existsSync(card) ? readFileSync(card, "utf8").slice(0, 100_000) : null;
}

/** The `license` in a card's front matter; its name where the hub knows it as "other". */
function licenseOf(card: string | null): string | null {
  const front = /^---\r?\n([\s\S]*?)\r?\n---/.exec(card ?? "")?.[1];
  if (front === undefined) return null;
  const value = (key: string): string | undefined =>
    new RegExp(`^${key}:[ \\t]*["']?([^"'\\r\\n]+?)["']?[ \\t]*$`, "m").exec(front)?.[1];
  const license = value("license");
  return (license === "other" ? value("license_name") : undefined) ?? license ?? null;
}

/** The adapter that a run trained, which lies beside its merged model. @throws AppError BAD_INPUT where it trained none */
function adapterOf(id: string, model: string): string {
  const folder = join(dirname(model), "adapter");
  if (existsSync(join(folder, "adapter_config.json"))) return folder;
  throw new AppError(
    "BAD_INPUT",
    `${id} has no adapter of its own.`,
    "Only what a run trained with use_peft has one. Export the whole model as hub instead.",
  );
}

function mtimeOf(path: string): number {
  return statSync(path).mtimeMs;
}

function isPlainName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name);
}

function readdirOrFile(path: string): string[] {
  return statSync(path).isDirectory() ? readdirSync(path) : [path];
}
