/** The records of the queue, of any number: only the rows in view exist and are fetched. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useId, useMemo, useRef } from "react";
import type { MouseEvent, ReactNode, RefObject } from "react";
import type { RecordRow } from "#shared/schema/dataset.ts";
import { useRows } from "#renderer/bridge/records/use-records.ts";
import { formatNumber } from "#renderer/ui/format.ts";
import { Glyph } from "#renderer/ui/glyph.tsx";
import { useListKeys } from "#renderer/ui/use-list-keys.ts";
import { visibleText } from "#renderer/ui/text/visible-text.ts";
import type { QueueName } from "../review/review-place.ts";
import { useReview } from "../review/review-value.ts";

const ROW = 28;
const OVERSCAN = 16;
const BLOCK = 32;
const KEEP_AFTER_MS = 150;

function Mark({ row, queue }: { readonly row: RecordRow; readonly queue: QueueName }): ReactNode {
  if (row.status !== queue && row.status !== "pending")
    return <span className="t3 s11">{row.status}</span>;
  if (row.verdict === "wrong") return <Glyph name="cross" className="fail" label="wrong" />;
  if (!row.formatOk || row.duplicate !== null || row.contamination !== null)
    return <Glyph name="warn" className="warn" label="to look at" />;
  return row.verdict === "correct" ? (
    <Glyph name="check" className="pass" label="correct" />
  ) : (
    <Glyph name="dash" className="t3" label="not verified" />
  );
}

/** The list's scroll position is kept for as long as the tab lives. */
function useKeptScroll(scroller: RefObject<HTMLDivElement | null>, name: string): () => number {
  useEffect(() => {
    const box = scroller.current;
    if (box === null) return undefined;
    let timer: number | undefined;
    const keep = (): void => {
      window.clearTimeout(timer);
      timer = window.setTimeout(
        () => window.sessionStorage.setItem(name, String(box.scrollTop)),
        KEEP_AFTER_MS,
      );
    };
    box.addEventListener("scroll", keep, { passive: true });
    return () => {
      window.clearTimeout(timer);
      box.removeEventListener("scroll", keep);
    };
  }, [scroller, name]);
  return () => Number(window.sessionStorage.getItem(name) ?? 0);
}

export function QueueList(): ReactNode {
  const { dataset, place, reading, selection } = useReview();
  const { queue, at, goTo } = reading;
  const { ids } = queue;
  const { queueName } = place;
  const scroller = useRef<HTMLDivElement>(null);
  const keptScroll = useKeptScroll(
    scroller,
    `gradus.scroll.${dataset.id}.${queueName}.${place.line}`,
  );
  const gridId = useId();
  const virtualizer = useVirtualizer({
    count: ids.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: OVERSCAN,
    initialOffset: keptScroll,
  });
  const onKeyDown = useListKeys({ count: ids.length, chosen: at, onChoose: goTo });
  useEffect(() => {
    if (at >= 0 && ids.length > 0) virtualizer.scrollToIndex(at, { align: "auto" });
  }, [at, ids.length, virtualizer]);
  const items = virtualizer.getVirtualItems();
  // Whole blocks, so that a step of the list asks for nothing most of the time.
  const first = Math.floor((items[0]?.index ?? 0) / BLOCK) * BLOCK;
  const end = Math.ceil(((items.at(-1)?.index ?? -1) + 1) / BLOCK) * BLOCK;
  const inView = useMemo(() => ids.slice(first, end), [ids, first, end]);
  const rowOf = useRows(dataset.id, inView);
  const press = (event: MouseEvent, index: number): void => {
    if (event.shiftKey) selection.select(index, "range");
    else if (event.ctrlKey || event.metaKey) selection.select(index, "one");
    else goTo(index);
  };
  return (
    <div
      ref={scroller}
      className="scroll grow rows queuelist"
      role="grid"
      aria-label="Records"
      aria-rowcount={ids.length}
      aria-multiselectable
      aria-activedescendant={ids.length === 0 ? undefined : `${gridId}-${String(at)}`}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <div style={{ height: virtualizer.getTotalSize(), position: "relative" }} role="presentation">
        {items.map((item) => {
          const id = ids[item.index];
          if (id === undefined) return null;
          const row = rowOf(id);
          const decided = row !== undefined && queueName !== "all" && row.status !== queueName;
          return (
            <div
              key={id}
              id={`${gridId}-${String(item.index)}`}
              role="row"
              aria-rowindex={item.index + 1}
              aria-selected={item.index === at || selection.ids.has(id)}
              aria-current={item.index === at}
              className={decided ? "qrow decided" : "qrow"}
              style={{ transform: `translateY(${String(item.start)}px)` }}
              onClick={(event) => press(event, item.index)}
            >
              <span role="gridcell" className="mono t3 qn">
                {selection.ids.has(id) && <Glyph name="check" className="acc" label="chosen" />}
                {row === undefined ? "" : formatNumber(row.position)}
              </span>
              <span role="gridcell" className="ell grow" dir="auto">
                {row === undefined ? "" : visibleText(row.prompt).replaceAll("\n", " ")}
              </span>
              <span role="gridcell">
                {row !== undefined && <Mark row={row} queue={queueName} />}
              </span>
            </div>
          );
        })}
      </div>
    </div>
  );
}
