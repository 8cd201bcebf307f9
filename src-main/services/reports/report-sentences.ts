/** A comparison in words, for every format of the report. */
import { counted } from "#shared/counted.ts";
import {
  differenceText,
  powerText,
  pText,
  refusalText,
  verdictText,
} from "#shared/comparison-text.ts";
import type { ComparedGroup, ComparedRow, PublishedScore } from "#shared/schema/compare.ts";
import type { ReportData, ReportRun } from "./report-data.ts";
import { count } from "./report-numbers.ts";

export const METHOD =
  "Intervals of scores are 95%, bootstrap over problems with all samples of a problem kept together. Differences are paired on the same problems; p is of the two-sided sign-flip permutation test, corrected by Holm over all comparisons of this report, and the interval is of the same test at the level at which Holm decides: it leaves out zero exactly where there is a verdict. A verdict is given where the corrected p is below 0.05, else the report says that it cannot tell.";

export function protocolOf(group: ComparedGroup): string {
  const [first] = group.rows;
  if (first === undefined) return group.title;
  const { n, k, temperature, topP, maxTokens, scoring, verifierVersion } = first.summary;
  return `${group.title}: ${counted(n, "problem")}, ${counted(k, "sample")} each, T ${temperature}, top-p ${topP}, at most ${count(maxTokens)} tokens, ${scoring} scoring, verifier ${verifierVersion}`;
}

/** The verdict of one row, e.g. "B grpo is better than A base: +12.0 points [8.1, 15.9], p <0.001, 500 problems." */
export function verdictOf(run: ReportRun, baseline: ReportRun | undefined): string {
  const name = `${run.letter} ${run.row.label}`;
  const other =
    baseline === undefined ? "the baseline" : `${baseline.letter} ${baseline.row.label}`;
  const { versus } = run.row;
  if (run.isBaseline) return `${name} is the baseline.`;
  if (versus === null) {
    const { claim, reason } = refusalText(name, other, run.row.refusal);
    return `${claim}: ${reason}.`;
  }
  const { pAdjusted, verdict, problems } = versus;
  const power = verdict === "cannot tell" ? powerText(versus) : "";
  return `${verdictText(verdict, [name], other)}: ${differenceText(versus)}, p ${pText(pAdjusted)}, ${counted(problems, "problem")}. ${power}`.trim();
}

export function baselineOf(data: ReportData, row: ComparedRow): ReportRun | undefined {
  const group = data.report.groups.find(({ rows }) =>
    rows.some(({ runId }) => runId === row.runId),
  );
  return data.runs.find((run) => run.row.runId === group?.baseline);
}

export function publishedText(score: PublishedScore): string {
  return [
    score.benchmark,
    score.measure,
    ...score.conditions,
    `${score.source}, ${score.date}`,
  ].join("; ");
}

export function machineText({ environment }: ReportRun): string {
  const {
    runtime,
    runtimeVersion,
    device,
    cpuModel,
    cpuCores,
    memoryBytes,
    os,
    arch,
    node,
    appVersion,
  } = environment;
  return [
    `Gradus ${appVersion}`,
    runtime === null
      ? ""
      : `${runtime} ${runtimeVersion ?? ""} on ${device ?? "an unknown device"}`,
    `${cpuModel}, ${counted(cpuCores, "core")}, ${(memoryBytes / 2 ** 30).toFixed(0)} GiB`,
    `${os} ${arch}, Node ${node}`,
  ]
    .filter((part) => part !== "")
    .join("; ");
}
