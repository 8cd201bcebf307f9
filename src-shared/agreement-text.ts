/** How a judge agrees with people: checks, the command line and the window say the same. */
import type { Agreement } from "./schema/judge.ts";

/** e.g. "Spearman 0.71 [0.52, 0.84], kappa 0.60 [0.41, 0.75], n 40". */
export function agreementText({ spearman, kappa, n }: Agreement): string {
  return [`Spearman ${intervalText(spearman)}`, `kappa ${intervalText(kappa)}`, `n ${n}`].join(
    ", ",
  );
}

/** Every measure by its name, with its 95% interval. */
export function agreementFigures({
  spearman,
  kendall,
  kappa,
  meanDifference,
}: Agreement): { readonly name: string; readonly text: string }[] {
  return [
    { name: "Spearman", text: intervalText(spearman) },
    { name: "Kendall", text: intervalText(kendall) },
    { name: "kappa", text: intervalText(kappa) },
    { name: "the judge's mean less the people's", text: intervalText(meanDifference) },
  ];
}

function intervalText(found: Agreement["spearman"]): string {
  return found === null
    ? "not defined"
    : `${found.value.toFixed(2)} [${found.low.toFixed(2)}, ${found.high.toFixed(2)}]`;
}
