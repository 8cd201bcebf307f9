/**
 * The tasks of a workspace: the built-in ones and its plug-ins. A run keeps the text of its plug-ins as it was, by hash, in
 * `plugins/.kept`; a source with a `sha256` means the text that was kept.
 */
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "#shared/errors.ts";
import type { VerifierSpec } from "#shared/schema/problem.ts";
import type { DataSource, OutsideSource, Stage } from "#shared/schema/recipe.ts";
import { outsideSource } from "#main/core/problems/outside/outside-task.ts";
import type { OutsideTask, OutsideTasks } from "#main/core/problems/outside/outside-task.ts";
import { pluginFileText, readPluginFile } from "#main/core/problems/plugins/plugin-file.ts";
import { pluginOfVerifier, pluginTask } from "#main/core/problems/plugins/plugin-task.ts";
import type { Plugin } from "#main/core/problems/plugins/plugin.ts";
import { findRuledTask, findTask } from "#main/core/problems/registry.ts";
import { taskFacts } from "#main/core/problems/task-facts.ts";
import type { TaskFacts } from "#main/core/problems/task-facts.ts";
import type { Sandbox } from "#main/core/sandbox-port.ts";
import { writeTextAtomically } from "#main/platform/atomic-write.ts";
import { allSourcesOf, withSources } from "../problems/set-reader.ts";
import { findPlugins, readPlugin } from "./find-plugins.ts";

/** In a run's folder: the plug-ins that it asks. */
export const PLUGIN_FILES = "plugins";

export class WorkspaceTasks implements OutsideTasks {
  readonly #workspace: string;
  readonly #sandbox: Sandbox;

  /** @param workspace its folder */
  constructor(workspace: string, sandbox: Sandbox) {
    this.#workspace = workspace;
    this.#sandbox = sandbox;
  }

  /** Those that can be used: the built-in ones, then the plug-ins. */
  facts(): TaskFacts[] {
    const plugins = findPlugins(this.#workspace).flatMap((found) =>
      "plugin" in found ? [factsOf(found.plugin)] : [],
    );
    return [...taskFacts(), ...plugins];
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
    const builtIn = taskFacts().find((task) => task.name === name);
    return builtIn ?? factsOf(this.#plugin(name, sha256));
  }

  async ofSource({ task, sha256 }: OutsideSource): Promise<OutsideTask> {
    return pluginTask(this.#sandbox, this.#plugin(task, sha256));
  }

  async ofVerifier(verifier: VerifierSpec): Promise<OutsideTask> {
    const { name = verifier.name, sha256 } = pluginOfVerifier(verifier) ?? {};
    return pluginTask(this.#sandbox, this.#plugin(name, sha256));
  }

  /** The stage with its plug-ins kept, each with its hash. Throws as `find`. */
  kept(stage: Stage): Stage {
    return withSources(stage, (source): DataSource => {
      const outside = outsideSource(source);
      if (outside === undefined) return source;
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
      if (outside?.sha256 === undefined) continue;
      const folder = join(runFolder, PLUGIN_FILES);
      const file = join(folder, `${outside.sha256}.json`);
      files[outside.sha256] = file;
      if (existsSync(file)) continue;
      mkdirSync(folder, { recursive: true });
      writeTextAtomically(file, pluginFileText(this.#plugin(outside.task, outside.sha256)));
    }
    return files;
  }

  #plugin(name: string, sha256: string | undefined): Plugin {
    if (sha256 !== undefined) {
      const kept = this.#keptFile(sha256);
      if (existsSync(kept)) return readPluginFile(kept);
    }
    const found = findPlugins(this.#workspace).find(({ folder }) => folder === name);
    if (found === undefined)
      throw new AppError(
        "BAD_RECIPE",
        `There is no task "${name}".`,
        `Choose among ${this.facts()
          .map((task) => task.name)
          .join(
            ", ",
          )}; put one of your own into ${join(this.#workspace, "plugins")}, or import problems: \`gradus problems import FILE\`.`,
      );
    const plugin = "plugin" in found ? found.plugin : readPlugin(this.#workspace, name);
    if (sha256 === undefined || plugin.hash === sha256) return plugin;
    throw new AppError(
      "NOT_FOUND",
      `The plug-in ${name} is not the text that the recipe kept (SHA-256 ${sha256.slice(0, 12)}…), and that text is not in this workspace.`,
      "Remove sha256 from the recipe to use the plug-in as it is.",
    );
  }

  #keptFile(sha256: string): string {
    return join(this.#workspace, "plugins", KEPT, `${sha256}.json`);
  }
}

const KEPT = ".kept";

function factsOf({ manifest }: Plugin): TaskFacts {
  const { name, title, description, difficulties, difficultyUnit } = manifest;
  return { name, title, description, difficulties, difficultyUnit };
}
