/** The frame around every screen: window bar, screens list, status bar, palette, key sheet and the global commands. */
import { useCallback, useEffect, useMemo, useState } from "react";
import type { ReactNode } from "react";
import { connection } from "#renderer/bridge/connection.ts";
import { followHost } from "#renderer/bridge/follow-host.ts";
import { Glyph } from "#renderer/ui/glyph.tsx";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { useCommands } from "#renderer/navigation/command-registry.ts";
import type { Command } from "#renderer/navigation/command-registry.ts";
import { CommandPalette } from "./palette/command-palette.tsx";
import { CrashBoundary } from "./crash-boundary.tsx";
import { JobTray } from "./notices/job-tray.tsx";
import { ConnectionNotice } from "./notices/connection-notice.tsx";
import { currentAddress, hrefTo, navigate, useAddress } from "#renderer/navigation/location.ts";
import type { Address } from "#renderer/navigation/location.ts";
import { NoticeStack } from "./notices/notice-stack.tsx";
import { useRunNotices } from "./notices/run-notices.ts";
import { ScreensList } from "./screens-list.tsx";
import { LISTED_SCREENS, screenAt } from "./screens.tsx";
import { setTheme, switchTheme } from "#renderer/bridge/set-theme.ts";
import { ShortcutSheet } from "./shortcuts/shortcut-sheet.tsx";
import { useLettersOn } from "#renderer/navigation/letters-choice.ts";
import { useShortcuts } from "#renderer/navigation/shortcuts.ts";
import { StatusBar } from "./status-bar.tsx";
import { useCrumbs } from "#renderer/navigation/crumbs.ts";
import { startTour, TourOffer, TourPanel } from "./tour/tour.tsx";
import { usePaletteEntries } from "./palette/use-palette-entries.ts";
import { useElectronMenu } from "./use-electron-menu.ts";
import { useSharedTheme } from "./use-shared-theme.ts";
import { useOutbox } from "#renderer/bridge/records/use-records.ts";
import { useUndo } from "./use-undo.ts";

type Overlay = "palette" | "keys" | "jobs";

function globalCommands(open: (overlay: Overlay) => void): readonly Command[] {
  return [
    ...LISTED_SCREENS.map((screen): Command => ({
      id: `go.${screen.id}`,
      title: `Go to ${screen.title}`,
      group: "Go to",
      keys: `G ${screen.key}`,
      run: () => navigate(hrefTo(screen.path)),
    })),
    {
      id: "window.palette",
      title: "Search or run a command",
      group: "Window",
      keys: "Mod+K",
      run: () => open("palette"),
    },
    {
      id: "window.keys",
      title: "Show all keys",
      note: "help with the keyboard",
      group: "Window",
      keys: "?",
      run: () => open("keys"),
    },
    {
      id: "window.jobs",
      title: "Jobs: what runs, what waits, what happened",
      group: "Window",
      keys: "Mod+J",
      run: () => open("jobs"),
    },
    {
      id: "window.tour",
      title: "Take the tour",
      note: "help for who is new: the screens, one by one",
      group: "Window",
      run: startTour,
    },
    {
      id: "window.theme",
      title: "Switch between dark and light",
      group: "Window",
      keys: "T",
      run: switchTheme,
    },
    {
      id: "window.theme-system",
      title: "Follow the system's theme",
      group: "Window",
      run: () => setTheme("system"),
    },
    {
      id: "window.back",
      title: "Back",
      group: "Window",
      keys: "Alt+ArrowLeft",
      run: () => window.history.back(),
    },
    {
      id: "window.forward",
      title: "Forward",
      group: "Window",
      keys: "Alt+ArrowRight",
      run: () => window.history.forward(),
    },
  ];
}

function CommandField({ onOpen }: { readonly onOpen: () => void }): ReactNode {
  return (
    <button type="button" className="cmd" onClick={onOpen}>
      <Glyph name="search" />
      <span>Search or run a command</span>
      <span className="end">
        <KeyCaps keys="Mod+K" />
      </span>
    </button>
  );
}

export function Shell(): ReactNode {
  const address = useAddress();
  // An overlay belongs to the address it was opened at: going elsewhere, back and forward included, closes it.
  const [shown, setShown] = useState<{ readonly overlay: Overlay; readonly address: Address }>();
  const overlay = shown?.address === address ? shown.overlay : undefined;
  const close = useCallback(() => setShown(undefined), []);
  const openOverlay = (next: Overlay): void => setShown({ overlay: next, address });
  const lettersOn = useLettersOn();
  const screen = screenAt(address);
  const crumbs = useCrumbs(screen.title);
  const entries = usePaletteEntries(overlay === "palette");
  useShortcuts(lettersOn);
  useSharedTheme();
  useRunNotices();
  useOutbox();
  useUndo();
  useElectronMenu();
  useCommands(
    useMemo(
      () => globalCommands((next) => setShown({ overlay: next, address: currentAddress() })),
      [],
    ),
  );
  useEffect(() => {
    const abort = new AbortController();
    void followHost(abort.signal);
    return () => abort.abort();
  }, []);
  useEffect(() => {
    document.title = `${crumbs.at(-1)?.label ?? screen.title} · Gradus`;
  }, [crumbs, screen.title]);
  return (
    <div className="app">
      <a className="skip" href="#main" onClick={(event) => focusMain(event)}>
        Skip to the screen
      </a>
      <header className="appbar">
        <div className="brand">
          <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
            <path
              d="M1 14.25H5.25V10H9.75V5.75H14.25V1.5"
              fill="none"
              stroke="currentColor"
              strokeWidth="2"
            />
          </svg>
          Gradus
        </div>
        <nav className="crumbs" aria-label="Where you are">
          {crumbs.map((crumb, index) =>
            index === crumbs.length - 1 ? (
              <b key={crumb.label} className="ell">
                {crumb.label}
              </b>
            ) : (
              <span key={crumb.label} className="flex" style={{ gap: 6 }}>
                <a href={crumb.href}>{crumb.label}</a>
                <span aria-hidden="true">/</span>
              </span>
            ),
          )}
        </nav>
        <CommandField onOpen={() => openOverlay("palette")} />
      </header>
      <ScreensList listed={screen.listed} />
      <main className="main" id="main" tabIndex={-1}>
        <ConnectionNotice store={connection.store} />
        <TourOffer />
        <CrashBoundary key={address.path.join("/")} what="This screen">
          {screen.content}
        </CrashBoundary>
      </main>
      <TourPanel />
      <StatusBar
        onKeys={() => openOverlay("keys")}
        onJobs={() => (overlay === "jobs" ? close() : openOverlay("jobs"))}
      />
      <NoticeStack />
      {overlay === "jobs" && <JobTray onClose={close} />}
      <CommandPalette opened={overlay === "palette"} entries={entries} onClose={close} />
      <ShortcutSheet opened={overlay === "keys"} lettersOn={lettersOn} onClose={close} />
    </div>
  );
}

/** The fragment is the address of a screen, so the skip link moves the focus itself. */
function focusMain(event: { preventDefault: () => void }): void {
  event.preventDefault();
  document.getElementById("main")?.focus();
}
