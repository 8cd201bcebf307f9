/**
 * One registry of commands feeds the palette, the shortcuts, the cheat sheet and Electron's menu. The shell registers the commands
 * that always exist; a screen registers its own while it is shown.
 */
import { useEffect } from "react";
import { create } from "zustand";
import { keysInForce, onBindingsChanged } from "./key-bindings.ts";

export type CommandGroup = "Go to" | "Do" | "This screen" | "Window";

export interface Command {
  /** Unique, dotted: "go.runs", "run.stop". */
  readonly id: string;
  readonly title: string;
  readonly group: CommandGroup;
  /** A second line in the palette: what it does, or why it cannot run now. */
  readonly note?: string;
  /** Keys as written on screen, joined by "+" when held together, by a space when one after the other: "Mod+K", "G R", "V". */
  readonly keys?: string;
  /** Said instead of `note` and greyed, where the command exists but cannot run now. */
  readonly notNow?: string | undefined;
  readonly run: () => void;
}

interface Registry {
  readonly byOwner: ReadonlyMap<symbol, readonly Command[]>;
  /** With the keys that are in force. */
  readonly all: readonly Command[];
}

const useRegistry = create<Registry>(() => ({ byOwner: new Map(), all: [] }));

function publish(byOwner: Registry["byOwner"]): void {
  useRegistry.setState({ byOwner, all: [...byOwner.values()].flat().map(withKeysInForce) });
}

onBindingsChanged(() => publish(useRegistry.getState().byOwner));

function withKeysInForce(command: Command): Command {
  const { keys: builtIn, ...rest } = command;
  const keys = keysInForce(command.id, builtIn);
  return keys === undefined ? rest : { ...rest, keys };
}

/** The keys to print where a control names a command's built-in ones. */
export function keysToShow(builtIn: string): string | undefined {
  const { byOwner } = useRegistry.getState();
  const own = [...byOwner.values()].flat().findLast(({ keys }) => keys === builtIn);
  return own === undefined ? builtIn : keysInForce(own.id, builtIn);
}

/** Adds an owner's commands, replacing those it had. Returns the function that takes them away. */
export function registerCommands(owner: symbol, commands: readonly Command[]): () => void {
  publish(new Map(useRegistry.getState().byOwner).set(owner, commands));
  return () => {
    const next = new Map(useRegistry.getState().byOwner);
    next.delete(owner);
    publish(next);
  };
}

export function registeredCommands(): readonly Command[] {
  return useRegistry.getState().all;
}

export function useRegisteredCommands(): readonly Command[] {
  return useRegistry(({ all }) => all);
}

/** `keysToShow`, followed. */
export function useKeysToShow(builtIn: string): string | undefined {
  return useRegistry(() => keysToShow(builtIn));
}

/** Offers commands while the calling component is shown. `commands` must be stable between renders (useMemo). */
export function useCommands(commands: readonly Command[]): void {
  useEffect(() => registerCommands(Symbol("commands"), commands), [commands]);
}
