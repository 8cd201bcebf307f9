/** Catches a bug of one screen so that the rest of the window stays usable, and says what can be done. */
import { Component } from "react";
import type { ReactNode } from "react";
import { Glyph } from "#renderer/ui/glyph.tsx";
import { crashReport, reportText, sendCrashReport } from "./crash-report.ts";
import { hrefTo } from "#renderer/navigation/location.ts";

interface CrashBoundaryProps {
  readonly what: string;
  readonly children: ReactNode;
}

interface CrashState {
  readonly error: Error | undefined;
  readonly copied: boolean;
}

export class CrashBoundary extends Component<CrashBoundaryProps, CrashState> {
  override readonly state: CrashState = { error: undefined, copied: false };

  static getDerivedStateFromError(error: unknown): CrashState {
    return { error: error instanceof Error ? error : new Error(String(error)), copied: false };
  }

  override componentDidCatch(error: unknown): void {
    if (error instanceof Error) void sendCrashReport(crashReport(error));
  }

  override render(): ReactNode {
    const { error, copied } = this.state;
    if (error === undefined) return this.props.children;
    const report = reportText(crashReport(error));
    return (
      <div className="pad" role="alert">
        <div className="flex top">
          <Glyph name="cross" className="fail" />
          <div className="grow">
            <h1 className="med">{this.props.what} met a bug.</h1>
            <p className="t2 prose">
              Nothing in the workspace was changed by it. The report below is also in the
              workspace&apos;s folder “crashes”; tokens and keys are taken out of it.
            </p>
          </div>
        </div>
        <pre className="out crash" tabIndex={0} aria-label="Report">
          {report}
        </pre>
        <div className="flex">
          <button
            type="button"
            className="btn primary"
            onClick={() => this.setState({ error: undefined })}
          >
            Try again
          </button>
          <button
            type="button"
            className="btn"
            onClick={() =>
              void navigator.clipboard.writeText(report).then(() => this.setState({ copied: true }))
            }
          >
            {copied ? "Copied" : "Copy the report"}
          </button>
          <a className="btn" href={hrefTo([])}>
            Go to Home
          </a>
        </div>
      </div>
    );
  }
}
