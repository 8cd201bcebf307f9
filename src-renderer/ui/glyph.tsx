/** The icons of the window, 14 px, drawn in the current colour. A glyph is never the only carrier of a meaning. */
import type { ReactNode } from "react";

const paths = {
  check: <path d="M3 7.5 6 10.5 11.5 4" />,
  cross: <path d="M3.5 3.5l7 7M10.5 3.5l-7 7" />,
  warn: (
    <>
      <path d="M7 2 13 12.2H1z" />
      <path d="M7 6v3M7 10.4v.6" />
    </>
  ),
  dash: <path d="M3 7h8" />,
  search: (
    <>
      <circle cx="6" cy="6" r="3.75" />
      <path d="M9 9l3.2 3.2" />
    </>
  ),
  left: <path d="M8.5 3.5 5 7l3.5 3.5" />,
  right: <path d="M5.5 3.5 9 7l-3.5 3.5" />,
  down: <path d="M3.5 5.5 7 9l3.5-3.5" />,
  lock: <path d="M3 6.5h8v5.5H3zM4.75 6.5V4.6a2.25 2.25 0 0 1 4.5 0v1.9" />,
  pause: <path d="M5 3.5v7M9 3.5v7" />,
  circle: <circle cx="7" cy="7" r="3" />,
  more: <path d="M3 7h.01M7 7h.01M11 7h.01" strokeWidth="2" strokeLinecap="round" />,
} as const;

export type GlyphName = keyof typeof paths;

export function Glyph({
  name,
  label,
  className,
}: {
  readonly name: GlyphName;
  readonly label?: string;
  readonly className?: string;
}): ReactNode {
  return (
    <svg
      className={className === undefined ? "g" : `g ${className}`}
      viewBox="0 0 14 14"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinejoin="round"
      {...(label === undefined ? { "aria-hidden": true } : { role: "img", "aria-label": label })}
    >
      {paths[name]}
    </svg>
  );
}
