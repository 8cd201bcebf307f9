/** The first rows of a file as they would come in. */
import type { ReactNode } from "react";
import type { RecordMessages } from "#shared/schema/dataset.ts";
import { formatNumber } from "#renderer/ui/format.ts";
import { visibleText } from "#renderer/ui/text/visible-text.ts";

const SHOWN_CHARACTERS = 600;

export interface PreviewRow {
  readonly line: number;
  readonly messages: RecordMessages;
  readonly gold: string | null;
  readonly task: string | null;
}

function short(text: string): string {
  return visibleText(
    text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)} …` : text,
  );
}

export function PreviewRows({ rows }: { readonly rows: readonly PreviewRow[] }): ReactNode {
  return (
    <ul>
      {rows.map((row) => (
        <li key={row.line} className="previewrow">
          <span className="mono t3 s11 lineno">{formatNumber(row.line)}</span>
          <dl className="s12">
            {row.messages.flatMap((message, turn) => {
              const key = `${String(row.line)}.${String(turn)}`;
              return [
                ...(message.reasoning === null
                  ? []
                  : [
                      <div key={`${key}.reasoning`} className="part">
                        <dt>reasoning</dt>
                        <dd dir="auto">{short(message.reasoning)}</dd>
                      </div>,
                    ]),
                <div key={key} className="part">
                  <dt>{message.role}</dt>
                  <dd dir="auto">{short(message.content)}</dd>
                </div>,
              ];
            })}
            {row.gold !== null && (
              <div className="part">
                <dt>right answer</dt>
                <dd>{short(row.gold)}</dd>
              </div>
            )}
            {row.task !== null && (
              <div className="part">
                <dt>task</dt>
                <dd>{short(row.task)}</dd>
              </div>
            )}
          </dl>
        </li>
      ))}
    </ul>
  );
}
