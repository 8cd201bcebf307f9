/** Tries a task plug-in: what a task must keep to be trained and measured on. */
import { AppError } from "#shared/errors.ts";
import { hash32 } from "#main/platform/random.ts";
import type { Sandbox } from "../../sandbox-port.ts";
import { outsideProblemId } from "../outside/outside-task.ts";
import type { MadeProblem, OutsideTask } from "../outside/outside-task.ts";
import { splitOf } from "../split-of.ts";
import { pluginTask } from "./plugin-task.ts";
import type { Plugin } from "./plugin.ts";

export interface PluginCheck {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  /** Where it fails, numbers would be wrong in silence: nothing is started on the plug-in. */
  readonly stops: boolean;
}

export interface PluginReport {
  readonly name: string;
  readonly version: string;
  readonly hash: string;
  readonly ok: boolean;
  readonly checks: readonly PluginCheck[];
  /** Of one problem, and of one answer, in a warm sandbox. */
  readonly generateMs: number;
  readonly verifyMs: number;
}

const PROBLEMS = 120;
/** Of fewer problems, that none is held out says nothing. */
const ENOUGH_TO_HOLD_OUT = 100;
const JUNK = ["", " ", "?", "constructor", "0".repeat(1000), "{[(<\\\"'`$"];

/** Throws BAD_INPUT where the plug-in's code fails, with its line; the signal's reason. */
export async function checkPlugin(
  sandbox: Sandbox,
  plugin: Plugin,
  { count = PROBLEMS, signal }: { readonly count?: number; readonly signal?: AbortSignal } = {},
): Promise<PluginReport> {
  const { manifest } = plugin;
  const task = pluginTask(sandbox, plugin);
  // As large as those that stages draw by.
  const draws = Array.from({ length: count }, (_, i) => ({
    seed: hash32(i),
    difficulty: manifest.difficulties[i % manifest.difficulties.length] ?? 1,
  }));
  // The first call starts the sandbox, which is not the plug-in's time.
  await task.generate(draws.slice(0, 1), signal);
  const begun = performance.now();
  const problems = await task.generate(draws, signal);
  const generateMs = (performance.now() - begun) / problems.length;
  const again = await task.generate(draws.toReversed(), signal);
  const checks = [
    seedsCheck(draws, problems, again.toReversed()),
    splitCheck(plugin, problems),
    ...varietyChecks(problems),
  ];
  const judged = problems.flatMap((problem) =>
    problem.gold === null ? [] : [{ problem, answer: problem.gold }],
  );
  // What never ends is found by one call, not by halves of many.
  await task.verify(judged.slice(0, 1), signal);
  const started = performance.now();
  checks.push(await acceptedCheck(task, "gold answers are accepted", judged, signal));
  const verifyMs = (performance.now() - started) / Math.max(1, judged.length);
  checks.push(...(await refusedChecks(task, judged, signal)));
  const solved = await task.solve(problems, signal);
  if (solved !== null && judged.length > 0) {
    const worked = problems.flatMap((problem, i) =>
      problem.gold === null ? [] : [{ problem, answer: solved[i]?.answer ?? "" }],
    );
    checks.push(await acceptedCheck(task, "worked solutions are accepted", worked, signal));
  }
  return {
    name: manifest.name,
    version: manifest.version,
    hash: plugin.hash,
    ok: checks.every(({ ok }) => ok),
    checks,
    generateMs,
    verifyMs,
  };
}

/** Throws BAD_INPUT where what failed would make numbers wrong in silence. */
export function requireSound({ manifest }: Plugin, { checks }: PluginReport): void {
  const wrong = checks.find(({ ok, stops }) => !ok && stops);
  if (wrong === undefined) return;
  const { name, file } = manifest;
  throw new AppError(
    "BAD_INPUT",
    `The plug-in ${name} fails its check "${wrong.name}": ${wrong.detail.replace(/\.$/u, "")}.`,
    `Mend plugins/${name}/${file}, then try it: \`gradus plugins check ${name}\`.`,
  );
}

function seedsCheck(
  draws: readonly { readonly seed: number }[],
  first: readonly MadeProblem[],
  again: readonly MadeProblem[],
): PluginCheck {
  const other = first.findIndex((one, i) => JSON.stringify(one) !== JSON.stringify(again[i]));
  const name = "equal seeds give equal problems";
  if (other === -1) return { name, ok: true, detail: `all ${first.length}`, stops: true };
  const detail = `seed ${draws[other]?.seed ?? 0} gave another problem the second time: take every random choice from the seed`;
  return { name, ok: false, detail, stops: true };
}

function varietyChecks(problems: readonly MadeProblem[]): PluginCheck[] {
  const distinct = new Set(problems.map(({ prompt }) => prompt)).size;
  const checks = [
    {
      name: "seeds give different problems",
      ok: distinct > 1,
      detail:
        distinct > 1
          ? `${distinct} of ${problems.length}`
          : "every seed gives the same problem: use the seed",
      stops: false,
    },
  ];
  if (problems.some(({ gold }) => gold !== null)) return checks;
  const detail = "no problem has a gold answer: the answer reward says nothing of them";
  return [...checks, { name: "problems have gold answers", ok: false, detail, stops: false }];
}

function splitCheck({ manifest }: Plugin, problems: readonly MadeProblem[]): PluginCheck {
  const sides = new Map<string, Set<string>>();
  for (const problem of problems) {
    const { prompt } = problem;
    const side = splitOf(outsideProblemId(manifest.name, problem));
    sides.set(prompt, (sides.get(prompt) ?? new Set()).add(side));
  }
  const [both] = [...sides].find(([, own]) => own.size > 1) ?? [];
  const held = [...sides.values()].filter((own) => own.has("test")).length;
  const name = "training and held-out problems are disjoint";
  if (both !== undefined)
    return {
      name,
      ok: false,
      detail: `the same prompt has several canonical texts: ${both}`,
      stops: true,
    };
  return held > 0 || problems.length < ENOUGH_TO_HOLD_OUT
    ? { name, ok: true, detail: `${held} of ${sides.size} are held out`, stops: true }
    : {
        name,
        ok: false,
        detail: `none of ${sides.size} problems is held out: make more of them`,
        stops: false,
      };
}

type Given = { readonly problem: MadeProblem; readonly answer: string };

async function acceptedCheck(
  task: OutsideTask,
  name: string,
  given: readonly Given[],
  signal: AbortSignal | undefined,
): Promise<PluginCheck> {
  const verdicts = await task.verify(given, signal);
  const place = verdicts.findIndex(({ correct }) => !correct);
  const wrong = given[place];
  return wrong === undefined
    ? { name, ok: true, detail: `all ${given.length}`, stops: true }
    : {
        name,
        ok: false,
        detail: `"${wrong.answer}" is refused for "${wrong.problem.prompt}": ${verdicts[place]?.detail ?? ""}`,
        stops: true,
      };
}

/** What accepts everything stops; what accepts this or that is for a person to judge. */
async function refusedChecks(
  task: OutsideTask,
  judged: readonly Given[],
  signal: AbortSignal | undefined,
): Promise<PluginCheck[]> {
  const junk = judged
    .slice(0, 20)
    .flatMap(({ problem, answer: gold }) =>
      JUNK.flatMap((answer) => (answer.trim() === gold.trim() ? [] : [{ problem, answer }])),
    );
  const ofJunk = await task.verify(junk, signal);
  const taken = junk[ofJunk.findIndex(({ correct }) => correct)];
  const others = judged.flatMap(({ problem, answer: gold }, i) => {
    const answer = judged.at(i - 7)?.answer ?? "";
    return answer === gold ? [] : [{ problem, answer }];
  });
  const ofOthers = await task.verify(others, signal);
  const refusedOnes = ofOthers.filter(({ correct }) => !correct).length;
  return [
    {
      name: "junk is refused",
      ok: taken === undefined,
      detail:
        taken === undefined
          ? `all ${junk.length}`
          : `"${taken.answer.slice(0, 20)}" is accepted for "${taken.problem.prompt}"`,
      stops: ofJunk.every(({ correct }) => correct),
    },
    {
      name: "answers of other problems are refused",
      ok: refusedOnes * 2 > others.length || others.length === 0,
      detail:
        others.length === 0
          ? "all problems have the same answer"
          : `${refusedOnes} of ${others.length}`,
      stops: false,
    },
  ];
}
