/** A small button that opens a list of things to do. Arrows move in it, letters go to an item that begins with them, Esc and Tab leave it. */
import { Menu } from "@mantine/core";
import { useState } from "react";
import type { KeyboardEvent, ReactNode } from "react";
import { takeFocus } from "./take-focus.ts";
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

const IN_SCREEN = { target: "main" };

export function MenuButton({ label, items, className, children }: MenuButtonProps): ReactNode {
  const [opened, setOpened] = useState(false);
  const onKeyDown = (event: KeyboardEvent): void => {
    // What is typed in the menu is not the screen's.
    event.stopPropagation();
    if (event.key !== "Tab") return;
    event.preventDefault();
    setOpened(false);
  };
  return (
    <Menu
      opened={opened}
      onChange={setOpened}
      position="bottom-start"
      // Inside the screen's landmark, and fixed, so that no region cuts it off.
      portalProps={IN_SCREEN}
      floatingStrategy="fixed"
      offset={4}
      loop={false}
      menuItemTabIndex={0}
      withInitialFocusPlaceholder={false}
      trapFocus={false}
      returnFocus={false}
      transitionProps={{ duration: 0 }}
    >
      <Menu.Target>
        <button type="button" className={className ?? "menubtn"} aria-label={label}>
          {children}
        </button>
      </Menu.Target>
      <Menu.Dropdown ref={takeFocus} className="menu" onKeyDown={onKeyDown}>
        {items.map(({ id, label: text, notNow, run }) => (
          <Menu.Item
            key={id}
            title={notNow}
            // It keeps its place among the arrows, so that its reason can be read.
            aria-disabled={notNow !== undefined}
            closeMenuOnClick={notNow === undefined}
            onClick={notNow === undefined ? run : undefined}
          >
            {text}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
