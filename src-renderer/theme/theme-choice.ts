/** Dark, light or what the system says. Kept in the browser so that the first paint is right. */
import { create } from "zustand";

export type ThemeChoice = "system" | "dark" | "light";
export type Theme = "dark" | "light";

const KEY = "gradus.theme";
const systemLight = window.matchMedia("(prefers-color-scheme: light)");
/** Rises with each choice, the system's too. */
const useChanges = create(() => 0);

function changed(): void {
  applyTheme();
  useChanges.setState((count) => count + 1);
}

systemLight.addEventListener("change", changed);

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
  changed();
}

export function useTheme(): Theme {
  return useChanges(currentTheme);
}

export function useThemeChoice(): ThemeChoice {
  return useChanges(themeChoice);
}
