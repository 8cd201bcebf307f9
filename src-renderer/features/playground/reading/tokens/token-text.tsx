/** Tokens as text, each shaded by how likely it was. Arrow keys pick a token, so does the pointer. */
import { useId } from "react";
import type { KeyboardEvent, ReactNode } from "react";
import type { CompletionPiece } from "#shared/schema/inference.ts";
import { visibleText } from "#renderer/ui/text/visible-text.ts";
import { shadeOf, tokenLabel } from "./token-shade.ts";

export type TokenTextProps = {
  readonly label: string;
  readonly pieces: readonly CompletionPiece[];
  readonly picked: CompletionPiece | undefined;
  readonly onPick: (piece: CompletionPiece) => void;
};

const STEPS: Readonly<Record<string, number>> = {
  ArrowRight: 1,
  ArrowLeft: -1,
  ArrowDown: 10,
  ArrowUp: -10,
};

export function TokenText({ label, pieces, picked, onPick }: TokenTextProps): ReactNode {
  const id = useId();
  const pickedAt = picked === undefined ? -1 : pieces.indexOf(picked);
  const move = (event: KeyboardEvent): void => {
    const step = STEPS[event.key];
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const at = pickedAt < 0 ? 0 : pickedAt + step;
    const next = pieces[Math.min(pieces.length - 1, Math.max(0, at))];
    if (next !== undefined) onPick(next);
  };
  return (
    <div
      className="out tokens"
      tabIndex={0}
      role="listbox"
      aria-label={label}
      aria-activedescendant={pickedAt < 0 ? undefined : `${id}-${pickedAt}`}
      onKeyDown={move}
    >
      {pieces.map((piece, index) => (
        <span
          key={`${piece.id}-${String(index)}`}
          id={`${id}-${index}`}
          role="option"
          aria-label={piece.text.trim() === "" ? tokenLabel(piece.token) : undefined}
          aria-selected={index === pickedAt}
          className={["tok", shadeOf(piece.logprob), index === pickedAt ? "pick" : undefined]
            .filter((name) => name !== undefined)
            .join(" ")}
          onPointerEnter={() => onPick(piece)}
        >
          {visibleText(piece.text)}
        </span>
      ))}
    </div>
  );
}
