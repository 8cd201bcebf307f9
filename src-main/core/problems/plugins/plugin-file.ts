/** A plug-in as it is kept: one JSON file with what its two files said. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { z } from "zod";
import { PluginManifest } from "#shared/schema/plugin.ts";
import type { Plugin } from "./plugin.ts";

const Kept = z.strictObject({ manifest: PluginManifest, text: z.string() });

/** Throws where the file is not what was written: that is a bug. */
export function readPluginFile(file: string): Plugin {
  const { manifest, text } = Kept.parse(JSON.parse(readFileSync(file, "utf8")));
  return { manifest, text, hash: pluginHash(text) };
}

export function pluginFileText({ manifest, text }: Plugin): string {
  return `${JSON.stringify({ manifest, text })}\n`;
}

/** The SHA-256 of a plug-in's text. */
export function pluginHash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
