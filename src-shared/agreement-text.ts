/** How a judge agrees with people, in a line: checks, the command line and the window say the same. */
import type { Agreement } from "./schema/judge.ts";

/** e.g. "Spearman 0.71 [0.52, 0.84], kappa 0.60 [0.41, 0.75], n 40". */
export function agreementText({ spearman, kappa, n }: Agreement): string {
  const parts = [["Spearman", spearman] as const, ["kappa", kappa] as const].map(([name, found]) =>
    found === null
      ? `${name} not defined`
      : `${name} ${found.value.toFixed(2)} [${found.low.toFixed(2)}, ${found.high.toFixed(2)}]`,
  );
  return [...parts, `n ${n}`].join(", ");
}
