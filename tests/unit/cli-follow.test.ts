import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createRouterClient } from "@orpc/server";
import { expect, onTestFinished, test, vi } from "vitest";
import { watchAndPrint } from "#main/host/cli/commands/demo-command.ts";
import { usdText } from "#shared/usd-text.ts";
import { LiveLine, duration } from "#main/host/cli/printing/live-line.ts";
import { percent } from "#main/host/cli/printing/score-text.ts";
import type { OpenHost } from "#main/host/cli/open-host.ts";
import {
  Cancelled,
  Failed,
  Terminal,
  reportFailure,
  table,
} from "#main/host/cli/printing/terminal.ts";
import { createRouter } from "#main/procedures/router.ts";
import { temporaryFolder } from "../helpers/store-fixture.ts";
import { testApplication } from "../helpers/test-application.ts";
import { recipeYaml } from "../helpers/test-recipe.ts";

function localHost(): { host: OpenHost; model: string } {
  const { app, workspace, model } = testApplication();
  return {
    model,
    host: {
      client: createRouterClient(createRouter(app), { context: {} }),
      workspace,
      app,
      pid: undefined,
      listen: () => Promise.resolve("http://127.0.0.1:1/#token=x"),
      close: () => Promise.resolve(),
    },
  };
}

/** What a command writes to stdout and stderr. */
function captured(): { stdout: () => string; stderr: () => string } {
  const texts = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    const spy = vi.spyOn(process[name], "write").mockImplementation((chunk) => {
      texts[name] += String(chunk);
      return true;
    });
    onTestFinished(() => {
      spy.mockRestore();
    });
  }
  return { stdout: () => texts.stdout, stderr: () => texts.stderr };
}

test("a pipeline is followed to its end, and --json prints one document with the results", async () => {
  const { host, model } = localHost();
  const output = captured();
  const out = join(temporaryFolder(), "out");
  const { pipelineId } = await host.client.pipelines.start({ yaml: recipeYaml(model) });
  const context = { terminal: new Terminal(true), workspace: undefined };
  await watchAndPrint(host, context, pipelineId, out);
  const document = JSON.parse(output.stdout());
  expect(document).toMatchObject({
    pipelineId: "p1",
    status: "finished",
    results: [
      { name: "base", pass1: 0.25, ci: [0, 1], n: 4, k: 2, comparison: null },
      {
        name: "grpo",
        pass1: 0.75,
        ci: [0, 1],
        n: 4,
        k: 2,
        comparison: { with: "base", refusal: "only 4 problems in common" },
      },
    ],
    cost: { energyJ: null },
  });
  expect(document.durationMs).toBeGreaterThan(0);
  expect(output.stderr()).toContain("grpo: finished");
  expect(JSON.parse(readFileSync(join(out, "results.json"), "utf8"))).toEqual(document);
  expect(existsSync(join(out, "models", "grpo", "weights.json"))).toBe(true);
});

test("a pipeline that fails ends the command as failed and says what to do", async () => {
  process.env["TEST_ENGINE"] = JSON.stringify({ grpo: { failAt: 3 } });
  onTestFinished(() => {
    delete process.env["TEST_ENGINE"];
  });
  const { host, model } = localHost();
  const output = captured();
  const { pipelineId } = await host.client.pipelines.start({ yaml: recipeYaml(model) });
  const context = { terminal: new Terminal(false), workspace: undefined };
  await expect(watchAndPrint(host, context, pipelineId, undefined)).rejects.toBeInstanceOf(Failed);
  expect(output.stderr()).toContain("the model is broken");
  expect(output.stderr()).toContain("mend the model");
  expect(output.stdout()).toBe("");
});

test("Ctrl+C stops the pipeline at a checkpoint, says how to go on, and counts as cancelled", async () => {
  process.env["TEST_ENGINE"] = JSON.stringify({ grpo: { hangAt: 6 } });
  onTestFinished(() => {
    delete process.env["TEST_ENGINE"];
  });
  const { host, model } = localHost();
  const output = captured();
  const { pipelineId } = await host.client.pipelines.start({ yaml: recipeYaml(model) });
  host.app?.live.listen((event) => {
    const isStepSix =
      event.type === "metrics" &&
      event.runId === `${pipelineId}-grpo` &&
      event.points.some(({ step }) => step === 6);
    if (isStepSix) process.emit("SIGINT");
  });
  const context = { terminal: new Terminal(false), workspace: undefined };
  const followed = watchAndPrint(host, context, pipelineId, undefined);
  await expect(followed).rejects.toBeInstanceOf(Cancelled);
  expect(output.stderr()).toContain(`gradus runs resume ${pipelineId}`);
  const { status, runs } = await host.client.pipelines.get({ pipelineId });
  expect(status).toBe("stopped");
  const { checkpoints } = await host.client.runs.get({ runId: runs[2]?.id ?? "" });
  expect(checkpoints.at(-1)?.step).toBe(6);
  expect(reportFailure(new Cancelled(), false)).toBe(130);
});

test("on a terminal one line changes in place; elsewhere a new topic gets a line and repetition does not", () => {
  const written: string[] = [];
  const stream = Object.assign(Object.create(process.stderr), {
    isTTY: true,
    columns: 20,
    write: (text: string) => written.push(text),
  });
  let now = 0;
  const line = new LiveLine(stream, () => now);
  line.show("a", "0123456789012345678901234567890");
  line.show("a", "too soon");
  now = 200;
  line.show("a", "later");
  line.clear();
  expect(written).toEqual(["\r\u001B[K0123456789012345678", "\r\u001B[Klater", "\r\u001B[K"]);
  written.length = 0;
  const plain = new LiveLine(Object.assign(stream, { isTTY: false }), () => now);
  plain.show("a", "one");
  plain.show("a", "two");
  plain.show("b", "three");
  now += 20_000;
  plain.show("b", "four");
  expect(written).toEqual(["one\n", "three\n", "four\n"]);
});

test("durations, sums and shares are written as people read them", () => {
  expect([7_400, 200_000, 7_500_000].map(duration)).toEqual(["7 s", "3 min 20 s", "2 h 05 min"]);
  expect([0.000_123_4, 0.5, 12.345].map((usd) => usdText(usd))).toEqual([
    "$0.00012",
    "$0.50",
    "$12.35",
  ]);
  expect(percent(0.124_56)).toBe("12.5%");
});

test("tables line up", () => {
  expect(table(["a", "long"], [["xyz", "1"]], [1])).toBe("a    long\nxyz     1");
});
