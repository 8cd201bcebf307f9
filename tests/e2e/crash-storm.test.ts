/** GRADUS_KILLS sets how many kills the storm has, GRADUS_FULL_DISKS at how many places a disk fills up. */
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { Random } from "#main/platform/random.ts";
import { Application } from "#main/services/application.ts";
import { crashStorm } from "../helpers/crash-storm.ts";
import { resumeRecipe } from "../helpers/resume-recipe.ts";
import { MOUNTING, smallDisk } from "../helpers/small-disk.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { nextEvent, settled } from "../helpers/test-application.ts";
import { writeTinyModel } from "../helpers/tiny-model.ts";
import { LINUX, lacking } from "../helpers/need.ts";

const KILLS = Number(process.env["GRADUS_KILLS"] ?? "3");
const FULL_DISKS = Number(process.env["GRADUS_FULL_DISKS"] ?? "1");

test.skipIf(!LINUX.met)(
  `after kills of engines and hosts at random moments nothing is lost, doubled or left behind${lacking(LINUX)}`,
  async () => {
    const { counts, faults } = await crashStorm(temporaryFolder(), KILLS, 1);
    console.log(JSON.stringify(counts));
    expect(faults).toEqual([]);
  },
  3_600_000,
);

test.skipIf(!MOUNTING.met)(
  `a disk that fills up at any place of a run stops it in words, and it goes on once there is space${lacking(MOUNTING)}`,
  async () => {
    const folder = temporaryFolder();
    const model = writeTinyModel(join(folder, "tiny"), 3);
    const random = new Random(5);
    const told: string[] = [];
    for (let place = 0; place < FULL_DISKS; place++) {
      const disk = smallDisk("64m");
      const workspace = join(disk.folder, "workspace");
      const app = new Application({ workspace, shell: "cli" });
      const id = app.startPipeline({ yaml: resumeRecipe(model), runtime: "tensorflow" });
      await nextEvent(app, (event) => event.type === "metrics");
      await setTimeout(random.int(0, 3000));
      disk.fill();
      const full = await settled(app, id);
      if (full.status !== "finished") {
        told.push(`${full.status}: ${full.statusReason?.message ?? "nothing"}`);
      }
      disk.free();
      if (full.status !== "finished") app.runner.resume(id);
      expect((await settled(app, id)).status).toBe("finished");
      await app.close();
    }
    expect(told.filter((one) => !/^(stopped|failed): .*full/.test(one))).toEqual([]);
    console.log(`full at ${told.length} of ${FULL_DISKS} places`);
  },
  3_600_000,
);
