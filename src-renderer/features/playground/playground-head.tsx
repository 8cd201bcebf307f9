/** The screen's name, and how the models are asked and read. */
import type { ReactNode } from "react";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { Segments } from "#renderer/ui/segments.tsx";
import { usePlayground } from "./playground-value.ts";
import { isEmpty } from "./trial/trial.ts";

export function PlaygroundHead(): ReactNode {
  const { asked, control, writing, reading } = usePlayground();
  const single = asked.ids.length === 1;
  return (
    <div className="screenhead">
      <h1>Playground</h1>
      <Segments
        label="Mode"
        value={asked.mode}
        onChange={(mode) => {
          writing.startAnew();
          asked.setMode(mode);
        }}
        segments={[
          { value: "chat", label: "Chat" },
          { value: "text", label: "Text" },
        ]}
      />
      <span className="end flex">
        <button
          type="button"
          className="btn"
          aria-pressed={reading.shaded}
          onClick={reading.toggleShaded}
        >
          <span className={reading.shaded ? "dot live" : "dot hollow"} aria-hidden="true" />
          Log-probabilities <KeyCaps keys="L" />
        </button>
        <button type="button" className="btn" aria-pressed={!single} onClick={asked.toggleCompare}>
          {single ? "Compare with…" : "One model only"} <KeyCaps keys="C" />
        </button>
        <button
          type="button"
          className="btn"
          disabled={isEmpty(control.trial)}
          onClick={writing.startAnew}
        >
          New <KeyCaps keys="N" />
        </button>
      </span>
    </div>
  );
}
