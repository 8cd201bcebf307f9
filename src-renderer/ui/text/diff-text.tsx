/** Changed text with what was added underlined and what was removed struck through: never colour alone. */
import type { ReactNode } from "react";
import { visibleText } from "./visible-text.ts";
import type { DiffPart } from "./word-diff.ts";

export function DiffText({ parts }: { readonly parts: readonly DiffPart[] }): ReactNode {
  return parts.map((part, index) => {
    const key = `${part.kind}-${String(index)}`;
    if (part.kind === "added") return <ins key={key}>{visibleText(part.text)}</ins>;
    if (part.kind === "removed") return <del key={key}>{visibleText(part.text)}</del>;
    return <span key={key}>{visibleText(part.text)}</span>;
  });
}
