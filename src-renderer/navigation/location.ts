/**
 * Addresses. Every screen and filter has one, kept in the URL's fragment (`#/runs?status=running`), so that
 * back and forward work in any host and nothing is asked of a server. May import nothing of the screens.
 */
import { useCallback, useSyncExternalStore } from "react";

export interface Address {
  /** Path segments, decoded: `#/run/r-1` → ["run", "r-1"]. */
  readonly path: readonly string[];
  readonly query: Readonly<Record<string, string>>;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** Reads an address from a fragment, with or without its "#". Anything is an address; an unknown one has no screen. */
export function parseAddress(fragment: string): Address {
  const text = fragment.startsWith("#") ? fragment.slice(1) : fragment;
  const [path = "", query = ""] = text.split("?", 2);
  return {
    path: path
      .split("/")
      .filter((segment) => segment !== "")
      .map(decode),
    query: Object.fromEntries(new URLSearchParams(query)),
  };
}

/** The link to an address; empty and undefined filters are left out, so that equal views have equal links. */
export function hrefTo(
  path: readonly string[],
  query: Readonly<Record<string, string | undefined>> = {},
): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== undefined && value !== "") search.set(name, value);
  const suffix = search.size === 0 ? "" : `?${search.toString()}`;
  return `#/${path.map(encodeURIComponent).join("/")}${suffix}`;
}

/** Goes to a link made by `hrefTo`. `replace` leaves no step to go back to: for filters typed letter by letter. */
export function navigate(href: string, replace = false): void {
  if (href === window.location.hash) return;
  if (replace) window.history.replaceState(null, "", href);
  else window.history.pushState(null, "", href);
  window.dispatchEvent(new Event("gradus:address"));
}

function subscribe(listener: () => void): () => void {
  const events = ["hashchange", "popstate", "gradus:address"];
  for (const event of events) window.addEventListener(event, listener);
  return () => {
    for (const event of events) window.removeEventListener(event, listener);
  };
}

let cachedFragment: string | undefined;
let cachedAddress: Address = parseAddress("");

/** The address now. The same object until it changes. */
export function currentAddress(): Address {
  const fragment = window.location.hash;
  if (fragment !== cachedFragment) {
    cachedFragment = fragment;
    cachedAddress = parseAddress(fragment);
  }
  return cachedAddress;
}

export function useAddress(): Address {
  return useSyncExternalStore(subscribe, currentAddress);
}

/** One filter of the address, as state: reading falls back to `fallback`, which is also what is left out of the link. */
export function useFilter(
  name: string,
  fallback = "",
): readonly [string, (value: string, replace?: boolean) => void] {
  const address = useAddress();
  const set = useCallback(
    (value: string, replace = true) => {
      const { path, query } = currentAddress();
      navigate(hrefTo(path, { ...query, [name]: value === fallback ? undefined : value }), replace);
    },
    [name, fallback],
  );
  return [address.query[name] ?? fallback, set];
}
