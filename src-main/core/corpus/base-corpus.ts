/**
 * The built-in base model's pretraining text: a seeded stream of short documents. The base meets
 * every building block of the arithmetic task (facts, copying operands out of a longer line, short
 * worked chains with slips, the chat form, the tags around stories) but never the task solved: long
 * chains are only ever answered at once and often wrongly, as on a forum, and the tags never stand
 * around a sum. What reinforcement learning then gains is real.
 *
 * Expressions are written without spaces. Chains put as questions leave out one in eight by their exact text; single
 * facts (`47+38=85`) are not left out. That was the first division of problems into train and test. The models that
 * ship were made with it, so the text stays as it is; how many of today's held-out problems it holds is in their cards.
 *
 * Imports: the arithmetic task and the seeded random source.
 */
import { hash32 } from "#main/platform/random.ts";
import type { Random } from "#main/platform/random.ts";
import { arithmeticId, drawChain, formatChain, formatStep } from "../problems/tasks/arithmetic.ts";
import type { ArithmeticStep, Chain } from "../problems/tasks/arithmetic.ts";

const NAMES = "Ann Ben Cara Dan Eve Finn Gus Hana Ivy Jon Kim Leo Mia Noa Oli Pam".split(" ");
const THINGS = "apples books coins shells stamps pens cups seeds stones cards".split(" ");
const PLACES = "market garden school river forest kitchen station library".split(" ");
const QUESTIONS = ["What is {e}?", "Work out {e}.", "Compute {e}.", "Find {e}.", "{e}=?"];
const ORDINALS = ["First ", "Then ", "Next ", "Then "];

/** How often a worked step is wrong; the mistake is carried on. */
const SLIP_IN_WORKING = 0.04;

/**
 * One document, without the `<|end|>` that the stream puts after every document. Chat documents
 * are `<|user|>…<|assistant|>…`.
 */
export function baseDocument(random: Random): string {
  if (random.uniform() < 0.05) return taggedDocument(random);
  const x = random.uniform();
  if (x < 0.15) return story(random);
  if (x < 0.25) return countingStory(random);
  if (x < 0.5) return factList(random);
  if (x < 0.65) return textbookChain(random);
  if (x < 0.73) return copyExercise(random);
  return chat(random);
}

function drawnChain(random: Random, count: number): Chain {
  for (;;) {
    const chain = drawChain(random, count);
    if (!isLeftOut(arithmeticId(chain))) return chain;
  }
}

/** By the exact text of `arithmetic/47+38-12`, unlike the split of tasks, which sees through the order of terms. */
export function isLeftOut(chainId: string): boolean {
  return hash32(0x67726164, ...Array.from(chainId, (c) => c.codePointAt(0) ?? 0)) % 8 === 0;
}

function ask(random: Random, expression: string): string {
  return random.choice(QUESTIONS).replace("{e}", expression);
}

/** With probability `p`, one digit is off by one or replaced. */
function slip(random: Random, value: number, p: number): number {
  if (random.uniform() >= p) return value;
  const digits = Array.from(String(value), Number);
  const i = random.int(0, digits.length - 1);
  digits[i] =
    random.uniform() < 0.5 ? ((digits[i] ?? 0) + random.choice([1, 9])) % 10 : random.int(0, 9);
  return Number(digits.join(""));
}

/** The chain's steps restated with slips that propagate. */
function slippedSteps(random: Random, chain: Chain): { steps: ArithmeticStep[]; result: number } {
  let value = chain.numbers[0] ?? 0;
  const steps = chain.steps.map(({ operator, right }) => {
    const exact = operator === "+" ? value + right : Math.max(value - right, 0);
    const step = { left: value, operator, right, result: slip(random, exact, SLIP_IN_WORKING) };
    value = step.result;
    return step;
  });
  return { steps, result: value };
}

function story(random: Random): string {
  const [n = "", m = ""] = random.shuffle(NAMES);
  const t = random.choice(THINGS);
  const p = random.choice(PLACES);
  const sentences = [
    `${n} walked to the ${p} in the morning.`,
    `${m} was waiting near the ${p} with some ${t}.`,
    `They talked about the ${t} and then went home.`,
    `It was a long day and ${n} was happy.`,
    `Later ${m} gave the ${t} to ${n}.`,
    `The ${p} was quiet in the evening.`,
    `${n} likes ${t} more than ${random.choice(THINGS)}.`,
    `If ${m} comes to the ${p}, then ${n} will go there too.`,
  ];
  return random.shuffle(sentences).slice(0, random.int(2, 5)).join(" ");
}

function countingStory(random: Random): string {
  const n = random.choice(NAMES);
  const t = random.choice(THINGS);
  const a = random.int(2, 60);
  const b = random.int(2, 39);
  if (random.uniform() < 0.5)
    return `${n} had ${a} ${t} and got ${b} more. Now ${n} has ${a + b} ${t}.`;
  return `${n} had ${a + b} ${t} and gave away ${b}. Now ${n} has ${a} ${t}.`;
}

function fact(random: Random): string {
  const high = random.choice([20, 99, 99, 300]);
  const a = random.int(0, high);
  const b = random.int(0, Math.min(high, 99));
  if (random.uniform() < 0.5) return `${a}+${b}=${a + b}`;
  const [large, small] = a < b ? [b, a] : [a, b];
  return `${large}-${small}=${large - small}`;
}

function factList(random: Random): string {
  return Array.from({ length: random.int(2, 6) }, () => fact(random)).join("\n");
}

/** Steps one a line (as in the task's own working) or in a sentence each. */
function textbookChain(random: Random): string {
  const chain = drawnChain(random, random.int(2, 3));
  const { steps, result } = slippedSteps(random, chain);
  const question = ask(random, formatChain(chain));
  if (random.uniform() < 0.6) {
    return `Problem: ${question}\n${steps.map(formatStep).join("\n")}\nThe result is ${result}.`;
  }
  const sentences = steps.map((step, i) => `${ORDINALS[i] ?? ""}${formatStep(step)}.`).join(" ");
  return `Problem: ${question} ${sentences} The result is ${result}.`;
}

function copyExercise(random: Random): string {
  const listed = Array.from({ length: random.int(2, 5) }, () => random.int(2, 99)).join(", ");
  if (random.uniform() < 0.5) return `List: ${listed}. The same list again: ${listed}.`;
  const { numbers, operators } = drawnChain(random, random.int(3, 5));
  const first = formatChain({ numbers: numbers.slice(0, 2), operators: operators.slice(0, 1) });
  const rest = formatChain({ numbers: numbers.slice(2), operators: operators.slice(2) });
  return `Read ${formatChain({ numbers, operators })}. The first part is ${first} and then ${operators[1] ?? ""}${rest}.`;
}

function chat(random: Random): string {
  const x = random.uniform();
  if (x < 0.55) {
    const count = random.choice([2, 2, 3, 3, 4, 5]);
    const chain = drawnChain(random, count);
    const value = slip(random, chain.result, count === 2 ? 0.05 : 0.3);
    const reply = random
      .choice(["{v}.", "The answer is {v}.", "It is {v}."])
      .replace("{v}", String(value));
    return `<|user|>${ask(random, formatChain(chain))}<|assistant|>${reply}`;
  }
  if (x < 0.7) {
    const chain = drawnChain(random, random.choice([2, 2, 3, 3]));
    const { steps, result } = slippedSteps(random, chain);
    const working =
      random.uniform() < 0.6
        ? `${steps.map(formatStep).join("\n")}\n`
        : `${steps.map((step) => `${formatStep(step)}.`).join(" ")} `;
    return `<|user|>${ask(random, formatChain(chain))}<|assistant|>${working}The answer is ${result}.`;
  }
  if (x < 0.85) {
    const n = random.choice(NAMES);
    return `<|user|>Where is ${n}?<|assistant|>${n} is at the ${random.choice(PLACES)}.`;
  }
  return `<|user|>Tell me a story.<|assistant|>${story(random)}`;
}

/** The tags around stories, never around sums: the base knows their form, not their use. */
function taggedDocument(random: Random): string {
  const n = random.choice(NAMES);
  const p = random.choice(PLACES);
  const t = random.choice(THINGS);
  const [question, think, answer] =
    random.uniform() < 0.5
      ? [`Where is ${n}?`, `${n} walked to the ${p} with some ${t}.`, p]
      : [`What does ${n} like?`, `${n} was at the ${p} and talked about the ${t}.`, t];
  return `<|user|>${question}<|assistant|><think>\n${think}\n</think>\n<answer>${answer}</answer>`;
}
