/** Several seeds of one recipe in Compare: one row beside single ones, and each launch where it is asked. */
import { expect, test } from "@playwright/test";
import { seedWorkspace } from "../helpers/window-host.ts";
import { fileHost } from "./file-host.ts";
import { accessibilityFaults, openWindow } from "./window-page.ts";

const host = fileHost({ prepare: (folder) => void seedWorkspace(folder, "seeds") });

test("three seeds of a recipe are one row that says so, beside a single one", async ({
  browser,
}) => {
  const { page, complaints, goTo } = await openWindow(browser, host);
  const of = (stage: string, ids: readonly number[]) => ids.map((id) => `p${String(id)}-${stage}`);
  const runs = [...of("benchmark-base", [1]), ...of("benchmark-cold-start", [1, 2, 3, 4])];
  await goTo(`/compare?runs=${runs.join(",")}`);
  const table = page.getByRole("group", { name: "Compared benchmarks" });
  const rows = table.getByRole("row");
  const together = rows.filter({ hasText: "3 seeds" });
  await expect(together).toHaveCount(1);
  await expect(together).toContainText(/B, C, D cold-start/u);
  await expect(together).toContainText(/from \+[\d.]+ to \+[\d.]+/u);
  await expect(rows.filter({ hasText: "E cold-start" })).toHaveCount(1);
  await expect(page.getByText("by Student's t over seeds")).toBeVisible();
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.getByRole("radio", { name: "Each launch" }).click();
  await expect(together).toHaveCount(0);
  await expect(rows.filter({ hasText: /[BCDE] cold-start/u })).toHaveCount(4);
  await expect(page).toHaveURL(/seeds=each/u);
  expect(complaints).toEqual([]);
});
