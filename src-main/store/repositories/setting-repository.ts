/** Settings, each a JSON value under its name; what was never set has its default. */
import { PriceList } from "#shared/schema/cost.ts";
import { Settings } from "#shared/schema/system.ts";
import type { Connection } from "../database.ts";

const DEFAULTS: Settings = {
  prices: PriceList.parse({}),
  theme: "system",
  runtime: "auto",
  allowedCode: [],
};

export class SettingRepository {
  readonly #db: Connection;

  constructor(db: Connection) {
    this.#db = db;
  }

  get(): Settings {
    const rows = this.#db
      .prepare<[], { name: string; value: string }>("SELECT name, value FROM settings")
      .all();
    const stored = Object.fromEntries(rows.map(({ name, value }) => [name, JSON.parse(value)]));
    return Settings.parse({ ...DEFAULTS, ...stored });
  }

  /** Changes what is given and leaves the rest. */
  set(changes: { readonly [Name in keyof Settings]?: Settings[Name] | undefined }): Settings {
    const upsert = this.#db.prepare(
      `INSERT INTO settings (name, value) VALUES (?, ?)
       ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
    );
    this.#db.transaction(() => {
      for (const [name, value] of Object.entries(changes)) {
        if (value !== undefined) upsert.run(name, JSON.stringify(value));
      }
    })();
    return this.get();
  }
}
