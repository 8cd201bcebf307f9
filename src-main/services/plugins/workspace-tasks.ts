/**
 * The tasks of a workspace: the built-in ones, its plug-ins, and reasoning-gym's where it is installed. A run keeps the text of its plug-ins as it was, by hash, in
 * `plugins/.kept`; a source with a `sha256` means the text that was kept.
 */
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "#shared/errors.ts";
import type { VerifierSpec } from "#shared/schema/problem.ts";
import type { DataSource, GymSource, OutsideSource } from "#shared/schema/stages/problem-data.ts";
import type { Stage } from "#shared/schema/recipe.ts";
import { GYM, gymOfVerifier, gymTask } from "#main/core/problems/outside/gym-task.ts";
import { outsideSource } from "#main/core/problems/outside/outside-task.ts";
import type { OutsideTask, OutsideTasks } from "#main/core/problems/outside/outside-task.ts";
import { TriedProblems } from "#main/core/problems/outside/tried-problems.ts";
import {
  hashOfText,
  pluginFileText,
  readPluginFile,
} from "#main/core/problems/plugins/plugin-file.ts";
import { requireSound } from "#main/core/problems/plugins/check-plugin.ts";
import type { PluginReport } from "#main/core/problems/plugins/check-plugin.ts";
import { tryPlugin } from "#main/core/problems/plugins/sound-task.ts";
import { pluginOfVerifier, pluginTask } from "#main/core/problems/plugins/plugin-task.ts";
import type { Plugin } from "#main/core/problems/plugins/plugin.ts";
import { findRuledTask, findTask } from "#main/core/problems/registry.ts";
import { taskFacts } from "#main/core/problems/task-facts.ts";
import type { TaskFacts } from "#main/core/problems/task-facts.ts";
import type { Sandbox } from "#main/core/sandbox-port.ts";
import { writeTextAtomically } from "#main/platform/atomic-write.ts";
import type { GymProgram } from "#main/processes/gym/gym-process.ts";
import type { GymFacts } from "../gym/gym-environment.ts";
import type { GymService } from "../gym/gym-service.ts";
import { allSourcesOf, withSources } from "../problems/set-reader.ts";
import { findPlugins, readPlugin } from "./find-plugins.ts";

/** In a run's folder: the plug-ins that it asks. */
export const PLUGIN_FILES = "plugins";

export class WorkspaceTasks implements OutsideTasks {
  readonly #workspace: string;
  readonly #sandbox: Sandbox;
  readonly #gym: GymService;
  /** Problems of those that are not built in, at hand without waiting. */
  readonly tried = new TriedProblems(this, (source) => this.#versionOf(source));
  /** By the plug-in's hash. */
  readonly #trials = new Map<string, Promise<PluginReport>>();

  /** @param workspace its folder */
  constructor(workspace: string, sandbox: Sandbox, gym: GymService) {
    this.#workspace = workspace;
    this.#sandbox = sandbox;
    this.#gym = gym;
  }

  /** Those that can be used: the built-in ones, then the plug-ins, then reasoning-gym's. */
  facts(): TaskFacts[] {
    const plugins = findPlugins(this.#workspace).flatMap((found) =>
      "plugin" in found ? [factsOf(found.plugin)] : [],
    );
    const datasets = this.#gym.environment.facts()?.datasets ?? [];
    return [...taskFacts(), ...plugins, ...datasets.map(factsOfDataset)];
  }

  /** Those that judge answers themselves, of the kinds of difficulty that they list. */
  withRules(): TaskFacts[] {
    return this.facts().filter(
      ({ name, difficulties }) =>
        difficulties.length > 0 &&
        (findTask(name) === undefined || findRuledTask(name) !== undefined),
    );
  }

  /** Throws BAD_RECIPE with the tasks there are; NOT_FOUND, BAD_INPUT where a plug-in cannot be used. */
  find(name: string, sha256?: string): TaskFacts {
    if (name.startsWith(GYM)) {
      this.#requireDataset(name);
      return factsOfDataset(name.slice(GYM.length));
    }
    const builtIn = taskFacts().find((task) => task.name === name);
    return builtIn ?? factsOf(this.#plugin(name, sha256));
  }

  /** Throws as `find`, and CONFLICT where the source names another version of reasoning-gym. */
  async ofSource(source: OutsideSource): Promise<OutsideTask> {
    if ("config" in source) return this.#dataset(source);
    return this.#sound(this.#plugin(source.task, source.sha256));
  }

  /** What was found where the plug-in was tried; null of other tasks. Throws as `ofSource`. */
  async trial(source: OutsideSource): Promise<PluginReport | null> {
    if ("config" in source) return null;
    return this.#tried(this.#plugin(source.task, source.sha256));
  }

  async ofVerifier(verifier: VerifierSpec): Promise<OutsideTask> {
    const asked = gymOfVerifier(verifier);
    if (asked !== undefined) return this.#dataset(asked);
    const { name = verifier.name, sha256 } = pluginOfVerifier(verifier) ?? {};
    return this.#sound(this.#plugin(name, sha256));
  }

  /** Makes problems of all that the stages ask, so that their lengths are known. Throws the signal's reason. */
  async try(stages: readonly Stage[], signal?: AbortSignal): Promise<void> {
    const sources = stages.flatMap((stage) => allSourcesOf(stage));
    await this.tried.makeAll(
      sources.flatMap((source) => outsideSource(source) ?? []),
      signal,
    );
  }

  /** The stage with its plug-ins kept, each with its hash. Throws as `find`. */
  kept(stage: Stage): Stage {
    return withSources(stage, (source): DataSource => {
      const outside = outsideSource(source);
      if (outside === undefined) return source;
      if ("config" in outside)
        return { ...outside, version: this.#requireDataset(outside.task, outside.version).version };
      const plugin = this.#plugin(outside.task, outside.sha256);
      const file = this.#keptFile(plugin.hash);
      if (!existsSync(file)) {
        mkdirSync(join(this.#workspace, "plugins", KEPT), { recursive: true });
        writeTextAtomically(file, pluginFileText(plugin));
      }
      return { ...outside, sha256: plugin.hash };
    });
  }

  /** Copies the stage's plug-ins into its run's folder; the files by hash. Throws as `find`. */
  copyFor(stage: Stage, runFolder: string): Record<string, string> {
    const files: Record<string, string> = {};
    for (const source of allSourcesOf(stage)) {
      const outside = outsideSource(source);
      if (outside === undefined || "config" in outside || outside.sha256 === undefined) continue;
      const folder = join(runFolder, PLUGIN_FILES);
      const file = join(folder, `${outside.sha256}.json`);
      files[outside.sha256] = file;
      if (existsSync(file)) continue;
      mkdirSync(folder, { recursive: true });
      writeTextAtomically(file, pluginFileText(this.#plugin(outside.task, outside.sha256)));
    }
    return files;
  }

  /**
   * What runs reasoning-gym where the stage asks it: the version that the stage was begun with.
   * @throws AppError NOT_FOUND where it is not installed, CONFLICT where another version is
   */
  gymFor(stage: Stage): GymProgram | undefined {
    const asked = allSourcesOf(stage).filter((source) => "config" in source);
    const [version, other] = new Set(asked.map((source) => source.version));
    if (other !== undefined)
      throw new AppError(
        "BAD_RECIPE",
        `The stage ${stage.name} names reasoning-gym ${version ?? ""} and ${other}.`,
        "A stage asks one version of it: leave `version` out.",
      );
    return asked.length === 0 ? undefined : this.#gym.environment.program(version);
  }

  async #sound(plugin: Plugin): Promise<OutsideTask> {
    requireSound(plugin, await this.#tried(plugin));
    return pluginTask(this.#sandbox, plugin);
  }

  /** Once for each text; again where its code failed. */
  async #tried(plugin: Plugin): Promise<PluginReport> {
    const trial = this.#trials.get(plugin.hash) ?? tryPlugin(this.#sandbox, plugin);
    this.#trials.set(plugin.hash, trial);
    try {
      return await trial;
    } catch (error) {
      this.#trials.delete(plugin.hash);
      throw error;
    }
  }

  async #dataset({
    task,
    config,
    version: named,
  }: Pick<GymSource, "task" | "config" | "version">): Promise<OutsideTask> {
    const { version } = this.#requireDataset(task, named);
    return gymTask(this.#gym.gym(named), { task, config }, version);
  }

  #versionOf(source: OutsideSource): string {
    return "config" in source
      ? this.#requireDataset(source.task, source.version).version
      : this.#plugin(source.task, source.sha256).hash;
  }

  #requireDataset(task: string, version?: string): GymFacts {
    const { environment } = this.#gym;
    environment.program(version);
    const facts = environment.facts(version);
    const name = task.slice(GYM.length);
    if (facts?.datasets.includes(name) === true) return facts;
    const [begin = ""] = name.split("_");
    const alike = facts?.datasets.filter((one) => one.includes(begin)) ?? [];
    throw new AppError(
      "BAD_RECIPE",
      `reasoning-gym ${facts?.version ?? ""} has no dataset "${name}".`,
      `${alike.length === 0 || begin === "" ? "" : `There are ${alike.join(", ")}. `}\`gradus tasks list\` names all of them.`,
    );
  }

  #plugin(name: string, sha256: string | undefined): Plugin {
    if (sha256 !== undefined) {
      const kept = this.#keptFile(sha256);
      if (existsSync(kept)) return readPluginFile(kept, sha256);
    }
    const found = findPlugins(this.#workspace).find(({ folder }) => folder === name);
    if (found === undefined)
      throw new AppError(
        "BAD_RECIPE",
        `There is no task "${name}".`,
        `Choose among ${this.#shortNames().join(", ")}; put one of your own into ${join(this.#workspace, "plugins")}, or import problems: \`gradus problems import FILE\`.`,
      );
    const plugin = "plugin" in found ? found.plugin : readPlugin(this.#workspace, name);
    if (sha256 === undefined || plugin.hash === sha256) return plugin;
    if (hashOfText(plugin.text) === sha256) return { ...plugin, hash: sha256 };
    throw new AppError(
      "NOT_FOUND",
      `The plug-in ${name} is not the text that the recipe kept (SHA-256 ${sha256.slice(0, 12)}…), and that text is not in this workspace.`,
      "Remove sha256 from the recipe to use the plug-in as it is.",
    );
  }

  /** A hundred names of reasoning-gym are no advice. */
  #shortNames(): string[] {
    const names = this.facts().map(({ name }) => name);
    const short = names.filter((name) => !name.startsWith(GYM));
    return short.length === names.length
      ? short
      : [...short, "those of reasoning-gym (`gradus tasks list`)"];
  }

  #keptFile(sha256: string): string {
    return join(this.#workspace, "plugins", KEPT, `${sha256}.json`);
  }
}

const KEPT = ".kept";

function factsOfDataset(name: string): TaskFacts {
  return {
    name: `${GYM}${name}`,
    title: name.replaceAll("_", " "),
    description: "A dataset of reasoning-gym, with its own scoring.",
    difficultyUnit: "",
    difficulties: [],
  };
}

function factsOf({ manifest }: Plugin): TaskFacts {
  const { name, title, description, difficulties, difficultyUnit } = manifest;
  return { name, title, description, difficulties, difficultyUnit };
}
