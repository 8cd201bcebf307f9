/**
 * Reads a recipe and says everything that is wrong with it, each with its key and its line: shape
 * first (the schema), then what the schema cannot see (names, order, sizes that must divide).
 */
import { isMap, isNode, isSeq } from "yaml";
import type { Document, LineCounter } from "yaml";
import { AppError } from "#shared/errors.ts";
import { modelTeacher, Recipe } from "#shared/schema/recipe.ts";
import type { Stage } from "#shared/schema/recipe.ts";
import { allExampleSources } from "#shared/schema/stages/example-data.ts";
import { askedTwin } from "#shared/schema/twin.ts";
import { hasRewards } from "#shared/schema/stage-rewards.ts";
import type { RecipeFinding } from "#shared/schema/recipe-draft.ts";
import { benchmarkPairs } from "./benchmark-pairs.ts";
import { objectiveFindings } from "./objective-checks.ts";
import { inertFindings } from "./recipe-inert.ts";
import { checkGroups, doubts } from "./recipe-sanity.ts";
import { setting } from "./recipe-finding.ts";
import { rewardDoubts } from "./reward-doubts.ts";
import { timingDoubts } from "./timing-doubts.ts";
import { traceFindings } from "./trace-checks.ts";
import type { Finding, Path } from "./recipe-finding.ts";
import { readYaml } from "../recipe-yaml.ts";
import type { YamlFault } from "../recipe-yaml.ts";
import { withTwins } from "../with-twins.ts";
import { shapeFindings } from "./shape-words.ts";
import { twinFindings } from "./twin-checks.ts";

/** More of them at once help nobody. */
const MOST_FINDINGS = 200;

export interface RecipeReading {
  /** As it is started, twins written out; null where something keeps it from being started. */
  readonly recipe: Recipe | null;
  readonly problems: readonly RecipeFinding[];
  /** Where a finding of that recipe is written in the text. */
  readonly locate: (finding: Finding) => RecipeFinding;
}

/** Never throws on a bad recipe. `overrides` are `key=value` pairs, the key a path such as `stages.grpo.max_steps`. */
export function readRecipe(yaml: string, overrides: readonly string[] = []): RecipeReading {
  const { document, lines, value, faults } = readYaml(yaml);
  const locate = (finding: Finding): RecipeFinding => ({
    path: pathText(finding.path),
    keys: [...finding.path],
    ...positionOf(document, finding.path, lines),
    level: finding.level ?? "error",
    message: finding.message,
    advice: finding.advice,
    fixes: [...(finding.fixes ?? [])],
  });
  if (faults.length > 0) {
    return { recipe: null, problems: faults.map((fault) => faultProblem(fault, lines)), locate };
  }
  const overridden = applyOverrides(value, overrides);
  if (overridden.findings.length > 0) {
    return { recipe: null, problems: overridden.findings.map(locate), locate };
  }
  const parsed = Recipe.safeParse(overridden.value);
  const findings = parsed.success
    ? checkRecipe(parsed.data)
    : parsed.error.issues
        .slice(0, MOST_FINDINGS)
        .flatMap((issue) => shapeFindings(issue, overridden.value));
  const sound = findings.every(({ level }) => level !== undefined && level !== "error");
  const started = parsed.success && sound ? withTwins(parsed.data) : null;
  return {
    recipe: started?.recipe ?? null,
    problems: findings
      .slice(0, MOST_FINDINGS)
      .map(locate)
      .sort((a, b) => (a.line ?? 0) - (b.line ?? 0)),
    locate: (finding) => locate(asWritten(finding, started?.places)),
  };
}

/** A finding of a recipe whose twins are written out, at the stage that asks for them. */
function asWritten(finding: Finding, places: readonly number[] = []): Finding {
  const [list, index, ...rest] = finding.path;
  if (list !== "stages" || typeof index !== "number") return finding;
  return { ...finding, path: [list, places[index] ?? index, ...rest] };
}

function faultProblem({ message, advice, offset }: YamlFault, lines: LineCounter): RecipeFinding {
  const { line, col } = lines.linePos(offset);
  return { path: "", keys: [], line, column: col, level: "error", message, advice, fixes: [] };
}

/** The recipe, or BAD_RECIPE naming every problem. */
export function requireRecipe(yaml: string, overrides: readonly string[] = []): Recipe {
  const { recipe, problems } = readRecipe(yaml, overrides);
  if (recipe !== null) return recipe;
  const errors = problems.filter(({ level }) => level === "error");
  const [first] = errors;
  throw new AppError(
    "BAD_RECIPE",
    errors.map(problemText).join("\n"),
    first?.advice ?? "Correct the recipe and start it again.",
  );
}

/** e.g. "line 12, stages[2].num_generations: …". */
export function problemText(problem: RecipeFinding): string {
  const place = [problem.line === null ? "" : `line ${problem.line}`, problem.path]
    .filter((part) => part !== "")
    .join(", ");
  return place === "" ? problem.message : `${place}: ${problem.message}`;
}

/** What the schema cannot see. */
export function checkRecipe(recipe: Recipe): Finding[] {
  const findings: Finding[] = [];
  const position = new Map<string, number>();
  recipe.stages.forEach((stage, index) => {
    if (position.has(stage.name)) {
      findings.push({
        path: ["stages", index, "name"],
        message: `there are two stages "${stage.name}"`,
        advice: "Give each stage a name of its own: other stages refer to it.",
      });
    }
    if (!position.has(stage.name)) position.set(stage.name, index);
  });
  // A twin that is not written out stands before whatever begins with its model (with-twins.ts).
  recipe.stages.forEach((stage, index) => {
    const twin = askedTwin(stage);
    if (twin !== undefined && !position.has(twin)) position.set(twin, index);
  });
  recipe.stages.forEach((stage, index) => {
    findings.push(...checkInputs(recipe, stage, index, position));
    if (stage.kind === "grpo") findings.push(...checkGroups(stage, index));
    findings.push(...doubts(stage, index), ...inertFindings(stage, index));
    findings.push(...timingDoubts(stage, index));
    if (hasRewards(stage)) findings.push(...rewardDoubts(stage, index));
    if (stage.kind === "rejection-sampling" || stage.kind === "distill")
      findings.push(...traceFindings(stage, index));
    if (stage.kind === "grpo") findings.push(...objectiveFindings(stage, index));
  });
  findings.push(...benchmarkPairs(recipe), ...twinFindings(recipe));
  return findings;
}

/** Inputs of a stage by key: which stages or models it needs. */
export function inputsOf(
  stage: Stage,
): readonly { key: Path; name: string; gives: "model" | "dataset" }[] {
  const inputs: { key: Path; name: string; gives: "model" | "dataset" }[] = [
    { key: ["model"], name: stage.model, gives: "model" },
  ];
  const teacher = modelTeacher(stage);
  if (teacher !== undefined) inputs.push({ key: ["teacher"], name: teacher, gives: "model" });
  if (stage.kind === "sft")
    for (const { source, keys } of allExampleSources(stage))
      if ("stage" in source)
        inputs.push({ key: [...keys, "stage"], name: source.stage, gives: "dataset" });
  return inputs;
}

/** The earlier stage that a stage's input names; undefined where it names one of the recipe's models. */
export function earlierStage(recipe: Recipe, stage: Stage, name: string): Stage | undefined {
  const index = recipe.stages.findIndex((other) => other.name === stage.name);
  return recipe.stages.slice(0, index).find((other) => other.name === name);
}

function checkInputs(
  recipe: Recipe,
  stage: Stage,
  index: number,
  position: ReadonlyMap<string, number>,
): Finding[] {
  return inputsOf(stage).flatMap(({ key, name, gives }): Finding[] => {
    const path = ["stages", index, ...key];
    const at = position.get(name);
    const isModel = gives === "model" && name in recipe.models;
    if (isModel && (at === undefined || at >= index)) return [];
    if (isModel) {
      return [
        {
          path,
          message: `"${name}" is the name of a model and of an earlier stage`,
          advice: "Rename one of them: it is not clear which is meant.",
        },
      ];
    }
    if (at === undefined) {
      const known = [...(gives === "model" ? Object.keys(recipe.models) : []), ...position.keys()];
      return [
        {
          path,
          message: `there is no stage${gives === "model" ? " or model" : ""} "${name}"`,
          advice: `Known here: ${known.join(", ")}.`,
          fixes: usable(recipe, index, gives)
            .slice(-3)
            .map((other) => setting(path, other, `Use ${other}`)),
        },
      ];
    }
    const source = recipe.stages[at];
    if (source === undefined) return [];
    if (at === index) {
      return [{ path, message: "a stage cannot be its own input", advice: null }];
    }
    if (at > index) {
      const circle = reaches(recipe, source, stage.name, position);
      return [
        {
          path,
          message: circle
            ? `"${stage.name}" and "${name}" need each other: the stages form a circle`
            : `the stage "${name}" comes later`,
          advice: circle ? "Break the circle." : `Move "${name}" before "${stage.name}".`,
        },
      ];
    }
    const makes = outputOf(source);
    if (makes === gives) return [];
    return [
      {
        path,
        message: `the stage "${name}" (${source.kind}) makes ${makes === null ? "nothing that another stage can use" : `a ${makes}`}, and a ${gives} is needed`,
        advice: null,
      },
    ];
  });
}

/** Names that a stage at this place may use. */
function usable(recipe: Recipe, index: number, gives: "model" | "dataset"): string[] {
  return [
    ...(gives === "model" ? Object.keys(recipe.models) : []),
    ...recipe.stages
      .slice(0, index)
      .filter((stage) => outputOf(stage) === gives)
      .flatMap((stage) => [stage.name, askedTwin(stage) ?? []].flat()),
  ];
}

export function outputOf(stage: Stage): "model" | "dataset" | null {
  if (stage.kind === "benchmark") return null;
  return stage.kind === "rejection-sampling" ? "dataset" : "model";
}

function reaches(
  recipe: Recipe,
  from: Stage,
  target: string,
  position: ReadonlyMap<string, number>,
  seen = new Set<string>(),
): boolean {
  if (seen.has(from.name)) return false;
  seen.add(from.name);
  return inputsOf(from).some(({ name }) => {
    if (name === target) return true;
    const next = recipe.stages[position.get(name) ?? -1];
    return next !== undefined && reaches(recipe, next, target, position, seen);
  });
}

function pathText(path: Path): string {
  return path
    .map((part, index) =>
      typeof part === "number" ? `[${part}]` : index === 0 ? part : `.${part}`,
    )
    .join("");
}

/** Where a key is written; where it is missing, its nearest parent. */
function positionOf(
  document: Document,
  path: Path,
  lines: LineCounter,
): { line: number | null; column: number | null } {
  for (let length = path.length; length > 0; length -= 1) {
    const offset = keyOffset(document, path.slice(0, length));
    if (offset !== undefined) {
      const { line, col } = lines.linePos(offset);
      return { line, column: col };
    }
  }
  return { line: 1, column: 1 };
}

function keyOffset(document: Document, path: Path): number | undefined {
  const last = path.at(-1);
  const parent: unknown =
    path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (isMap(parent)) {
    const pair = parent.items.find(({ key }) => String(key) === String(last));
    return isNode(pair?.key) ? pair.key.range?.[0] : undefined;
  }
  if (isSeq(parent) && typeof last === "number") {
    const item = parent.items[last];
    return isNode(item) ? item.range?.[0] : undefined;
  }
  return undefined;
}

/** `stages.grpo.max_steps=20`: stages by name or index; the value is read as YAML. */
function applyOverrides(
  value: unknown,
  overrides: readonly string[],
): { value: unknown; findings: Finding[] } {
  const findings: Finding[] = [];
  for (const override of overrides) {
    const at = override.indexOf("=");
    const keys = at < 1 ? [] : override.slice(0, at).split(".");
    const target = keys.length === 0 ? undefined : holderOf(value, keys);
    if (target === undefined) {
      findings.push({
        path: [],
        message: `"${override}" changes nothing: there is no such place in the recipe`,
        advice: "Write key=value, e.g. seed=2 or stages.grpo.max_steps=20.",
      });
      continue;
    }
    const written = readYaml(override.slice(at + 1));
    const [fault] = written.faults;
    if (fault === undefined) target.holder[target.key] = written.value;
    else
      findings.push({ path: [], message: `"${override}": ${fault.message}`, advice: fault.advice });
  }
  return { value, findings };
}

function holderOf(
  value: unknown,
  keys: readonly string[],
): { holder: Record<string, unknown>; key: string } | undefined {
  let holder: unknown = value;
  for (const key of keys.slice(0, -1)) {
    if (Array.isArray(holder)) {
      holder = holder.find(
        (item, index) => isRecord(item) && (item["name"] === key || String(index) === key),
      );
    } else if (isRecord(holder) && Object.hasOwn(holder, key)) holder = holder[key];
    else return undefined;
  }
  const key = keys.at(-1);
  return isRecord(holder) && key !== undefined && key !== "__proto__" ? { holder, key } : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
