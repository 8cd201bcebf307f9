/** What a look at every example or prompt means for the stage that uses them. Pure. */
import type { DatasetVersion } from "#shared/schema/dataset.ts";
import type { BenchmarkStage } from "#shared/schema/stages/benchmark-stage.ts";
import type { SftStage } from "#shared/schema/stages/sft-stage.ts";
import { overlongMessage } from "#main/processes/reading/data-check.ts";
import { recordNumbers } from "#main/processes/reading/data-check.ts";
import type { DataReport } from "#main/processes/reading/data-check.ts";
import { setting } from "./recipe-finding.ts";
import type { Finding, Path } from "./recipe-finding.ts";

export function sftFindings(
  stage: SftStage,
  index: number,
  found: {
    readonly report: DataReport;
    readonly context: number;
    /** Where the stage names the dataset. */
    readonly keys: Path;
  },
  statistics: DatasetVersion["statistics"] | undefined,
): Finding[] {
  const { report, context } = found;
  const data: Path = ["stages", index, ...found.keys];
  if (report.examples === 0)
    return [
      {
        path: data,
        message: "the dataset has no examples",
        advice: "Choose one that has, or import records into it.",
      },
    ];
  return [
    ...faultFindings(data, report, "examples", [
      setting(["stages", index, "mask_history"], true, "Learn from the last answer alone"),
    ]),
    ...lengthFindings(stage, index, report, context),
    ...overlapFindings(data, report),
    ...goldFindings(data, statistics),
    ...divisionFindings(stage, index, report),
  ];
}

/** One example is on one side alone. */
function divisionFindings(stage: SftStage, index: number, { examples }: DataReport): Finding[] {
  const isDivided = stage.eval_steps !== undefined && stage.eval_data === undefined;
  if (!isDivided || examples > 1 || Array.isArray(stage.data)) return [];
  return [
    {
      path: ["stages", index, "eval_steps"],
      message: "there is one example: where it is held out, none is left to learn from",
      advice: "Leave eval_steps out, or name eval_data.",
    },
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

/** @param wayOut for templates that rewrite earlier turns */
function faultFindings(
  path: Path,
  report: DataReport,
  what: string,
  wayOut: Finding["fixes"] = [],
): Finding[] {
  return report.faults.map((fault) => ({
    path,
    message: `${fault.count} of ${report.examples} ${what} ${fault.fault === "left-out" ? "are not whole" : "cannot be used"} (${recordNumbers(fault)}): ${fault.message}`,
    advice: fault.advice,
    level: fault.fault === "left-out" ? ("warning" as const) : ("error" as const),
    fixes: fault.fault === "rewrites" ? wayOut : [],
  }));
}

function lengthFindings(
  stage: SftStage,
  index: number,
  { lengths, firstLearned }: DataReport,
  context: number,
): Finding[] {
  const longest = lengths.at(-1)?.[0];
  if (longest === undefined) return [];
  const path: Path = ["stages", index, "max_length"];
  const limit = stage.max_length;
  const all = countFrom(lengths, 0);
  const tooLong = countFrom(lengths, limit + 1);
  if (tooLong === 0)
    return [
      {
        path,
        level: "note",
        message: `holds ${all === 1 ? "the one example" : `all ${all} examples`}, the longest has ${longest} tokens`,
        advice: null,
      },
    ];
  const enough = Math.min(longest, context);
  // What is cut has nothing to learn from where its answer begins after the cut.
  const leftOut = stage.truncation_mode === "drop" ? tooLong : countFrom(firstLearned, limit);
  return [
    {
      path,
      level: leftOut === all ? "error" : "warning",
      message:
        leftOut === all
          ? `all ${all} examples are longer, up to ${longest} tokens: none is left to train on`
          : (overlongMessage({ tooLong, leftOut }, all, stage) ?? ""),
      advice: enough > limit ? null : "Choose a model with a longer context.",
      fixes: enough > limit ? [setting(path, enough, `Use ${enough}`)] : [],
    },
  ];
}

/** How many have at least so many. */
function countFrom(histogram: DataReport["lengths"], least: number): number {
  return histogram.reduce((sum, [value, count]) => (value >= least ? sum + count : sum), 0);
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
