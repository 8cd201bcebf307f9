/** The task plug-ins of a workspace: every folder of `plugins/` with a plugin.yaml. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { AppError } from "#shared/errors.ts";
import { PluginManifest } from "#shared/schema/plugin.ts";
import { pluginHash } from "#main/core/problems/plugins/plugin-file.ts";
import type { Plugin } from "#main/core/problems/plugins/plugin.ts";
import { findTask } from "#main/core/problems/registry.ts";

const MOST_BYTES = 2 ** 20;

export type FoundPlugin =
  | { readonly folder: string; readonly plugin: Plugin }
  /** Why it cannot be used, in words. */
  | { readonly folder: string; readonly refusal: string };

/** By name. @param workspace its folder */
export function findPlugins(workspace: string): FoundPlugin[] {
  const root = join(workspace, "plugins");
  if (!existsSync(root)) return [];
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
    .map(({ name }) => name)
    .toSorted()
    .map((folder) => {
      try {
        return { folder, plugin: readPlugin(workspace, folder) };
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        return { folder, refusal: error.message };
      }
    });
}

/** Throws NOT_FOUND, or BAD_INPUT where it cannot be used. */
export function readPlugin(workspace: string, name: string): Plugin {
  const folder = join(workspace, "plugins", name);
  const yaml = join(folder, "plugin.yaml");
  if (!/^[\w-]+$/.test(name) || !existsSync(yaml))
    throw new AppError(
      "NOT_FOUND",
      `There is no plug-in "${name}": ${yaml} is not there.`,
      "docs/tasks/README.md shows what a plug-in is; `gradus plugins list` lists those there are.",
    );
  const manifest = readManifest(yaml, name);
  const file = join(folder, manifest.file);
  const text = readText(file, name);
  return { manifest, text, hash: pluginHash(text) };
}

function readManifest(yaml: string, name: string): PluginManifest {
  let written: unknown;
  try {
    written = parse(readText(yaml, name));
  } catch (error) {
    if (error instanceof AppError) throw error;
    const [said = ""] = (error instanceof Error ? error.message : "").split(":\n");
    throw refused(name, `plugin.yaml is no YAML: ${said}`);
  }
  const parsed = PluginManifest.safeParse(written);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const key = issue === undefined ? "" : `${issue.path.join(".")}: `;
    throw refused(name, `plugin.yaml cannot be read: ${key}${issue?.message ?? ""}`);
  }
  if (parsed.data.name !== name)
    throw refused(name, `plugin.yaml calls it ${parsed.data.name}, and its folder is ${name}`);
  if (findTask(name) !== undefined) throw refused(name, "a built-in task has this name");
  return parsed.data;
}

function readText(file: string, name: string): string {
  if (!existsSync(file)) throw refused(name, `${file} is not there`);
  if (statSync(file).size > MOST_BYTES) throw refused(name, `${file} is larger than 1 MiB`);
  return readFileSync(file, "utf8");
}

function refused(name: string, why: string): AppError {
  return new AppError(
    "BAD_INPUT",
    `The plug-in ${name} cannot be used: ${why}.`,
    "docs/tasks/README.md shows what a plug-in is.",
  );
}
