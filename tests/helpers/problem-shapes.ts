/**
 * A file of each shape of problems that is known without a mapping, with problems written for it. As a program:
 * `node tests/helpers/problem-shapes.ts FOLDER`.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "csv-stringify/sync";
import { fileWriter, ParquetWriter } from "hyparquet-writer";

type Row = Record<string, unknown>;

const COUNT = 20;

function rows(make: (a: number, b: number, index: number) => Row, count = COUNT): Row[] {
  return Array.from({ length: count }, (_, i) => make(i + 2, 3 * i + 5, i));
}

const NAMES = ["Ada", "Emmy", "Sofia", "Mary", "Rosa"];
const name = (index: number): string => NAMES[index % NAMES.length] ?? "";

/** By file name. */
export const PROBLEM_FILES: Readonly<Record<string, readonly Row[]>> = {
  "gsm8k.jsonl": rows((a, b, i) => ({
    question: `${name(i)} has ${a} bags of ${b} marbles. How many marbles are that?`,
    answer: `Each bag has ${b}.\nThat is ${a}*${b}=<<${a}*${b}=${a * b}>>${a * b} marbles.\n#### ${a * b}`,
  })),
  "math.jsonl": rows((a, b, i) => ({
    problem: `Compute $\\frac{${a}}{${a * b}}$.`,
    level: `Level ${(i % 5) + 1}`,
    type: "Counting & Probability",
    solution: `We cancel ${a}: the answer is $\\boxed{\\frac{1}{${b}}}$.`,
  })),
  "math-500.jsonl": rows((a, b, i) => ({
    problem: `What is $${a}x$ where $x=${b}$?`,
    solution: `It is $\\boxed{${a * b}}$.`,
    answer: String(a * b),
    subject: "Algebra",
    level: (i % 5) + 1,
    unique_id: `test/algebra/${i}.json`,
  })),
  "aime.jsonl": rows((a, b) => ({
    id: 60 + a,
    problem: `Find the remainder of $${a}^{${b}}$ by 7.`,
    answer: String(Number(BigInt(a) ** BigInt(b) % 7n)),
    url: "https://example.org",
    year: "2024",
  })),
  "openr1-math.jsonl": rows((a, b) => ({
    problem: `Solve $x - ${a} = ${b}$.`,
    solution: `Add ${a}.`,
    answer: String(a + b),
    problem_type: "Algebra",
    question_type: "math-word-problem",
    uuid: `u${a}`,
    generations: ["<think>…</think>"],
    messages: [
      { role: "user", content: "x" },
      { role: "assistant", content: "y" },
    ],
  })),
  "deepmath.jsonl": rows((a, b, i) => ({
    question: `Evaluate $${a} + ${b}i$ at $i=0$.`,
    final_answer: String(a),
    difficulty: i % 2 === 0 ? 6.5 : 4,
    topic: "Mathematics -> Algebra -> Complex Numbers",
    r1_solution_1: `First way: ${a}.`,
    r1_solution_2: `Second way: ${a}.`,
  })),
  "big-math.jsonl": rows((a, b) => ({
    problem: `What is ${a} less than ${b}?`,
    answer: String(b - a),
    source: "orca_math",
    domain: ["Mathematics -> Applied Mathematics -> Word Problems"],
    llama8b_solve_rate: 0.25,
  })),
  "dapo.jsonl": rows((a, b) => ({
    data_source: "math_dapo",
    prompt: [{ role: "user", content: `Solve: ${a} times ${b}. End with "Answer: …".` }],
    ability: "MATH",
    reward_model: { ground_truth: String(a * b), style: "rule-lighteval/MATH_v2" },
    extra_info: { index: `i${a}` },
  })),
  "prompt-answer.json": rows((a, b) => ({ prompt: `${a} + ${b}?`, answer: a + b }), 5),
  "question-answer.csv": rows((a, b, i) => ({
    question: `"${a}, ${b}": how much together?`,
    answer: a + b,
    tags: "sums, small",
    difficulty: i % 3,
    split: i % 4 === 0 ? "validation" : "train",
  })),
  "mmlu.jsonl": rows((a, b, i) => ({
    question: `Which is ${a} + ${b}?`,
    subject: "elementary_mathematics",
    choices: Array.from({ length: 4 }, (_, k) => String(a + b + k - (i % 4))),
    answer: i % 4,
  })),
  "arc.jsonl": rows((a, b, i) => ({
    id: `Mercury_${a}`,
    question: `Which animal has ${a} legs fewer than ${b}?`,
    choices: {
      text: ["cat", "dog", "hen"],
      label: i % 2 === 0 ? ["A", "B", "C"] : ["1", "2", "3"],
    },
    answerKey: i % 2 === 0 ? "C" : "2",
  })),
  "gpqa.csv": rows((a, b) => ({
    Question: `A particle has charge ${a} and mass ${b}. What is its ratio?`,
    "Correct Answer": `${a}/${b}`,
    "Incorrect Answer 1": `${b}/${a}`,
    "Incorrect Answer 2": String(a * b),
    "Incorrect Answer 3": String(a + b),
    Explanation: "Divide.",
    "High-level domain": "Physics",
    "Record ID": `rec${a}`,
  })),
  "human-eval.jsonl": rows((a, _b, i) => ({
    task_id: `HumanEval/${i}`,
    prompt: `def add_${a}(x: int) -> int:\n    """Add ${a} to x."""\n`,
    canonical_solution: `    return x + ${a}\n`,
    test: `def check(candidate):\n    assert candidate(1) == ${a + 1}\n    assert candidate(0) == ${a}\n`,
    entry_point: `add_${a}`,
  })),
  "mbpp.jsonl": rows((a, _b, i) => ({
    task_id: i,
    text: `Write a function to multiply by ${a}.`,
    code: `def times(x):\n    return ${a} * x`,
    test_list: [`assert times(1) == ${a}`, `assert times(2) == ${2 * a}`],
    test_setup_code: "",
    challenge_test_list: [],
  })),
  "kodcode.jsonl": rows((a) => ({
    question: `Write \`take(x)\` that subtracts ${a}.`,
    solution: `def take(x):\n    return x - ${a}`,
    test: `from solution import take\n\ndef test_take():\n    assert take(${a}) == 0\n`,
    subset: "Prefill",
  })),
  "reasoning-gym.jsonl": rows((a, b, i) =>
    i % 2 === 0
      ? {
          question: `State the final answer to: ${a} + ${b} =`,
          answer: String(a + b),
          metadata: { source_dataset: "chain_sum", source_index: i, difficulty: { num_terms: 2 } },
        }
      : {
          question: `Reverse the word: mot${"e".repeat(i)}`,
          answer: `${"e".repeat(i)}tom`,
          metadata: { source_dataset: "spell_backward", source_index: i },
        },
  ),
};

/** Gives the paths, verl's nested Parquet among them. */
export async function writeProblemFiles(folder: string): Promise<string[]> {
  mkdirSync(folder, { recursive: true });
  const paths = Object.entries(PROBLEM_FILES).map(([file, list]) => {
    const path = join(folder, file);
    writeFileSync(path, textOf(file, list));
    return path;
  });
  const verl = join(folder, "verl.parquet");
  await writeVerlParquet(verl, PROBLEM_FILES["dapo.jsonl"] ?? []);
  return [...paths, verl];
}

function textOf(file: string, list: readonly Row[]): string {
  if (file.endsWith(".json")) return JSON.stringify(list);
  if (file.endsWith(".csv")) return stringify([...list], { header: true });
  return list.map((row) => `${JSON.stringify(row)}\n`).join("");
}

async function writeVerlParquet(path: string, list: readonly Row[]): Promise<void> {
  const text = { type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" } as const;
  const writer = new ParquetWriter({
    writer: fileWriter(path),
    schema: [
      { name: "root", num_children: 3 },
      { name: "data_source", ...text },
      { name: "prompt", repetition_type: "OPTIONAL", converted_type: "LIST", num_children: 1 },
      { name: "list", repetition_type: "REPEATED", num_children: 1 },
      { name: "element", repetition_type: "OPTIONAL", num_children: 2 },
      { name: "content", ...text },
      { name: "role", ...text },
      { name: "reward_model", repetition_type: "OPTIONAL", num_children: 2 },
      { name: "ground_truth", ...text },
      { name: "style", ...text },
    ],
  });
  await writer.write({
    columnData: ["data_source", "prompt", "reward_model"].map((column) => ({
      name: column,
      data: list.map((row) => row[column]),
    })),
    rowGroupSize: list.length,
  });
  await writer.finish();
}

if (import.meta.main) {
  const [folder = "."] = process.argv.slice(2);
  process.stdout.write(`${(await writeProblemFiles(folder)).join("\n")}\n`);
}
