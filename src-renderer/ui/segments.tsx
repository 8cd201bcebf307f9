/** A choice of one among few, as a strip. Arrow keys move the choice, as in any radio group. */
import { useRef } from "react";
import type { KeyboardEvent, ReactNode } from "react";

export interface Segment<T extends string> {
  readonly value: T;
  readonly label: ReactNode;
  readonly title?: string;
}

export interface SegmentsProps<T extends string> {
  readonly label: string;
  readonly segments: readonly Segment<T>[];
  readonly value: T;
  readonly onChange: (value: T) => void;
  readonly slim?: boolean;
  /** Keep the chosen one in view: for strips that scroll. */
  readonly follow?: boolean;
}

function keepInView(button: HTMLButtonElement | null): void {
  button?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

export function Segments<T extends string>({
  label,
  segments,
  value,
  onChange,
  slim = false,
  follow = false,
}: SegmentsProps<T>): ReactNode {
  const group = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent): void => {
    const by =
      event.key === "ArrowRight" || event.key === "ArrowDown"
        ? 1
        : event.key === "ArrowLeft" || event.key === "ArrowUp"
          ? -1
          : 0;
    if (by === 0) return;
    event.preventDefault();
    event.stopPropagation();
    const at = segments.findIndex((segment) => segment.value === value);
    const next = (at + by + segments.length) % segments.length;
    const chosen = segments[next];
    if (chosen === undefined) return;
    onChange(chosen.value);
    const button = group.current?.children[next];
    if (button instanceof HTMLElement) button.focus();
  };
  return (
    <div
      ref={group}
      className={slim ? "seg slim" : "seg"}
      role="radiogroup"
      aria-label={label}
      onKeyDown={move}
    >
      {segments.map((segment) => (
        <button
          key={segment.value}
          type="button"
          role="radio"
          aria-checked={segment.value === value}
          tabIndex={segment.value === value ? 0 : -1}
          ref={follow && segment.value === value ? keepInView : undefined}
          title={segment.title}
          onClick={() => onChange(segment.value)}
        >
          {segment.label}
        </button>
      ))}
    </div>
  );
}
