/** A completion as the model wrote it, with its tags dimmed so that the reasoning and the answer stand out. */
import type { ReactNode } from "react";
import { splitTags } from "./completion-parts.ts";

export function CompletionText({ text }: { readonly text: string }): ReactNode {
  return (
    <div className="out">
      {splitTags(text).map((part) => (
        <span key={part.at} className={part.tag ? "tagm" : undefined}>
          {part.text}
        </span>
      ))}
    </div>
  );
}
