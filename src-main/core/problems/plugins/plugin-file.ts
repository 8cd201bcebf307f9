/** A plug-in as it is kept: one JSON file with what its two files said. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { z } from "zod";
import { PluginManifest } from "#shared/schema/plugin.ts";
import type { Plugin } from "./plugin.ts";

const Kept = z.strictObject({ manifest: PluginManifest, text: z.string() });

/** @param hash that it was kept by. Throws where the file is not what was written: that is a bug. */
export function readPluginFile(file: string, hash: string): Plugin {
  const { manifest, text } = Kept.parse(JSON.parse(readFileSync(file, "utf8")));
  return { manifest, text, hash };
}

export function pluginFileText({ manifest, text }: Plugin): string {
  return `${JSON.stringify({ manifest, text })}\n`;
}

/**
 * The SHA-256 of what decides problems and verdicts: the text, and the name, the language and the difficulties that
 * plugin.yaml gives it. Two plug-ins of one text are two.
 */
export function pluginHash({ name, file, difficulties }: PluginManifest, text: string): string {
  const language = file.slice(file.lastIndexOf("."));
  return sha256(JSON.stringify([name, language, difficulties, text]));
}

/** What a plug-in was told by before its plugin.yaml counted; recipes of then name it so. */
export function hashOfText(text: string): string {
  return sha256(text);
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
