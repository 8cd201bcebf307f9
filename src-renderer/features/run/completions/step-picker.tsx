/** Which step's completions are shown. */
import type { ReactNode } from "react";
import { formatNumber } from "#renderer/ui/format.ts";
import { Glyph } from "#renderer/ui/glyph.tsx";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";

export interface StepPickerProps {
  /** Steps that have completions, rising. */
  readonly steps: readonly number[];
  readonly step: number | undefined;
  readonly pinned: boolean;
  /** Undefined follows the newest step. */
  readonly onStep: (step: number | undefined) => void;
}

/** Goes through the steps that have completions. */
export function StepPicker({ steps, step, pinned, onStep }: StepPickerProps): ReactNode {
  const at = step === undefined ? -1 : steps.indexOf(step);
  const before = steps[at - 1];
  const after = steps[at + 1];
  return (
    <>
      <span className="flex" style={{ gap: 4 }}>
        <button
          type="button"
          className="btn small icon"
          aria-label="Step before"
          disabled={before === undefined}
          onClick={() => onStep(before)}
        >
          <Glyph name="left" />
        </button>
        <span className="input mono" style={{ height: 24, minWidth: 84 }}>
          step {step === undefined ? "–" : formatNumber(step)}
        </span>
        <button
          type="button"
          className="btn small icon"
          aria-label="Step after"
          disabled={after === undefined || at < 0}
          onClick={() => onStep(after)}
        >
          <Glyph name="right" />
        </button>
        <KeyCaps keys="ArrowLeft ArrowRight" />
      </span>
      {pinned && steps.length > 0 && (
        <span className="tag">pinned, newest is {formatNumber(steps.at(-1) ?? null)}</span>
      )}
    </>
  );
}
