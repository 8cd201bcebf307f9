/** Whether what happens is also told by the system's notifications. This browser's matter, and off until it is asked for. */
import { create } from "zustand";

const KEY = "gradus.system-notices";
/** Rises with each choice. */
const useChanges = create(() => 0);

export function systemNoticesOn(): boolean {
  return (
    window.localStorage.getItem(KEY) === "on" &&
    "Notification" in window &&
    Notification.permission === "granted"
  );
}

/** Turns them on or off; asks the person's permission first where it was never given. False where it is refused. */
export async function chooseSystemNotices(on: boolean): Promise<boolean> {
  if (on) {
    if (!("Notification" in window)) return false;
    if ((await Notification.requestPermission()) !== "granted") return false;
    window.localStorage.setItem(KEY, "on");
  } else window.localStorage.removeItem(KEY);
  useChanges.setState((count) => count + 1);
  return true;
}

export function useSystemNotices(): boolean {
  return useChanges(systemNoticesOn);
}
