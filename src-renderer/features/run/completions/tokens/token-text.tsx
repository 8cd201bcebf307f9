/** A completion token by token, each coloured by how unlikely, open or changed it was; white space and hidden tokens are shown. */
import { useId, useState } from "react";
import type { KeyboardEvent, ReactNode } from "react";
import type { RolloutTokens } from "#shared/schema/metrics.ts";
import { formatNumber } from "#renderer/ui/format.ts";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { visibleText } from "#renderer/ui/text/visible-text.ts";
import { gradeOf, TOKEN_MEASURES, tokenFacts } from "./token-measures.ts";
import type { TokenMeasure } from "./token-measures.ts";

export interface TokenTextProps {
  readonly tokens: RolloutTokens;
  readonly measure: TokenMeasure;
  readonly picked: number | undefined;
  readonly onPick: (at: number | undefined) => void;
}

/** So many tokens at first; a browser lays out no more of them quickly. */
const PORTION = 3000;

/** Spaces as points, line ends and tabs as signs before what they do. */
function spelled(text: string): string {
  return visibleText(text)
    .replaceAll(" ", "\u00B7")
    .replaceAll("\t", "\u21E5\t")
    .replaceAll("\n", "\u21B5\n");
}

/** The text of a token on one line, for the line below. */
function quoted(text: string): string {
  return JSON.stringify(visibleText(text)).slice(1, -1);
}

export function TokenText({ tokens, measure, picked, onPick }: TokenTextProps): ReactNode {
  const [shown, setShown] = useState(PORTION);
  const id = useId();
  const { texts, hidden } = tokens;
  if (texts === null) {
    return (
      <p className="t3 s12 prose">
        The tokenizer of this run's model is not there any more, so its tokens cannot be read. Their
        log-probabilities are kept.
      </p>
    );
  }
  // A token's place is what it is.
  const places = texts.slice(0, shown).map((text, at) => ({ text, at }));
  const rest = texts.length - shown;
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (by === 0 || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    onPick(Math.max(0, Math.min(texts.length - 1, (picked ?? -1) + by)));
  };
  return (
    <>
      <div
        className="out tokens"
        tabIndex={0}
        role="listbox"
        aria-activedescendant={picked === undefined ? undefined : `${id}-${String(picked)}`}
        aria-label={`Tokens by ${TOKEN_MEASURES[measure].label.toLowerCase()}, arrows choose one`}
        onKeyDown={onKeyDown}
        onClick={(event) => {
          const at = event.target instanceof HTMLElement ? event.target.dataset["at"] : undefined;
          if (at !== undefined) onPick(Number(at));
        }}
      >
        {places.map(({ text, at }) => {
          const grade = gradeOf(tokens, measure, at);
          const classes = [
            "tok",
            grade > 0 ? `p${String(grade)}` : "",
            hidden?.[at] === true ? "hid" : "",
            at === picked ? "pick" : "",
          ];
          return (
            <span
              key={at}
              id={`${id}-${String(at)}`}
              role="option"
              aria-selected={at === picked}
              data-at={at}
              className={classes.join(" ").trim()}
            >
              {text === "" ? "\u2205" : spelled(text)}
            </span>
          );
        })}
      </div>
      {rest > 0 && (
        <button type="button" className="linkbtn" onClick={() => setShown(shown + PORTION)}>
          {" "}
          … {formatNumber(rest)} more tokens
        </button>
      )}
    </>
  );
}

/** The chosen token in numbers, and what the colours mean. */
export function TokenFoot({ tokens, measure, picked }: Omit<TokenTextProps, "onPick">): ReactNode {
  const { says, bounds } = TOKEN_MEASURES[measure];
  const text = picked === undefined ? undefined : tokens.texts?.[picked];
  return (
    <div className="s11 bt tokenfoot">
      <div className="flex nowrap num2">
        {picked === undefined || text === undefined ? (
          <span className="t3">Choose a token by pointer or arrows.</span>
        ) : (
          <>
            <span className="mono med ell">"{quoted(text)}"</span>
            {tokenFacts(tokens, picked).map((fact) => (
              <span key={fact}>{fact}</span>
            ))}
          </>
        )}
        <span className="end t3 flex">
          <span className="opt">Next strongest</span> <KeyCaps keys="N" />
        </span>
      </div>
      <div className="flex t3 nowrap">
        <span>{says}</span>
        {bounds.map((bound, index) => (
          <span key={bound}>
            <i className={`lk tok p${String(index + 1)}`} aria-hidden="true" />
            {bound}
          </span>
        ))}
      </div>
    </div>
  );
}
