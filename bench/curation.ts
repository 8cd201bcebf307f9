/**
 * The review benchmark: the Curation screen with 100,000 records in a real Chromium on a real host.
 *
 *   npm run bench:curation -- [--records N] [--json FILE]
 *
 * Latencies run from the key's own time stamp to the frame in which the answer is on the page; scrolling is the time
 * between frames while the list moves 14 rows a frame.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Page } from "@playwright/test";
import { z } from "zod";
import { launchTestBrowser } from "../tests/helpers/test-browser.ts";
import { connectTo, importDataset } from "../tests/helpers/host-client.ts";
import { startHost } from "../tests/helpers/window-host.ts";
import { Figures, quantile } from "./figures.ts";

const { values } = parseArgs({
  options: { records: { type: "string", default: "100000" }, json: { type: "string" } },
});
const count = Number(values.records);
if (!Number.isInteger(count) || count < 1000) {
  console.error("usage: npm run bench:curation -- [--records N, at least 1000] [--json FILE]");
  process.exit(2);
}

const DECISIONS = 60;
const JUMPS = 15;
const FRAMES = 180;

const figures = new Figures();

function report(name: string, times: readonly number[], share: number, note: string): void {
  const worst = Math.max(...times).toFixed(1);
  figures.add(name, "ms", quantile(times, share), `${note}; worst ${worst} ms`);
}

/** Sums whose every tenth answer is wrong, with a few lines of reasoning and a formula. */
function records(): string {
  return Array.from({ length: count }, (_, i) => {
    const said = i % 10 === 3 ? i + 8 : i + 7;
    return `${JSON.stringify({
      prompt: `What is ${String(i)} plus 7?`,
      completion: `<think>\nI add seven to ${String(i)}, since the task asks for the sum of the two.\n\n$$${String(i)} + 7 = ${String(said)}$$\n\nThat is **${String(said)}**, which I check by taking 7 away again.\n</think>\n<answer>${String(said)}</answer>`,
      answer: String(i + 7),
    })}\n`;
  }).join("");
}

/** Presses keys and gives the time from the last of them until `until` holds in a frame. */
async function press(page: Page, keys: readonly string[], until: string): Promise<number> {
  await page.evaluate(
    `window.measured = new Promise((resolve) => {
      let pressed;
      window.addEventListener("keydown", (event) => { pressed = event.timeStamp; }, { capture: true });
      const look = () => {
        if (pressed !== undefined && (${until})) resolve(performance.now() - pressed);
        else requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    }); undefined`,
  );
  for (const key of keys) await page.keyboard.press(key);
  return z.number().parse(await page.evaluate("window.measured"));
}

const heading = `document.querySelector("section[aria-label=Record] h2")?.textContent`;
const rowCount = `Number(document.querySelector("[role=grid][aria-label=Records]")?.getAttribute("aria-rowcount"))`;
const firstRow = `document.querySelector("[role=grid][aria-label=Records] [role=row] .ell")?.textContent`;

const empty = `document.querySelector("section[aria-label=Queue] .empty") !== null`;

/** The list of the filter before is there. */
async function settled(page: Page): Promise<void> {
  await page.getByText("looking…").waitFor({ state: "detached" });
}

async function measure(page: Page): Promise<void> {
  const decided: number[] = [];
  for (let i = 2; i < 2 + DECISIONS; i++) {
    decided.push(await press(page, ["a"], `${heading} === "Record ${String(i)}"`));
  }
  report("key to next record", decided, 0.5, `accept, median of ${String(DECISIONS)}`);
  report("key to next record, p95", decided, 0.95, "the same presses");
  await page.getByText("Saved", { exact: true }).waitFor();
  const jumps: number[] = [];
  for (let i = 1; i <= JUMPS; i++) {
    const to = Math.floor((count * i) / (JUMPS + 1));
    await page.keyboard.press("#");
    await page.getByRole("textbox", { name: "Record number" }).fill(String(to));
    jumps.push(
      await press(page, ["Enter"], `${heading} === "Record ${to.toLocaleString("en-US")}"`),
    );
  }
  report("jump", jumps, 0.5, `to a record's number, median of ${String(JUMPS)}`);
  const frames = z.array(z.number()).parse(
    await page.evaluate(`new Promise((resolve) => {
      const list = document.querySelector("[role=grid][aria-label=Records]");
      list.scrollTop = 0;
      const times = [];
      let before;
      const step = (now) => {
        if (before !== undefined) times.push(now - before);
        before = now;
        list.scrollTop += 392;
        if (times.length < ${String(FRAMES)}) requestAnimationFrame(step);
        else resolve(times);
      };
      requestAnimationFrame(step);
    })`),
  );
  report("scroll, a frame", frames, 0.95, `p95 of ${String(FRAMES)} frames`);
  await page.getByRole("button", { name: /^all / }).click();
  await settled(page);
  const filtered: number[] = [];
  for (const [text, expected] of [
    ["verdict:wrong", count / 10],
    ["position:..500", 500],
    ["is:edited", 0],
  ] as const) {
    await page.keyboard.press("/");
    await page.keyboard.press("Control+a");
    await page.keyboard.insertText(text.slice(0, -1));
    await settled(page);
    // The last letter makes the filter; without it the line means something else.
    filtered.push(
      await press(
        page,
        [text.at(-1) ?? ""],
        expected === 0 ? empty : `${rowCount} === ${String(expected)} && Boolean(${firstRow})`,
      ),
    );
    await page.keyboard.press("Enter");
  }
  report("filter", filtered, 0.5, "by verdict, number and edits, median of 3");
}

const folder = mkdtempSync(join(tmpdir(), "gradus-bench-"));
const host = await startHost(join(folder, "workspace"));
const browser = await launchTestBrowser();
try {
  const file = join(folder, "records.jsonl");
  writeFileSync(file, records());
  const client = await connectTo(host.url);
  console.error(`importing ${count.toLocaleString("en-US")} records …`);
  const { datasetId } = await importDataset(client, "bench", file);
  client.close();
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, locale: "en-US" });
  await page.goto(host.url);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.evaluate((address) => {
    window.location.hash = address;
  }, `#/curation?dataset=${datasetId}`);
  await page.getByRole("heading", { name: "Record 1", exact: true }).waitFor();
  await measure(page);
} finally {
  await browser.close();
  await host.kill();
  rmSync(folder, { recursive: true, force: true });
}
figures.write(values.json);
process.exit(0);
