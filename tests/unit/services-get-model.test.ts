import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { saveHubFolder } from "#main/core/formats/hub-layout.ts";
import type { Application } from "#main/services/application.ts";
import type { ModelJob } from "#shared/schema/model.ts";
import { formatFixture } from "../fixtures/formats/read-expected.ts";
import { localHub } from "../helpers/local-hub.ts";
import type { LocalHub } from "../helpers/local-hub.ts";
import { smallConfig, smallTensors } from "../helpers/small-checkpoint.ts";
import { temporaryFolder } from "../helpers/store-fixture.ts";
import { nextEvent, testApplication } from "../helpers/test-application.ts";

/** A complete model's files, and others of a hub's that are not wanted. */
function modelFiles(): Map<string, Buffer> {
  const folder = join(temporaryFolder(), "tiny");
  const card = "---\nlicense: other\nlicense_name: tiny-licence\n---\n# Tiny\n";
  saveHubFolder(folder, { config: smallConfig, tensors: smallTensors(), card });
  cpSync(formatFixture("smollm"), folder, { recursive: true });
  const files = readdirSync(folder).map(
    (name) => [name, readFileSync(join(folder, name))] as const,
  );
  return new Map([
    ...files,
    ["pytorch_model.bin", Buffer.alloc(9)],
    ["onnx/model.onnx", Buffer.alloc(9)],
  ]);
}

async function hubOf(files = modelFiles()): Promise<LocalHub> {
  const hub = await localHub(files);
  vi.stubEnv("HF_ENDPOINT", hub.url);
  return hub;
}

beforeEach(() => {
  vi.stubEnv("HF_HOME", join(temporaryFolder(), "huggingface"));
  for (const name of ["HF_TOKEN", "HF_HUB_CACHE", "HF_HUB_OFFLINE", "HF_TOKEN_PATH"])
    vi.stubEnv(name, "");
  return () => vi.unstubAllEnvs();
});

/** Whether the weights' part on the disk has so many bytes. */
function partHas(workspace: string): (bytes: number) => boolean {
  return (bytes) => {
    const root = join(workspace, "models", ".getting");
    const part = readdirSync(root, { recursive: true }).find((name) =>
      String(name).endsWith("model.safetensors.part"),
    );
    return part !== undefined && statSync(join(root, String(part))).size === bytes;
  };
}

async function got(app: Application, source: string): Promise<ModelJob> {
  return app.modelJobs.wait(app.modelJobs.start({ source }).id);
}

function modelFile(app: Application, job: ModelJob, name: string): Buffer {
  return readFileSync(join(app.models.get(job.modelId ?? "").path, name));
}

describe("a model of the hub", () => {
  test("arrives with the files that are needed and no others, its licence and its commit", async () => {
    const { app } = testApplication();
    const hub = await hubOf();
    const job = await got(app, "owner/tiny");
    expect(job).toMatchObject({ phase: "done", modelId: "tiny" });
    expect(hub.requests.map(({ path }) => path).sort()).toEqual([
      "README.md",
      "config.json",
      "generation_config.json",
      "model.safetensors",
      "tokenizer.json",
      "tokenizer_config.json",
    ]);
    expect(modelFile(app, job, "model.safetensors")).toEqual(hub.files.get("model.safetensors"));
    expect(app.models.get("tiny")).toMatchObject({
      origin: "imported",
      source: `hub:owner/tiny@${hub.commit}`,
      license: "tiny-licence",
    });
    expect(app.models.resolve("owner/tiny")).toBe(app.models.get("tiny").path);
  });

  test("is not fetched again while its commit is the same", async () => {
    const { app } = testApplication();
    const hub = await hubOf();
    await got(app, "owner/tiny");
    const before = hub.requests.length;
    expect(await got(app, "owner/tiny")).toMatchObject({ phase: "done", modelId: "tiny" });
    expect(hub.requests).toHaveLength(before);
  });

  test("goes on after a transfer that breaks off, from the byte where it broke", async () => {
    const { app, workspace } = testApplication();
    const hub = await hubOf();
    const has = partHas(workspace);
    hub.trouble = { breakOff: { file: "model.safetensors", after: 500, times: 2, has } };
    const job = await got(app, "owner/tiny");
    expect(job.phase).toBe("done");
    const ranges = hub.requests.filter(({ path }) => path === "model.safetensors");
    expect(ranges.map(({ range }) => range)).toEqual([undefined, "bytes=500-", "bytes=1000-"]);
    expect(modelFile(app, job, "model.safetensors")).toEqual(hub.files.get("model.safetensors"));
  });

  test("is whole too where the server knows no ranges", async () => {
    const { app, workspace } = testApplication();
    const hub = await hubOf();
    const has = partHas(workspace);
    hub.trouble = {
      breakOff: { file: "model.safetensors", after: 500, times: 1, has },
      noRanges: true,
    };
    const job = await got(app, "owner/tiny");
    expect(modelFile(app, job, "model.safetensors")).toEqual(hub.files.get("model.safetensors"));
  });

  test("goes on in a second try after a cancel", async () => {
    const { app, workspace } = testApplication();
    const hub = await hubOf();
    hub.trouble = { hang: "model.safetensors" };
    const { id } = app.modelJobs.start({ source: "owner/tiny" });
    // README.md and config.json come first; the weights hang after 100 bytes.
    await nextEvent(
      app,
      (event) => event.type === "model-job" && event.job.phase === "downloading",
    );
    await vi.waitFor(() => {
      const parts = readdirSync(join(workspace, "models", ".getting"), { recursive: true });
      expect(parts.some((name) => String(name).endsWith("model.safetensors.part"))).toBe(true);
    });
    app.modelJobs.cancel(id);
    expect(await app.modelJobs.wait(id)).toMatchObject({ phase: "cancelled", modelId: null });
    hub.trouble = {};
    const before = hub.requests.length;
    expect((await got(app, "owner/tiny")).phase).toBe("done");
    expect(hub.requests.slice(before).map(({ path }) => path)).toEqual(["model.safetensors"]);
    expect(readdirSync(join(workspace, "models", ".getting"))).toEqual([]);
  });

  test("with a wrong hash is thrown away and says so, and comes whole the next time", async () => {
    const { app } = testApplication();
    const hub = await hubOf();
    hub.trouble = { corrupt: "model.safetensors" };
    const job = await got(app, "owner/tiny");
    expect(job).toMatchObject({ phase: "failed", modelId: null });
    expect(job.message).toMatch(/model\.safetensors of owner\/tiny has the hash .* thrown away/);
    hub.trouble = {};
    expect((await got(app, "owner/tiny")).phase).toBe("done");
  });

  test.each([
    [401, /needs a token/],
    [403, /needs a token/],
    [404, /has no model owner\/tiny/],
  ])("that the hub refuses with %i is a clear failure at once", async (status, message) => {
    const { app } = testApplication();
    const hub = await hubOf();
    hub.trouble = { refuse: { status, times: 1 } };
    const job = await got(app, "owner/tiny");
    expect(job).toMatchObject({ phase: "failed" });
    expect(job.message).toMatch(message);
    expect(job.advice).not.toBeNull();
  });

  test("is waited for where the hub asks for patience, and told where it asks for too much", async () => {
    const { app } = testApplication();
    const hub = await hubOf();
    hub.trouble = { refuse: { status: 429, times: 2, retryAfter: "0" } };
    expect((await got(app, "owner/tiny")).phase).toBe("done");
    hub.trouble = { refuse: { status: 429, times: 1, retryAfter: "3600" } };
    expect((await got(app, "owner/tiny")).message).toMatch(/wait 3600 s .*429/);
  });

  test("is given for the token, which does not follow the redirect to another host", async () => {
    const { app } = testApplication();
    const hub = await hubOf();
    hub.trouble = { token: "hf_secret" };
    vi.stubEnv("HF_TOKEN", "hf_secret");
    expect((await got(app, "owner/tiny")).phase).toBe("done");
    expect(new Set(hub.requests.map(({ token }) => token))).toEqual(new Set([undefined]));
  });

  test("comes from Python's cache where that has its files, and without the hub at all", async () => {
    const { app } = testApplication();
    const hub = await hubOf();
    const root = join(process.env["HF_HOME"] ?? "", "hub", "models--owner--tiny");
    const snapshot = join(root, "snapshots", hub.commit);
    mkdirSync(snapshot, { recursive: true });
    mkdirSync(join(root, "refs"));
    writeFileSync(join(root, "refs", "main"), hub.commit);
    for (const [name, bytes] of hub.files) {
      if (!name.includes("/")) writeFileSync(join(snapshot, name), bytes);
    }
    expect((await got(app, "owner/tiny")).phase).toBe("done");
    expect(hub.requests).toEqual([]);
    vi.stubEnv("HF_HUB_OFFLINE", "1");
    app.models.delete("tiny");
    expect(await got(app, "owner/tiny")).toMatchObject({ phase: "done", modelId: "tiny" });
  });

  test("that cannot be reached says what to do", async () => {
    const { app } = testApplication();
    vi.stubEnv("HF_HUB_OFFLINE", "1");
    const job = await got(app, "owner/other");
    expect(job).toMatchObject({ phase: "failed" });
    expect(job.message).toMatch(/cannot be reached: HF_HUB_OFFLINE is set/);
    expect(job.advice).toMatch(/import a folder or GGUF file/);
  });

  test("as a GGUF file of its repository is converted; a repository of only such files names them", async () => {
    const { app } = testApplication();
    const gguf = readFileSync(formatFixture("gguf/llama.gguf"));
    await hubOf(new Map([["tiny-Q4_1.gguf", gguf]]));
    const refused = await got(app, "owner/tiny");
    expect(refused.advice).toMatch(/owner\/tiny:tiny-Q4_1\.gguf/);
    const job = await got(app, "owner/tiny:tiny-Q4_1.gguf");
    expect(job).toMatchObject({ phase: "done", modelId: "tiny-q4-1" });
    expect(app.models.get("tiny-q4-1")).toMatchObject({
      architecture: "llama",
      license: "apache-2.0",
    });
  });
});

test("a GGUF file on this machine becomes a model, and is found again by its path until it changes", async () => {
  const { app } = testApplication();
  const file = join(temporaryFolder(), "Small.gguf");
  cpSync(formatFixture("gguf/qwen3.gguf"), file);
  const job = await got(app, file);
  expect(job).toMatchObject({ phase: "done", modelId: "small" });
  expect(app.models.resolve(file)).toBe(app.models.get("small").path);
  expect(await got(app, file)).toMatchObject({ modelId: "small" });
  writeFileSync(file, Buffer.concat([readFileSync(file), Buffer.alloc(32)]));
  expect(() => app.models.resolve(file)).toThrow(/There is no model/);
});

test("a folder is copied with progress of its own", async () => {
  const { app } = testApplication();
  const folder = join(temporaryFolder(), "mine");
  saveHubFolder(folder, { config: smallConfig, tensors: smallTensors() });
  expect(await got(app, folder)).toMatchObject({ phase: "done", modelId: "mine" });
  expect(existsSync(join(app.models.get("mine").path, "model.safetensors"))).toBe(true);
});

test("what no source can be is refused before a job begins", () => {
  const { app } = testApplication();
  expect(() => app.modelJobs.start({ source: "no such model" })).toThrow(
    /There is no model "no such model"/,
  );
  expect(() => app.modelJobs.start({ source: "owner/../etc" })).toThrow(/There is no model/);
  expect(app.modelJobs.list()).toEqual([]);
});
