/** The field to write in: sent with Ctrl+Enter, so that Enter is a line end. */
import type { KeyboardEvent, ReactNode } from "react";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { usePlayground } from "../playground-value.ts";
import { isEmpty } from "../trial/trial.ts";

export function Composer(): ReactNode {
  const { asked, control, writing } = usePlayground();
  const { mode } = asked;
  const { trial, busy, stop, regenerate } = control;
  const { text, setText, field, submit } = writing;
  const press = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || !busy) return;
    event.preventDefault();
    event.stopPropagation();
    stop();
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
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={press}
      />
      <div className="stack composeracts">
        {busy ? (
          <button type="button" className="btn" onClick={stop}>
            Stop <KeyCaps keys="Escape" />
          </button>
        ) : (
          <button
            type="button"
            className="btn primary"
            disabled={text.trim() === ""}
            onClick={submit}
          >
            {mode === "chat" ? "Send" : "Go on"} <KeyCaps keys="Mod+Enter" />
          </button>
        )}
        <button
          type="button"
          className="btn"
          disabled={busy || isEmpty(trial)}
          onClick={regenerate}
        >
          Again <KeyCaps keys="R" />
        </button>
      </div>
    </div>
  );
}
