/**
 * Keys that a person gave to commands in place of the built-in ones. A matter of this person at this browser, like the
 * choice of single letters, so it is kept there. May import nothing of the registry, which asks here.
 */
import { z } from "zod";

const KEY = "gradus.keys";
/** Command id → keys as the registry writes them; "" takes a command's keys away. */
const Bindings = z.record(z.string(), z.string());
type Bindings = Readonly<Record<string, string>>;

const listeners = new Set<() => void>();
let bindings: Bindings | undefined;

function read(): Bindings {
  if (bindings !== undefined) return bindings;
  try {
    bindings = Bindings.parse(JSON.parse(window.localStorage.getItem(KEY) ?? "{}"));
  } catch {
    // Written by something else: the built-in keys are better than none.
    bindings = {};
  }
  return bindings;
}

function write(next: Bindings): void {
  bindings = next;
  if (Object.keys(next).length === 0) window.localStorage.removeItem(KEY);
  else window.localStorage.setItem(KEY, JSON.stringify(next));
  for (const listener of listeners) listener();
}

/** The keys that act for a command: its own, or those that were given to it. */
export function keysInForce(id: string, builtIn: string | undefined): string | undefined {
  const given = read()[id];
  if (given === undefined) return builtIn;
  return given === "" ? undefined : given;
}

export function isRebound(id: string): boolean {
  return read()[id] !== undefined;
}

/** Gives keys to a command; "" takes them away, undefined gives the built-in ones back. */
export function bindKeys(id: string, keys: string | undefined): void {
  const { [id]: _before, ...others } = read();
  write(keys === undefined ? others : { ...others, [id]: keys });
}

export function resetAllKeys(): void {
  write({});
}

export function reboundCount(): number {
  return Object.keys(read()).length;
}

export function onBindingsChanged(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Whether two commands would answer the same press: equal, or one the beginning of the other's sequence. */
export function keysCollide(a: string, b: string): boolean {
  return a === b || a.startsWith(`${b} `) || b.startsWith(`${a} `);
}
