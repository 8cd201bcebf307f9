/** What a bug of the window leaves behind: told to the host, which writes it to the workspace, and copied where a person asks. */
import { withoutSecrets } from "#shared/without-secrets.ts";
import { host } from "#renderer/bridge/host.ts";
import { currentAddress } from "#renderer/navigation/location.ts";

export interface CrashReport {
  /** The screen's path; filters may hold what a person typed. */
  readonly screen: string;
  readonly message: string;
  readonly stack: string;
}

export function crashReport(error: Error): CrashReport {
  return {
    screen: `/${currentAddress().path.slice(0, 1).join("/")}`,
    message: withoutSecrets(error.message).slice(0, 2000),
    stack: withoutSecrets(error.stack ?? "").slice(0, 20_000),
  };
}

export function reportText({ screen, message, stack }: CrashReport): string {
  return [`Gradus, window, screen ${screen}`, navigator.userAgent, message, stack].join("\n");
}

/** Never fails: where the host is not heard, the person still has the copy. */
export async function sendCrashReport(report: CrashReport): Promise<void> {
  try {
    await host.system.reportCrash(report);
  } catch {
    // The connection is down or the host is the one that failed.
  }
}
