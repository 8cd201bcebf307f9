/**
 * Newer versions of a packaged application, from the feed that its package names (none, where it was built without one).
 * Nothing is fetched before the user agrees, and nothing restarts by itself: a run may be at work. What was fetched is
 * installed when the application is next closed.
 */

/** The part of electron-updater's AppUpdater that is used. */
export interface Updater {
  autoDownload: boolean;
  autoInstallOnAppQuit: boolean;
  on(
    event: "update-available" | "update-downloaded",
    listener: (info: UpdateInfo) => void,
  ): unknown;
  on(event: "update-not-available", listener: () => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
  checkForUpdates(): Promise<unknown>;
  downloadUpdate(): Promise<unknown>;
}

export interface UpdateInfo {
  readonly version: string;
}

export interface UpdateWords {
  /** Whether to fetch it. */
  ask(message: string, detail: string): Promise<boolean>;
  tell(message: string, detail: string): void;
}

const DAY_MS = 24 * 3_600_000;

/**
 * Looks for updates now and once a day. Gives the way to look at once, which answers also where there is nothing new.
 * @param everyMs between two looks
 */
export function watchForUpdates(
  updater: Updater,
  words: UpdateWords,
  everyMs = DAY_MS,
): { readonly look: () => void; readonly stop: () => void } {
  updater.autoDownload = false;
  updater.autoInstallOnAppQuit = true;
  let wanted = false;
  const answered = new Set<string>();
  const answer = (message: string, detail: string): void => {
    if (wanted) words.tell(message, detail);
    wanted = false;
  };
  updater.on("update-available", ({ version }) => {
    // Who said no is asked again for another version only, or by looking again.
    if (answered.has(version) && !wanted) return;
    answered.add(version);
    wanted = false;
    void words
      .ask(
        `Gradus ${version} is available.`,
        "Fetch it now? It is installed when you close Gradus; nothing that runs is stopped.",
      )
      .then(async (yes) => (yes ? updater.downloadUpdate() : undefined))
      .catch((error: unknown) => words.tell("The update could not be fetched.", String(error)));
  });
  updater.on("update-downloaded", ({ version }) =>
    words.tell(`Gradus ${version} is ready.`, "It is installed when you close Gradus."),
  );
  updater.on("update-not-available", () => answer("This is the newest version.", ""));
  // Offline is no news; who asked is told.
  updater.on("error", (error) => answer("Updates could not be looked for.", error.message));
  const check = (): void => {
    // Its failure comes as an event.
    updater.checkForUpdates().catch(() => undefined);
  };
  check();
  const timer = setInterval(check, everyMs);
  timer.unref();
  return {
    look: () => {
      wanted = true;
      check();
    },
    stop: () => clearInterval(timer),
  };
}
