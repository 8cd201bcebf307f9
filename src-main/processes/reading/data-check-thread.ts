/** The thread that data-check.ts starts. */
import { parentPort, workerData } from "node:worker_threads";
import { AppError } from "#shared/errors.ts";
import type { RecordMessage, RecordReference } from "#shared/schema/dataset.ts";
import { splitReasoning } from "#shared/schema/record-text.ts";
import { ContaminationIndex } from "#main/core/curation/contamination.ts";
import { linesOf, readConversation } from "#main/core/examples/conversation-lines.ts";
import type { Conversation } from "#main/core/examples/conversation-lines.ts";
import { firstLearned } from "#main/core/examples/encode-examples.ts";
import { ExampleTally } from "#main/core/examples/training-examples.ts";
import { loadTokenizer } from "#main/core/text/tokenizer.ts";
import { failureOf } from "../failure.ts";
import { DataCheckWork } from "./data-check.ts";
import type { DataCheckMessage, DataReport } from "./data-check.ts";
import { promptIds, textProblem } from "#main/core/text/prompt-ids.ts";

const TELL_EVERY = 50;
const NO_REFERENCE: RecordReference = {
  task: null,
  problemId: null,
  difficulty: null,
  gold: null,
  data: null,
};

function tell(message: DataCheckMessage): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port, not a window
  parentPort?.postMessage(message);
}

class Counts<K extends string | number> {
  readonly #counts = new Map<K, number>();

  add(key: K): void {
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  entries(): [K, number][] {
    return [...this.#counts];
  }
}

function byLength(lengths: Counts<number>): [number, number][] {
  return lengths.entries().sort(([a], [b]) => a - b);
}

function checkExamples(work: Extract<DataCheckWork, { kind: "examples" }>): DataReport {
  const tally = new ExampleTally(loadTokenizer(work.modelFolder), work.learned);
  const asked = new ContaminationIndex(work.problems);
  const lengths = new Counts<number>();
  const firsts = new Counts<number>();
  const overlap = new Counts<string>();
  const total = Array.from(linesOf(work.file), () => 0).length;
  for (const { number, text } of linesOf(work.file)) {
    let messages: Conversation = [];
    const example = tally.add(number, () => {
      messages = readConversation(text);
      return messages;
    });
    if (example !== undefined) {
      lengths.add(example.ids.length);
      firsts.add(firstLearned(example));
    }
    const benchmark = asked.find(messages.map(asRecord), NO_REFERENCE)?.benchmark;
    if (benchmark !== undefined) overlap.add(benchmark);
    if (tally.examples % TELL_EVERY === 0) tell({ type: "progress", done: tally.examples, total });
  }
  return {
    examples: tally.examples,
    refused: tally.refused,
    faults: tally.faults.map((fault) => ({ ...fault, first: [...fault.first] })),
    lengths: byLength(lengths),
    firstLearned: byLength(firsts),
    overlap: Object.fromEntries(overlap.entries()),
  };
}

function asRecord({ role, content }: Conversation[number]): RecordMessage {
  if (role === "assistant") return { role, ...splitReasoning(content) };
  return {
    role: role === "system" || role === "tool" ? role : "user",
    content,
    reasoning: null,
  };
}

function checkPrompts(work: Extract<DataCheckWork, { kind: "prompts" }>): DataReport {
  const tokenizer = loadTokenizer(work.modelFolder);
  const lengths = new Counts<number>();
  const faults = new Map<string, DataReport["faults"][number]>();
  work.prompts.forEach((prompt, index) => {
    try {
      lengths.add(promptIds(tokenizer, textProblem(prompt)).length);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const { message, advice = null } = error;
      const known = faults.get(message);
      if (known === undefined)
        faults.set(message, { fault: "refused", message, advice, count: 1, first: [index + 1] });
      else known.count += 1;
    }
    if (index % TELL_EVERY === 0)
      tell({ type: "progress", done: index, total: work.prompts.length });
  });
  const found = [...faults.values()];
  return {
    examples: work.prompts.length,
    refused: found.reduce((sum, { count }) => sum + count, 0),
    faults: found,
    lengths: byLength(lengths),
    firstLearned: [],
    overlap: {},
  };
}

try {
  const work = DataCheckWork.parse(workerData);
  const report = work.kind === "examples" ? checkExamples(work) : checkPrompts(work);
  tell({ type: "done", report });
} catch (error) {
  if (!(error instanceof AppError)) throw error;
  tell({ type: "failed", ...failureOf(error) });
}
