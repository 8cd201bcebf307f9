import type { Migration } from "./migration.ts";

/**
 * An hour of a person has no price until somebody sets one. 0.1.0 charged 40 dollars that nobody had set; wherever that
 * default stood unchanged, it goes: from the settings, from the history of prices, and from the sittings it valued.
 */
export const peopleApart: Migration = {
  version: 13,
  name: "people apart",
  sql: `
CREATE TEMP TABLE person_price AS
  SELECT coalesce(min(time_ms), 9e99) AS set_ms FROM price_changes
  WHERE json_extract(prices, '$.humanUsdPerHour') <> 40;

UPDATE settings SET value = json_set(value, '$.humanUsdPerHour', NULL)
  WHERE name = 'prices' AND json_extract(value, '$.humanUsdPerHour') = 40
    AND (SELECT set_ms FROM person_price) = 9e99;
UPDATE price_changes SET prices = json_set(prices, '$.humanUsdPerHour', NULL)
  WHERE json_extract(prices, '$.humanUsdPerHour') = 40
    AND time_ms < (SELECT set_ms FROM person_price);

ALTER TABLE review_sessions ADD COLUMN usd_per_hour REAL;
UPDATE review_sessions SET usd_per_hour = human_usd_per_hour
  WHERE human_usd_per_hour <> 40 OR last_at_ms >= (SELECT set_ms FROM person_price);
ALTER TABLE review_sessions DROP COLUMN human_usd_per_hour;

DROP TABLE person_price;
`,
};
