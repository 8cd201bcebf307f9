/**
 * Cold start: from the start of the host's process to a window that answers, with a real Chromium that is open already
 * (a shell brings its own). The workspace holds runs, so that the home screen has something to ask for.
 *
 *   npm run bench:start -- [--json FILE]
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { z } from "zod";
import { launchTestBrowser } from "../tests/helpers/test-browser.ts";
import { seedWorkspace } from "../tests/helpers/window-host.ts";
import { Figures, quantile } from "./figures.ts";

const ROUNDS = 7;
const { values } = parseArgs({ options: { json: { type: "string" } } });
const main = fileURLToPath(new URL("../src-main/host/cli/main.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "gradus-bench-"));
seedWorkspace(folder);
const browser = await launchTestBrowser();
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
const figures = new Figures();
for (const [name, all] of Object.entries(times)) {
  const spread = `${Math.min(...all).toFixed(0)}–${Math.max(...all).toFixed(0)}`;
  figures.add(`start-${name}`, "ms", quantile(all, 0.5), `median of ${String(ROUNDS)}, ${spread}`);
}
figures.write(values.json);
process.exit(0);
