/**
 * The token and port that a workspace's host used last. A host that starts again takes them, so that
 * open windows find it and go on. Kept in the workspace, readable by its owner only.
 */
import { randomBytes } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { withStoreErrors } from "#main/store/database.ts";

const FILE = "session.json";
const SavedSession = z.strictObject({
  token: z.string().regex(/^[\w-]{43}$/),
  port: z.int().min(1).max(65_535),
});
export type SavedSession = z.infer<typeof SavedSession>;

/** 256 random bits. */
export function newToken(): string {
  return randomBytes(32).toString("base64url");
}

/** Undefined where nothing, or nothing usable, is kept. */
export function readSession(workspace: string): SavedSession | undefined {
  try {
    return SavedSession.parse(JSON.parse(readFileSync(join(workspace, FILE), "utf8")));
  } catch {
    return undefined;
  }
}

export function writeSession(workspace: string, session: SavedSession): void {
  const file = join(workspace, FILE);
  withStoreErrors(() => {
    // The mode counts only where the file is made.
    rmSync(file, { force: true });
    writeFileSync(file, JSON.stringify(session), { mode: 0o600 });
  });
}
