/** Fresh notices at the window's lower edge. They go by themselves, unless the pointer or the focus is on them. */
import { useEffect, useRef } from "react";
import type { ReactNode } from "react";
import { Glyph } from "#renderer/ui/glyph.tsx";
import { settleNotice, useNotices } from "#renderer/navigation/notices.ts";
import type { Notice } from "#renderer/navigation/notices.ts";
import "./notices.css";

const SHOWN_MS = 8000;
const MOST_SHOWN = 3;

export const NOTICE_MARKS = {
  done: { glyph: "check", tone: "pass", word: "done" },
  warning: { glyph: "warn", tone: "warn", word: "warning" },
  failed: { glyph: "cross", tone: "fail", word: "failed" },
} as const;

function Toast({ notice }: { readonly notice: Notice }): ReactNode {
  const item = useRef<HTMLLIElement>(null);
  const { id } = notice;
  useEffect(() => {
    const timer = window.setInterval(() => {
      if (item.current?.matches(":hover, :focus-within") !== true) settleNotice(id);
    }, SHOWN_MS);
    return () => window.clearInterval(timer);
  }, [id]);
  const mark = NOTICE_MARKS[notice.tone];
  return (
    <li ref={item} className="toast">
      <Glyph name={mark.glyph} className={mark.tone} label={mark.word} />
      <div className="grow break">
        {notice.href === undefined ? (
          <span className="med">{notice.title}</span>
        ) : (
          <a className="med" href={notice.href} onClick={() => settleNotice(id)}>
            {notice.title}
          </a>
        )}
        {notice.detail !== undefined && <div className="t2 clamp">{notice.detail}</div>}
      </div>
      <button
        type="button"
        className="btn icon small"
        aria-label={`Put “${notice.title}” away`}
        onClick={() => settleNotice(id)}
      >
        <Glyph name="cross" />
      </button>
    </li>
  );
}

export function NoticeStack(): ReactNode {
  const fresh = useNotices().filter((notice) => notice.fresh);
  return (
    <div role="status">
      <ul className="toasts s12" aria-label="News">
        {fresh.slice(0, MOST_SHOWN).map((notice) => (
          <Toast key={notice.id} notice={notice} />
        ))}
      </ul>
    </div>
  );
}
