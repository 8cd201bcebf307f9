/** One answer: its reasoning, which folds, its text, and what it took to write it. */
import type { ReactNode } from "react";
import type { AnswerFacts, PlaygroundVerdict } from "#shared/schema/playground.ts";
import { formatDuration, formatNumber, plural } from "#renderer/ui/format.ts";
import { Glyph } from "#renderer/ui/glyph.tsx";
import { FailureNotice } from "#renderer/ui/region-state.tsx";
import { visibleText } from "#renderer/ui/text/visible-text.ts";
import { messagesUpTo } from "../keeping/record-of-turns.ts";
import { usePlayground } from "../playground-value.ts";
import type { Side, Turn } from "../trial/trial.ts";
import { thinkParts } from "./tokens/think-parts.ts";
import { TokenText } from "./tokens/token-text.tsx";

export interface AnswerViewProps {
  readonly turn: Turn;
  /** The conversation that the answer is of. */
  readonly side: Side;
}

/** Adds the conversation up to this answer to a dataset; a text to go on with is no conversation. */
function KeepButton({ turn, side }: AnswerViewProps): ReactNode {
  const { asked, control, keep } = usePlayground();
  if (asked.mode !== "chat" || turn.state !== "done" || turn.content === "") return null;
  const { trial, system } = control;
  return (
    <button
      type="button"
      className="btn quiet small end"
      onClick={() =>
        keep({
          messages: messagesUpTo(system, side.turns, turn),
          model: side.model,
          options: trial.options,
          problem: trial.problem,
        })
      }
    >
      Add to a dataset…
    </button>
  );
}

export function AnswerView({ turn, side }: AnswerViewProps): ReactNode {
  const { folded, toggleFolded } = usePlayground().reading;
  // History has the text alone; by characters, the border of the reasoning is exact.
  const pieces = turn.pieces ?? Array.from(turn.content, (text) => ({ text }));
  const { reasoning, rest } = thinkParts<{ readonly text: string }>(pieces);
  return (
    <article className="turn" aria-label="Answer">
      <div className="turnhead s11">
        <span className="t3">{stateOf(turn)}</span>
        <KeepButton turn={turn} side={side} />
      </div>
      {turn.failure !== undefined && <FailureNotice failure={turn.failure} />}
      {reasoning.length > 0 && (
        <button
          type="button"
          className="fold s12 t2"
          aria-expanded={!folded}
          onClick={toggleFolded}
        >
          <Glyph name={folded ? "right" : "down"} />
          Reasoning
          {turn.pieces !== null && <span className="t3">{plural(reasoning.length, "token")}</span>}
        </button>
      )}
      {reasoning.length > 0 && !folded && (
        <div className="reasoning">
          <Text label="Reasoning, token by token" turn={turn} pieces={reasoning} />
        </div>
      )}
      <Text label="Answer, token by token" turn={turn} pieces={rest} />
      {turn.facts !== null && <Facts facts={turn.facts} />}
    </article>
  );
}

function Text({
  label,
  turn,
  pieces,
}: {
  readonly label: string;
  readonly turn: Turn;
  readonly pieces: readonly { readonly text: string }[];
}): ReactNode {
  const { shaded, picked, pick } = usePlayground().reading;
  const tokens = turn.pieces?.filter((piece) => pieces.includes(piece)) ?? [];
  if (shaded && tokens.length > 0)
    return <TokenText label={label} pieces={tokens} picked={picked} onPick={pick} />;
  return (
    <div className="out">
      {visibleText(
        pieces
          .map(({ text }) => text)
          .join("")
          .trim(),
      )}
    </div>
  );
}

function stateOf({ state, pieces, facts }: Turn): string {
  if (state === "waiting") return "asked";
  if (state === "loading") return "loading the model";
  if (state === "writing") return `writing, ${plural(pieces?.length ?? 0, "token")}`;
  if (facts === null) return "";
  return END_WORDS[facts.end];
}

const END_WORDS: Readonly<Record<AnswerFacts["end"], string>> = {
  stop: "ended by itself",
  length: "cut off at max_tokens",
  stopped: "stopped by you",
  failed: "failed",
};

function Facts({ facts }: { readonly facts: AnswerFacts }): ReactNode {
  const { promptTokens, tokens, firstTokenMs, tokensPerSecond, verdict } = facts;
  return (
    <div className="answerfacts s11 t3">
      {verdict !== null && <VerdictTag verdict={verdict} />}
      <span>
        {formatNumber(promptTokens)} + {plural(tokens, "token")}
      </span>
      {tokensPerSecond !== null && <span>{formatNumber(tokensPerSecond)} tokens/s</span>}
      {firstTokenMs !== null && <span>first after {formatDuration(firstTokenMs)}</span>}
    </div>
  );
}

function VerdictTag({ verdict }: { readonly verdict: PlaygroundVerdict }): ReactNode {
  if (verdict.strict)
    return (
      <span className="tag pass">
        <Glyph name="check" />
        right
      </span>
    );
  if (verdict.lenient)
    return (
      <span className="tag warn">
        <Glyph name="warn" />
        right, but not inside the answer tags
      </span>
    );
  return (
    <span className="tag fail">
      <Glyph name="cross" />
      {verdict.answer === null ? "no answer" : "wrong"}
    </span>
  );
}
