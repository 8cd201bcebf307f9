/** The plug-in of docs/tasks/README.md, put into a workspace. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const DOCUMENT = readFileSync(new URL("../../docs/tasks/README.md", import.meta.url), "utf8");

/** A block of the document, by its language. */
export function documentBlock(language: string): string {
  return DOCUMENT.split(`\`\`\`${language}\n`)[1]?.split("```")[0] ?? "";
}

export const COINS_YAML = documentBlock("yaml");
export const COINS = documentBlock("js");

/** Returns the plug-in's file. */
export function writeCoins(workspace: string, text = COINS): string {
  const folder = join(workspace, "plugins", "coins");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "plugin.yaml"), COINS_YAML);
  const file = join(folder, "coins.js");
  writeFileSync(file, text);
  return file;
}
