/** One part of a record as editable text. CodeMirror, loaded when a record is first edited. */
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { markdown } from "@codemirror/lang-markdown";
import { Compartment, EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightSpecialChars, keymap } from "@codemirror/view";
import { useEffect, useRef } from "react";
import type { ReactNode } from "react";

export interface TextEditorProps {
  readonly label: string;
  /** What it begins with; later changes of it do not reach the editor. */
  readonly text: string;
  readonly focused: boolean;
  readonly onChange: (text: string) => void;
  /** Escape was pressed, and there was no selection to give up. */
  readonly onLeave: () => void;
}

/** Past this, colours of Markdown cost more than they help. */
const LONGEST_COLOURED = 200_000;

const look = EditorView.theme({
  "&": { backgroundColor: "var(--bg-0)", color: "var(--text-1)", fontSize: "13px" },
  "&.cm-focused": { outline: "2px solid var(--focus)", outlineOffset: "2px" },
  ".cm-content": {
    fontFamily: "var(--font-mono)",
    lineHeight: "20px",
    padding: "8px 0",
    caretColor: "var(--text-1)",
  },
  ".cm-line": { padding: "0 12px" },
  ".cm-cursor": { borderLeftColor: "var(--text-1)" },
  ".cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground":
    { backgroundColor: "var(--bg-3)" },
  ".cm-scroller": { maxHeight: "60vh", overflow: "auto" },
  ".cm-specialChar": { color: "var(--fail)" },
});

export function TextEditor({
  label,
  text,
  focused,
  onChange,
  onLeave,
}: TextEditorProps): ReactNode {
  const place = useRef<HTMLDivElement>(null);
  const latest = useRef({ text, focused, label, onChange, onLeave });
  useEffect(() => {
    latest.current.onChange = onChange;
    latest.current.onLeave = onLeave;
  });
  useEffect(() => {
    const { text, focused, label } = latest.current;
    const parent = place.current;
    if (parent === null) return undefined;
    const language = new Compartment();
    const view = new EditorView({
      parent,
      state: EditorState.create({
        doc: text,
        extensions: [
          history(),
          drawSelection(),
          // Direction marks, zero-width and control characters are shown as what they are.
          highlightSpecialChars(),
          // Mod+Enter saves (curation-commands.ts).
          keymap.of([
            ...historyKeymap,
            ...defaultKeymap.filter(({ key }) => key !== "Mod-Enter"),
            {
              key: "Escape",
              run: () => {
                latest.current.onLeave();
                return true;
              },
            },
          ]),
          EditorView.lineWrapping,
          EditorView.perLineTextDirection.of(true),
          EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false" }),
          language.of(text.length > LONGEST_COLOURED ? [] : markdown()),
          look,
          EditorView.updateListener.of((update) => {
            if (update.docChanged) latest.current.onChange(update.state.doc.toString());
          }),
        ],
      }),
    });
    if (focused) view.focus();
    return () => view.destroy();
  }, []);
  return <div ref={place} className="editor" />;
}
