/** Dark, light or what the system says. Kept in the browser so that the first paint is right. */
import { useSyncExternalStore } from "react";

export type ThemeChoice = "system" | "dark" | "light";
export type Theme = "dark" | "light";

const KEY = "gradus.theme";
const listeners = new Set<() => void>();
const systemLight = window.matchMedia("(prefers-color-scheme: light)");

function notify(): void {
  applyTheme();
  for (const listener of listeners) listener();
}

export function themeChoice(): ThemeChoice {
  const kept = window.localStorage.getItem(KEY);
  return kept === "dark" || kept === "light" ? kept : "system";
}

export function currentTheme(): Theme {
  const choice = themeChoice();
  if (choice !== "system") return choice;
  return systemLight.matches ? "light" : "dark";
}

/** Puts the theme on the document; called once before the first render and at every change. */
export function applyTheme(): void {
  document.documentElement.dataset["theme"] = currentTheme();
}

export function chooseTheme(choice: ThemeChoice): void {
  if (choice === "system") window.localStorage.removeItem(KEY);
  else window.localStorage.setItem(KEY, choice);
  notify();
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) systemLight.addEventListener("change", notify);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) systemLight.removeEventListener("change", notify);
  };
}

export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, currentTheme);
}

export function useThemeChoice(): ThemeChoice {
  return useSyncExternalStore(subscribe, themeChoice);
}
