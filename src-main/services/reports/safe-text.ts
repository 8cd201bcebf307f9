/** Text of models, files and people made harmless for the format it goes into. */

/** Control characters and marks that turn the direction of text: shown by their number, so that nothing hides. */
// oxlint-disable-next-line no-control-regex
const UNSEEN = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;

export function visible(text: string): string {
  return text.replaceAll("\r\n", "\n").replaceAll(UNSEEN, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
    return `⟨U+${code}⟩`;
  });
}

/** For HTML, inside elements and quoted attributes. */
export function html(text: string): string {
  return visible(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

/** For Markdown, in running text and table cells: nothing in it is markup. */
export function markdown(text: string): string {
  return visible(text)
    .replaceAll(/[\\`*_{}[\]<>#|~!&]/gu, String.raw`\$&`)
    .replaceAll(/\s*\n\s*/gu, " ");
}

/** A fenced block whose fence is longer than any run of backticks in it. */
export function markdownBlock(text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/gu) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}text\n${visible(text)}\n${fence}`;
}

/** For a spreadsheet: a text that would be read as a formula gets a quote before it. Numbers are written as numbers and need none. */
export function csvText(text: string): string {
  const shown = visible(text);
  return /^[\s]*[=+\-@\t\r]/u.test(shown) ? `'${shown}` : shown;
}
