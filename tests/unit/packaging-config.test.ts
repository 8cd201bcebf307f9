import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";
import { beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const text = (path: string): string => readFileSync(join(ROOT, path), "utf8");

/** The parts of electron-builder.yml that other tests here read. */
const Config = z.looseObject({
  files: z.array(z.union([z.string(), z.looseObject({ from: z.string() })])),
  asarUnpack: z.array(z.string()),
  npmRebuild: z.boolean(),
  electronFuses: z.record(z.string(), z.boolean()),
  extraMetadata: z.looseObject({ main: z.string() }),
  linux: z.looseObject({ target: z.array(z.string()) }),
  mac: z.looseObject({
    target: z.array(z.looseObject({ target: z.string(), arch: z.array(z.string()) })),
  }),
  win: z.looseObject({ target: z.array(z.looseObject({ target: z.string() })) }),
});

const config = Config.parse(parse(text("electron-builder.yml")));
let isValid: (data: unknown) => boolean = () => false;

beforeAll(() => {
  const schema: unknown = JSON.parse(text("node_modules/app-builder-lib/scheme.json"));
  const validate = new Ajv({ strict: false, allErrors: true }).compile(
    z.looseObject({}).parse(schema),
  );
  isValid = (data) => validate(data);
});

describe("electron-builder.yml", () => {
  test("is valid against electron-builder's own schema", () => {
    expect(isValid(config)).toBe(true);
  });

  test.each([
    ["an unknown key", { ...config, asarUnpak: [] }],
    ["a wrong type", { ...config, asar: "yes" }],
    ["an unknown target option", { ...config, nsis: { oneClik: true } }],
  ])("the schema rejects %s", (_what, wrong) => {
    expect(isValid(wrong)).toBe(false);
  });

  test("packages for Linux, macOS on arm64 and Windows", () => {
    expect(config.linux.target).toEqual(["AppImage", "deb"]);
    expect(config.mac.target).toEqual([{ target: "dmg", arch: ["arm64"] }]);
    expect(config.win.target[0]?.target).toBe("nsis");
  });

  test("the native packages lie outside the archive and are not rebuilt", () => {
    expect(config.asarUnpack).toEqual(
      expect.arrayContaining([
        "node_modules/koffi/**",
        "node_modules/@koromix/**",
        "node_modules/better-sqlite3/**",
      ]),
    );
    expect(config.npmRebuild).toBe(false);
  });

  test("Node for development is left out", () => {
    expect(config.files).toContain("!node_modules/node-{linux,win}-{x64,arm64}/**");
    const { optionalDependencies } = z
      .looseObject({ optionalDependencies: z.record(z.string(), z.string()) })
      .parse(JSON.parse(text("package.json")));
    const names = Object.keys(optionalDependencies).filter((name) => name.startsWith("node-"));
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) expect(name).toMatch(/^node-(linux|win)-(x64|arm64)$/);
  });

  test("the fuses keep Electron's Node closed, except for engine processes", () => {
    expect(config.electronFuses).toMatchObject({
      runAsNode: true,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      onlyLoadAppFromAsar: true,
    });
  });

  test("what it names is in the repository", () => {
    for (const path of [
      "assets/icons/icon.png",
      "assets/icons/entitlements.mac.plist",
      "LICENSE",
    ]) {
      expect(existsSync(join(ROOT, path)), path).toBe(true);
    }
    expect(existsSync(join(ROOT, config.extraMetadata.main.replace(/\.js$/, ".ts")))).toBe(true);
  });
});
