import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadHubFolder, saveHubFolder } from "#main/core/formats/hub-layout.ts";
import { AppError } from "#shared/errors.ts";
import { openSafetensors, writeSafetensors } from "#main/core/formats/safetensors.ts";
import { smallConfig, smallTensors } from "../helpers/small-checkpoint.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const reference = join(import.meta.dirname, "../fixtures/reference");

function newFolder(): string {
  return join(temporaryFolder(), "model");
}

/** A saved small model whose files a test then spoils. */
function savedSmall(maxShardBytes = 1e9): string {
  const folder = newFolder();
  saveHubFolder(folder, { config: smallConfig, tensors: smallTensors(), maxShardBytes });
  return folder;
}

/** The message with which a folder is refused as a bad checkpoint. */
function refusalOf(folder: string): string {
  try {
    loadHubFolder(folder).close();
  } catch (error) {
    if (error instanceof AppError && error.code === "BAD_CHECKPOINT") return error.message;
    throw error;
  }
  return "";
}

describe.each([
  "logits/qwen2",
  "logits/qwen3",
  "logits/llama3-rope",
  "grpo-trajectories/grpo-qwen2/model",
])("the model %s", (name) => {
  const source = join(reference, name);

  test.each(["F32", "BF16", "F16"] as const)(
    "is saved in %s and loaded with the same weights",
    (dtype) => {
      using model = loadHubFolder(source);
      const folder = newFolder();
      saveHubFolder(folder, {
        config: model.config,
        dtype,
        tensors: model.names.map(
          (tensor) =>
            [
              tensor,
              { shape: model.shapeOf(tensor), data: () => model.readTensor(tensor) },
            ] as const,
        ),
        tokenizerFrom: source,
        card: "# A card\n",
        generationConfig: { temperature: 0.7 },
      });
      using saved = loadHubFolder(folder);
      expect(saved.config).toEqual(model.config);
      expect(saved.names).toEqual(model.names);
      expect(saved.tokenizerFiles).toEqual(model.tokenizerFiles);
      expect(readFileSync(join(folder, "README.md"), "utf8")).toBe("# A card\n");
      expect(
        JSON.parse(readFileSync(join(folder, "generation_config.json"), "utf8")),
      ).toMatchObject({ temperature: 0.7, eos_token_id: 2 });
      // Relative precision: 24, 8 and 11 significant bits.
      const tolerance = { F32: 0, BF16: 2 ** -8, F16: 2 ** -11 }[dtype];
      for (const tensor of model.names) {
        const [before, after] = [model.readTensor(tensor), saved.readTensor(tensor)];
        const worst = Math.max(
          ...before.map(
            (value, i) => Math.abs(value - (after[i] ?? Number.NaN)) - tolerance * Math.abs(value),
          ),
        );
        expect(worst).toBeLessThanOrEqual(1e-7);
      }
    },
  );
});

test("a model in shards is the same model, and its index names every tensor's file", () => {
  const folder = savedSmall(400);
  const index: unknown = JSON.parse(
    readFileSync(join(folder, "model.safetensors.index.json"), "utf8"),
  );
  const shards = readdirSync(folder).filter((file) => file.endsWith(".safetensors"));
  expect(shards.length).toBeGreaterThan(3);
  expect(shards[0]).toBe(`model-00001-of-${String(shards.length).padStart(5, "0")}.safetensors`);
  // Bytes: four for each value.
  const bytes = [...smallTensors().values()].reduce((sum, { data }) => sum + data.byteLength, 0);
  expect(index).toMatchObject({ metadata: { total_size: bytes } });
  using model = loadHubFolder(folder);
  for (const [name, { data }] of smallTensors()) expect(model.readTensor(name)).toEqual(data);
});

test("saving over a model replaces it whole", () => {
  const folder = savedSmall(400);
  saveHubFolder(folder, { config: smallConfig, tensors: smallTensors(5) });
  expect(readdirSync(folder).sort()).toEqual([
    "config.json",
    "generation_config.json",
    "model.safetensors",
  ]);
  expect(readdirSync(join(folder, ".."))).toEqual(["model"]);
  using model = loadHubFolder(folder);
  expect(model.readTensor("model.norm.weight")[0]).toBeGreaterThanOrEqual(5);
});

test("a save that fails leaves the old model and nothing else", () => {
  const folder = savedSmall();
  const tensors = smallTensors(5);
  const broken = [...tensors].map(
    ([name, { shape, data }]) =>
      [
        name,
        {
          shape,
          data: () => {
            if (name === "model.norm.weight") throw new Error("lost");
            return data;
          },
        },
      ] as const,
  );
  expect(() => saveHubFolder(folder, { config: smallConfig, tensors: broken })).toThrow("lost");
  expect(readdirSync(join(folder, ".."))).toEqual(["model"]);
  using model = loadHubFolder(folder);
  expect(model.readTensor("model.embed_tokens.weight")[0]).toBe(0);
});

test("tensors that are not the architecture's are not saved", () => {
  const missing = smallTensors();
  missing.delete("model.norm.weight");
  expect(() => saveHubFolder(newFolder(), { config: smallConfig, tensors: missing })).toThrow(
    "model.norm.weight",
  );
  const extra = smallTensors().set("model.extra", { shape: [1], data: new Float32Array(1) });
  expect(() => saveHubFolder(newFolder(), { config: smallConfig, tensors: extra })).toThrow(
    "model.extra",
  );
});

describe("tied embeddings", () => {
  const head = { shape: [12, 8], data: new Float32Array(96).fill(7) };

  test("a stored head that is the embeddings is passed over in loading, and any in saving", () => {
    const folder = savedSmall();
    const tensors = smallTensors();
    const embeddings = tensors.get("model.embed_tokens.weight") ?? head;
    writeSafetensors(join(folder, "model.safetensors"), tensors.set("lm_head.weight", embeddings));
    using model = loadHubFolder(folder);
    expect(model.names).not.toContain("lm_head.weight");
    expect(model.config.tieWordEmbeddings).toBe(true);
    saveHubFolder(folder, {
      config: smallConfig,
      tensors: smallTensors().set("lm_head.weight", head),
    });
    using file = openSafetensors(join(folder, "model.safetensors"));
    expect(file.names).not.toContain("lm_head.weight");
  });

  test("a stored head of other values is the head, as in transformers, whatever the config says", () => {
    const folder = savedSmall();
    writeSafetensors(join(folder, "model.safetensors"), smallTensors().set("lm_head.weight", head));
    using model = loadHubFolder(folder);
    expect(model.config.tieWordEmbeddings).toBe(false);
    expect(model.readTensor("lm_head.weight")).toEqual(head.data);
    expect(model.readTensor("model.embed_tokens.weight")[0]).toBe(0);
  });

  test("a stored head of another shape is refused", () => {
    const folder = savedSmall();
    const wrong = { shape: [11, 8], data: new Float32Array(88) };
    writeSafetensors(
      join(folder, "model.safetensors"),
      smallTensors().set("lm_head.weight", wrong),
    );
    expect(refusalOf(folder)).toContain("lm_head.weight is [11, 8], should be [12, 8]");
  });

  test("a tied matrix that is stored as the head alone serves as both", () => {
    const folder = savedSmall();
    const tensors = smallTensors().set("lm_head.weight", head);
    tensors.delete("model.embed_tokens.weight");
    writeSafetensors(join(folder, "model.safetensors"), tensors);
    using model = loadHubFolder(folder);
    expect(model.config.tieWordEmbeddings).toBe(true);
    expect(model.shapeOf("model.embed_tokens.weight")).toEqual([12, 8]);
    expect(model.readTensor("model.embed_tokens.weight")).toEqual(head.data);
  });

  test("an untied model without its head is refused", () => {
    const folder = newFolder();
    const config = { ...smallConfig, tieWordEmbeddings: false };
    saveHubFolder(folder, { config, tensors: smallTensors(0, config) });
    writeSafetensors(join(folder, "model.safetensors"), smallTensors());
    expect(refusalOf(folder)).toContain("1 missing: lm_head.weight");
  });
});

describe("a folder that is no sound model is refused, with what is wrong", () => {
  test("no folder", () => {
    expect(() => loadHubFolder("/nowhere/at/all")).toThrow(
      expect.objectContaining({ code: "NOT_FOUND" }),
    );
  });

  test("no config", () => {
    const folder = savedSmall();
    rmSync(join(folder, "config.json"));
    expect(refusalOf(folder)).toContain("no config.json");
  });

  test("no weights, but a PyTorch file", () => {
    const folder = savedSmall();
    rmSync(join(folder, "model.safetensors"));
    writeFileSync(join(folder, "pytorch_model.bin"), "");
    expect(refusalOf(folder)).toContain("only pytorch_model.bin");
  });

  test("a missing shard, by name", () => {
    const folder = savedSmall(400);
    const shard = readdirSync(folder).find((file) => file.startsWith("model-00002")) ?? "";
    rmSync(join(folder, shard));
    const message = refusalOf(folder);
    for (const part of ["lacks 1 of the", shard]) expect(message).toContain(part);
  });

  test("a shard without a tensor that the index puts there", () => {
    const folder = savedSmall(400);
    const shard = readdirSync(folder).find((file) => file.startsWith("model-00001")) ?? "";
    writeSafetensors(join(folder, shard), [["other", { shape: [1], data: new Float32Array(1) }]]);
    expect(refusalOf(folder)).toContain(
      'holds tensor "model.embed_tokens.weight", but it does not',
    );
  });

  test("an index that points outside the folder", () => {
    const folder = savedSmall(400);
    writeFileSync(
      join(folder, "model.safetensors.index.json"),
      JSON.stringify({ weight_map: { a: "../../secret.safetensors" } }),
    );
    expect(refusalOf(folder)).toContain('"../../secret.safetensors"');
  });

  test("missing, unexpected and misshapen tensors, all in one message", () => {
    const folder = savedSmall();
    const tensors = smallTensors();
    tensors.delete("model.layers.1.mlp.up_proj.weight");
    tensors.set("model.layers.2.mlp.up_proj.weight", { shape: [1], data: new Float32Array(1) });
    tensors.set("model.norm.weight", { shape: [7], data: new Float32Array(7) });
    writeSafetensors(join(folder, "model.safetensors"), tensors);
    const message = refusalOf(folder);
    for (const part of [
      "1 missing: model.layers.1.mlp.up_proj.weight",
      "1 not part of this architecture: model.layers.2.mlp.up_proj.weight",
      "1 of the wrong shape: model.norm.weight is [7], should be [8]",
    ])
      expect(message).toContain(part);
  });

  test("a long list is shortened", () => {
    const folder = savedSmall();
    writeSafetensors(join(folder, "model.safetensors"), []);
    // 12 tensors a layer in 2 layers, the embeddings and the last norm.
    const message = refusalOf(folder);
    for (const part of ["26 missing", "and 20 more"]) expect(message).toContain(part);
  });
});
