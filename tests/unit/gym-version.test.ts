/** A run, and a recipe that names it, keep the version of reasoning-gym that they began with. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { SandboxPool } from "#main/processes/sandbox/sandbox-pool.ts";
import { GymService } from "#main/services/gym/gym-service.ts";
import { WorkspaceTasks } from "#main/services/plugins/workspace-tasks.ts";
import { Stage } from "#shared/schema/recipe.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const HERE = process.platform === "win32" ? "Scripts/python.exe" : "bin/python";

/** What an install leaves, as far as the host looks at it; nothing here starts its Python. */
function installed(workspace: string, version: string, folder = version): string {
  const python = join(workspace, "python", `reasoning-gym-${folder}`, HERE);
  mkdirSync(dirname(python), { recursive: true });
  writeFileSync(python, "");
  writeFileSync(
    join(workspace, "python", `reasoning-gym-${folder}`, "gym.json"),
    JSON.stringify({ version, python: "3.12.1", datasets: ["chain_sum", "spell_backward"] }),
  );
  return python;
}

function workspaceOf(...versions: string[]) {
  const workspace = temporaryFolder();
  const pythons = versions.map((version) => installed(workspace, version));
  const sandbox = new SandboxPool({ workers: 1 });
  const gym = new GymService(workspace);
  onTestFinished(() => {
    gym.close();
    sandbox.close();
  });
  return { workspace, pythons, tasks: new WorkspaceTasks(workspace, sandbox, gym) };
}

function stage(...versions: (string | undefined)[]): Stage {
  return Stage.parse({
    name: "bench",
    kind: "benchmark",
    model: "m",
    num_problems: 4,
    data: versions.map((version, i) => ({
      task: `reasoning-gym/${i === 0 ? "chain_sum" : "spell_backward"}`,
      ...(version === undefined ? {} : { version }),
    })),
  });
}

test("a run keeps the version that is installed when it begins", () => {
  const { tasks } = workspaceOf("0.1.25");
  expect(tasks.kept(stage(undefined, undefined))).toMatchObject({
    data: [{ version: "0.1.25" }, { version: "0.1.25" }],
  });
});

test("a run that began with another version is refused where it goes on, and told what to do", () => {
  const { tasks } = workspaceOf("0.1.25");
  for (const refused of [() => tasks.gymFor(stage("0.1.19")), () => tasks.kept(stage("0.1.19"))])
    expect(refused).toThrow(
      expect.objectContaining({
        code: "CONFLICT",
        message: expect.stringContaining(
          "begun with reasoning-gym 0.1.19, and 0.1.25 is installed",
        ),
        advice: expect.stringContaining("without `version`"),
      }),
    );
  expect(() => tasks.gymFor(stage("0.1.25", "0.1.19"))).toThrow(/0\.1\.25 and 0\.1\.19/u);
});

test("a run goes on with its own version where both are there, and a changed environment is none", () => {
  const { workspace, tasks, pythons } = workspaceOf("0.1.25", "0.1.19");
  expect([undefined, "0.1.25", "0.1.19"].map((one) => tasks.gymFor(stage(one))?.python)).toEqual([
    pythons[0],
    pythons[0],
    pythons[1],
  ]);
  installed(workspace, "0.1.20", "0.1.19");
  expect(() => tasks.gymFor(stage("0.1.19"))).toThrow(/0\.1\.25 is installed/u);
});

test("without any environment a run is told to install it", () => {
  const { tasks } = workspaceOf();
  expect(() => tasks.gymFor(stage("0.1.25"))).toThrow(
    expect.objectContaining({
      code: "NOT_FOUND",
      advice: expect.stringContaining("python install"),
    }),
  );
});
