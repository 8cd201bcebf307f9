/**
 * Text as it stands, with the formulas in it set that are certainly some; KaTeX loads and styles nothing for them, and
 * what it stumbles over stays text. Loaded when it is first needed (reading-text.tsx).
 */
import { render } from "katex";
import "katex/dist/katex.min.css";
import { useLayoutEffect, useRef } from "react";
import type { ReactNode } from "react";
import { mathsPieces } from "./maths-pieces.ts";
import type { TextPiece } from "./maths-pieces.ts";
import { visibleText } from "./visible-text.ts";

function Formula({ piece }: { readonly piece: TextPiece }): ReactNode {
  const place = useRef<HTMLSpanElement>(null);
  const { tex, source, kind } = piece;
  useLayoutEffect(() => {
    if (place.current === null) return;
    try {
      render(visibleText(tex), place.current, {
        displayMode: kind === "display",
        throwOnError: true,
        strict: false,
        trust: false,
        maxExpand: 200,
        maxSize: 10,
        output: "html",
      });
    } catch {
      place.current.textContent = visibleText(source);
    }
  }, [tex, source, kind]);
  return (
    <span ref={place} title={visibleText(source)}>
      {visibleText(source)}
    </span>
  );
}

export function MathsText({ text }: { readonly text: string }): ReactNode {
  return (
    <div className="plain maths" dir="auto">
      {mathsPieces(text).map((piece) =>
        piece.kind === "text" ? (
          visibleText(piece.source)
        ) : (
          <Formula key={piece.start} piece={piece} />
        ),
      )}
    </div>
  );
}
