/**
 * The whole way through the window, with the real host and the real engine: start the short check, watch it, open a
 * completion, stop, resume, read the result table; and what the window says when its host is gone.
 */
import { expect, test } from "@playwright/test";
import { fileHost } from "./file-host.ts";
import type { Page } from "@playwright/test";
import { openWindow } from "./window-page.ts";

const MINUTE = 60_000;

const host = fileHost({ each: true });

/** Points that a chart says it holds; 0 where it is not there. */
async function pointsOf(page: Page, chart: string): Promise<number> {
  const box = page.getByRole("figure", { name: chart, exact: true }).getByRole("img");
  if ((await box.count()) === 0) return 0;
  const label = await box.first().getAttribute("aria-label");
  return Number(/(\d+) points/u.exec(label ?? "")?.[1] ?? 0);
}

test("a demo is started, watched, stopped, resumed and read from the window", async ({
  browser,
}) => {
  test.setTimeout(15 * MINUTE);
  const { page, complaints, goTo } = await openWindow(browser, host);
  await expect(page.getByText(/Nothing was started yet\./u)).toBeVisible();
  // Nothing was recorded here, so nothing is promised.
  await expect(page.getByText("no estimate yet")).toBeVisible();
  await expect(page.getByText("What to expect")).toHaveCount(0);
  await page.getByRole("button", { name: "Short check" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Demo");
  await expect(page.getByRole("link", { name: /Watch it/u })).toBeVisible({ timeout: 2 * MINUTE });

  await page.keyboard.press("Control+j");
  const tray = page.getByRole("dialog", { name: "Jobs" });
  await expect(tray.getByRole("progressbar")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(tray).toHaveCount(0);

  await goTo("/run/p1-cold-start");
  await expect(page.getByText("This stage has not started.")).toBeVisible();
  const seen = new Set<number>();
  await expect
    .poll(
      async () => {
        seen.add(await pointsOf(page, "Loss"));
        return seen.size;
      },
      { timeout: 4 * MINUTE, intervals: [100] },
    )
    .toBeGreaterThan(1);

  await goTo("/run/p1-grpo");
  const completion = page.getByRole("group", { name: "Text of the completion" });
  await expect(completion).not.toBeEmpty({ timeout: 5 * MINUTE });
  await page.keyboard.press("j");
  await expect(page.getByText("Completion 2", { exact: true })).toBeVisible();
  // Where the pipeline is stopped whichever stage is at work by now.
  await goTo("/pipeline/p1");
  await page.getByRole("button", { name: /Stop…/u }).click();
  const dialog = page.getByRole("dialog", { name: /^Stop / });
  await expect(dialog.getByRole("button", { name: "Keep running" })).toBeFocused();
  await dialog.getByRole("button", { name: "Stop, go on later" }).click();
  await expect(dialog).toHaveCount(0);
  const resume = page.getByRole("button", { name: /^Resume/u });
  await expect(resume).toBeVisible({ timeout: 2 * MINUTE });
  await resume.click();
  const question = page.getByRole("dialog", { name: /^Resume / });
  await question.getByRole("button", { name: "Resume" }).click();
  await expect(question).toHaveCount(0);
  await expect(resume).toHaveCount(0);

  const table = page.getByRole("group", { name: "Result table" });
  await expect(table.getByRole("row").filter({ hasText: "student" })).toContainText(
    /\[\d+\.\d, \d+\.\d\]/u,
    { timeout: 6 * MINUTE },
  );
  await expect(page.locator(".screenhead")).toContainText("finished", { timeout: MINUTE });
  await page.keyboard.press("Control+j");
  await expect(tray.getByText("Nothing runs and nothing waits.")).toBeVisible();
  await expect(tray.getByRole("link", { name: /finished$/u })).toBeVisible();
  await page.keyboard.press("Escape");
  for (const model of ["base", "cold-start", "grpo", "rejection-sampling"])
    await expect(table.getByRole("link", { name: model, exact: true })).toBeVisible();
  await expect(page.getByRole("region", { name: "Cost of each stage" })).toContainText(
    "All stages",
  );
  expect(complaints).toEqual([]);
});

test("a killed host is said to be gone; the window finds the next one by itself, and the run, found stopped, goes on", async ({
  browser,
}) => {
  test.setTimeout(10 * MINUTE);
  const { page, goTo } = await openWindow(browser, host);
  await page.getByRole("button", { name: "Short check" }).click();
  await expect(page.getByRole("link", { name: /Watch it/u })).toBeVisible({ timeout: 2 * MINUTE });
  await host.kill();
  await expect(page.getByText("The host is not heard")).toBeVisible();
  await host.restart();
  // The workspace's next host knows the same token: the window goes on by itself.
  await expect(page.getByText("The host is not heard")).toBeHidden({ timeout: MINUTE });
  await goTo("/pipeline/p1");
  await expect(page.getByRole("button", { name: /^Resume/u })).toBeVisible();
  await page.getByRole("button", { name: /^Resume/u }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Resume" }).click();
  await expect(page.getByRole("link", { name: /Watch it/u })).toBeVisible({ timeout: 2 * MINUTE });
});
