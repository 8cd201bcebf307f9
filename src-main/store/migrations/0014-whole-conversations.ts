import type { Migration } from "./migration.ts";

/**
 * Lists show the first question of a conversation, and duplicates compare all of its turns: records of several turns
 * get the one, and count as stale until they are measured again for the other.
 */
export const wholeConversations: Migration = {
  version: 14,
  name: "whole conversations",
  sql: `
UPDATE record_details SET prompt = (
  SELECT trim(replace(replace(substr(json_extract(turn.value, '$.content'), 1, 200), char(13), ''), char(10), ' '))
  FROM records r JOIN revisions v ON v.record_id = r.id AND v.number = r.revision,
    json_each(v.messages) turn
  WHERE r.id = record_details.record_id AND json_extract(turn.value, '$.role') = 'user'
  ORDER BY turn.key LIMIT 1)
WHERE (
  SELECT count(*) FROM records r JOIN revisions v ON v.record_id = r.id AND v.number = r.revision,
    json_each(v.messages) turn
  WHERE r.id = record_details.record_id AND json_extract(turn.value, '$.role') = 'user') > 1;

UPDATE revisions SET checked_with = ''
WHERE json_array_length(messages) > 2 OR json_extract(messages, '$[0].role') = 'system';
UPDATE records SET checked_with = '' WHERE EXISTS (
  SELECT 1 FROM revisions v
  WHERE v.record_id = records.id AND v.number = records.revision AND v.checked_with = '');
`,
};
