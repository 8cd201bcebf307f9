/** A reward's text: CodeMirror with Python or JavaScript, and what is wrong at its line. Loaded when the first is opened. */
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { javascript } from "@codemirror/lang-javascript";
import { python } from "@codemirror/lang-python";
import { bracketMatching, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { search, searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { tagHighlighter, tags } from "@lezer/highlight";
import { useEffect, useRef } from "react";
import type { ReactNode } from "react";
import type { RewardFault, RewardLanguage } from "#shared/schema/reward-file.ts";
import { CODE_THEME } from "../fields/code-theme.ts";

/** Comments and words of the language step back, names and values stand out, as in the recipe's text. */
const LOOK = tagHighlighter([
  { tag: tags.comment, class: "codecomment" },
  { tag: [tags.keyword, tags.definitionKeyword, tags.controlKeyword], class: "codeword" },
]);

export interface CodeEditorProps {
  readonly label: string;
  readonly language: RewardLanguage;
  /** What it begins with; later changes of it do not reach the editor. */
  readonly text: string;
  readonly fault: RewardFault | null;
  readonly onChange: (text: string) => void;
  readonly onSave: () => void;
}

export function CodeEditor(props: CodeEditorProps): ReactNode {
  const { fault } = props;
  const parent = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });
  useEffect(() => {
    const element = parent.current;
    if (element === null) return undefined;
    const { text, language, label } = latest.current;
    const editor = new EditorView({
      parent: element,
      state: EditorState.create({
        doc: text,
        extensions: [
          history(),
          lineNumbers(),
          lintGutter(),
          drawSelection(),
          highlightActiveLine(),
          search({ top: true }),
          language === "python" ? python() : javascript(),
          syntaxHighlighting(LOOK),
          bracketMatching(),
          indentUnit.of(language === "python" ? "    " : "  "),
          CODE_THEME,
          EditorView.contentAttributes.of({
            "aria-label": label,
            spellcheck: "false",
            tabindex: "0",
          }),
          // Tab goes on to the next control, as everywhere; Mod+] and Mod+[ indent.
          keymap.of([
            { key: "Mod-s", preventDefault: true, run: () => (latest.current.onSave(), true) },
            { key: "Escape", run: (target) => (target.contentDOM.blur(), true) },
            ...historyKeymap,
            ...searchKeymap,
            ...defaultKeymap,
          ]),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) latest.current.onChange(update.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = editor;
    return () => editor.destroy();
  }, []);
  useEffect(() => {
    const editor = view.current;
    if (editor === undefined) return;
    const { doc } = editor.state;
    const line = fault?.line ?? null;
    const at = line === null || line < 1 || line > doc.lines ? undefined : doc.line(line);
    const marks =
      fault === null || at === undefined
        ? []
        : [{ from: at.from, to: at.to, severity: "error" as const, message: fault.message }];
    editor.dispatch(setDiagnostics(editor.state, marks));
  }, [fault]);
  return <div ref={parent} className="codeeditor" />;
}
