/** A small button that opens a list of things to do. The list stands in the browser's top layer, so no region cuts it off. */
import { useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import type { KeyboardEvent, ReactNode, RefObject } from "react";
import { movedBy } from "./use-list-keys.ts";
import "./menu-button.css";

export interface MenuItem {
  readonly id: string;
  readonly label: ReactNode;
  /** Why it cannot be done now. */
  readonly notNow?: string | undefined;
  readonly run: () => void;
}

export interface MenuButtonProps {
  /** For screen readers where `children` is a sign only. */
  readonly label: string;
  readonly items: readonly MenuItem[];
  readonly className?: string;
  readonly children: ReactNode;
}

const GAP = 4;

function MenuList({
  items,
  anchor,
  id,
  label,
  onClose,
}: {
  readonly items: readonly MenuItem[];
  readonly anchor: RefObject<HTMLElement | null>;
  readonly id: string;
  readonly label: string;
  readonly onClose: (giveBack: boolean) => void;
}): ReactNode {
  const list = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState(0);
  useLayoutEffect(() => {
    const element = list.current;
    if (element === null || anchor.current === null) return;
    element.showPopover();
    const from = anchor.current.getBoundingClientRect();
    const { width, height } = element.getBoundingClientRect();
    const below = from.bottom + GAP + height <= window.innerHeight;
    element.style.left = `${String(Math.max(GAP, Math.min(from.left, window.innerWidth - width - 8)))}px`;
    element.style.top = `${String(below ? from.bottom + GAP : Math.max(GAP, from.top - GAP - height))}px`;
  }, [anchor]);
  useEffect(() => {
    const item = list.current?.children[at];
    if (item instanceof HTMLElement) item.focus();
  }, [at]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const moved = movedBy(event.key, at, items.length);
    if (moved !== undefined) setAt(moved);
    else if (event.key === "Escape" || event.key === "Tab") onClose(true);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      ref={list}
      id={id}
      popover="manual"
      role="menu"
      aria-label={label}
      className="menu"
      onKeyDown={onKeyDown}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) onClose(false);
      }}
    >
      {items.map((item, index) => (
        <button
          key={item.id}
          type="button"
          role="menuitem"
          tabIndex={index === at ? 0 : -1}
          aria-disabled={item.notNow !== undefined}
          title={item.notNow}
          onClick={() => {
            if (item.notNow !== undefined) return;
            onClose(true);
            item.run();
          }}
        >
          {item.label}
        </button>
      ))}
    </div>
  );
}

export function MenuButton({ label, items, className, children }: MenuButtonProps): ReactNode {
  const button = useRef<HTMLButtonElement>(null);
  const [opened, setOpened] = useState(false);
  const id = useId();
  return (
    <>
      <button
        ref={button}
        type="button"
        className={className ?? "menubtn"}
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={opened}
        aria-controls={opened ? id : undefined}
        onPointerDown={(event) => {
          // The open list closes when it loses the focus; this press must not open it again.
          if (opened) event.preventDefault();
        }}
        onClick={() => setOpened(!opened)}
      >
        {children}
      </button>
      {opened && (
        <MenuList
          items={items}
          anchor={button}
          id={id}
          label={label}
          onClose={(giveBack) => {
            setOpened(false);
            if (giveBack) button.current?.focus();
          }}
        />
      )}
    </>
  );
}
