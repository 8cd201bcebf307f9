/**
 * A table of any length: only the rows in view exist. Holds the focus itself and names the chosen row with
 * aria-activedescendant; arrows, J, K and Enter act on it.
 */
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useId, useRef } from "react";
import type { ReactNode } from "react";
import { useNarrow } from "./use-narrow.ts";
import { useListKeys } from "./use-list-keys.ts";

export interface GridColumn<T> {
  readonly id: string;
  readonly header: ReactNode;
  /** A CSS grid track: "minmax(0, 1fr)", "80px". */
  readonly track: string;
  readonly numeric?: boolean;
  /** Its head sorts the rows by it. */
  readonly sortable?: boolean;
  /** Left out where the window is narrow. */
  readonly wideOnly?: boolean;
  readonly cell: (row: T) => ReactNode;
}

export interface VirtualGridProps<T> {
  readonly label: string;
  readonly columns: readonly GridColumn<T>[];
  readonly rows: readonly T[];
  readonly rowKey: (row: T) => string;
  readonly rowHeight?: number;
  /** Row that stands for the keyboard and the pointer's last choice; −1 for none. */
  readonly chosen: number;
  readonly onChoose: (index: number) => void;
  readonly onOpen?: (index: number) => void;
  /** A class for one row, e.g. to mark a kind of row. */
  readonly rowClass?: (row: T) => string | undefined;
  /** Space, or a click with Ctrl or Cmd: picks a row, or not. */
  readonly onPick?: (index: number) => void;
  /** The rows in view changed: for those who read them as they are needed. */
  readonly onSee?: (first: number, last: number) => void;
  readonly sort?: GridSort;
  readonly onSort?: (column: string) => void;
}

export interface GridSort {
  readonly column: string;
  readonly direction: "ascending" | "descending";
}

export function VirtualGrid<T>(props: VirtualGridProps<T>): ReactNode {
  const { label, rows, rowKey, rowHeight = 28, chosen, onChoose, onOpen, rowClass } = props;
  const narrow = useNarrow();
  const columns = narrow
    ? props.columns.filter((column) => column.wideOnly !== true)
    : props.columns;
  const scroller = useRef<HTMLDivElement>(null);
  const gridId = useId();
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    scrollPaddingStart: rowHeight,
  });
  const onKeyDown = useListKeys({
    count: rows.length,
    chosen,
    onChoose,
    ...(onOpen === undefined ? {} : { onOpen }),
    ...(props.onPick === undefined ? {} : { onPick: props.onPick }),
  });
  useEffect(() => {
    if (chosen >= 0) virtualizer.scrollToIndex(chosen, { align: "auto" });
  }, [chosen, virtualizer]);
  const items = virtualizer.getVirtualItems();
  const [firstSeen, lastSeen] = [items.at(0)?.index ?? 0, items.at(-1)?.index ?? -1];
  const { onSee } = props;
  useEffect(() => onSee?.(firstSeen, lastSeen), [onSee, firstSeen, lastSeen]);
  const template = { gridTemplateColumns: columns.map((column) => column.track).join(" ") };
  const rowId = (index: number): string => `${gridId}-row-${String(index)}`;
  return (
    <div
      ref={scroller}
      className="scroll grow rows"
      role="grid"
      aria-label={label}
      aria-rowcount={rows.length + 1}
      aria-activedescendant={chosen < 0 || chosen >= rows.length ? undefined : rowId(chosen)}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <div className="row headrow gridhead" role="row" aria-rowindex={1} style={template}>
        {columns.map((column) => (
          <span
            key={column.id}
            role="columnheader"
            className={column.numeric === true ? "num" : undefined}
            aria-sort={props.sort?.column === column.id ? props.sort.direction : undefined}
          >
            {column.sortable === true && props.onSort !== undefined ? (
              <button type="button" className="sorthead" onClick={() => props.onSort?.(column.id)}>
                {column.header}
                {props.sort?.column === column.id && (
                  <span aria-hidden="true">
                    {props.sort.direction === "ascending" ? " \u2191" : " \u2193"}
                  </span>
                )}
              </button>
            ) : (
              column.header
            )}
          </span>
        ))}
      </div>
      <div style={{ height: virtualizer.getTotalSize(), position: "relative" }} role="presentation">
        {items.map((item) => {
          const row = rows[item.index];
          if (row === undefined) return null;
          return (
            <div
              key={rowKey(row)}
              id={rowId(item.index)}
              role="row"

              aria-rowindex={item.index + 2}
              aria-selected={item.index === chosen}
              className={`row ${rowClass?.(row) ?? ""}`}
              style={{
                ...template,
                position: "absolute",
                top: 0,
                left: 0,
                right: 0,
                height: rowHeight,
                transform: `translateY(${String(item.start)}px)`,
              }}
              onClick={(event) => {
                onChoose(item.index);
                if (event.ctrlKey || event.metaKey) props.onPick?.(item.index);
              }}
              onDoubleClick={() => onOpen?.(item.index)}
            >
              {columns.map((column) => (
                <span
                  key={column.id}
                  role="gridcell"
                  className={column.numeric === true ? "num" : "ell"}
                >
                  {column.cell(row)}
                </span>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}
