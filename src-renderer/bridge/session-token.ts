/** The token that the host put into the address it printed (`#token=…`): taken out of the address bar, kept for this tab. */
const KEY = "gradus.token";

/** Moves the token from the address into the tab's memory, where there is one; true then. */
export function takeTokenFromAddress(): boolean {
  const match = /^#\/?\??token=([\w-]+)(?:&(.*))?$/u.exec(window.location.hash);
  if (match?.[1] === undefined) return false;
  window.sessionStorage.setItem(KEY, match[1]);
  window.history.replaceState(null, "", `${window.location.pathname}${window.location.search}#/`);
  return true;
}

export function hostToken(): string | undefined {
  return window.sessionStorage.getItem(KEY) ?? undefined;
}
