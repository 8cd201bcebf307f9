/** Benchmarks of one recipe on the same problems that could not be compared, or only with a doubt: said before they run. */
import type { BenchmarkStage } from "#shared/schema/stages/benchmark-stage.ts";
import type { Recipe } from "#shared/schema/recipe.ts";
import { setting } from "./recipe-finding.ts";
import type { Finding } from "./recipe-finding.ts";

/** What a verdict also rests on. */
const SAMPLING = [
  "temperature",
  "top_p",
  "top_k",
  "min_p",
  "repetition_penalty",
  "max_completion_length",
] as const;

interface Placed {
  readonly index: number;
  readonly stage: BenchmarkStage;
}

/** One finding at the first benchmark of a model that has no partner among another model's. */
export function benchmarkPairs(recipe: Recipe): Finding[] {
  const placed = recipe.stages.flatMap((stage, index): Placed[] =>
    stage.kind === "benchmark" ? [{ index, stage }] : [],
  );
  return [...Map.groupBy(placed, ({ stage }) => JSON.stringify(stage.data)).values()].flatMap(
    findingsOfGroup,
  );
}

function findingsOfGroup(group: readonly Placed[]): Finding[] {
  const models = [...Map.groupBy(group, ({ stage }) => stage.model).values()];
  const findings: Finding[] = [];
  const said = new Set<number>();
  models.forEach((own, place) => {
    for (const other of models.slice(place + 1)) {
      const finding = findingOfPair(own, other);
      const [first] = own;
      if (finding === null || first === undefined || said.has(first.index)) continue;
      said.add(first.index);
      findings.push(finding);
    }
  });
  return findings;
}

/** What keeps the benchmarks of two models apart; null where one of each goes with the other. */
function findingOfPair(own: readonly Placed[], others: readonly Placed[]): Finding | null {
  const pairs = own.flatMap((one) => others.map((other) => ({ one, other })));
  const sameRule = pairs.filter(({ one, other }) => one.stage.scoring === other.stage.scoring);
  const [pair] = sameRule.length > 0 ? sameRule : pairs;
  if (pair === undefined) return null;
  const { one, other } = pair;
  const [name, otherName] = [one.stage.name, other.stage.name];
  if (sameRule.length === 0) {
    const path = ["stages", one.index, "scoring"];
    const wanted = other.stage.scoring;
    return {
      path,
      message: `"${name}" is scored ${one.stage.scoring} and "${otherName}" ${wanted}: no verdict can be given between them`,
      advice: `Score both alike, or add a ${wanted} benchmark of ${one.stage.model} on the same problems.`,
      level: "warning",
      fixes: [setting(path, wanted, `Score ${name} ${wanted}`)],
    };
  }
  if (sameRule.some((alike) => differing(alike.one.stage, alike.other.stage).length === 0))
    return null;
  const names = differing(one.stage, other.stage);
  return {
    path: ["stages", one.index, names[0] ?? "temperature"],
    message: `"${name}" and "${otherName}" sample differently (${names
      .map((key) => `${key} ${one.stage[key]} and ${other.stage[key]}`)
      .join(", ")}): a verdict between them is of the sampling too`,
    advice: "Sample both alike to compare the models alone.",
    level: "warning",
    fixes: [
      {
        label: `Sample ${name} as ${otherName}`,
        changes: names.map((key) => ({
          keys: ["stages", one.index, key],
          value: other.stage[key],
        })),
      },
    ],
  };
}

function differing(one: BenchmarkStage, other: BenchmarkStage): (typeof SAMPLING)[number][] {
  return SAMPLING.filter((key) => one[key] !== other[key]);
}
