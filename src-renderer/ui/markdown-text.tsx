/**
 * Markdown with formulas, from text that nobody vouches for: HTML is shown as text, links do not lead away, pictures are
 * not fetched, formulas may not load or style anything. Loaded when it is first needed (markdown.tsx).
 */
import "katex/dist/katex.min.css";
import Markdown from "react-markdown";
import type { Components } from "react-markdown";
import type { ReactNode } from "react";
import rehypeKatex from "rehype-katex";
import remarkMath from "remark-math";
import { texDelimiters } from "./tex-delimiters.ts";
import { visibleText } from "./visible-text.ts";

const REMARK = [remarkMath];
const REHYPE: NonNullable<Parameters<typeof Markdown>[0]["rehypePlugins"]> = [
  [
    rehypeKatex,
    {
      throwOnError: false,
      strict: false,
      trust: false,
      maxExpand: 200,
      maxSize: 10,
      output: "html",
    },
  ],
];

const COMPONENTS: Components = {
  a: ({ children, href }) => (
    <span className="mdlink" title={href}>
      {children}
    </span>
  ),
  img: ({ alt, src }) => (
    <span className="mono t3">
      [picture {alt ?? ""} {typeof src === "string" ? src : ""}]
    </span>
  ),
  // Headings of a record are not headings of the window.
  h1: ({ children }) => <p className="strong">{children}</p>,
  h2: ({ children }) => <p className="strong">{children}</p>,
  h3: ({ children }) => <p className="strong">{children}</p>,
  h4: ({ children }) => <p className="strong">{children}</p>,
  h5: ({ children }) => <p className="strong">{children}</p>,
  h6: ({ children }) => <p className="strong">{children}</p>,
  // Long lines of code scroll; keys reach them.
  pre: ({ children }) => (
    <pre className="out mdcode" tabIndex={0}>
      {children}
    </pre>
  ),
};

export function MarkdownText({ text }: { readonly text: string }): ReactNode {
  return (
    <div className="md" dir="auto">
      <Markdown remarkPlugins={REMARK} rehypePlugins={REHYPE} components={COMPONENTS}>
        {texDelimiters(visibleText(text))}
      </Markdown>
    </div>
  );
}
