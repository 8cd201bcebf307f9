import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeSession, readSession, newToken } from "#main/host/serve/session-file.ts";

let workspace = "";

beforeEach(() => {
  workspace = mkdtempSync(join(tmpdir(), "gradus-session-"));
});
afterEach(() => rmSync(workspace, { recursive: true, force: true }));

test("what a host kept is what the next one finds, readable by its owner only", () => {
  expect(readSession(workspace)).toBeUndefined();
  const session = { token: newToken(), port: 4321 };
  // An old file that others could read does not lend its mode to the new one.
  writeFileSync(join(workspace, "session.json"), "{}", { mode: 0o644 });
  writeSession(workspace, session);
  expect(readSession(workspace)).toEqual(session);
  expect(statSync(join(workspace, "session.json")).mode & 0o777).toBe(0o600);
});

test.each([
  ["no JSON", "{"],
  ["a short token", JSON.stringify({ token: "abc", port: 1 })],
  ["no port", JSON.stringify({ token: "A".repeat(43), port: 0 })],
  ["more than that", JSON.stringify({ token: "A".repeat(43), port: 1, admin: true })],
])("a file with %s is not used", (_what, text) => {
  writeFileSync(join(workspace, "session.json"), text);
  expect(readSession(workspace)).toBeUndefined();
});

test("tokens are 256 random bits in 43 letters, each another", () => {
  const tokens = Array.from({ length: 100 }, newToken);
  expect(new Set(tokens).size).toBe(100);
  for (const token of tokens) expect(token).toMatch(/^[\w-]{43}$/);
});
