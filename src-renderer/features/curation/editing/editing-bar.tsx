/** How an edit ends: saved, saved and accepted, or left as a draft. */
import type { ReactNode } from "react";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { useReview } from "../review/review-value.ts";

export function EditingBar(): ReactNode {
  const { save, leave } = useReview().editing;
  return (
    <div className="actbar">
      <button type="button" className="btn primary" onClick={() => save()}>
        Save <KeyCaps keys="Mod+Enter" />
      </button>
      <button type="button" className="btn" onClick={() => save("accepted")}>
        Save and accept <KeyCaps keys="Mod+Shift+Enter" />
      </button>
      <button type="button" className="btn quiet" onClick={leave}>
        Leave <KeyCaps keys="Escape" />
      </button>
      <span className="end s12 t3">The draft is kept</span>
    </div>
  );
}
