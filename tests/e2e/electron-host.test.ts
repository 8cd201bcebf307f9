import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";

// Electron's binary cannot be had where these tests run: a stand-in (tests/helpers/electron-stand-in)
// takes the place of its API. The host, its store, its router and the port are real.

const driver = fileURLToPath(new URL("../helpers/electron-driver.mjs", import.meta.url));
const Report = z.looseObject({});
let home = "";

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "gradus-electron-"));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

test("the Electron host starts, answers its window over a port, and quits cleanly", () => {
  const result = spawnSync(process.execPath, [driver], {
    encoding: "utf8",
    timeout: 300_000,
    env: { ...process.env, GRADUS_HOME: home },
  });
  expect(result.stderr.replaceAll(/.*(ExperimentalWarning|--trace-warnings).*\n/g, "")).toBe("");
  expect(result.status).toBe(0);
  const report = Report.parse(JSON.parse(result.stdout));
  expect(report).toMatchObject({
    shell: "electron",
    loaded: ["gradus://app/"],
    sandboxed: true,
    schemes: ["gradus"],
    webPreferences: {
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      preload: "preload.cjs",
    },
    page: { status: 200, policy: expect.stringContaining("default-src 'none'") },
    // A port that a strange page sent is not listened to.
    strangerListeners: 0,
    // File, Edit, View and Window; then also Go, from the window's own registry.
    menus: { before: 4, after: 5 },
    asked: {
      before: 0,
      after: [{ type: "gradus:go", href: "#/recipes?file=%2Frecipes%2Fmine.gradus" }],
    },
  });
});
