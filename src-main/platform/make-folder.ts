/** Folders for what a user names: anywhere, also where none can be made. */
import { mkdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

/**
 * Makes the folder and those above it that are missing. Throws what the system says. Node's own way of doing it never
 * ends where making a folder fails as if its parent were missing (/proc does).
 */
export function makeFolder(path: string): void {
  const missing: string[] = [];
  let folder = resolve(path);
  while (statSync(folder, { throwIfNoEntry: false }) === undefined) {
    missing.push(folder);
    const parent = dirname(folder);
    if (parent === folder) break;
    folder = parent;
  }
  for (const next of missing.reverse()) makeOne(next);
  // What is there already may be no folder.
  if (missing.length === 0 && !statSync(folder).isDirectory()) makeOne(folder);
}

function makeOne(folder: string): void {
  try {
    mkdirSync(folder);
  } catch (error) {
    // Somebody else was faster.
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) throw error;
  }
}
