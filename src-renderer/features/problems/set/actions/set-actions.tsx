/** What is started from a set's problems, and what is done with the set. */
import type { ReactNode } from "react";
import { hrefTo } from "#renderer/navigation/location.ts";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";

export type SetDialog = "measure" | "export" | "delete";

export interface SetActionsProps {
  /** One is being begun, or the filter does not say which problems. */
  readonly held: boolean;
  /** The set that an import goes into. */
  readonly into: string;
  readonly train: () => void;
  readonly benchmark: () => void;
  readonly onDialog: (dialog: SetDialog) => void;
}

export function SetActions({ held, into, train, benchmark, onDialog }: SetActionsProps): ReactNode {
  return (
    <>
      <button type="button" className="btn quiet" onClick={() => onDialog("delete")}>
        Delete…
      </button>
      <button type="button" className="btn quiet" onClick={() => onDialog("export")}>
        Export <KeyCaps keys="X" />
      </button>
      <a className="btn quiet" href={hrefTo(["import-problems"], { into })}>
        Import
      </a>
      <button type="button" className="btn" disabled={held} onClick={() => onDialog("measure")}>
        Measure <KeyCaps keys="M" />
      </button>
      <button type="button" className="btn" disabled={held} onClick={benchmark}>
        Benchmark on these <KeyCaps keys="B" />
      </button>
      <button type="button" className="btn primary" disabled={held} onClick={train}>
        Train on these <KeyCaps keys="N" />
      </button>
    </>
  );
}
