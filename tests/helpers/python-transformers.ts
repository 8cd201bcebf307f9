/** A Python that has torch, transformers or what else is named, for tests that compare with them in the same run. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";
import type { Need } from "./need.ts";

/** The environment that the speed benchmark makes for its peer; here it is only used where it exists. */
const BENCH_ENVIRONMENT = resolve(import.meta.dirname, "../../.cache/bench-venv/bin/python");

/** GRADUS_PYTHON, the benchmark's environment or python3, whichever has all the packages first; else null. */
export function findTransformersPython(packages = ["torch", "transformers"]): string | null {
  const probe = `import importlib.util as u, sys; sys.exit(0 if all(u.find_spec(p) for p in ${JSON.stringify(packages)}) else 1)`;
  const candidates = [process.env["GRADUS_PYTHON"], BENCH_ENVIRONMENT, "python3"];
  for (const python of candidates) {
    if (python === undefined || python === "") continue;
    if (python.includes("/") && !existsSync(python)) continue;
    if (spawnSync(python, ["-c", probe], { timeout: 60_000 }).status === 0) return python;
  }
  return null;
}

const LOGITS = `
import json, sys
import torch
from transformers import AutoModelForCausalLM
answers = []
for folder in sys.argv[2:]:
    base, _, adapter = folder.partition("+")
    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32, local_files_only=True).eval()
    if adapter:
        from peft import PeftModel
        model = PeftModel.from_pretrained(model, adapter).eval()
    rows = []
    for ids in json.loads(sys.argv[1]):
        with torch.no_grad():
            rows.append(model(torch.tensor([ids])).logits[0, -1].tolist())
    answers.append(rows)
print(json.dumps(answers))
`;

const Answers = z.array(z.array(z.array(z.number())));

/** transformers' logits after the last token of each sequence, for each model folder; `BASE+ADAPTER` lays PEFT's adapter on it. */
export function transformersLogits(
  python: string,
  folders: readonly string[],
  sequences: readonly (readonly number[])[],
): number[][][] {
  const run = spawnSync(python, ["-c", LOGITS, JSON.stringify(sequences), ...folders], {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
    env: { ...process.env, HF_HUB_OFFLINE: "1" },
  });
  if (run.status !== 0) throw new Error(`transformers failed: ${run.stderr.slice(-2000)}`);
  return Answers.parse(JSON.parse(run.stdout.trim().split("\n").at(-1) ?? ""));
}

/** The need of a Python that `findTransformersPython` looked for. */
export function pythonWith(python: string | null, packages: string): Need {
  return { met: python !== null, how: `name a Python with ${packages} by GRADUS_PYTHON` };
}
