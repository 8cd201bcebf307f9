/** A key goes into one file that only its owner reads, and comes out nowhere. */
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createRouterClient } from "@orpc/server";
import { expect, onTestFinished, test } from "vitest";
import { Application } from "#main/services/application.ts";
import { KeyFile } from "#main/services/endpoints/key-file.ts";
import { createRouter } from "#main/procedures/router.ts";
import { EndpointFields } from "#shared/schema/endpoint.ts";
import { temporaryFolder } from "../helpers/store-fixture.ts";

const KEY = "sk-THIS-IS-THE-SECRET-0123456789";
const fields = EndpointFields.parse({
  name: "Vendor",
  baseUrl: "https://api.example.org/v1",
  model: "large",
});

function setUp() {
  const folder = temporaryFolder();
  const app = new Application({
    workspace: join(folder, "workspace"),
    shell: "cli",
    configFolder: join(folder, "config"),
  });
  onTestFinished(() => app.close());
  return { folder, app, api: createRouterClient(createRouter(app), { context: {} }) };
}

test("a key stands in no file of the workspace, in no answer and in no crash report", async () => {
  const { folder, app, api } = setUp();
  const answers = [
    await api.endpoints.save({ fields, key: KEY }),
    await api.endpoints.list(),
    await api.settings.get(),
    await api.system.info(),
  ];
  expect(answers[0]).toMatchObject({ hasKey: true });
  expect(JSON.stringify(answers)).not.toContain(KEY);
  app.reportBug(new Error(`sent ${KEY} to the vendor`));
  const workspace = join(folder, "workspace");
  const files = readdirSync(workspace, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  expect(files.length).toBeGreaterThan(2);
  for (const { parentPath, name } of files)
    expect(readFileSync(join(parentPath, name)).includes(KEY), name).toBe(false);
  const file = join(folder, "config", "keys.json");
  expect(readFileSync(file, "utf8")).toContain(KEY);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(join(folder, "config")).mode & 0o777).toBe(0o700);
});

test("a key stays where it is not named, goes with null, and goes with its endpoint", async () => {
  const { app, api } = setUp();
  const { id: endpointId } = await api.endpoints.save({ fields, key: KEY });
  const renamed = { ...fields, name: "Renamed" };
  expect(await api.endpoints.save({ endpointId, fields: renamed })).toMatchObject({ hasKey: true });
  expect(app.endpoints.keyOf(endpointId)).toBe(KEY);
  expect(await api.endpoints.save({ endpointId, fields, key: null })).toMatchObject({
    hasKey: false,
  });
  await api.endpoints.save({ endpointId, fields, key: KEY });
  await api.endpoints.delete({ endpointId });
  expect(app.endpoints.keyOf(endpointId)).toBeUndefined();
  await expect(api.endpoints.delete({ endpointId })).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("a key is not carried to another server's address", async () => {
  const { api } = setUp();
  const { id: endpointId } = await api.endpoints.save({ fields, key: KEY });
  const moved = { ...fields, baseUrl: "https://elsewhere.example.org/v1" };
  await expect(api.endpoints.save({ endpointId, fields: moved })).rejects.toMatchObject({
    code: "BAD_INPUT",
  });
  expect(await api.endpoints.save({ endpointId, fields: moved, key: "another" })).toMatchObject({
    baseUrl: moved.baseUrl,
  });
});

test("an address with credentials in it is refused", async () => {
  const { api } = setUp();
  const baseUrl = "https://user:password@api.example.org/v1";
  await expect(api.endpoints.save({ fields: { ...fields, baseUrl } })).rejects.toMatchObject({
    code: "BAD_INPUT",
    message: "The address holds a name or password.",
  });
});

test("a keychain seals what is written, and only it opens it again", () => {
  const folder = temporaryFolder();
  const cipher = {
    seal: (key: string) => Buffer.from(key).toString("hex"),
    open: (sealed: string) => Buffer.from(sealed, "hex").toString(),
  };
  new KeyFile(folder, cipher).set("e", KEY);
  expect(readFileSync(join(folder, "keys.json"), "utf8")).not.toContain(KEY);
  expect(new KeyFile(folder, cipher).get("e")).toBe(KEY);
  expect(() => new KeyFile(folder).get("e")).toThrow(
    "sealed by the desktop application's keychain",
  );
});

test("a damaged file of keys is said to be so, and not overwritten", () => {
  const folder = temporaryFolder();
  const file = join(folder, "keys.json");
  writeFileSync(file, `{"e": ${KEY}`);
  expect(() => new KeyFile(folder).set("e", "new")).toThrow(`${file}, cannot be read`);
  expect(readFileSync(file, "utf8")).toContain(KEY);
});
