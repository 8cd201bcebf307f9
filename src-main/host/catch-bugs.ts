/** What nobody caught is a bug: it is written down, and the host with its training goes on. */

/** Takes this process's uncaught errors and rejections; gives what ends that. */
export function catchBugs(app: { reportBug(error: unknown): void }): () => void {
  const report = (error: unknown): void => {
    // Whoever read our output is gone: to say so there would fail in the same way.
    if (error instanceof Error && "code" in error && error.code === "EPIPE") return;
    app.reportBug(error);
  };
  process.on("uncaughtException", report);
  process.on("unhandledRejection", report);
  return () => {
    process.off("uncaughtException", report);
    process.off("unhandledRejection", report);
  };
}
