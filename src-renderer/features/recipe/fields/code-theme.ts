/** How CodeMirror looks in a recipe's screens. */
import { EditorView } from "@codemirror/view";

export const CODE_THEME = EditorView.theme({
  "&": { height: "100%", fontSize: "12px", backgroundColor: "var(--bg-0)", color: "var(--text-1)" },
  "&.cm-focused": { outline: "2px solid var(--focus)", outlineOffset: "-2px" },
  ".cm-scroller": { fontFamily: "var(--font-mono)", lineHeight: "18px", letterSpacing: "-0.01em" },
  ".cm-gutters": { backgroundColor: "var(--bg-0)", color: "var(--text-3)", border: "0" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--bg-2)" },
  ".cm-cursor": { borderLeftColor: "var(--text-1)" },
  ".cm-selectionBackground, &.cm-focused .cm-selectionBackground": {
    backgroundColor: "var(--accent-wash) !important",
  },
  ".yamlkey, .codeword": { color: "var(--text-2)" },
  ".yamlcomment, .codecomment": { color: "var(--text-3)" },
  ".codeword": { fontWeight: "var(--weight-medium)" },
  ".cm-tooltip, .cm-panels": {
    backgroundColor: "var(--bg-overlay)",
    color: "var(--text-1)",
    border: "1px solid var(--line-2)",
  },
});
