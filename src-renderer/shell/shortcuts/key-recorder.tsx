/** Takes the next press, or two presses in a row, as the new keys of a command. */
import { useEffect, useRef, useState } from "react";
import type { KeyboardEvent, ReactNode } from "react";
import { Caps } from "#renderer/ui/key-caps.tsx";
import { bindKeys, keysCollide } from "#renderer/navigation/key-bindings.ts";
import type { Command } from "#renderer/navigation/command-registry.ts";
import { pressName } from "#renderer/navigation/shortcuts.ts";

const LONE = new Set(["Shift", "Control", "Alt", "Meta"]);
/** Presses that the window needs to stay usable: they move the focus, and close what is open. */
const KEPT = new Set(["Tab", "Shift+Tab", "Escape", "Enter"]);
const MOST_PRESSES = 2;

/** Other commands of the same screen that would answer these keys. */
export function rivals(
  keys: string,
  command: Command,
  commands: readonly Command[],
): readonly Command[] {
  return commands.filter(
    (other) => other.id !== command.id && other.keys !== undefined && keysCollide(other.keys, keys),
  );
}

export function KeyRecorder({
  command,
  commands,
  onDone,
}: {
  readonly command: Command;
  readonly commands: readonly Command[];
  readonly onDone: () => void;
}): ReactNode {
  const [presses, setPresses] = useState<readonly string[]>([]);
  const field = useRef<HTMLButtonElement>(null);
  useEffect(() => field.current?.focus(), []);
  const keys = presses.join(" ");
  const taken = keys === "" ? [] : rivals(keys, command, commands);
  const keep = (): void => {
    if (taken.length > 0) return;
    bindKeys(command.id, keys);
    onDone();
  };
  const listen = (event: KeyboardEvent): void => {
    const press = pressName(event.nativeEvent);
    if (LONE.has(event.key) || press === "Tab" || press === "Shift+Tab") return;
    event.preventDefault();
    event.stopPropagation();
    if (press === "Escape") onDone();
    else if (press === "Enter") keep();
    else if (press === "Backspace") setPresses([]);
    else if (!KEPT.has(press))
      setPresses((before) => (before.length >= MOST_PRESSES ? [press] : [...before, press]));
  };
  return (
    <div className="recorder" role="group" aria-label={`New keys of “${command.title}”`}>
      <button
        ref={field}
        type="button"
        className="btn small"
        // Mantine's dialog would take Esc as its own.
        data-mantine-stop-propagation="true"
        onKeyDown={listen}
        onClick={(event) => event.currentTarget.focus()}
      >
        {keys === "" ? <span className="t3">Press keys</span> : <Caps keys={keys} />}
      </button>
      <span className="s12 t3" role="status">
        {taken.length > 0
          ? `Taken by “${taken.map(({ title }) => title).join("”, “")}”. Press others.`
          : keys === ""
            ? "Enter with none takes its keys away, Esc leaves them."
            : "Enter keeps them, Backspace begins again, Esc leaves them."}
      </span>
    </div>
  );
}
