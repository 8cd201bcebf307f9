/**
 * Decontamination: does a record hold a problem that a benchmark asks? By word n-grams, as GPT-3 did
 * (Brown et al., 2020, appendix C: 13-grams) and with the stricter 8-gram beside it (PaLM's and
 * Llama 2's size). A benchmark's problem shorter than 8 words must be there as a whole.
 *
 * Generated benchmarks word all their problems alike. As in GPT-3's appendix, an n-gram that more
 * than ten problems share is a phrase and no evidence.
 */
import type { Contamination, RecordMessage, RecordReference } from "#shared/schema/dataset.ts";
import { finalTurn, promptOf } from "#shared/schema/record-text.ts";
import { heldOutProblem } from "./held-out.ts";
import { hashSequence, hashToken, tokensOf } from "./words.ts";

const LONG = 13;
const SHORT = 8;
const LEAST = 3;
const SHARED_BY = 10;

export interface BenchmarkProblem {
  readonly benchmark: string;
  readonly id: string;
  readonly prompt: string;
}

interface Place {
  /** Index of a problem that has the n-gram; -1: too many have it. */
  problem: number;
  count: number;
}

export class ContaminationIndex {
  readonly #problems: readonly BenchmarkProblem[];
  readonly #long = new Map<number, Place>();
  readonly #short = new Map<number, Place>();
  /** Whole problems, by their words; and those under 8 words by their length. */
  readonly #whole = new Map<number, number>();
  readonly #brief = new Map<number, Map<number, number>>();

  constructor(problems: readonly BenchmarkProblem[]) {
    this.#problems = problems;
    problems.forEach((problem, index) => {
      const hashes = tokensOf(problem.prompt).map(hashToken);
      const { length } = hashes;
      if (length < LEAST) return;
      this.#whole.set(hashSequence(hashes, 0, length), index);
      if (length < SHORT) {
        const same = this.#brief.get(length) ?? new Map<number, number>();
        same.set(hashSequence(hashes, 0, length), index);
        this.#brief.set(length, same);
      }
      addGrams(this.#short, hashes, SHORT, index);
      addGrams(this.#long, hashes, LONG, index);
    });
  }

  get size(): number {
    return this.#problems.length;
  }

  /** The strongest match of a record, or null. */
  find(messages: readonly RecordMessage[], reference: RecordReference): Contamination | null {
    const prompt = promptOf(messages);
    const heldOut = heldOutProblem(prompt, reference);
    if (heldOut !== null) {
      const benchmark = `test split of ${heldOut.split("/", 1).join("")}`;
      return { kind: "same-problem", benchmark, problemId: heldOut, text: prompt.slice(0, 300) };
    }
    if (this.#problems.length === 0) return null;
    const asked = tokensOf(prompt);
    const hashes = asked.map(hashToken);
    const whole = this.#whole.get(hashSequence(hashes, 0, hashes.length));
    if (whole !== undefined) return this.#match("same-problem", whole, asked);
    for (const [length, same] of this.#brief) {
      const found = firstGram(hashes, length, (gram) => same.get(gram));
      if (found !== null) {
        return this.#match("same-problem", found.problem, asked.slice(found.at, found.at + length));
      }
    }
    const turn = finalTurn(messages);
    const all = [...asked, ...tokensOf(`${turn?.reasoning ?? ""}\n${turn?.content ?? ""}`)];
    const grams = all.map(hashToken);
    for (const [kind, n, places] of [
      ["13-gram", LONG, this.#long],
      ["8-gram", SHORT, this.#short],
    ] as const) {
      const found = firstGram(grams, n, (gram) => places.get(gram)?.problem);
      if (found !== null)
        return this.#match(kind, found.problem, all.slice(found.at, found.at + n));
    }
    return null;
  }

  #match(kind: Contamination["kind"], index: number, tokens: readonly string[]): Contamination {
    const problem = this.#problems[index];
    return {
      kind,
      benchmark: problem?.benchmark ?? "",
      problemId: problem?.id ?? "",
      text: tokens.join(" ").slice(0, 300),
    };
  }
}

function addGrams(places: Map<number, Place>, hashes: readonly number[], n: number, index: number) {
  for (let i = 0; i + n <= hashes.length; i++) {
    const gram = hashSequence(hashes, i, i + n);
    const place = places.get(gram);
    if (place === undefined) places.set(gram, { problem: index, count: 1 });
    else if (place.problem !== index && place.problem !== -1) {
      place.count++;
      place.problem = place.count > SHARED_BY ? -1 : index;
    }
  }
}

function firstGram(
  hashes: readonly number[],
  n: number,
  lookup: (gram: number) => number | undefined,
): { at: number; problem: number } | null {
  for (let at = 0; at + n <= hashes.length; at++) {
    const problem = lookup(hashSequence(hashes, at, at + n));
    if (problem !== undefined && problem !== -1) return { at, problem };
  }
  return null;
}
