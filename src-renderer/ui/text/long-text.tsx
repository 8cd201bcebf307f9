/** Text of any length, shown inert: a megabyte in one line would hold the window up, so it comes in portions. */
import { useState } from "react";
import type { ReactNode } from "react";
import { formatNumber } from "../format.ts";
import { visibleText } from "./visible-text.ts";

const PORTION = 20_000;

export function LongText({ text }: { readonly text: string }): ReactNode {
  const [shown, setShown] = useState(PORTION);
  const rest = text.length - shown;
  return (
    <>
      {visibleText(rest > 0 ? text.slice(0, shown) : text)}
      {rest > 0 && (
        <span className="s12">
          {" "}
          <span className="t3">… {formatNumber(rest)} more characters. </span>
          <button
            type="button"
            className="linkbtn"
            onClick={() => setShown(shown + Math.max(PORTION, shown))}
          >
            Show more
          </button>
        </span>
      )}
    </>
  );
}
