/** The picked token: how likely it was, and what else the model had in mind. */
import type { ReactNode } from "react";
import type { CompletionPiece } from "#shared/schema/inference.ts";
import { formatNumber, formatPercent } from "#renderer/ui/format.ts";
import { visibleText } from "#renderer/ui/text/visible-text.ts";
import { SHADE_BOUNDS, shadeOf, tokenLabel } from "./token-shade.ts";

function TokenCell({ token }: { readonly token: string }): ReactNode {
  return <span className="mono">{visibleText(tokenLabel(token))}</span>;
}

export function TokenRegion({
  piece,
  shown,
}: {
  readonly piece: CompletionPiece | undefined;
  /** Whether the answers are shaded. */
  readonly shown: boolean;
}): ReactNode {
  return (
    <section aria-label="Token" className="bb">
      <div className="head">
        <h2>Token</h2>
        <span className="note ell">the model’s own, at temperature 1</span>
      </div>
      {shown && (
        <div className="shades s11 t3">
          <span>Less likely than</span>
          {SHADE_BOUNDS.map((bound) => (
            <span key={bound} className="flex">
              <i
                className={`shade tok ${shadeOf(Math.log(bound * 0.99)) ?? ""}`}
                aria-hidden="true"
              />
              {formatPercent(bound, 0)}%
            </span>
          ))}
        </div>
      )}
      <div aria-live="polite">
        {piece === undefined ? (
          <p className="pad s12 t3">
            {shown
              ? "Point at a token, or focus an answer and press the arrow keys."
              : "Turn on the shading to look at single tokens."}
          </p>
        ) : (
          <table>
            <thead>
              <tr>
                <th scope="col">token</th>
                <th scope="col" className="num">
                  %
                </th>
                <th scope="col" className="num">
                  log p
                </th>
              </tr>
            </thead>
            <tbody>
              {rowsOf(piece).map(({ id, token, logprob, drawn }) => (
                <tr key={id} aria-selected={drawn}>
                  <td className="ell">
                    <TokenCell token={token} />
                    {drawn && <span className="t3"> drawn</span>}
                  </td>
                  <td className="num">{shareText(Math.exp(logprob))}</td>
                  <td className="num">{logprobText(logprob)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </div>
    </section>
  );
}

/** Percent; what would read as nothing or everything is not quite that. */
function shareText(share: number): string {
  if (share < 0.0005) return "<0.1";
  return share > 0.9995 ? ">99.9" : formatPercent(share);
}

/** Two decimals, and no "−0.00". */
function logprobText(logprob: number): string {
  return logprob > -0.005 ? "0.00" : formatNumber(logprob, 2);
}

/** The alternatives, likeliest first, with the drawn token at its place. */
function rowsOf(piece: CompletionPiece) {
  const top = piece.top ?? [];
  const drawn = { id: piece.id, token: piece.token, logprob: piece.logprob };
  const all = top.some(({ id }) => id === piece.id) ? top : [...top, drawn];
  return all.map((one) => ({ ...one, drawn: one.id === piece.id }));
}
