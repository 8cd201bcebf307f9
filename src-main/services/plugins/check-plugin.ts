/** Tries a task plug-in: what a task must keep to be trained and measured on. */
import type { Sandbox } from "#main/core/sandbox-port.ts";
import {
  generateByPlugin,
  solveByPlugin,
  verifyByPlugin,
} from "#main/core/problems/plugins/call-plugin.ts";
import { outsideProblemId } from "#main/core/problems/outside/outside-task.ts";
import type { MadeProblem } from "#main/core/problems/outside/outside-task.ts";
import type { Plugin } from "#main/core/problems/plugins/plugin.ts";
import { splitOf } from "#main/core/problems/split-of.ts";

export interface PluginCheck {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
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
const JUNK = ["", " ", "?", "constructor", "0".repeat(1000), "{[(<\\\"'`$"];

/** Throws BAD_INPUT where the plug-in's code fails, with its line. */
export async function checkPlugin(sandbox: Sandbox, plugin: Plugin): Promise<PluginReport> {
  const { manifest } = plugin;
  const draws = Array.from({ length: PROBLEMS }, (_, i) => ({
    seed: i + 1,
    difficulty: manifest.difficulties[i % manifest.difficulties.length] ?? 1,
  }));
  // The first call starts the sandbox, which is not the plug-in's time.
  await generateByPlugin(sandbox, plugin, draws.slice(0, 1));
  const begun = performance.now();
  const problems = await generateByPlugin(sandbox, plugin, draws);
  const generateMs = (performance.now() - begun) / problems.length;
  const again = await generateByPlugin(sandbox, plugin, draws.toReversed());
  const checks = [seedsCheck(problems, again.toReversed()), splitCheck(plugin, problems)];
  const judged = problems.flatMap((problem) =>
    problem.gold === null ? [] : [{ problem, gold: problem.gold }],
  );
  let verifyMs = 0;
  if (judged.length > 0) {
    const started = performance.now();
    const right = judged.map(({ problem, gold }) => ({ problem, answer: gold }));
    checks.push(await acceptedCheck(sandbox, plugin, "gold answers are accepted", right));
    verifyMs = (performance.now() - started) / judged.length;
    checks.push(...(await refusedChecks(sandbox, plugin, judged)));
    const solved = await solveByPlugin(sandbox, plugin, problems);
    if (solved !== null) {
      const worked = problems.map((problem, i) => ({ problem, answer: solved[i]?.answer ?? "" }));
      checks.push(await acceptedCheck(sandbox, plugin, "worked solutions are accepted", worked));
    }
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

function seedsCheck(first: readonly MadeProblem[], again: readonly MadeProblem[]): PluginCheck {
  const other = first.findIndex((one, i) => JSON.stringify(one) !== JSON.stringify(again[i]));
  const distinct = new Set(first.map(({ prompt }) => prompt)).size;
  const name = "equal seeds give equal problems";
  if (other !== -1)
    return {
      name,
      ok: false,
      detail: `seed ${other + 1} gave another problem the second time: take every random choice from the seed`,
    };
  return distinct > 1
    ? { name, ok: true, detail: `${distinct} different problems by ${first.length} seeds` }
    : { name, ok: false, detail: "every seed gives the same problem" };
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
    return { name, ok: false, detail: `the same prompt has several canonical texts: ${both}` };
  return held > 0
    ? { name, ok: true, detail: `${held} of ${sides.size} are held out` }
    : { name, ok: false, detail: `none of ${sides.size} problems is held out: make more of them` };
}

type Given = { readonly problem: MadeProblem; readonly answer: string };

async function acceptedCheck(
  sandbox: Sandbox,
  plugin: Plugin,
  name: string,
  given: readonly Given[],
): Promise<PluginCheck> {
  const verdicts = await verifyByPlugin(sandbox, plugin, given);
  const place = verdicts.findIndex(({ correct }) => !correct);
  const wrong = given[place];
  return wrong === undefined
    ? { name, ok: true, detail: `all ${given.length}` }
    : {
        name,
        ok: false,
        detail: `"${wrong.answer}" is refused for "${wrong.problem.prompt}": ${verdicts[place]?.detail ?? ""}`,
      };
}

async function refusedChecks(
  sandbox: Sandbox,
  plugin: Plugin,
  judged: readonly { readonly problem: MadeProblem; readonly gold: string }[],
): Promise<PluginCheck[]> {
  const junk = judged
    .slice(0, 20)
    .flatMap(({ problem }) => JUNK.map((answer) => ({ problem, answer })));
  const ofJunk = await verifyByPlugin(sandbox, plugin, junk);
  const taken = junk[ofJunk.findIndex(({ correct }) => correct)];
  const others = judged.flatMap(({ problem, gold }, i) => {
    const answer = judged.at(i - 7)?.gold ?? "";
    return answer === gold ? [] : [{ problem, answer }];
  });
  const ofOthers = await verifyByPlugin(sandbox, plugin, others);
  const refusedOnes = ofOthers.filter(({ correct }) => !correct).length;
  return [
    {
      name: "junk is refused",
      ok: taken === undefined,
      detail:
        taken === undefined
          ? `all ${junk.length}`
          : `"${taken.answer.slice(0, 20)}" is accepted for "${taken.problem.prompt}"`,
    },
    {
      name: "answers of other problems are refused",
      ok: refusedOnes * 2 > others.length,
      detail: `${refusedOnes} of ${others.length}`,
    },
  ];
}
