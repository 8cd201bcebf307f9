/** The playground and the endpoints, by keyboard, with the built-in models behind a real host. */
import { expect, test } from "@playwright/test";
import { fileHost } from "./file-host.ts";
import type { Page } from "@playwright/test";
import { accessibilityFaults, openWindow } from "./window-page.ts";

const host = fileHost();

/** A model's first answer waits until its programs are compiled, which takes long on a busy machine. */
const FIRST = { timeout: 90_000 };

/** The answers that have ended. */
const ended = (page: Page) => page.getByText(/^(ended by itself|cut off at max_tokens)$/);

test("a problem is asked, judged, looked at token by token and asked again, by keyboard alone", async ({
  browser,
}) => {
  const { page, complaints, goTo } = await openWindow(browser, host);
  await page.keyboard.press("g");
  await page.keyboard.press("p");
  await expect(page.getByRole("heading", { level: 1, name: "Playground" })).toBeVisible();
  await page.getByRole("button", { name: "New problem" }).focus();
  await page.keyboard.press("Enter");
  const message = page.getByRole("textbox", { name: "Message" });
  await expect(message).toBeFocused();
  await expect(message).not.toHaveValue("");
  const problem = await message.inputValue();
  await page.keyboard.press("Control+Enter");
  await expect(ended(page)).toHaveCount(1, FIRST);
  await expect(page.getByText(/tokens\/s/)).toBeVisible();
  await expect(page.getByRole("article", { name: "Message" })).toContainText(problem);
  await expect(
    page.getByText(/^(right|right, but not inside the answer tags|wrong|no answer)$/),
  ).toBeVisible();

  // Token by token: what was drawn is marked among its alternatives.
  await page.getByRole("listbox", { name: "Answer, token by token" }).focus();
  await page.keyboard.press("ArrowRight");
  const token = page.getByRole("region", { name: "Token" });
  await expect(token.getByRole("row", { selected: true })).toContainText("drawn");
  await expect(token.getByRole("row")).toHaveCount(6);
  expect(await accessibilityFaults(page)).toEqual([]);

  // Again: the next seed, in the same trial.
  await page.getByRole("heading", { level: 1 }).click();
  await page.keyboard.press("r");
  await expect(page.getByRole("textbox", { name: "seed" })).toHaveValue("1");
  await expect(ended(page)).toHaveCount(1);
  const history = page.getByRole("region", { name: "History" });
  await expect(history.getByRole("listitem")).toHaveCount(1);

  // Begun anew, it is one step away: by history, and by its address.
  const { hash } = new URL(page.url());
  expect(hash).toContain("thread=");
  await page.keyboard.press("n");
  await expect(ended(page)).toHaveCount(0);
  await history.getByRole("listitem").getByRole("button").first().focus();
  await page.keyboard.press("Enter");
  await expect(ended(page)).toHaveCount(1);
  await goTo(`/playground?${hash.split("?", 2)[1] ?? ""}`);
  await expect(ended(page)).toHaveCount(1);
  expect(complaints).toEqual([]);
});

test("two models answer side by side, and one who joins later is asked the same", async ({
  browser,
}) => {
  const { page, goTo } = await openWindow(browser, host, { colorScheme: "light" });
  await goTo("/playground?model=gradus-base");
  const message = page.getByRole("textbox", { name: "Message" });
  await message.fill("What is 12 + 30?");
  await page.keyboard.press("Control+Enter");
  await expect(ended(page)).toHaveCount(1, FIRST);
  await page.getByRole("heading", { level: 1 }).click();
  await page.keyboard.press("c");
  await expect(page.getByRole("region", { name: "Right" })).toBeVisible();
  await page.keyboard.press("r");
  await expect(ended(page)).toHaveCount(2, FIRST);
  await expect(page.getByRole("region", { name: "Right" })).toContainText("What is 12 + 30?");
  expect(await accessibilityFaults(page)).toEqual([]);
});

test("an answer is stopped, and a text is gone on with", async ({ browser }) => {
  const { page, goTo } = await openWindow(browser, host);
  await goTo("/playground?model=gradus-base&mode=text");
  // Five hundred tokens take longer than the next key.
  await page.getByRole("textbox", { name: "max_tokens" }).fill("500");
  await page.getByRole("textbox", { name: "temperature" }).fill("5");
  await page.getByRole("textbox", { name: "temperature" }).press("Tab");
  const text = page.getByRole("textbox", { name: "Text to go on with" });
  await text.fill("1 + 1");
  await page.keyboard.press("Control+Enter");
  await page.keyboard.press("Escape");
  await expect(page.getByText("stopped by you")).toBeVisible();
  await expect(page.getByRole("button", { name: "Go on" })).toBeVisible();
});

test("what is out of range is said beside it, and a prompt that is too long at its answer", async ({
  browser,
}) => {
  const { page, goTo } = await openWindow(browser, host);
  await goTo("/playground?model=gradus-base");
  const top = page.getByRole("textbox", { name: "top_p" });
  await top.fill("3");
  await expect(page.getByText("✕ out of range")).toBeVisible();
  await top.press("Tab");
  await expect(top).toHaveValue("0.95");
  await page.getByRole("textbox", { name: "Message" }).fill("1 + 2 ".repeat(400));
  await page.keyboard.press("Control+Enter");
  const alert = page.getByRole("article", { name: "Answer" }).getByRole("alert");
  await expect(alert).toContainText("do not fit the model's context of 512");
  await page.getByRole("textbox", { name: "Message" }).fill("<img src=x onerror=alert(1)>");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByText("<img src=x onerror=alert(1)>").first()).toBeVisible();
});

test("an answer is added to a new dataset", async ({ browser }) => {
  const { page, goTo } = await openWindow(browser, host);
  await goTo("/playground?model=gradus-base");
  await page.getByRole("textbox", { name: "Message" }).fill("What is 2 + 5?");
  await page.keyboard.press("Control+Enter");
  await expect(ended(page)).toHaveCount(1, FIRST);
  await page.getByRole("button", { name: "Add to a dataset…" }).click();
  const dialog = page.getByRole("dialog", { name: "Add to a dataset" });
  const name = dialog.getByRole("textbox", { name: "Name of the new dataset" });
  await name.fill("Tried out");
  expect(await accessibilityFaults(page)).toEqual([]);
  await name.press("Enter");
  await expect(page.getByText("Added to Tried out")).toBeVisible();
});

test("an endpoint is added, tested with what its server says, and removed; its key is never shown", async ({
  browser,
}) => {
  const { page, complaints, goTo } = await openWindow(browser, host, { colorScheme: "light" });
  await goTo("/settings");
  await page.getByRole("button", { name: "Add an endpoint" }).click();
  const form = page.getByRole("dialog", { name: "Add an endpoint" });
  await form.getByRole("textbox", { name: "Name" }).fill("Nobody there");
  // The discard port: nothing listens on it.
  await form.getByRole("textbox", { name: "Base URL" }).fill("not an address");
  await form.getByRole("textbox", { name: "Model" }).fill("any");
  await form.getByLabel("Key", { exact: true }).fill("the-secret-of-the-test");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form.getByText(/✕ up to the version/)).toBeVisible();
  // An address where a cloud gives out the machine's credentials is asked about.
  await form.getByRole("textbox", { name: "Base URL" }).fill("http://169.254.169.254/v1");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form.getByText(/✕ 169\.254\.169\.254 .* credentials/)).toBeVisible();
  expect(await accessibilityFaults(page)).toEqual([]);
  await form.getByRole("checkbox", { name: /It is meant all the same/ }).check();
  await form.getByRole("textbox", { name: "Base URL" }).fill("https://127.0.0.1:9/v1");
  await expect(form.getByRole("checkbox")).toHaveCount(0);
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.keyboard.press("Enter");
  const row = page.getByRole("row", { name: /Nobody there/ });
  await expect(row).toContainText("kept");
  expect(await page.content()).not.toContain("the-secret-of-the-test");
  await row.getByRole("button", { name: "Remove… Nobody there" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await expect(row).toHaveCount(0);
  expect(complaints).toEqual([]);
});
