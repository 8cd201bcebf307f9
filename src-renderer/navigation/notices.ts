/** Short words about what happened elsewhere: shown for some seconds at the window's edge, then kept in the job tray. */
import { create } from "zustand";

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

/** Newest first. */
const store = create<readonly Notice[]>(() => []);
let lastId = 0;

/** Says something. */
export function notify(said: Omit<Notice, "id" | "atMs" | "fresh">): void {
  lastId += 1;
  const notice: Notice = { ...said, id: lastId, atMs: Date.now(), fresh: true };
  store.setState((notices) => [notice, ...notices].slice(0, MOST_KEPT), true);
}

/** Takes a notice from the window's edge; the tray keeps it. */
export function settleNotice(id: number): void {
  store.setState(
    (notices) => notices.map((one) => (one.id === id ? { ...one, fresh: false } : one)),
    true,
  );
}

export function clearNotices(): void {
  store.setState([], true);
}

export function useNotices(): readonly Notice[] {
  return store();
}
