/** Changes of the record that the host refused, with its reason, to be sent again or given up. */
import type { ReactNode } from "react";
import { outbox } from "#renderer/bridge/records/outbox.ts";
import type { Waiting } from "#renderer/bridge/records/outbox.ts";
import { FailureNotice } from "#renderer/ui/region-state.tsx";

export interface UnsavedNoticeProps {
  readonly waiting: readonly Waiting[];
  /** Puts a refused text back under the editor. */
  readonly onDraft: (waiting: Waiting) => void;
}

const SAID = { status: "The decision", tags: "The tags", text: "The edited text" } as const;

export function UnsavedNotice({ waiting, onDraft }: UnsavedNoticeProps): ReactNode {
  return waiting
    .filter(({ failure }) => failure !== undefined)
    .map((one) => (
      <div key={one.entry.key}>
        <FailureNotice
          failure={{
            message: `${SAID[one.entry.kind]} was refused: ${one.failure?.message ?? ""}`,
            advice: one.failure?.advice,
          }}
          onRetry={() => outbox.retry(one.entry.key)}
        />
        <div className="flex refused">
          {one.entry.kind === "text" && (
            <button type="button" className="btn small" onClick={() => onDraft(one)}>
              Open the text as a draft
            </button>
          )}
          <button
            type="button"
            className="btn small danger"
            onClick={() => outbox.discard(one.entry.key)}
          >
            Give the change up
          </button>
        </div>
      </div>
    ));
}
