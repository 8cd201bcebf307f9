/** The head of the wizard: the recipe's name, where it came from, whether it is saved, undo and export. */
import type { ReactNode } from "react";
import type { SavedRecipe } from "#shared/schema/recipe-draft.ts";
import { plural } from "#renderer/ui/format.ts";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { originText } from "#renderer/ui/pipelines/recipe-origin.ts";
import type { DraftState } from "../document/recipe-draft.ts";

const SAVING = { saved: "Saved", waiting: "Not saved yet", saving: "Saving" } as const;

export interface WizardHeadProps {
  readonly saved: SavedRecipe;
  readonly saving: DraftState["saving"];
  /** Options that differ from what it began with. */
  readonly changed: number;
  /** Something is wrong that no other program could read either. */
  readonly hasErrors: boolean;
  readonly onUndo: () => void;
  readonly onExport: () => void;
}

export function WizardHead(props: WizardHeadProps): ReactNode {
  const { saved, saving, changed, hasErrors, onUndo, onExport } = props;
  return (
    <div className="screenhead">
      <h1 className="ell">{saved.name}</h1>
      <span className="t3 s12 ell">
        recipe, began as {originText(saved.origin)} ·{" "}
        {changed === 0 ? "unchanged" : `${plural(changed, "option")} changed`}
      </span>
      <span className="end flex">
        <span className="s12 t3 nowrap" role="status">
          {SAVING[saving]}
        </span>
        <button type="button" className="btn quiet" onClick={onUndo}>
          Undo <KeyCaps keys="Mod+Z" />
        </button>
        <button type="button" className="btn" disabled={hasErrors} onClick={onExport}>
          Export…
        </button>
      </span>
    </div>
  );
}
