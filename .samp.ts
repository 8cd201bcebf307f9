import { openTensorFlowRuntime } from "#main/engine/runtime/tensorflow-runtime.ts";
import { loadLanguageModel } from "#main/engine/model/language-model.ts";
import { Sampler } from "#main/engine/sampling/sampler.ts";
import { Random } from "#main/platform/random.ts";
const runtime = openTensorFlowRuntime("/tmp/tflib", 0);
let t = performance.now();
const model = loadLanguageModel(runtime, "/tmp/lead/ws/models/smollm2-135m-instruct");
console.log("load", ((performance.now() - t) / 1000).toFixed(2));
const random = new Random(1);
for (const rows of (process.argv[2] ?? "32,8").split(",").map(Number)) {
  const sampler = new Sampler(runtime, model, JSON.parse(process.argv[3] ?? "{}"));
  const prompts = Array.from({ length: rows }, (_, row) => ({
    promptIds: Array.from({ length: 64 }, () => random.int(0, 49151)),
    seeds: [row],
  }));
  for (let i = 0; i < 4; i++) {
    t = performance.now();
    const out = await sampler.generate(prompts, {
      temperature: 1,
      top_p: 1,
      top_k: 0,
      min_p: 0,
      repetition_penalty: 1,
      max_completion_length: 64,
      stopIds: [],
    });
    const s = (performance.now() - t) / 1000;
    console.log(
      rows,
      ((rows * 64) / s).toFixed(0),
      "tok/s",
      s.toFixed(2),
      "s",
      out[0]?.[0]?.ids.slice(0, 6).join(),
    );
  }
  sampler.dispose();
}
process.kill(process.pid, "SIGKILL");
