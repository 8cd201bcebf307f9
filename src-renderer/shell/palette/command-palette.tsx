/** The command palette: type, choose with the arrows, Enter runs. Tab changes the kind; ">" asks for commands. */
import { useId, useMemo, useState } from "react";
import type { KeyboardEvent, ReactNode } from "react";
import { Dialog } from "#renderer/ui/dialog.tsx";
import { Glyph } from "#renderer/ui/glyph.tsx";
import { Caps, KeyCaps } from "#renderer/ui/key-caps.tsx";
import { markMatches, parseQuery, searchEntries } from "#renderer/navigation/palette-search.ts";
import type { EntryKind, PaletteEntry } from "#renderer/navigation/palette-search.ts";
import { useAskedEntries } from "./use-asked-entries.ts";
import "./command-palette.css";

const KINDS: readonly { readonly kind: EntryKind | undefined; readonly label: string }[] = [
  { kind: undefined, label: "All" },
  { kind: "run", label: "Runs" },
  { kind: "data", label: "Data" },
  { kind: "option", label: "Options" },
  { kind: "command", label: "Commands" },
];

export interface CommandPaletteProps {
  readonly opened: boolean;
  readonly entries: readonly PaletteEntry[];
  readonly onClose: () => void;
}

function Mark({ entry }: { readonly entry: PaletteEntry }): ReactNode {
  if (entry.kind !== "run") return <Glyph name="right" />;
  if (entry.mark === "live") return <i className="dot live" />;
  if (entry.mark === "failed") return <Glyph name="cross" className="fail" />;
  if (entry.mark === "stopped") return <Glyph name="pause" className="warn" />;
  return <i className="dot hollow" />;
}

function PaletteBody({ entries, onClose }: Omit<CommandPaletteProps, "opened">): ReactNode {
  const [text, setText] = useState("");
  const [kind, setKind] = useState<EntryKind | undefined>(undefined);
  const [chosen, setChosen] = useState(0);
  const listId = useId();
  const query = useMemo(() => parseQuery(text, kind), [text, kind]);
  const asked = useAskedEntries(query, entries);
  const found = useMemo(
    () => [...searchEntries(entries, query), ...asked],
    [entries, query, asked],
  );
  const at = Math.min(chosen, found.length - 1);
  const optionId = (index: number): string => `${listId}-${String(index)}`;

  const choose = (index: number): void => {
    const next = (index + found.length) % Math.max(1, found.length);
    setChosen(next);
    document.getElementById(optionId(next))?.scrollIntoView({ block: "nearest" });
  };
  const runEntry = (entry: PaletteEntry | undefined): void => {
    if (entry === undefined || entry.notNow !== undefined) return;
    onClose();
    entry.run();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "ArrowDown") choose(at + 1);
    else if (event.key === "ArrowUp") choose(at - 1);
    else if (event.key === "Enter") runEntry(found[at]);
    else if (event.key === "Tab" && !event.shiftKey) {
      const index = KINDS.findIndex((one) => one.kind === kind);
      setKind(KINDS[(index + 1) % KINDS.length]?.kind);
      setChosen(0);
    } else return;
    event.preventDefault();
  };

  return (
    <>
      <div className="pq">
        <Glyph name="search" className="t3" />
        <input
          className="grow"
          role="combobox"
          aria-label="Search or run a command"
          aria-expanded="true"
          aria-controls={listId}
          aria-activedescendant={found.length === 0 ? undefined : optionId(at)}
          placeholder="Search or run a command"
          spellCheck={false}
          autoComplete="off"
          data-autofocus
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setChosen(0);
          }}
          onKeyDown={onKeyDown}
        />
        <span className="s12 t3 nowrap" aria-live="polite">
          {found.length} found
        </span>
        <kbd aria-hidden="true">Esc</kbd>
      </div>
      <div className="palkinds">
        {KINDS.map((one) => (
          <button
            key={one.label}
            type="button"
            tabIndex={-1}
            className={one.kind === query.kind ? "chip on" : "chip"}
            aria-pressed={one.kind === query.kind}
            onClick={() => setKind(one.kind)}
          >
            {one.label}
          </button>
        ))}
        <span className="s11 t3 end">
          <kbd>Tab</kbd> next kind
        </span>
      </div>
      <div
        className="scroll grow pallist"
        role="listbox"
        aria-label="Results"
        id={listId}
        tabIndex={-1}
      >
        {found.length === 0 && (
          <div className="pg" role="presentation">
            Nothing matches. Try fewer letters, or another kind.
          </div>
        )}
        {found.map((entry, index) => (
          <PaletteRow
            key={entry.id}
            id={optionId(index)}
            entry={entry}
            words={query.words}
            chosen={index === at}
            heading={entry.group === found[index - 1]?.group ? undefined : entry.group}
            onRun={() => runEntry(entry)}
            onPoint={() => setChosen(index)}
          />
        ))}
      </div>
      <div className="pf">
        <span>
          Choose <KeyCaps keys="ArrowUp ArrowDown" />
        </span>
        <span>
          Open <KeyCaps keys="Enter" />
        </span>
        <span className="end">
          Start with <kbd>&gt;</kbd> for commands
        </span>
      </div>
    </>
  );
}

interface PaletteRowProps {
  readonly id: string;
  readonly entry: PaletteEntry;
  readonly words: readonly string[];
  readonly chosen: boolean;
  readonly heading: string | undefined;
  readonly onRun: () => void;
  readonly onPoint: () => void;
}

function PaletteRow({
  id,
  entry,
  words,
  chosen,
  heading,
  onRun,
  onPoint,
}: PaletteRowProps): ReactNode {
  const note = entry.notNow === undefined ? entry.note : `not now: ${entry.notNow}`;
  return (
    <>
      {heading !== undefined && (
        <div className="pg" role="presentation">
          {heading}
        </div>
      )}
      {/* Keys act in the combobox, which owns the focus; the pointer needs its own way. */}
      <div
        id={id}
        role="option"
        aria-selected={chosen}
        aria-disabled={entry.notNow !== undefined}
        className={`pi${chosen ? " on" : ""}${entry.notNow === undefined ? "" : " off"}`}
        onPointerMove={onPoint}
        onClick={onRun}
      >
        <span className="t3 palmark">
          <Mark entry={entry} />
        </span>
        <span>
          {markMatches(entry.title, words).map((part) =>
            part.match ? <u key={part.at}>{part.text}</u> : <span key={part.at}>{part.text}</span>,
          )}
        </span>
        <span className="nt">{note}</span>
        {entry.keys !== undefined && <Caps keys={entry.keys} />}
      </div>
    </>
  );
}

export function CommandPalette({ opened, entries, onClose }: CommandPaletteProps): ReactNode {
  return (
    <Dialog
      opened={opened}
      onClose={onClose}
      label="Command palette"
      headed={false}
      size={640}
      atTop
    >
      <div className="palbody">
        <PaletteBody entries={entries} onClose={onClose} />
      </div>
    </Dialog>
  );
}
