/**
 * Turns key presses into commands of the registry. Single letters act only outside text fields and dialogs and can
 * be turned off; combinations with Ctrl or Cmd always act.
 */
import { useEffect } from "react";
import { registeredCommands } from "./command-registry.ts";

const SEQUENCE_MS = 1200;

function isApple(): boolean {
  return navigator.platform.startsWith("Mac");
}

/** The keys of a command as they are printed on key caps: "Mod+K" → ["Ctrl", "K"], "G R" → ["G", "R"]. */
export function keyCaps(keys: string): readonly string[] {
  const names: Readonly<Record<string, string>> = {
    Mod: isApple() ? "⌘" : "Ctrl",
    Enter: "↵",
    Escape: "Esc",
    ArrowLeft: "←",
    ArrowRight: "→",
    ArrowUp: "↑",
    ArrowDown: "↓",
    Shift: "⇧",
  };
  return keys.split(/[+ ]/u).map((key) => names[key] ?? key);
}

/** Where letters are text: inputs, text areas, selects, editable content. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (
    target.isContentEditable ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement
  )
    return true;
  return (
    target instanceof HTMLInputElement &&
    !["checkbox", "radio", "button", "range"].includes(target.type)
  );
}

/** What Enter presses itself: it must not open the chosen row of a list as well. */
function actsOnEnter(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("button, a, [role=grid]") !== null;
}

/** A dialog is open: the keys belong to it. */
function inDialog(): boolean {
  return document.querySelector("[role=dialog][aria-modal=true], [role=menu]") !== null;
}

/** The name of a press in the registry's writing. Letters are upper case; Shift is named only for keys without a shifted sign. */
export function pressName(event: KeyboardEvent): string {
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
  const parts: string[] = [];
  if (event.ctrlKey || event.metaKey) parts.push("Mod");
  if (event.altKey) parts.push("Alt");
  if (event.shiftKey && (event.key.length > 1 || parts.length > 0)) parts.push("Shift");
  return [...parts, key].join("+");
}

function handlePress(
  event: KeyboardEvent,
  pending: readonly string[],
  lettersOn: boolean,
): readonly string[] {
  if (event.defaultPrevented || event.repeat || event.isComposing) return [];
  const press = pressName(event);
  const held = event.ctrlKey || event.metaKey || event.altKey;
  if (!held && (isTyping(event.target) || inDialog())) return [];
  if (held && inDialog()) return [];
  // A text field takes its own typing back and chooses its own text.
  if (isTyping(event.target) && ["Mod+Z", "Mod+Shift+Z", "Mod+Y", "Mod+A"].includes(press))
    return [];
  if (press === "Enter" && actsOnEnter(event.target)) return [];
  if (!held && !lettersOn && event.key.length === 1) return [];
  const typed = [...pending, press];
  const candidates = registeredCommands().filter((command) => command.keys !== undefined);
  const wanted = typed.join(" ");
  // The screen's own command wins over the shell's where both ask for a key, whichever was registered later.
  const own = candidates.filter(({ group }) => group === "This screen");
  const match =
    own.findLast((command) => command.keys === wanted) ??
    candidates.findLast((command) => command.keys === wanted) ??
    own.findLast((command) => command.keys === press) ??
    candidates.findLast((command) => command.keys === press);
  if (match !== undefined) {
    if (match.notNow === undefined) {
      event.preventDefault();
      match.run();
    }
    return [];
  }
  return candidates.some((command) => command.keys?.startsWith(`${wanted} `) ?? false) ? typed : [];
}

/** Listens on the window for as long as the shell is shown. */
export function useShortcuts(lettersOn: boolean): void {
  useEffect(() => {
    let pending: readonly string[] = [];
    let lastMs = 0;
    // A dialog that closes by this very press has had it.
    let hadDialog = false;
    const look = (): void => {
      hadDialog = inDialog();
    };
    const listen = (event: KeyboardEvent): void => {
      if (["Shift", "Control", "Alt", "Meta"].includes(event.key) || hadDialog) return;
      if (event.timeStamp - lastMs > SEQUENCE_MS) pending = [];
      lastMs = event.timeStamp;
      pending = handlePress(event, pending, lettersOn);
    };
    window.addEventListener("keydown", look, { capture: true });
    window.addEventListener("keydown", listen);
    return () => {
      window.removeEventListener("keydown", look, { capture: true });
      window.removeEventListener("keydown", listen);
    };
  }, [lettersOn]);
}
