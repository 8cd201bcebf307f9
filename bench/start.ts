/**
 * Cold start: from the start of the host's process to a window that answers, with a real Chromium that is open already
 * (a shell brings its own). The workspace holds runs, so that the home screen has something to ask for.
 *
 *   npm run bench:start -- [--json FILE]
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { chromium } from "@playwright/test";
import { z } from "zod";
import { findTestBrowser } from "../scripts/test-browser.mjs";
import { seedWorkspace } from "../tests/helpers/window-host.ts";
import { median } from "./report.ts";

const ROUNDS = 7;
const { values } = parseArgs({ options: { json: { type: "string" } } });
const main = fileURLToPath(new URL("../src-main/host/cli/main.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "gradus-bench-"));
seedWorkspace(folder);
const found = await findTestBrowser();
const browser = await chromium.launch({
  executablePath: found.GRADUS_TEST_BROWSER,
  args: z.array(z.string()).parse(JSON.parse(found.GRADUS_TEST_BROWSER_ARGS)),
});
const times = { address: [] as number[], heading: [] as number[], interactive: [] as number[] };
for (let round = -1; round < ROUNDS; round += 1) {
  const begun = performance.now();
  const host = spawn(
    process.execPath,
    [main, "serve", "--port", "0", "--json", "--workspace", folder],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  process.once("exit", () => host.kill("SIGKILL"));
  const { value } = await createInterface({ input: host.stdout })[Symbol.asyncIterator]().next();
  const { url } = z.object({ url: z.string() }).parse(JSON.parse(String(value)));
  const address = performance.now();
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.goto(url, { waitUntil: "commit" });
  await page.getByRole("heading", { level: 1 }).waitFor();
  const heading = performance.now();
  // Interactive: what was asked for is there, and a key brings another screen.
  await page.locator("[aria-busy=true]").first().waitFor({ state: "detached" });
  await page.keyboard.press("g");
  await page.keyboard.press("r");
  await page.getByRole("heading", { level: 1, name: "Runs", exact: true }).waitFor();
  const interactive = performance.now();
  await context.close();
  const gone = new Promise((done) => host.once("exit", done));
  host.kill("SIGTERM");
  await gone;
  if (round < 0) continue;
  times.address.push(address - begun);
  times.heading.push(heading - begun);
  times.interactive.push(interactive - begun);
}
await browser.close();
rmSync(folder, { recursive: true, force: true });
const figures = Object.entries(times).map(([name, all]) => ({
  name: `start-${name}`,
  unit: "ms",
  ours: Math.round(median(all)),
  note: `median of ${String(ROUNDS)}, ${String(Math.round(Math.min(...all)))}–${String(Math.round(Math.max(...all)))}`,
}));
for (const { name, ours, unit, note } of figures)
  console.error(`${name.padEnd(20)} ${String(ours).padStart(6)} ${unit}  ${note}`);
const json = `${JSON.stringify(figures, null, 2)}\n`;
if (values.json === undefined) process.stdout.write(json);
else writeFileSync(resolve(values.json), json);
process.exit(0);
