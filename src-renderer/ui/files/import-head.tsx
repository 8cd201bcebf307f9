/** The head of a screen that imports a file: what is read, the way back, the start. */
import type { ReactNode } from "react";
import { formatBytes } from "../format.ts";

interface ImportHeadProps {
  readonly title: string;
  /** The file that was chosen and read. */
  readonly file: { readonly name: string; readonly bytes: number } | undefined;
  readonly back: { readonly label: string; readonly href: string };
  readonly busy: boolean;
  readonly ready: boolean;
  /** Why it cannot start. */
  readonly reason?: string | undefined;
  readonly onStart: () => void;
}

export function ImportHead(props: ImportHeadProps): ReactNode {
  const { title, file, back, busy, ready, reason, onStart } = props;
  return (
    <div className="screenhead">
      <h1>{title}</h1>
      {file !== undefined && (
        <span className="s12 t3 ell">
          {file.name}, {formatBytes(file.bytes)}
        </span>
      )}
      <span className="end flex">
        <a className="btn" href={back.href}>
          {back.label}
        </a>
        <button
          type="button"
          className="btn primary"
          disabled={busy || !ready}
          title={reason}
          onClick={onStart}
        >
          {busy ? "Importing" : "Import"}
        </button>
      </span>
    </div>
  );
}
