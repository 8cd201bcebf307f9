/**
 * Keys that a person gave to commands in place of the built-in ones. A matter of this person at this browser, like the
 * choice of single letters, so it is kept there. May import nothing of the registry, which asks here.
 */
import { z } from "zod";
import { createStore } from "zustand";

const KEY = "gradus.keys";
/** Command id → keys as the registry writes them; "" takes a command's keys away. */
const Bindings = z.record(z.string(), z.string());
type Bindings = Readonly<Record<string, string>>;

function read(): Bindings {
  try {
    return Bindings.parse(JSON.parse(window.localStorage.getItem(KEY) ?? "{}"));
  } catch {
    // Written by something else: the built-in keys are better than none.
    return {};
  }
}

const bindings = createStore<Bindings>(read);

function write(next: Bindings): void {
  if (Object.keys(next).length === 0) window.localStorage.removeItem(KEY);
  else window.localStorage.setItem(KEY, JSON.stringify(next));
  bindings.setState(next, true);
}

/** The keys that act for a command: its own, or those that were given to it. */
export function keysInForce(id: string, builtIn: string | undefined): string | undefined {
  const given = bindings.getState()[id];
  if (given === undefined) return builtIn;
  return given === "" ? undefined : given;
}

export function isRebound(id: string): boolean {
  return bindings.getState()[id] !== undefined;
}

/** Gives keys to a command; "" takes them away, undefined gives the built-in ones back. */
export function bindKeys(id: string, keys: string | undefined): void {
  const { [id]: _before, ...others } = bindings.getState();
  write(keys === undefined ? others : { ...others, [id]: keys });
}

export function resetAllKeys(): void {
  write({});
}

export function reboundCount(): number {
  return Object.keys(bindings.getState()).length;
}

export function onBindingsChanged(listener: () => void): () => void {
  return bindings.subscribe(listener);
}

/** Whether two commands would answer the same press: equal, or one the beginning of the other's sequence. */
export function keysCollide(a: string, b: string): boolean {
  return a === b || a.startsWith(`${b} `) || b.startsWith(`${a} `);
}
