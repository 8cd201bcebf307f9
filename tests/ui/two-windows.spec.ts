/** Two windows edit one recipe at the same moment: nothing is overwritten unasked. */
import { expect, test } from "@playwright/test";
import type { Browser, Page } from "@playwright/test";
import { seededHost } from "./file-host.ts";
import { beginRecipe, recipeSaved } from "./recipe-page.ts";
import { openWindow } from "./window-page.ts";

const host = seededHost();

/** One recipe in two windows: the first has typed 11 and the second 22, which was saved before the first's word came through. */
async function inConflict(browser: Browser): Promise<{ first: Page; second: Page }> {
  const { page: first, goTo } = await openWindow(browser, host);
  const waiting: (() => void)[] = [];
  let held = false;
  await first.routeWebSocket(/.*/u, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((message) => {
      if (held) waiting.push(() => server.send(message));
      else server.send(message);
    });
  });
  await first.reload();
  await goTo("/recipes");
  const address = await beginRecipe(first, "Tiny SFT");
  await goTo(`${address}?step=preset`);
  const other = await openWindow(browser, host);
  await other.goTo(`${address}?step=preset`);
  held = true;
  await first.getByRole("textbox", { name: "seed" }).fill("11");
  await first.keyboard.press("Enter");
  await expect.poll(() => waiting.length).toBeGreaterThan(0);
  await other.page.getByRole("textbox", { name: "seed" }).fill("22");
  await other.page.keyboard.press("Enter");
  await recipeSaved(other.page);
  held = false;
  for (const send of waiting.splice(0)) send();
  await expect(first.getByRole("alert")).toContainText("changed in another window");
  await expect(first.getByRole("textbox", { name: "seed" })).toHaveValue("11");
  return { first, second: other.page };
}

test("“Take the other” shows what the other window has saved", async ({ browser }) => {
  const { first, second } = await inConflict(browser);
  await first.getByRole("button", { name: "Take the other" }).click();
  await expect(first.getByRole("textbox", { name: "seed" })).toHaveValue("22");
  await expect(first.getByRole("alert")).toHaveCount(0);
  await expect(second.getByRole("textbox", { name: "seed" })).toHaveValue("22");
});

test("“Keep this one” saves what was typed here, and the other window follows", async ({
  browser,
}) => {
  const { first, second } = await inConflict(browser);
  await first.getByRole("button", { name: "Keep this one" }).click();
  await recipeSaved(first);
  await expect(first.getByRole("alert")).toHaveCount(0);
  await expect(second.getByRole("textbox", { name: "seed" })).toHaveValue("11");
  await first.reload();
  await expect(first.getByRole("textbox", { name: "seed" })).toHaveValue("11");
});
