import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { LINUX, lacking } from "../helpers/need.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const bin = (name: string): string => join(ROOT, "node_modules", ".bin", name);

// Electron's binary is not in its npm package, so its distribution is stood in for by a folder of the
// same layout. The rest is real: electron-builder packs what electron-builder.yml says, and the packed
// application runs on Node from the extracted archive.

describe.runIf(LINUX.met)(`the packaged application${lacking(LINUX)}`, () => {
  let dir = "";
  let listing: string[] = [];
  let resources = "";

  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), "gradus-package-"));
    const electron = join(dir, "electron");
    mkdirSync(join(electron, "resources"), { recursive: true });
    mkdirSync(join(electron, "locales"));
    for (const name of ["electron", "chrome_crashpad_handler", "chrome-sandbox"]) {
      writeFileSync(join(electron, name), "#!/bin/sh\nexit 0\n");
      chmodSync(join(electron, name), 0o755);
    }
    for (const name of ["LICENSE", "LICENSES.chromium.html"])
      writeFileSync(join(electron, name), "");
    const config = z
      .looseObject({})
      .parse(parse(readFileSync(join(ROOT, "electron-builder.yml"), "utf8")));
    // Fuses are bits in Electron's binary; there is none to flip.
    delete config["electronFuses"];
    config["electronDist"] = electron;
    config["directories"] = { output: join(dir, "dist"), buildResources: "assets/icons" };
    writeFileSync(join(dir, "config.json"), JSON.stringify(config));
    const args = [
      join(ROOT, "scripts/dist.mjs"),
      "--dir",
      "--linux",
      "--config",
      join(dir, "config.json"),
    ];
    execFileSync(process.execPath, args, { cwd: ROOT, stdio: ["ignore", "ignore", "inherit"] });
    resources = join(dir, "dist", "linux-unpacked", "resources");
    const list = execFileSync(bin("asar"), ["list", join(resources, "app.asar")], {
      encoding: "utf8",
      maxBuffer: 1e8,
    });
    listing = list.split("\n");
  }, 600_000);
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  test("holds the host, the engine's entry, the window and the built-in model", () => {
    expect(listing).toEqual(
      expect.arrayContaining([
        "/src-main/host/electron/electron.js",
        "/src-main/host/electron/preload.cjs",
        "/src-main/processes/engine/engine-process.js",
        "/out/renderer/index.html",
        "/assets/models/gradus-base/model.safetensors",
        "/assets/recipes/demo.yaml",
      ]),
    );
  });

  test("holds neither Node for development nor the tools", () => {
    const packages = listing.filter((path) =>
      /^\/node_modules\/(node-(linux|win)|electron$|vite$|vitest|typescript$|oxlint)/.test(path),
    );
    expect(packages).toEqual([]);
  });

  test("has its native libraries as real files", () => {
    const unpacked = join(resources, "app.asar.unpacked", "node_modules");
    const platform = `${process.platform}-${process.arch}`;
    expect(existsSync(join(unpacked, "better-sqlite3", "prebuilds", `${platform}.node`))).toBe(
      true,
    );
    expect(existsSync(join(unpacked, "@koromix", `koffi-${platform}`))).toBe(true);
    expect(existsSync(join(unpacked, "webgpu/dist", platform, "dawn.node"))).toBe(true);
    const strangers = listing.filter((path) => /\/webgpu\/dist\/(win32|darwin)-/.test(path));
    expect(strangers).toEqual([]);
  });

  test("runs its command line from the packed files", () => {
    const app = join(dir, "extracted");
    execFileSync(bin("asar"), ["extract", join(resources, "app.asar"), app]);
    const { version } = z
      .looseObject({ version: z.string() })
      .parse(JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")));
    const result = spawnSync(
      process.execPath,
      [join(app, "src-main/host/cli/main.js"), "--version"],
      {
        encoding: "utf8",
        env: { ...process.env, GRADUS_HOME: join(dir, "home") },
      },
    );
    expect(result.stderr).toBe("");
    expect(result.stdout.trim()).toBe(version);
  });
});
