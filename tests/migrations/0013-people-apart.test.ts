import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { migrate } from "#main/store/database.ts";
import { ALL_MIGRATIONS } from "#main/store/migrations/all-migrations.ts";
import { openStore } from "#main/store/store.ts";
import { temporaryFolder } from "../helpers/store-fixture.ts";

const PRICES = { usdPerCpuCoreHour: 0.1, usdPerGpuHour: 2, usdPerKWh: 0, humanUsdPerHour: 40 };

interface Before {
  /** Prices of an hour of a person over time. */
  readonly changes: readonly (readonly [timeMs: number, usdPerHour: number])[];
  readonly now: number;
  /** Sittings by their end and what they were valued at. */
  readonly sittings: readonly (readonly [lastAtMs: number, usdPerHour: number])[];
}

function migrated({ changes, now, sittings }: Before) {
  const file = join(temporaryFolder(), "gradus.sqlite");
  const db = new Database(file);
  migrate(
    db,
    ALL_MIGRATIONS.filter(({ version }) => version < 13),
  );
  db.exec(
    `INSERT INTO datasets (id, name, created_at_ms, changed_at_ms) VALUES ('d1', 'set', 1, 1)`,
  );
  db.prepare("INSERT INTO settings (name, value) VALUES ('prices', ?)").run(
    JSON.stringify({ ...PRICES, humanUsdPerHour: now }),
  );
  for (const [timeMs, humanUsdPerHour] of changes)
    db.prepare("INSERT INTO price_changes (time_ms, prices) VALUES (?, ?)").run(
      timeMs,
      JSON.stringify({ ...PRICES, humanUsdPerHour }),
    );
  for (const [lastAtMs, usdPerHour] of sittings)
    db.prepare(
      `INSERT INTO review_sessions (dataset_id, reviewer, started_at_ms, last_at_ms, active_ms, human_usd_per_hour)
       VALUES ('d1', 'ada', 1, ?, 1000, ?)`,
    ).run(lastAtMs, usdPerHour);
  db.close();
  return openStore(file);
}

test("the price of a person's hour that nobody set goes from settings, history and sittings", () => {
  const store = migrated({
    changes: [
      [0, 40],
      [50, 40],
    ],
    now: 40,
    sittings: [[30, 40]],
  });
  expect(store.settings.get().prices).toEqual({ ...PRICES, humanUsdPerHour: null });
  expect(store.ledger.priceChanges().map(({ prices }) => prices.humanUsdPerHour)).toEqual([
    null,
    null,
  ]);
  expect(store.reviews.sessions().map(({ usdPerHour }) => usdPerHour)).toEqual([null]);
  store.close();
});

test("a price that was set stays, and so do the sittings it valued", () => {
  const store = migrated({
    changes: [
      [0, 40],
      [50, 25],
      [80, 40],
    ],
    now: 40,
    sittings: [
      [30, 40],
      [60, 25],
      [90, 40],
    ],
  });
  expect(store.settings.get().prices.humanUsdPerHour).toBe(40);
  expect(store.ledger.priceChanges().map(({ prices }) => prices.humanUsdPerHour)).toEqual([
    40,
    25,
    null,
  ]);
  expect(store.reviews.sessions().map(({ usdPerHour }) => usdPerHour)).toEqual([40, 25, null]);
  store.close();
});
