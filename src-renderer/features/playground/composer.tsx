/** Where one writes: sent with Ctrl+Enter, so that Enter is a line end. */
import type { KeyboardEvent, ReactNode, RefObject } from "react";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import type { Mode } from "./trial.ts";

export type ComposerProps = {
  readonly mode: Mode;
  readonly text: string;
  readonly busy: boolean;
  readonly canRegenerate: boolean;
  readonly field: RefObject<HTMLTextAreaElement | null>;
  readonly onText: (text: string) => void;
  readonly onSend: () => void;
  readonly onStop: () => void;
  readonly onRegenerate: () => void;
};

export function Composer(props: ComposerProps): ReactNode {
  const { mode, text, busy, field, onStop } = props;
  const press = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || !busy) return;
    event.preventDefault();
    event.stopPropagation();
    onStop();
  };
  const label = mode === "chat" ? "Message" : "Text to go on with";
  return (
    <div className="composer bt">
      <textarea
        ref={field}
        className="input area grow"
        rows={mode === "chat" ? 3 : 6}
        aria-label={label}
        placeholder={label}
        value={text}
        onChange={(event) => props.onText(event.currentTarget.value)}
        onKeyDown={press}
      />
      <div className="stack composeracts">
        {busy ? (
          <button type="button" className="btn" onClick={onStop}>
            Stop <KeyCaps keys="Escape" />
          </button>
        ) : (
          <button
            type="button"
            className="btn primary"
            disabled={text.trim() === ""}
            onClick={props.onSend}
          >
            {mode === "chat" ? "Send" : "Go on"} <KeyCaps keys="Mod+Enter" />
          </button>
        )}
        <button
          type="button"
          className="btn"
          disabled={busy || !props.canRegenerate}
          onClick={props.onRegenerate}
        >
          Again <KeyCaps keys="R" />
        </button>
      </div>
    </div>
  );
}
