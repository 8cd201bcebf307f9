/** What a region shows while it loads, when it failed and when it is empty. Old content stays; only first loads get skeletons. */
import type { ReactNode } from "react";
import { Glyph } from "./glyph.tsx";
import type { Failure } from "#renderer/bridge/failure.ts";

/** What failed, why and what to do, in the region that failed. */
export function FailureNotice({
  failure,
  onRetry,
}: {
  readonly failure: Failure;
  readonly onRetry?: () => void;
}): ReactNode {
  return (
    <div className="notice fail" role="alert">
      <Glyph name="cross" className="fail" />
      <span className="grow">
        <span className="med">{failure.message}</span>{" "}
        {failure.advice !== undefined && <span className="t2">{failure.advice}</span>}
      </span>
      {onRetry !== undefined && (
        <button type="button" className="btn small" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}

export function SkeletonRows({ rows = 6 }: { readonly rows?: number }): ReactNode {
  return (
    <div className="pad" aria-busy="true">
      <span className="visually-hidden">Loading</span>
      {Array.from({ length: rows }, (_, index) => (
        <span
          key={index}
          className="skeleton"
          style={{ width: `${String(90 - ((index * 17) % 40))}%`, margin: "9px 0" }}
        />
      ))}
    </div>
  );
}

/** One sentence why there is nothing, and one action. */
export function Empty({
  children,
  action,
}: {
  readonly children: ReactNode;
  readonly action?: ReactNode;
}): ReactNode {
  return (
    <div className="empty">
      <p className="prose">{children}</p>
      {action !== undefined && <div style={{ marginTop: 12 }}>{action}</div>}
    </div>
  );
}
