/** What a look at every example or prompt means for the stage that uses them. Pure. */
import type { DatasetVersion } from "#shared/schema/dataset.ts";
import type { BenchmarkStage, SftStage } from "#shared/schema/recipe.ts";
import { recordNumbers } from "#main/jobs/data-check.ts";
import type { DataReport } from "#main/jobs/data-check.ts";
import { setting } from "./recipe-finding.ts";
import type { Finding, Path } from "./recipe-finding.ts";

export function sftFindings(
  stage: SftStage,
  index: number,
  found: { readonly report: DataReport; readonly context: number },
  statistics: DatasetVersion["statistics"] | undefined,
): Finding[] {
  const { report, context } = found;
  const data: Path = ["stages", index, "data", "dataset"];
  if (report.examples === 0)
    return [
      {
        path: data,
        message: "the dataset has no examples",
        advice: "Choose one that has, or import records into it.",
      },
    ];
  return [
    ...faultFindings(data, report, "examples"),
    ...lengthFindings(stage, index, report, context),
    ...overlapFindings(data, report),
    ...goldFindings(data, statistics),
  ];
}

export function promptFindings(
  stage: BenchmarkStage,
  index: number,
  { report, context }: { readonly report: DataReport; readonly context: number },
): Finding[] {
  const at = (...keys: string[]): Path => ["stages", index, ...keys];
  if (report.examples === 0)
    return [
      {
        path: at("data", "benchmark"),
        message: "the set has no problems",
        advice: "Import another.",
      },
    ];
  const longest = report.lengths.at(-1)?.[0] ?? 0;
  const room = context - longest;
  const length = stage.max_completion_length;
  return [
    ...faultFindings(at("data", "benchmark"), report, "problems"),
    ...(length <= room
      ? []
      : [
          {
            path: at("max_completion_length"),
            message: `prompts of up to ${longest} tokens and ${length} more do not fit the model's context of ${context}`,
            advice: room > 0 ? null : "Choose a model with a longer context.",
            fixes: room > 0 ? [setting(at("max_completion_length"), room, `Use ${room}`)] : [],
          },
        ]),
  ];
}

function faultFindings(path: Path, report: DataReport, what: string): Finding[] {
  return report.faults.map((fault) => ({
    path,
    message: `${fault.count} of ${report.examples} ${what} ${fault.fault === "left-out" ? "are not whole" : "cannot be used"} (${recordNumbers(fault)}): ${fault.message}`,
    advice: fault.advice,
    level: fault.fault === "left-out" ? ("warning" as const) : ("error" as const),
  }));
}

function lengthFindings(
  stage: SftStage,
  index: number,
  { lengths }: DataReport,
  context: number,
): Finding[] {
  const longest = lengths.at(-1)?.[0];
  if (longest === undefined) return [];
  const path: Path = ["stages", index, "max_length"];
  const all = lengths.reduce((sum, [, count]) => sum + count, 0);
  const over = lengths.reduce(
    (sum, [length, count]) => (length > stage.max_length ? sum + count : sum),
    0,
  );
  if (over === 0)
    return [
      {
        path,
        level: "note",
        message: `holds all ${all} examples, the longest has ${longest} tokens`,
        advice: null,
      },
    ];
  const enough = Math.min(longest, context);
  return [
    {
      path,
      level: over === all ? "error" : "warning",
      message:
        over === all
          ? `all ${all} examples are longer, up to ${longest} tokens: none is left to train on`
          : `${over} of ${all} examples are longer, up to ${longest} tokens, and are left out`,
      advice: enough > stage.max_length ? null : "Choose a model with a longer context.",
      fixes: enough > stage.max_length ? [setting(path, enough, `Use ${enough}`)] : [],
    },
  ];
}

function overlapFindings(path: Path, { overlap, examples }: DataReport): Finding[] {
  const found = Object.entries(overlap).sort(([, a], [, b]) => b - a);
  const count = found.reduce((sum, [, n]) => sum + n, 0);
  if (count === 0) return [];
  return [
    {
      path,
      level: "warning",
      message: `${count} of ${examples} examples hold a problem that a benchmark asks (${found.map(([name, n]) => `${name}: ${n}`).join(", ")})`,
      advice: "Reject them in the dataset (filter contamination:any) and publish it again.",
    },
  ];
}

function goldFindings(path: Path, statistics: DatasetVersion["statistics"] | undefined): Finding[] {
  if (statistics === undefined) return [];
  const { correct, wrong, none } = statistics.verdict;
  if (wrong > 0)
    return [
      {
        path,
        level: "warning",
        message: `${wrong} of ${statistics.records} answers are wrong by their own right answer`,
        advice: "Look at them in the dataset (filter verdict:wrong), and publish it again.",
      },
    ];
  return [
    {
      path,
      level: "note",
      message: `${correct} answers are verified${none === 0 ? "" : `, ${none} have no right answer to compare with`}`,
      advice: null,
    },
  ];
}
