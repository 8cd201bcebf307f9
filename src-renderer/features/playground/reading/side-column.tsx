/** One model and its conversation. */
import { useEffect, useRef } from "react";
import type { ReactNode } from "react";
import { visibleText } from "#renderer/ui/text/visible-text.ts";
import { ModelPicker } from "../asking/model-picker.tsx";
import { usePlayground } from "../playground-value.ts";
import type { Side, Turn } from "../trial/trial.ts";
import { AnswerView } from "./answer-view.tsx";

/** So near its end, the conversation follows what is written. */
const FOLLOW_PX = 160;

function Question({ turn }: { readonly turn: Turn }): ReactNode {
  const { mode } = usePlayground().asked;
  return (
    <article className="turn said" aria-label="Message">
      <div className="turnhead s11 t3">{mode === "chat" ? "you" : "text"}</div>
      <div className="out">{visibleText(turn.content)}</div>
    </article>
  );
}

function NoTurns(): ReactNode {
  const { mode } = usePlayground().asked;
  return (
    <p className="empty t2">
      {mode === "chat"
        ? "Nothing was said yet. Write a message below, or take a problem of a task."
        : "Nothing was written yet. Write the beginning of a text below."}
    </p>
  );
}

export interface SideColumnProps {
  readonly label: string;
  /** 0: left, or the only one; 1: right. */
  readonly at: number;
  readonly side: Side;
}

export function SideColumn({ label, at, side }: SideColumnProps): ReactNode {
  const { models, asked } = usePlayground();
  const scroll = useRef<HTMLDivElement>(null);
  // With every token: the newest text stays in view, unless one has scrolled away from it.
  useEffect(() => {
    const element = scroll.current;
    if (element === null) return;
    const left = element.scrollHeight - element.scrollTop - element.clientHeight;
    if (left < FOLLOW_PX) element.scrollTop = element.scrollHeight;
  });
  return (
    <section className="region" aria-label={label}>
      <div className="head bb">
        <ModelPicker
          label={`Model, ${label.toLowerCase()}`}
          models={models}
          value={side.model}
          onChange={(id) => asked.setModel(at, id)}
        />
      </div>
      <div
        ref={scroll}
        className="scroll grow turns"
        tabIndex={0}
        role="log"
        aria-label={`Conversation, ${label.toLowerCase()}`}
      >
        {side.turns.length === 0 && <NoTurns />}
        {side.turns.map((turn) =>
          turn.role === "assistant" ? (
            <AnswerView key={turn.key} turn={turn} side={side} />
          ) : (
            <Question key={turn.key} turn={turn} />
          ),
        )}
      </div>
    </section>
  );
}
