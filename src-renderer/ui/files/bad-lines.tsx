/** Lines of a file that cannot come in, each with its reason. */
import type { ReactNode } from "react";
import { formatNumber } from "../format.ts";
import { Glyph } from "../glyph.tsx";
import { visibleText } from "../text/visible-text.ts";
import "./files.css";

export interface BadLinesProps {
  readonly rows: readonly { readonly line: number; readonly reason: string }[];
  readonly label?: string;
  /** Lines that come in, and are doubtful. */
  readonly doubtful?: boolean;
}

export function BadLines({
  rows,
  label = "Bad lines",
  doubtful = false,
}: BadLinesProps): ReactNode {
  return (
    <ul className="s12" aria-label={label}>
      {rows.map((row, index) => (
        // One line can be doubtful for two reasons.
        <li
          key={`${String(row.line)}-${String(index)}`}
          className={doubtful ? "flex top badrow doubtful" : "flex top badrow"}
        >
          {doubtful ? (
            <Glyph name="warn" className="warn" label="doubtful" />
          ) : (
            <Glyph name="cross" className="fail" label="cannot come in" />
          )}
          <span className="mono t3 lineno">{formatNumber(row.line)}</span>
          <span className="grow break">{visibleText(row.reason)}</span>
        </li>
      ))}
    </ul>
  );
}
