/** What the application's editors of code are alike in: how CodeMirror is put into the page, its keys, its look. */
import { defaultKeymap } from "@codemirror/commands";
import { bracketMatching } from "@codemirror/language";
import { lintGutter } from "@codemirror/lint";
import { search, searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import type { Extension } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import type { KeyBinding } from "@codemirror/view";
import { useEffect, useRef } from "react";
import type { RefObject } from "react";
import { CODE_THEME } from "./code-theme.ts";

export interface CodeMirrorOptions {
  /** What the editor begins with. */
  readonly text: string;
  readonly label: string;
  /** Of the language and of this editor alone. */
  readonly extensions: readonly Extension[];
  /** Come before the keys that every editor has. */
  readonly keys: readonly KeyBinding[];
  readonly onChange: (text: string) => void;
}

export interface CodeMirror {
  /** The element that the editor fills. */
  readonly parent: RefObject<HTMLDivElement | null>;
  /** Empty until the first effects have run. */
  readonly view: RefObject<EditorView | undefined>;
}

/** @param options read once, when the editor is made; what its functions call must read the newest props itself */
export function useCodeMirror(options: () => CodeMirrorOptions): CodeMirror {
  const parent = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const first = useRef(options);
  useEffect(() => {
    const element = parent.current;
    if (element === null) return undefined;
    const editor = new EditorView({ parent: element, state: stateOf(first.current()) });
    view.current = editor;
    return () => editor.destroy();
  }, []);
  return { parent, view };
}

function stateOf({ text, label, extensions, keys, onChange }: CodeMirrorOptions): EditorState {
  return EditorState.create({
    doc: text,
    extensions: [
      lineNumbers(),
      lintGutter(),
      drawSelection(),
      highlightActiveLine(),
      search({ top: true }),
      bracketMatching(),
      CODE_THEME,
      EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
      ...extensions,
      // Tab goes on to the next control, as everywhere; Mod+] and Mod+[ indent.
      keymap.of([
        ...keys,
        { key: "Escape", run: (target) => (target.contentDOM.blur(), true) },
        ...searchKeymap,
        ...defaultKeymap,
      ]),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) onChange(update.state.doc.toString());
      }),
    ],
  });
}
