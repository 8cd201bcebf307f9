/** What stands between the wizard's head and its steps: an edit elsewhere, a refused save, a text that is no YAML. */
import type { ReactNode } from "react";
import { Glyph } from "#renderer/ui/glyph.tsx";
import { FailureNotice } from "#renderer/ui/region-state.tsx";
import type { DraftState, RecipeDraft } from "../document/recipe-draft.ts";

export function WizardNotices({
  draft,
  state,
  yamlError,
}: {
  readonly draft: RecipeDraft;
  readonly state: DraftState;
  /** Why the text cannot be read now. */
  readonly yamlError: string | undefined;
}): ReactNode {
  return (
    <>
      {state.conflict && (
        <div className="notice warn" role="alert">
          <Glyph name="warn" className="warn" />
          <span className="grow">This recipe was changed in another window meanwhile.</span>
          <button type="button" className="btn small" onClick={() => void draft.load()}>
            Take the other
          </button>
          <button type="button" className="btn small" onClick={() => void draft.keepMine()}>
            Keep this one
          </button>
        </div>
      )}
      {state.failure !== undefined && !state.conflict && <FailureNotice failure={state.failure} />}
      {yamlError !== undefined && (
        <div className="notice fail" role="alert">
          <Glyph name="cross" className="fail" />
          <span>The text is no valid YAML now: {yamlError} The form waits until it is.</span>
        </div>
      )}
    </>
  );
}
