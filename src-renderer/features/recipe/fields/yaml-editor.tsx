/** The recipe as text: CodeMirror with YAML, and what was found at the lines where it is written. Loaded when shown. */
import { yaml } from "@codemirror/lang-yaml";
import { indentUnit } from "@codemirror/language";
import { setDiagnostics } from "@codemirror/lint";
import type { Diagnostic } from "@codemirror/lint";
import { Decoration, EditorView, MatchDecorator, ViewPlugin } from "@codemirror/view";
import type { DecorationSet, ViewUpdate } from "@codemirror/view";
import { useEffect, useRef } from "react";
import type { ReactNode } from "react";
import type { RecipeFinding } from "#shared/schema/recipe-draft.ts";
import { useCodeMirror } from "./use-code-mirror.ts";

/** Keys and comments step back, values stand out. */
const LOOK = new MatchDecorator({
  regexp: /(^\s*(?:- )?[\w.-]+:|[{,]\s*[\w.-]+:(?=\s))|((?:^|\s)#.*$)/gmu,
  decoration: (match) =>
    Decoration.mark({ class: match[2] === undefined ? "yamlkey" : "yamlcomment" }),
});

const LOOKS = ViewPlugin.fromClass(
  class {
    marks: DecorationSet;
    constructor(view: EditorView) {
      this.marks = LOOK.createDeco(view);
    }
    update(update: ViewUpdate): void {
      this.marks = LOOK.updateDeco(update, this.marks);
    }
  },
  { decorations: (plugin) => plugin.marks },
);

export interface YamlEditorProps {
  readonly text: string;
  readonly problems: readonly RecipeFinding[];
  readonly onChange: (text: string) => void;
  readonly onUndo: () => void;
  readonly onRedo: () => void;
  /** A place to show, by its offset. */
  readonly shown: number | undefined;
  /** Goes up when the editor is to take the focus. */
  readonly focusCount: number;
}

export function YamlEditor(props: YamlEditorProps): ReactNode {
  const { text, problems, shown, focusCount } = props;
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });
  const { parent, view } = useCodeMirror(() => ({
    text,
    label: "Recipe as YAML",
    extensions: [yaml(), indentUnit.of("  "), LOOKS],
    // The wizard keeps the history, which covers the fields too.
    keys: [
      { key: "Mod-z", run: () => (latest.current.onUndo(), true) },
      { key: "Mod-y", run: () => (latest.current.onRedo(), true) },
      { key: "Mod-Shift-z", run: () => (latest.current.onRedo(), true) },
    ],
    onChange: (now) => {
      if (now !== latest.current.text) latest.current.onChange(now);
    },
  }));
  useEffect(() => {
    const editor = view.current;
    if (editor === undefined || editor.state.doc.toString() === text) return;
    editor.dispatch({ changes: changeBetween(editor.state.doc.toString(), text) });
  }, [text, view]);
  useEffect(() => {
    const editor = view.current;
    if (editor === undefined) return;
    editor.dispatch(
      setDiagnostics(
        editor.state,
        problems.flatMap((one) => diagnosticOf(editor, one)),
      ),
    );
  }, [problems, view]);
  useEffect(() => {
    const editor = view.current;
    if (editor === undefined || shown === undefined || shown > editor.state.doc.length) return;
    editor.dispatch({
      selection: { anchor: shown },
      effects: EditorView.scrollIntoView(shown, { y: "center" }),
    });
  }, [shown, view]);
  useEffect(() => {
    if (focusCount > 0) view.current?.focus();
  }, [focusCount, view]);
  return <div ref={parent} className="grow yamleditor" />;
}

/** The one stretch in which two texts differ, so that the cursor stays where it is. */
function changeBetween(
  before: string,
  after: string,
): { from: number; to: number; insert: string } {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  return { from: start, to: before.length - end, insert: after.slice(start, after.length - end) };
}

function diagnosticOf(editor: EditorView, problem: RecipeFinding): Diagnostic[] {
  const { line, level } = problem;
  if (line === null || line > editor.state.doc.lines || level === "note") return [];
  const { from, to } = editor.state.doc.line(line);
  const start = Math.min(to, from + (problem.column ?? 1) - 1);
  return [{ from: start, to, severity: level, message: problem.message }];
}
