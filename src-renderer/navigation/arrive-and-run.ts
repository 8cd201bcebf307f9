/** Goes to a screen and does there what only that screen can. */
import { registeredCommands } from "./command-registry.ts";
import { navigate } from "./location.ts";

const LOOK_EVERY_MS = 50;
/** A screen that takes longer has failed, and says so itself. */
const ARRIVES_WITHIN_MS = 10_000;

/** Tries until `attempt` did it, at most as long as a screen may take to arrive. */
export function onceThere(attempt: () => boolean): void {
  const until = Date.now() + ARRIVES_WITHIN_MS;
  const look = (): void => {
    if (!attempt() && Date.now() < until) window.setTimeout(look, LOOK_EVERY_MS);
  };
  window.setTimeout(look, LOOK_EVERY_MS);
}

/** @param commandId of a command that the screen at `href` registers. */
export function arriveAndRun(href: string, commandId: string): void {
  navigate(href);
  onceThere(() => {
    const command = registeredCommands().find(({ id }) => id === commandId);
    command?.run();
    return command !== undefined;
  });
}
