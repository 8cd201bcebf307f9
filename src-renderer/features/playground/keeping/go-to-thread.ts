/** Goes to a saved trial, with its models and mode in the address. */
import { currentAddress, hrefTo, navigate } from "#renderer/navigation/location.ts";
import { host } from "#renderer/bridge/host.ts";

export async function goToThread(threadId: string): Promise<void> {
  const { content } = await host.playground.threads.get({ threadId });
  navigate(
    hrefTo(currentAddress().path, {
      model: content.sides[0]?.model,
      with: content.sides[1]?.model,
      mode: content.mode === "chat" ? undefined : content.mode,
      thread: threadId,
    }),
  );
}
