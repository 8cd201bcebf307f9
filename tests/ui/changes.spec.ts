/** What a person changes from the window reaches the host, and what the host refuses is said where it happened. */
import { readdirSync } from "node:fs";
import { seededHost } from "./file-host.ts";
import { expect, test } from "@playwright/test";
import { openWindow } from "./window-page.ts";

const host = seededHost();

test("a new price is kept for later entries and leaves the ledger as it was", async ({
  browser,
}) => {
  const { page, goTo } = await openWindow(browser, host);
  await goTo("/cost");
  const spent = await page.locator(".costfigures .big").first().textContent();
  await goTo("/settings");
  const price = page.getByRole("textbox", { name: "Processor" });
  const save = page.getByRole("button", { name: "Save prices" });
  await expect(save).toBeDisabled();
  await price.fill("-1");
  await expect(page.getByText("a number of 0 or more")).toBeVisible();
  await expect(save).toBeDisabled();
  await price.fill("0.25");
  await save.click();
  await expect(page.getByRole("status").filter({ hasText: "Saved" })).toBeVisible();
  await page.reload();
  await expect(page.getByRole("textbox", { name: "Processor" })).toHaveValue("0.25");
  await goTo("/cost");
  await expect(page.getByText("$0.25 a core hour")).toBeVisible();
  await expect(page.locator(".costfigures .big").first()).toHaveText(spent ?? "");
});

test("what no model can be got from is refused where it was typed, with what to do", async ({
  browser,
}) => {
  const { page, goTo } = await openWindow(browser, host);
  await goTo("/models");
  await page.keyboard.press("i");
  const dialog = page.getByRole("dialog", { name: "Get a model" });
  await dialog
    .getByRole("textbox", { name: "Hub id, folder or GGUF file" })
    .fill("/no/such/folder");
  await dialog.getByRole("button", { name: "Get", exact: true }).click();
  await expect(dialog.getByRole("alert")).toContainText("/no/such/folder");
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
});

test("a failed pipeline stands under what needs attention until it is dismissed", async ({
  browser,
}) => {
  const { page } = await openWindow(browser, host);
  const item = page
    .getByRole("listitem")
    .filter({ hasText: "ladder-stopped" })
    .filter({ hasText: "SIGKILL" });
  await expect(item).toBeVisible();
  await item.getByRole("button", { name: "Dismiss" }).click();
  await expect(item).toHaveCount(0);
  await page.reload();
  await expect(page.getByText("Needs you")).toBeVisible();
  await expect(item).toHaveCount(0);
});

test("the result table shows each score with its interval and each difference in words", async ({
  browser,
}) => {
  const { page, goTo } = await openWindow(browser, host);
  await goTo("/pipeline/p61");
  const rows = page.getByRole("group", { name: "Result table" }).getByRole("row");
  // A head, one line of protocol for lenient or strict scoring alike, four models.
  const grpo = rows.filter({ hasText: "grpo" });
  await expect(grpo).toContainText(/\[\d+\.\d, \d+\.\d\]/u);
  await expect(grpo).toContainText("120 · 4");
  await expect(grpo).toContainText("better");
  await expect(rows.filter({ hasText: "student" })).toContainText("worse");
  await grpo.getByRole("link").click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("benchmark-grpo");
  await expect(page.getByText("120 problems", { exact: false }).first()).toBeVisible();
  await page.getByRole("radio", { name: "Never" }).click();
  await expect(page).toHaveURL(/show=all-wrong/u);
  await expect(page.getByText("0 of 4").first()).toBeVisible();
});

test("a bug of one screen leaves the others usable, and its report has no secret in it", async ({
  browser,
}) => {
  const { page, goTo } = await openWindow(browser, host);
  // Of all screens, only Settings joins words this way.
  await page.evaluate(
    'String.prototype.concat = () => { throw new Error("no words today, token=Sup3rS3cret"); };',
  );
  await goTo("/settings");
  await expect(page.getByRole("heading", { name: "This screen met a bug." })).toBeVisible();
  const report = page.getByLabel("Report");
  await expect(report).toContainText("no words today");
  await expect(report).not.toContainText("Sup3rS3cret");
  await expect.poll(() => readdirSync(host.folder).includes("crashes")).toBe(true);
  await goTo("/cost");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Cost");
});
