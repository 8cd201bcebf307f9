/** Chooses the theme here at once and in the workspace's settings. */
import { connection } from "./connection.ts";
import { host } from "./host.ts";
import { chooseTheme, currentTheme } from "#renderer/theme/theme-choice.ts";
import type { ThemeChoice } from "#renderer/theme/theme-choice.ts";

export function setTheme(choice: ThemeChoice): void {
  chooseTheme(choice);
  // Without a host the choice still holds in this browser.
  if (connection.state() === "open") host.settings.set({ theme: choice }).catch(() => undefined);
}

export function switchTheme(): void {
  setTheme(currentTheme() === "dark" ? "light" : "dark");
}
