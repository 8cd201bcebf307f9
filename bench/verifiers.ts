/**
 * Verdicts a second of each verifier on short answers, right and wrong ones in turn, and the longest verdict on a text of
 * 100,000 characters. Both are the processor's time: other work on the machine leaves it as it is.
 *
 *   npm run bench:verifiers
 */
import { judgeCompletion } from "#main/core/verifiers/judging/judge-completion.ts";
import { listVerifiers } from "#main/core/verifiers/registry.ts";
import type { Judged } from "#main/core/verifiers/verifier.ts";

const ROUNDS = 20_000;

type Sample = { readonly judged: Judged; readonly answers: readonly string[] };

/** By the verifier's name. */
const SAMPLES: Readonly<Record<string, Sample>> = {
  maths: sample("72", {}, ["72", "71", "144/2", "1 or 72"]),
  number: sample("1234.5", {}, ["1,234.5", "1.234,5", "12", "1 or 72"]),
  text: sample("The Eiffel Tower", {}, ["Eiffel tower.", "Big Ben", "either", "the eiffel tower"]),
  choice: sample("B", { choices: ["Rome", "Paris", "Bonn"] }, ["B", "(B) Paris", "A or B", "Bonn"]),
  list: sample("1, 2, 3", { item: "number" }, ["1, 2, 3", "3, 2, 1", "1", "1 or 2"]),
  set: sample("red, green, blue", {}, ["blue, red, green", "red", "black", "red or green"]),
  regex: sample("[a-d]+[0-9]", {}, ["abc1", "abc", "x1", "a1 or b2"]),
  json: sample('{"a":1,"b":[2,3]}', {}, ['{"b":[2,3],"a":1}', '{"a":1}', "no", "[1]"]),
};

function sample(gold: string, options: Judged["options"], answers: readonly string[]): Sample {
  return { judged: { gold, options }, answers };
}

const PARTS = ["1", "a ", "1 or ", "answer is ", "$", "(", "[", "½", "\\boxed{", "x, "];

console.log("verifier   verdicts/s   longest on 100,000 characters");
for (const verifier of listVerifiers()) {
  const measured = SAMPLES[verifier.name];
  if (measured === undefined) continue;
  const { judged, answers } = measured;
  verifyAll(verifier.verify.bind(verifier), judged, answers, ROUNDS / 10);
  const startedAt = process.cpuUsage();
  verifyAll(verifier.verify.bind(verifier), judged, answers, ROUNDS);
  const rate = (ROUNDS * 1000) / cpuMs(startedAt);
  const longestMs = Math.max(
    ...PARTS.map((part) => {
      const text = part.repeat(Math.ceil(100_000 / part.length));
      const from = process.cpuUsage();
      judgeCompletion(verifier, judged, text);
      return cpuMs(from);
    }),
  );
  console.log(
    `${verifier.name.padEnd(10)} ${rate.toFixed(0).padStart(10)}   ${longestMs.toFixed(0)} ms`,
  );
}

function cpuMs(from: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(from);
  return (user + system) / 1000;
}

function verifyAll(
  verify: (judged: Judged, answer: string) => unknown,
  judged: Judged,
  answers: readonly string[],
  rounds: number,
): void {
  for (let round = 0; round < rounds; round++)
    verify(judged, answers[round % answers.length] ?? "");
}
