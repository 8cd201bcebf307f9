/** One model and its conversation. */
import { useEffect, useRef } from "react";
import type { ReactNode } from "react";
import type { CompletionPiece } from "#shared/schema/inference.ts";
import type { PlaygroundModel } from "#shared/schema/playground.ts";
import { visibleText } from "#renderer/ui/text/visible-text.ts";
import { AnswerView } from "./answer-view.tsx";
import { ModelPicker } from "./model-picker.tsx";
import type { Mode, Side, Turn } from "./trial.ts";

export type SideColumnProps = {
  readonly label: string;
  readonly mode: Mode;
  readonly side: Side;
  readonly models: readonly PlaygroundModel[];
  readonly shaded: boolean;
  readonly folded: boolean;
  readonly picked: CompletionPiece | undefined;
  readonly onModel: (model: string) => void;
  readonly onPick: (piece: CompletionPiece) => void;
  readonly onFold: () => void;
  readonly onSend: ((turn: Turn) => void) | undefined;
};

export function SideColumn(props: SideColumnProps): ReactNode {
  const { label, side, mode } = props;
  const scroll = useRef<HTMLDivElement>(null);
  // With every token: the newest text stays in view, unless one has scrolled away from it.
  useEffect(() => {
    const element = scroll.current;
    if (element === null) return;
    const left = element.scrollHeight - element.scrollTop - element.clientHeight;
    if (left < 160) element.scrollTop = element.scrollHeight;
  });
  return (
    <section className="region" aria-label={label}>
      <div className="head bb">
        <ModelPicker
          label={`Model, ${label.toLowerCase()}`}
          models={props.models}
          value={side.model}
          onChange={props.onModel}
        />
      </div>
      <div
        ref={scroll}
        className="scroll grow turns"
        tabIndex={0}
        role="log"
        aria-label={`Conversation, ${label.toLowerCase()}`}
      >
        {side.turns.length === 0 && (
          <p className="empty t2">
            {mode === "chat"
              ? "Nothing was said yet. Write a message below, or take a problem of a task."
              : "Nothing was written yet. Write the beginning of a text below."}
          </p>
        )}
        {side.turns.map((turn) =>
          turn.role === "assistant" ? (
            <AnswerView
              key={turn.key}
              turn={turn}
              shaded={props.shaded}
              folded={props.folded}
              picked={props.picked}
              onPick={props.onPick}
              onFold={props.onFold}
              onSend={props.onSend === undefined ? undefined : () => props.onSend?.(turn)}
            />
          ) : (
            <article key={turn.key} className="turn said" aria-label="Message">
              <div className="turnhead s11 t3">{mode === "chat" ? "you" : "text"}</div>
              <div className="out">{visibleText(turn.content)}</div>
            </article>
          ),
        )}
      </div>
    </section>
  );
}
