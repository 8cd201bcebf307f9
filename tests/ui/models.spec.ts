/** Models in and out by the window: got from a file on this machine, shown, exported; the catalogue by keyboard. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { seededHost } from "./file-host.ts";
import { formatFixture } from "../fixtures/formats/read-expected.ts";
import { openWindow } from "./window-page.ts";

const host = seededHost();

test("a GGUF file is got by keyboard, shown with its licence, exported again and deleted", async ({
  browser,
}) => {
  const { page, goTo, complaints } = await openWindow(browser, host);
  await goTo("/models");
  await page.keyboard.press("i");
  const form = page.getByRole("dialog", { name: "Get a model" });
  await form.getByRole("textbox").first().fill(formatFixture("gguf/qwen2.gguf"));
  await form.getByRole("textbox").last().fill("small-qwen");
  await page.keyboard.press("Enter");
  await expect(form).toHaveCount(0);
  const row = page.getByRole("row").filter({ hasText: "small-qwen" });
  await row.click();
  const aside = page.getByRole("complementary", { name: "Chosen model" });
  await expect(aside).toContainText("apache-2.0");
  await page.keyboard.press("x");
  const exporting = page.getByRole("dialog", { name: "Export small-qwen" });
  await exporting.getByRole("radio", { name: "GGUF Q8_0" }).click();
  const file = join(host.folder, "out.gguf");
  await exporting.getByRole("textbox", { name: "New file" }).fill(file);
  await page.keyboard.press("Enter");
  await expect(exporting.getByRole("status")).toContainText("out.gguf");
  expect(readFileSync(file).subarray(0, 4).toString()).toBe("GGUF");
  await page.keyboard.press("Enter");
  await expect(exporting.getByRole("alert")).toContainText("there already");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Delete…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete", exact: true }).click();
  await expect(row).toHaveCount(0);
  expect(complaints).toEqual([]);
});

test("the catalogue is an address, walked by keys, and says what fits", async ({ browser }) => {
  const { page, goTo, complaints } = await openWindow(browser, host);
  await goTo("/models");
  await page.keyboard.press("v");
  await expect(page).toHaveURL(/show=catalogue/);
  const aside = page.getByRole("complementary", { name: "Chosen model" });
  await expect(aside.getByRole("heading")).toHaveText("smollm2-135m");
  await page.keyboard.press("j");
  await expect(aside.getByRole("heading")).toHaveText("smollm2-135m-instruct");
  await expect(page).toHaveURL(/model=smollm2-135m-instruct/);
  await expect(aside).toContainText("HuggingFaceTB/SmolLM2-135M-Instruct");
  await expect(aside).toContainText("134,515,008");
  expect(complaints).toEqual([]);
});
