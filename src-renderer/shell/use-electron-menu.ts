/** Inside Electron: the registry of commands is the application's menu, and what is chosen there runs here. */
import { useEffect } from "react";
import { ShellMessage } from "#shared/schema/shell.ts";
import type { MenuCommand } from "#shared/schema/shell.ts";
import {
  registeredCommands,
  useRegisteredCommands,
} from "#renderer/navigation/command-registry.ts";
import type { Command } from "#renderer/navigation/command-registry.ts";
import { navigate } from "#renderer/navigation/location.ts";

/** A screen registers its commands one hook after the other: the menu is made once they are all there. */
const QUIET_MS = 150;

export function menuCommandOf(command: Command): MenuCommand {
  return {
    id: command.id,
    title: command.title.slice(0, 200),
    group: command.group,
    enabled: command.notNow === undefined,
    ...(command.keys === undefined ? {} : { keys: command.keys }),
  };
}

function obey(message: ShellMessage): void {
  if (message.type === "gradus:go") {
    navigate(message.href);
    return;
  }
  const command = registeredCommands().findLast(({ id }) => id === message.id);
  if (command?.notNow === undefined) command?.run();
}

export function useElectronMenu(): void {
  const commands = useRegisteredCommands();
  useEffect(() => {
    const bridge = window.gradus;
    if (bridge === undefined) return undefined;
    const timer = window.setTimeout(() => bridge.showMenu(commands.map(menuCommandOf)), QUIET_MS);
    return () => window.clearTimeout(timer);
  }, [commands]);
  useEffect(() => {
    if (window.gradus === undefined) return undefined;
    const listen = (event: MessageEvent<unknown>): void => {
      if (event.source !== window) return;
      const message = ShellMessage.safeParse(event.data);
      if (message.success) obey(message.data);
    };
    window.addEventListener("message", listen);
    return () => window.removeEventListener("message", listen);
  }, []);
}
