/** GRADUS_KILLS sets how many kills each storm has: of exports, of each kind. */
import { expect, test } from "vitest";
import { exportStorm } from "../helpers/export-storm.ts";
import { migrationStorm } from "../helpers/migration-storm.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { LINUX, POSIX, lacking } from "../helpers/need.ts";

const KILLS = Number(process.env["GRADUS_KILLS"] ?? "1");

test.skipIf(!POSIX.met)(
  `after a kill in a migration each migration is whole or not there, and the next host ends as without it${lacking(POSIX)}`,
  async () => {
    const size = KILLS > 1 ? 200_000 : 20_000;
    const { counts, faults } = await migrationStorm(temporaryFolder(), {
      kills: KILLS,
      seed: 1,
      size,
    });
    console.log(JSON.stringify(counts));
    expect(faults).toEqual([]);
  },
  3_600_000,
);

test.skipIf(!LINUX.met)(
  `after a kill in an export the old or the new stands at its place, and the next export clears what is left${lacking(LINUX)}`,
  async () => {
    const { counts, faults } = await exportStorm(temporaryFolder(), KILLS, 1);
    console.log(JSON.stringify(counts));
    expect(faults).toEqual([]);
  },
  3_600_000,
);
