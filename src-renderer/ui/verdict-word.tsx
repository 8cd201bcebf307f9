/** The outcome of a paired comparison: a mark and one of three words. */
import type { ReactNode } from "react";
import { Glyph } from "./glyph.tsx";

const VERDICTS = {
  better: { glyph: "check", tone: "pass" },
  worse: { glyph: "cross", tone: "fail" },
  "cannot tell": { glyph: "dash", tone: "t2" },
} as const;

export function VerdictWord({ verdict }: { readonly verdict: keyof typeof VERDICTS }): ReactNode {
  const { glyph, tone } = VERDICTS[verdict];
  return (
    <span className={`nowrap s12 ${tone}`}>
      <Glyph name={glyph} /> {verdict}
    </span>
  );
}
