/** All keys of the screen that is shown, read from the same registry as the palette, and where they are changed. */
import { useState } from "react";
import type { ReactNode } from "react";
import { Dialog } from "#renderer/ui/dialog.tsx";
import { Caps } from "#renderer/ui/key-caps.tsx";
import { useRegisteredCommands } from "#renderer/navigation/command-registry.ts";
import type { Command, CommandGroup } from "#renderer/navigation/command-registry.ts";
import {
  bindKeys,
  isRebound,
  reboundCount,
  resetAllKeys,
} from "#renderer/navigation/key-bindings.ts";
import { KeyRecorder } from "./key-recorder.tsx";

const GROUPS: readonly CommandGroup[] = ["This screen", "Go to", "Do", "Window"];

function KeyRow({
  command,
  commands,
  recording,
  onRecord,
}: {
  readonly command: Command;
  readonly commands: readonly Command[];
  readonly recording: boolean;
  readonly onRecord: (id: string | undefined) => void;
}): ReactNode {
  const rebound = isRebound(command.id);
  return (
    <li>
      <span className="grow">{command.title}</span>
      {recording ? (
        <KeyRecorder command={command} commands={commands} onDone={() => onRecord(undefined)} />
      ) : (
        <>
          {rebound && (
            <button
              type="button"
              className="linkbtn s12"
              onClick={() => bindKeys(command.id, undefined)}
            >
              Reset<span className="visually-hidden"> the keys of “{command.title}”</span>
            </button>
          )}
          <button type="button" className="keybtn" onClick={() => onRecord(command.id)}>
            <span className="visually-hidden">Change the keys of “{command.title}”</span>
            {command.keys === undefined ? (
              <span className="t3">none</span>
            ) : (
              <Caps keys={command.keys} />
            )}
          </button>
        </>
      )}
    </li>
  );
}

export function ShortcutSheet({
  opened,
  lettersOn,
  onClose,
}: {
  readonly opened: boolean;
  readonly lettersOn: boolean;
  readonly onClose: () => void;
}): ReactNode {
  const [recording, setRecording] = useState<string>();
  const commands = useRegisteredCommands();
  // A command without keys is here only where a person took them away or could give it some.
  const shown = commands.filter(({ keys, id }) => keys !== undefined || isRebound(id));
  const changed = reboundCount();
  const close = (): void => {
    setRecording(undefined);
    onClose();
  };
  return (
    <Dialog opened={opened} onClose={close} label="Keys" headed closable size={760} atTop>
      <div className="sheet">
        {GROUPS.map((group) => {
          const rows = shown.filter((command) => command.group === group);
          if (rows.length === 0) return null;
          return (
            <section key={group}>
              <h3>{group}</h3>
              <ul>
                {rows.map((command) => (
                  <KeyRow
                    key={command.id}
                    command={command}
                    commands={commands}
                    recording={recording === command.id}
                    onRecord={setRecording}
                  />
                ))}
              </ul>
            </section>
          );
        })}
      </div>
      <p className="s12 t3">
        {lettersOn
          ? "Choose a command's keys to give it others. Single letters act outside text fields and can be turned off in Settings."
          : "Single letters are turned off in Settings; keys held with Ctrl or Cmd act."}{" "}
        {changed > 0 && (
          <button type="button" className="linkbtn" onClick={resetAllKeys}>
            Give all {changed} changed commands their own keys back
          </button>
        )}
      </p>
    </Dialog>
  );
}
