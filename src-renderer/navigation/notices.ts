/** Short words about what happened elsewhere: shown for some seconds at the window's edge, then kept in the job tray. */
import { useSyncExternalStore } from "react";

const MOST_KEPT = 50;

export interface Notice {
  readonly id: number;
  readonly tone: "done" | "warning" | "failed";
  readonly title: string;
  readonly detail: string | undefined;
  /** Where one looks at it. */
  readonly href: string | undefined;
  readonly atMs: number;
  /** False once it went from the window's edge. */
  readonly fresh: boolean;
}

let notices: readonly Notice[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

function publish(next: readonly Notice[]): void {
  notices = next;
  for (const listener of listeners) listener();
}

/** Says something. Newest first. */
export function notify(said: Omit<Notice, "id" | "atMs" | "fresh">): void {
  lastId += 1;
  const notice: Notice = { ...said, id: lastId, atMs: Date.now(), fresh: true };
  publish([notice, ...notices].slice(0, MOST_KEPT));
}

/** Takes a notice from the window's edge; the tray keeps it. */
export function settleNotice(id: number): void {
  publish(notices.map((notice) => (notice.id === id ? { ...notice, fresh: false } : notice)));
}

export function clearNotices(): void {
  publish([]);
}

export function useNotices(): readonly Notice[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => notices,
  );
}
