/**
 * The token that the host put into the address it printed (`#token=…`): taken out of the address bar, kept for this
 * tab. Another tab of the same browser (a link opened in a new one) asks the tabs that are open; nothing is kept
 * beyond them, and only pages of this very address hear each other.
 */
import { z } from "zod";

const KEY = "gradus.token";
const WAIT_MS = 400;

const Message = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("asked") }),
  z.strictObject({ type: z.literal("told"), token: z.string().regex(/^[\w-]+$/u) }),
]);

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

/** Tells the token to tabs that ask for it, while the host takes it. */
export function shareToken(isTaken: () => boolean): void {
  const channel = new BroadcastChannel(KEY);
  channel.addEventListener("message", (event) => {
    const token = hostToken();
    const message = Message.safeParse(event.data);
    if (!isTaken() || token === undefined) return;
    if (message.success && message.data.type === "asked") {
      say(channel, { type: "told", token });
    }
  });
}

/**
 * Takes the token from another tab, where this one has none and one is open that knows it. A tab of a busy machine may
 * answer late: then `late` is called.
 */
export async function askTabsForToken(late: () => void): Promise<void> {
  if (hostToken() !== undefined) return;
  const channel = new BroadcastChannel(KEY);
  let waited = false;
  const { promise, resolve } = Promise.withResolvers<void>();
  channel.addEventListener("message", (event) => {
    const message = Message.safeParse(event.data);
    if (!message.success || message.data.type !== "told") return;
    channel.close();
    if (hostToken() !== undefined) return;
    window.sessionStorage.setItem(KEY, message.data.token);
    if (waited) late();
    resolve();
  });
  say(channel, { type: "asked" });
  window.setTimeout(() => {
    waited = true;
    resolve();
  }, WAIT_MS);
  await promise;
}

function say(channel: BroadcastChannel, message: z.infer<typeof Message>): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel reaches its own origin only
  channel.postMessage(message);
}
