/**
 * Text to be read, literally: nothing in it is taken for Markdown, since what is read here is what is trained on. Only
 * what is certainly a formula is set, where there is any and the text is not too long. The setting
 * waits for an idle moment, so that going on to the next record never waits for the one before.
 */
import { Component, lazy, Suspense, useEffect, useState } from "react";
import type { ReactNode } from "react";
import { LongText } from "./long-text.tsx";
import "./reading-text.css";

const MathsText = lazy(() =>
  import("./maths-text.tsx").then((module) => ({ default: module.MathsText })),
);

/** Past this, setting it would hold the window up. */
const LONGEST_SET = 20_000;
/** Anything that a formula could stand between. */
const MARKED = /\$|\\[([]/u;
const IDLE_WITHIN_MS = 400;

interface PlainOnErrorProps {
  readonly plain: ReactNode;
  readonly children: ReactNode;
}

/** What its setting stumbles over is shown as it was written. */
class PlainOnError extends Component<PlainOnErrorProps, { readonly stumbled: boolean }> {
  override readonly state = { stumbled: false };

  static getDerivedStateFromError(): { readonly stumbled: boolean } {
    return { stumbled: true };
  }

  override render(): ReactNode {
    return this.state.stumbled ? this.props.plain : this.props.children;
  }
}

function useIdle(): boolean {
  const [idle, setIdle] = useState(false);
  useEffect(() => {
    const request = window.requestIdleCallback(() => setIdle(true), { timeout: IDLE_WITHIN_MS });
    return () => window.cancelIdleCallback(request);
  }, []);
  return idle;
}

/** Give it the text as `key`, so that another text begins plain again. */
export function ReadingText({ text }: { readonly text: string }): ReactNode {
  const idle = useIdle();
  const plain = (
    <div className="plain" dir="auto">
      <LongText text={text} />
    </div>
  );
  if (!idle || text.length > LONGEST_SET || !MARKED.test(text)) return plain;
  return (
    <PlainOnError plain={plain}>
      <Suspense fallback={plain}>
        <MathsText text={text} />
      </Suspense>
    </PlainOnError>
  );
}
