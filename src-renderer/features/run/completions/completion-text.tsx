/** A completion as the model wrote it, inert, with its tags dimmed so that the reasoning and the answer stand out. */
import { useState } from "react";
import type { ReactNode } from "react";
import { formatNumber } from "#renderer/ui/format.ts";
import { visibleText } from "#renderer/ui/text/visible-text.ts";
import { splitTags } from "./completion-parts.ts";

/** A megabyte in one line would hold the window up: it comes in portions. */
const PORTION = 20_000;

export function CompletionText({ text }: { readonly text: string }): ReactNode {
  const [shown, setShown] = useState(PORTION);
  const rest = text.length - shown;
  return (
    <div className="out" dir="ltr">
      {splitTags(rest > 0 ? text.slice(0, shown) : text).map((part) => (
        <span key={part.at} className={part.tag ? "tagm" : undefined}>
          {visibleText(part.text)}
        </span>
      ))}
      {rest > 0 && (
        <button
          type="button"
          className="linkbtn"
          onClick={() => setShown(shown + Math.max(PORTION, shown))}
        >
          {" "}
          … {formatNumber(rest)} more characters
        </button>
      )}
    </div>
  );
}
