/**
 * The cockpit's benchmark: a run of a million points, live charts, twenty runs overlaid and ten thousand listed, in a
 * real Chromium on a real host.
 *
 *   npm run bench:cockpit -- [--json FILE]
 *
 * Opening and zooming run from the change of the address to the frame in which the lines stand at their resolution.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Page } from "@playwright/test";
import { z } from "zod";
import { serve } from "#main/host/serve/serve.ts";
import { Application } from "#main/services/application.ts";
import { RunRecorder } from "#main/services/runs/run-recorder.ts";
import type { RunId } from "#shared/schema/run.ts";
import { launchTestBrowser } from "../tests/helpers/test-browser.ts";
import { MILLION, seedCockpit } from "./cockpit-workspace.ts";
import { Figures, quantile } from "./figures.ts";

const { values } = parseArgs({ options: { json: { type: "string" } } });

const figures = new Figures();

/** Time from a change of the address until `until` holds in a frame. */
async function goTo(page: Page, address: string, until: string): Promise<number> {
  return z.number().parse(
    await page.evaluate(`new Promise((resolve) => {
      const began = performance.now();
      const look = () => {
        if (${until}) resolve(performance.now() - began);
        else requestAnimationFrame(look);
      };
      window.location.hash = ${JSON.stringify(address)};
      requestAnimationFrame(look);
    })`),
  );
}

const drawn = (text: string): string =>
  `[...document.querySelectorAll(".fig .pl")].some((one) => one.getAttribute("aria-label")?.includes(${JSON.stringify(text)})) && document.querySelector(".fig canvas, .fig svg.lines") !== null`;

async function measureMillion(page: Page, run: RunId): Promise<void> {
  const opened: number[] = [];
  const zoomed: number[] = [];
  const [from, to] = [MILLION.steps * 0.4, MILLION.steps * 0.5];
  for (let round = 0; round < 7; round += 1) {
    await goTo(page, "#/settings", `document.querySelector("h1")?.textContent === "Settings"`);
    // As many buckets as the window asks for.
    const all = drawn("400 points");
    opened.push(await goTo(page, `#/run/${run}?round=${String(round)}`, all));
    // Another range each round, so that none is answered from the cache.
    const last = to + 50 * round;
    const exact = `!document.body.textContent.includes("reading these steps") && ${drawn("points")} && document.querySelector(".chip.on") !== null`;
    zoomed.push(await goTo(page, `#/run/${run}?zoom=${String(from)}-${String(last)}`, exact));
  }
  const points = (MILLION.metrics * MILLION.steps).toLocaleString("en-US");
  figures.add("window-open-million", "ms", quantile(opened, 0.5), `${points} points, median of 7`);
  figures.add(
    "window-zoom-million",
    "ms",
    quantile(zoomed, 0.5),
    `a tenth of the steps, median of 7`,
  );
}

/** Main-thread time of the page as a share of the wall time while points of 8 metrics come five times a second. */
async function measureLive(page: Page, app: Application, run: RunId): Promise<void> {
  const recorder = new RunRecorder(app.store, app.live, run, "live", Date.now);
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable");
  let step = 0;
  const send = (count: number): void => {
    const points = Array.from({ length: count }, () => {
      step += 1;
      return Array.from({ length: 8 }, (_, at) => ({
        name: `metric_${String(at)}`,
        step,
        value: Math.sin(step / 40 + at),
        timeMs: step,
      }));
    });
    const body = { type: "metrics" as const, points: points.flat() };
    recorder.record([{ seq: step, timeMs: Date.now(), body }]);
  };
  send(800);
  await goTo(page, `#/run/${run}`, drawn("400 points"));
  await page.waitForTimeout(1500);
  const busy = async (): Promise<number> => {
    const { metrics } = await session.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN;
  };
  const [before, began] = [await busy(), performance.now()];
  for (let tick = 0; tick < 50; tick += 1) {
    send(1);
    await page.waitForTimeout(200);
  }
  const share = (100 * ((await busy()) - before)) / ((performance.now() - began) / 1000);
  figures.add(
    "window-live-charts",
    "% of a core",
    share,
    "8 charts of 800 points, five updates a second",
  );
}

async function measureOverlay(page: Page, runs: readonly RunId[]): Promise<void> {
  await goTo(
    page,
    `#/overlay?runs=${runs.join(",")}`,
    `document.querySelector(".fig canvas") !== null`,
  );
  const box = await page.locator(".fig .pl").boundingBox();
  if (box === null) throw new Error("the overlay has no chart");
  await page.evaluate(`window.frames_ = []; window.going = true;
    const tick = (last) => requestAnimationFrame((now) => { window.frames_.push(now - last); if (window.going) tick(now); });
    tick(performance.now()); undefined`);
  for (let at = 0; at < 150; at += 1)
    await page.mouse.move(box.x + (box.width * (at % 75)) / 75, box.y + 40);
  const frames = z
    .array(z.number())
    .parse(await page.evaluate("window.going = false; window.frames_.slice(1)"));
  const dropped = frames.filter((ms) => ms > 1.5 * (1000 / 60)).length;
  const note = `${String(runs.length)} runs, ${String(frames.length)} frames while the pointer moves, ${String(dropped)} longer than 25 ms`;
  figures.add("window-overlay-hover-p95", "ms", quantile(frames, 0.95), note);
}

async function measureList(page: Page): Promise<void> {
  const rows = `Number(document.querySelector("[role=grid]")?.getAttribute("aria-rowcount"))`;
  await goTo(page, "#/settings", `document.querySelector("h1")?.textContent === "Settings"`);
  figures.add(
    "window-runs-first",
    "ms",
    await goTo(page, "#/runs", `${rows} > 100`),
    "first rows of 10,000",
  );
  const all = await goTo(page, "#/runs?stages=hidden", `${rows} === 10001`);
  figures.add("window-runs-all", "ms", all, "until every launch is there");
  const sorted = await goTo(
    page,
    "#/runs?stages=hidden&sort=when-ascending",
    `document.querySelector("[aria-sort]") !== null`,
  );
  figures.add("window-runs-sort", "ms", sorted, "10,000 rows by a column");
  const text = await goTo(page, "#/runs?stages=hidden&text=p1234", `${rows} < 100`);
  figures.add("window-runs-filter", "ms", text, "10,000 rows by text");
}

const folder = mkdtempSync(join(tmpdir(), "gradus-bench-"));
const seeded = seedCockpit(folder);
const app = new Application({ workspace: folder, shell: "serve" });
const windowRoot = fileURLToPath(new URL("../out/renderer", import.meta.url));
const host = await serve({ app, port: 0, host: "127.0.0.1", windowRoot });
const browser = await launchTestBrowser();
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, locale: "en-US" });
  await page.goto(host.url);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await measureMillion(page, seeded.million);
  await measureOverlay(page, seeded.overlaid);
  await measureLive(page, app, seeded.live);
  await measureList(page);
} finally {
  await browser.close();
  await host.close();
  await app.close();
  rmSync(folder, { recursive: true, force: true });
}
figures.write(values.json);
process.exit(0);
