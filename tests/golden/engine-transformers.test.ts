/** Models that the engine made and trained, saved, and loaded by transformers. */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { ModelConfig } from "#main/core/formats/model-config.ts";
import { saveAdapterFolder } from "#main/core/formats/peft-adapter.ts";
import { initLanguageModel, loadLanguageModel } from "#main/engine/model/language-model.ts";
import type { LanguageModel } from "#main/engine/model/language-model.ts";
import { LoraModel } from "#main/engine/model/lora.ts";
import { nextTokenObjective } from "#main/engine/objectives/next-token.ts";
import { openRuntime } from "#main/engine/runtime/open-runtime.ts";
import { tf } from "#main/engine/runtime/tf.ts";
import { Trainer } from "#main/engine/training/trainer.ts";
import { idMatrix, lastLogitsOf, randomRows } from "../helpers/engine-forward.ts";
import { PLAIN_ADAMW } from "../helpers/engine-gradients.ts";
import { itemAt, largestDifference, tinyConfig } from "../helpers/engine-model.ts";
import { withFolder } from "../helpers/engine-parity.ts";
import {
  findTransformersPython,
  pythonWith,
  transformersLogits,
} from "../helpers/python-transformers.ts";
import { adapterContent } from "#main/engine/model/lora.ts";
import { lacking } from "../helpers/need.ts";

const runtime = await openRuntime({ choice: "tensorflow" });
const python = findTransformersPython();

const { rope } = tinyConfig();
const llama3 = { ...rope, type: "llama3", factor: 8, originalMaxPositionEmbeddings: 16 } as const;

const CONFIGS: readonly (readonly [string, ModelConfig])[] = [
  ["Qwen2, tied", tinyConfig("qwen2")],
  ["Qwen2, untied", tinyConfig("qwen2", { tieWordEmbeddings: false })],
  ["Qwen3, head size unlike hidden / heads", tinyConfig("qwen3", { headDim: 16 })],
  [
    "Llama, every bias",
    tinyConfig("llama", { attentionBias: true, outputBias: true, mlpBias: true }),
  ],
  [
    "Llama, tied, linear RoPE",
    tinyConfig("llama", { tieWordEmbeddings: true, rope: { ...rope, type: "linear", factor: 4 } }),
  ],
  ["Llama, llama3 RoPE, two stop ids", tinyConfig("llama", { rope: llama3, eosTokenIds: [2, 5] })],
];

/** One strong training step on random rows, so that norms and biases are no longer what they were made as. */
function trainOnce(model: LanguageModel): void {
  const trainer = new Trainer(runtime, model, nextTokenObjective(model.config), PLAIN_ADAMW);
  const inputs = [
    idMatrix(randomRows(model.config, 4, 12, 12, 71)),
    tf.ones([4, 11]),
    tf.scalar(44),
  ];
  trainer.accumulate(inputs);
  trainer.apply(0.05, 0);
  tf.dispose(inputs);
  trainer.dispose();
}

const SEQUENCES = randomRows(tinyConfig(), 3, 5, 40, 72);

type Saved = {
  readonly name: string;
  readonly folder: string;
  readonly logits: readonly Float32Array[];
};

/** Makes, trains and saves a model of each config under `root`, and gives its logits after each sequence. */
function saveTrained(root: string): Saved[] {
  return CONFIGS.map(([name, config], i) => {
    const model = initLanguageModel(runtime, config, 73 + i);
    trainOnce(model);
    const folder = join(root, `model-${i}`);
    model.save(folder, {});
    const logits = lastLogitsOf(runtime, model, SEQUENCES);
    model.dispose();
    return { name, folder, logits };
  });
}

describe("a trained model that is saved", () => {
  test("gives the same logits once it is loaded again", async () => {
    await withFolder((root) => {
      for (const { name, folder, logits } of saveTrained(root)) {
        const again = loadLanguageModel(runtime, folder);
        lastLogitsOf(runtime, again, SEQUENCES).forEach((reloaded, s) => {
          const gap = largestDifference(itemAt(logits, s), reloaded);
          expect.soft(gap, name).toBeLessThan(1e-5);
        });
        again.dispose();
      }
    });
  });

  test.skipIf(python === null)(
    `gives the same logits in transformers${lacking(pythonWith(python, "torch and transformers"))}`,
    async () => {
      await withFolder((root) => {
        const saved = saveTrained(root);
        const folders = saved.map(({ folder }) => folder);
        const theirs = transformersLogits(python ?? "", folders, SEQUENCES);
        saved.forEach(({ name, logits }, i) => {
          logits.forEach((values, s) => {
            const gap = largestDifference(values, itemAt(itemAt(theirs, i), s));
            expect.soft(gap, name).toBeLessThanOrEqual(1e-3);
          });
        });
      });
    },
  );
});

const peftPython = findTransformersPython(["torch", "transformers", "peft"]);

test.skipIf(peftPython === null)(
  `an adapter gives the same logits in PEFT on the base, and merged in transformers${lacking(pythonWith(peftPython, "torch, transformers and peft"))}`,
  async () => {
    await withFolder((root) => {
      const base = initLanguageModel(runtime, tinyConfig("qwen2"), 5);
      base.save(join(root, "base"), {});
      const model = LoraModel.onto(
        runtime,
        base,
        {
          r: 4,
          alpha: 6,
          dropout: 0.1,
          targets: ["q_proj", "o_proj", "up_proj", "down_proj"],
          rslora: true,
        },
        6,
      );
      trainOnce(model);
      model.save(join(root, "merged"), {});
      saveAdapterFolder(join(root, "adapter"), adapterContent(model, join(root, "base")));
      const ours = lastLogitsOf(runtime, model, SEQUENCES);
      const theirs = transformersLogits(
        peftPython ?? "",
        [`${join(root, "base")}+${join(root, "adapter")}`, join(root, "merged")],
        SEQUENCES,
      );
      ours.forEach((values, s) => {
        for (const reader of theirs)
          expect(largestDifference(values, itemAt(reader, s))).toBeLessThanOrEqual(1e-3);
      });
      model.dispose();
    });
  },
);
