/** All keys of the screen that is shown, read from the same registry as the palette. */
import type { ReactNode } from "react";
import { Dialog } from "../ui/dialog.tsx";
import { KeyCaps } from "../ui/key-caps.tsx";
import { useRegisteredCommands } from "./command-registry.ts";
import type { CommandGroup } from "./command-registry.ts";

const GROUPS: readonly CommandGroup[] = ["This screen", "Go to", "Do", "Window"];

export function ShortcutSheet({
  opened,
  lettersOn,
  onClose,
}: {
  readonly opened: boolean;
  readonly lettersOn: boolean;
  readonly onClose: () => void;
}): ReactNode {
  const commands = useRegisteredCommands().filter((command) => command.keys !== undefined);
  return (
    <Dialog opened={opened} onClose={onClose} label="Keys" headed closable size={640} atTop>
      <div className="sheet">
        {GROUPS.map((group) => {
          const rows = commands.filter((command) => command.group === group);
          if (rows.length === 0) return null;
          return (
            <section key={group}>
              <h3>{group}</h3>
              <ul>
                {rows.map((command) => (
                  <li key={command.id}>
                    {command.title}
                    {command.keys !== undefined && <KeyCaps keys={command.keys} />}
                  </li>
                ))}
              </ul>
            </section>
          );
        })}
      </div>
      <p className="s12 t3">
        {lettersOn
          ? "Single letters act outside text fields. They can be turned off in Settings."
          : "Single letters are turned off in Settings; keys held with Ctrl or Cmd act."}
      </p>
    </Dialog>
  );
}
