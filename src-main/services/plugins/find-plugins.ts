/** The task plug-ins of a workspace: every folder of `plugins/` with a plugin.yaml. */
import { existsSync, lstatSync, readdirSync, readFileSync, statSync } from "node:fs";
import type { Dirent } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { z } from "zod";
import { AppError } from "#shared/errors.ts";
import { NAME_WORDS, PluginManifest } from "#shared/schema/plugin.ts";
import { pluginHash } from "#main/core/problems/plugins/plugin-file.ts";
import type { Plugin } from "#main/core/problems/plugins/plugin.ts";
import { findTask } from "#main/core/problems/registry.ts";
import { explainFileError } from "#main/platform/explain-file-error.ts";

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
    .filter((entry) => !entry.name.startsWith(".") && mayBeFolder(entry))
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

/** A link is a plug-in as its folder is, or said to lead nowhere. */
function mayBeFolder(entry: Dirent): boolean {
  return entry.isDirectory() || entry.isSymbolicLink();
}

/** Throws NOT_FOUND, or BAD_INPUT where it cannot be used. */
export function readPlugin(workspace: string, name: string): Plugin {
  const folder = join(workspace, "plugins", name);
  const entry = /[/\\]|^\.{0,2}$/u.test(name)
    ? undefined
    : lstatSync(folder, { throwIfNoEntry: false });
  if (entry === undefined)
    throw new AppError(
      "NOT_FOUND",
      `There is no plug-in "${name}" in ${join(workspace, "plugins")}.`,
      "docs/tasks/README.md shows what a plug-in is; `gradus plugins list` lists those there are.",
    );
  if (entry.isSymbolicLink() && !existsSync(folder)) throw refused(name, "its link leads nowhere");
  if (!NAME.safeParse(name).success)
    throw refused(name, `its folder's name must be of ${NAME_WORDS}`);
  const yaml = join(folder, "plugin.yaml");
  if (!existsSync(yaml) && existsSync(join(folder, "plugin.yml")))
    throw refused(name, "its plugin.yml must be called plugin.yaml");
  const manifest = readManifest(yaml, name);
  const text = readText(join(folder, manifest.file), name);
  return { manifest, text, hash: pluginHash(manifest, text) };
}

const { name: NAME } = PluginManifest.shape;

/** What each key of plugin.yaml must be. */
const KEYS: Readonly<Record<string, string>> = {
  name: NAME_WORDS,
  version: "a text or a number",
  title: "a text",
  description: "a text",
  file: "a .js or .py file beside plugin.yaml",
  difficulties: "a list of whole numbers from 1 on, such as [1, 2, 3]",
  difficultyUnit: "a text",
};

function readManifest(yaml: string, name: string): PluginManifest {
  let written: unknown;
  try {
    written = parse(readText(yaml, name), { logLevel: "error" });
  } catch (error) {
    if (error instanceof AppError) throw error;
    const [said = ""] = (error instanceof Error ? error.message : "").split(":\n");
    if (said.includes("multiple documents"))
      throw refused(name, "plugin.yaml has several documents: remove what follows ---");
    throw refused(name, `plugin.yaml is no YAML: ${said}`);
  }
  const parsed = PluginManifest.safeParse(written);
  if (!parsed.success) throw refused(name, `plugin.yaml ${whyNot(written, parsed.error)}`);
  if (parsed.data.name !== name)
    throw refused(name, `plugin.yaml calls it ${parsed.data.name}, and its folder is ${name}`);
  if (findTask(name) !== undefined) throw refused(name, "a built-in task has this name");
  return parsed.data;
}

function whyNot(written: unknown, { issues }: z.ZodError): string {
  if (written === null || written === undefined) return "is empty";
  const [issue] = issues;
  const [key] = issue?.path ?? [];
  if (issue?.code === "unrecognized_keys")
    return `has ${issue.keys.map((one) => `"${one}"`).join(", ")}, and takes only ${Object.keys(KEYS).join(", ")}`;
  if (key === undefined) return `is no list of keys such as name: coins`;
  const wanted = KEYS[String(key)] ?? "";
  return typeof written === "object" && key in written
    ? `is wrong at ${String(key)}, which must be ${wanted}`
    : `lacks ${String(key)}: ${wanted}`;
}

/** Text in UTF-8, without a byte order mark. */
function readText(file: string, name: string): string {
  if (!existsSync(file)) throw refused(name, `${file} is not there`);
  try {
    const facts = statSync(file);
    if (!facts.isFile()) throw refused(name, `${file} is no file`);
    if (facts.size > MOST_BYTES) throw refused(name, `${file} is larger than 1 MiB`);
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    if (error instanceof TypeError) throw refused(name, `${file} is no text in UTF-8: save it so`);
    const explained = explainFileError(error);
    if (explained === undefined) throw error;
    throw refused(name, explained.message.replace(/\.$/u, ""));
  }
}

function refused(name: string, why: string): AppError {
  return new AppError(
    "BAD_INPUT",
    `The plug-in ${name} cannot be used: ${why}.`,
    "docs/tasks/README.md shows what a plug-in is.",
  );
}
