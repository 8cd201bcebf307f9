/**
 * How scores and comparisons read, the same in the window, in reports and on the command line. Shares and their
 * differences are in 0–1; a difference of 0.19 is 19 points.
 */
import { usdText } from "./usd-text.ts";
import type { PairedVerdict, UsdPerPoint } from "./schema/compare.ts";

const MINUS = "\u2212";

/** In percent, without its sign: 0.536 is "53.6". */
export function percentText(share: number, digits = 1): string {
  return (share * 100)
    .toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits })
    .replace("-", MINUS);
}

/** In percent: "[49.9, 57.3]". */
export function intervalText(
  { low, high }: { readonly low: number; readonly high: number },
  digits = 1,
): string {
  return `[${percentText(low, digits)}, ${percentText(high, digits)}]`;
}

/** Always with its sign: "+19.0". */
export function pointsText(difference: number, digits = 1): string {
  const text = percentText(difference, digits);
  return difference > 0 ? `+${text}` : text;
}

/** Never printed as zero. */
export function pText(p: number): string {
  return p < 0.001 ? "<0.001" : p.toFixed(p < 0.1 ? 3 : 2);
}

/** "+19.0 points [15.4, 22.6]". */
export function differenceText({ difference }: Pick<PairedVerdict, "difference">): string {
  return `${pointsText(difference.value)} points ${intervalText(difference)}`;
}

/** What a verdict says of models and their baseline: "A and B are better than C", "A and C cannot be told apart". */
export function verdictText(
  verdict: PairedVerdict["verdict"],
  models: readonly string[],
  baseline: string,
): string {
  if (verdict === "cannot tell") return `${listed([...models, baseline])} cannot be told apart`;
  return `${listed(models)} ${models.length === 1 ? "is" : "are"} ${verdict} than ${baseline}`;
}

function listed(names: readonly string[]): string {
  return names.length < 2
    ? names.join("")
    : `${names.slice(0, -1).join(", ")} and ${names.at(-1) ?? ""}`;
}

/** What a score was measured on and how, as far as it tells scores of one list apart. */
export interface NamedScore {
  readonly label: string;
  readonly summary: { readonly task: string; readonly scoring: string };
}

/**
 * What each score of a list is called: its model; its problems too where the list has several, and the scoring where the
 * same model met the same problems under both rules. E.g. "grpo, countdown", "base, lenient".
 */
export function scoreNames(scores: readonly NamedScore[]): readonly string[] {
  const hasSeveral = asksSeveral(scores);
  return scores.map(({ label, summary: { task, scoring } }) => {
    const isScoredTwice = scores.some(
      (other) =>
        other.label === label && other.summary.task === task && other.summary.scoring !== scoring,
    );
    return [label, ...(hasSeveral ? [task] : []), ...(isScoredTwice ? [scoring] : [])].join(", ");
  });
}

/** Whether the scores are of more than one set of problems. */
export function asksSeveral(scores: readonly NamedScore[]): boolean {
  return new Set(scores.map(({ summary }) => summary.task)).size > 1;
}

/** Where the two may not be compared, or share too little. */
export function refusalText(
  model: string,
  baseline: string,
  refusal: string | null,
): { readonly claim: string; readonly reason: string } {
  return { claim: `${model} is not compared with ${baseline}`, reason: refusal ?? "none given" };
}

/** The gap that so many problems show, and the problems that would show the gap there is. */
export function powerText(versus: PairedVerdict): string {
  const { problemsNeeded, detectable, problems, difference } = versus;
  const sentences: string[] = [];
  if (detectable !== null)
    sentences.push(
      `With ${problems === 1 ? "one problem" : `${count(problems)} problems`} a gap shows 8 times in 10 from ${percentText(detectable)} points on.`,
    );
  if (problemsNeeded !== null && problemsNeeded > problems)
    sentences.push(
      `To see one of ${percentText(Math.abs(difference.value))} points as often you would need about ${count(problemsNeeded)} problems.`,
    );
  return sentences.join(" ");
}

/** The interval of dollars for a point: "[$0.12, no limit]". */
export function usdPerPointInterval({ low, high }: UsdPerPoint): string {
  return `[${usdText(low)}, ${high === null ? "no limit" : usdText(high)}]`;
}

/** The letter of a compared model by its place: A, B, … Z, AA. */
export function modelLetter(index: number): string {
  const rest = Math.floor(index / 26);
  const own = String.fromCharCode(65 + (index % 26));
  return rest === 0 ? own : `${modelLetter(rest - 1)}${own}`;
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}
