/**
 * Greedy completions of a GGUF file by llama.cpp, for comparing with ours. Needs npm's node-llama-cpp, which is no
 * dependency of Gradus: install it in a folder of its own and run this script from there.
 *
 *   node llama-cpp-greedy.mjs MODEL.gguf OURS.jsonl TOKENS
 *
 * OURS.jsonl is what `gradus model generate --temperature 0 --max-new TOKENS` wrote: its prompt ids are continued,
 * and the completions compared. Prints, for each prompt, the first token that differs.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(join(process.cwd(), "package.json"));
const { getLlama } = await import(pathToFileURL(require.resolve("node-llama-cpp")).href);
const [modelPath, oursFile, tokens = "64"] = process.argv.slice(2);
const ours = readFileSync(oursFile, "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line));
const llama = await getLlama({ gpu: false, build: "never", maxThreads: 1 });
const model = await llama.loadModel({ modelPath });
const context = await model.createContext({ contextSize: 1024, threads: 1, flashAttention: false });
const sequence = context.getSequence();
let same = 0;
for (const [i, { prompt_ids: prompt, completions }] of ours.entries()) {
  const expected = completions[0].ids;
  await sequence.clearHistory();
  const theirs = [];
  for await (const token of sequence.evaluate(prompt, { temperature: 0, yieldEogToken: true })) {
    theirs.push(token);
    if (model.isEogToken(token) || theirs.length >= Number(tokens)) break;
  }
  const at = expected.findIndex((id, k) => id !== theirs[k]);
  if (at === -1) same += 1;
  else console.log(`prompt ${i}: differs at token ${at} of ${expected.length}`);
}
console.log(`${same} of ${ours.length} greedy completions are the same`);
process.exit(0);
