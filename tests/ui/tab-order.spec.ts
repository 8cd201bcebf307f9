/** Every screen by the Tab key: each control is reached, the focus is seen on it, and is neither lost nor caught. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { connectTo, importDataset } from "../helpers/host-client.ts";
import { seedWorkspace } from "../helpers/window-host.ts";
import { fileHost } from "./file-host.ts";
import { SCREENS } from "./screen-addresses.ts";
import { walkByTab } from "./tab-walk.ts";
import { openWindow } from "./window-page.ts";
import type { OpenedWindow } from "./window-page.ts";

// A snapshot of the page at each of thousands of presses would take minutes.
test.use({ trace: "off" });

const host = fileHost({ prepare: seedWorkspace, keepsWindows: true });
let opened: OpenedWindow;

test.beforeAll(async ({ browser }) => {
  const client = await connectTo(host.url);
  await client.call.recipes.create({ from: { preset: "demo-smoke" } });
  const file = join(host.folder, "records.jsonl");
  writeFileSync(
    file,
    `${JSON.stringify({ prompt: "1 + 1?", completion: "<think>I add.</think>2" })}\n`,
  );
  await importDataset(client, "records", file);
  client.close();
  opened = await openWindow(browser, host);
});

const ADDRESSES = {
  ...SCREENS,
  recipes: "/recipes",
  queue: "/recipes?view=queue",
  sweeps: "/recipes?view=sweeps",
  "recipe-preset": "/recipe/r1?step=preset",
  "recipe-models": "/recipe/r1?step=models",
  "recipe-data": "/recipe/r1?step=data",
  "recipe-stages": "/recipe/r1?step=stages",
  "recipe-grpo": "/recipe/r1?step=stage.grpo",
  "recipe-rewards": "/recipe/r1?step=rewards",
  "recipe-hardware": "/recipe/r1?step=hardware",
  "recipe-review": "/recipe/r1?step=review",
  dataset: "/dataset/d1",
  review: "/curation?dataset=d1",
};

for (const [name, address] of Object.entries(ADDRESSES)) {
  test(`Tab goes through ${name}`, async () => {
    const { page, goTo } = opened;
    await goTo(address);
    const { stops, faults } = await walkByTab(page);
    expect(faults).toEqual([]);
    expect(stops).toBeGreaterThan(10);
  });
}
