/** A reward's text: CodeMirror with Python or JavaScript, and what is wrong at its line. Loaded when the first is opened. */
import { history, historyKeymap } from "@codemirror/commands";
import { javascript } from "@codemirror/lang-javascript";
import { python } from "@codemirror/lang-python";
import { indentUnit, syntaxHighlighting } from "@codemirror/language";
import { setDiagnostics } from "@codemirror/lint";
import { EditorView } from "@codemirror/view";
import { tagHighlighter, tags } from "@lezer/highlight";
import { useEffect, useRef } from "react";
import type { ReactNode } from "react";
import type { RewardFault, RewardLanguage } from "#shared/schema/reward-file.ts";
import { useCodeMirror } from "../fields/use-code-mirror.ts";

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
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });
  const { parent, view } = useCodeMirror(() => ({
    text: props.text,
    label: props.label,
    extensions: [
      history(),
      props.language === "python" ? python() : javascript(),
      syntaxHighlighting(LOOK),
      indentUnit.of(props.language === "python" ? "    " : "  "),
      EditorView.contentAttributes.of({ spellcheck: "false" }),
    ],
    keys: [
      { key: "Mod-s", preventDefault: true, run: () => (latest.current.onSave(), true) },
      ...historyKeymap,
    ],
    onChange: (text) => latest.current.onChange(text),
  }));
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
  }, [fault, view]);
  return <div ref={parent} className="codeeditor" />;
}
