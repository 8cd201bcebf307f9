/** Catches a bug of one screen so that the rest of the window stays usable, and says what can be done. */
import { Component } from "react";
import type { ReactNode } from "react";
import { FailureNotice } from "../ui/region-state.tsx";

interface CrashBoundaryProps {
  readonly what: string;
  readonly children: ReactNode;
}

export class CrashBoundary extends Component<
  CrashBoundaryProps,
  { readonly error: Error | undefined }
> {
  override readonly state: { readonly error: Error | undefined } = { error: undefined };

  static getDerivedStateFromError(error: unknown): { readonly error: Error } {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    return (
      <FailureNotice
        failure={{
          message: `${this.props.what} met a bug: ${error.message}.`,
          advice: "Nothing in the workspace was changed by it. Try again, or go to another screen.",
        }}
        onRetry={() => this.setState({ error: undefined })}
      />
    );
  }
}
