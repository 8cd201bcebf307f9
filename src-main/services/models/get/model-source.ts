/** What a model is to be got from, as a person names it: a catalogue's name, a hub id, a folder or a GGUF file. */
import { existsSync, statSync } from "node:fs";
import { basename, resolve } from "node:path";
import { AppError } from "#shared/errors.ts";
import type { PackagedFile } from "./fetch-packaged-model.ts";
import { parseHubId } from "../hub/hub-model.ts";
import type { HubId } from "../hub/hub-model.ts";
import { catalogue, PACKAGED } from "./catalogue.ts";

export type ModelSource =
  | {
      readonly kind: "hub";
      readonly id: HubId;
      /** What the model is called here. */
      readonly name: string;
      /** Where it can be had from without the hub. */
      readonly packaged: PackagedFile | undefined;
    }
  | { readonly kind: "folder" | "gguf"; readonly path: string; readonly name: string };

/** A path wins over a name. @throws AppError NOT_FOUND */
export function modelSource(text: string, relativeTo: string): ModelSource {
  const path = resolve(relativeTo, text);
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isDirectory() === true) return { kind: "folder", path, name: basename(path) };
  if (stat?.isFile() === true && path.toLowerCase().endsWith(".gguf")) {
    return { kind: "gguf", path, name: basename(path).slice(0, -".gguf".length) };
  }
  const known = catalogue().find(({ id, hub }) => id === text.toLowerCase() || hub === text);
  const id = parseHubId(known?.hub ?? text);
  if (id !== undefined) {
    const [, repositoryName = ""] = id.repository.split("/");
    const name = known?.id ?? id.file?.replace(/^.*\/|\.gguf$/g, "") ?? repositoryName;
    return { kind: "hub", id, name, packaged: PACKAGED.get(known?.id ?? "") };
  }
  throw new AppError(
    "NOT_FOUND",
    existsSync(path)
      ? `${path} is neither a folder nor a GGUF file.`
      : `There is no model "${text}".`,
    `Name a model of the catalogue (${catalogue()
      .slice(0, 3)
      .map((model) => model.id)
      .join(", ")} …), a hub id (owner/name), a folder in hub layout or a .gguf file.`,
  );
}

/** The source of what came out of a Python package. */
export function packagedKey({ requirement }: PackagedFile): string {
  return `pypi:${requirement}`;
}

/** How the source of what is already here begins: the same for every revision asked for by name. */
export function sourceKey(source: ModelSource): string {
  if (source.kind !== "hub") {
    const { size, mtimeMs } = statSync(source.path);
    return source.kind === "folder"
      ? `file:${source.path}`
      : `file:${source.path}#${size}-${Math.round(mtimeMs)}`;
  }
  const { repository, revision, file } = source.id;
  return `hub:${repository}@${revision}${file === undefined ? "" : `:${file}`}`;
}
