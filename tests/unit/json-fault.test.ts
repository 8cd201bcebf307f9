import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readJson } from "#main/core/tables/read-json.ts";
import { readJsonl } from "#main/core/tables/read-jsonl.ts";
import type { RowReading } from "#main/core/tables/source-row.ts";
import { jsonFault } from "#main/platform/json-fault.ts";
import { temporaryFolder } from "../helpers/store-fixture.ts";

test.each([
  // [text, the part before the fault, words]
  ['{"a": b}', '{"a": ', "Unexpected token 'b'"],
  ['{"a": 1, "b": nul}', '{"a": 1, "b": nul', "Unexpected token '}'"],
  ['{"a": 1 "b": 2}', '{"a": 1 ', "Expected ',' or '}' after property value"],
  ['{"a": 1,}', '{"a": 1,', "Expected double-quoted property name"],
  ["{'a': 1}", "{", "Expected property name or '}'"],
  ['{"a": "x', '{"a": "x', "Unterminated string"],
  ['{"a": [1, 2', '{"a": [1, 2', "Expected ',' or ']' after array element"],
  ['{"a": ', '{"a": ', "Unexpected end of the text"],
  ['{"a": True}', '{"a": ', "Unexpected token 'T'"],
  ['{"ä": 1}}', '{"ä": 1}', "Unexpected non-whitespace character after JSON"],
])("of %s the fault is found", (text, before, reason) => {
  const fault = jsonFault(text);
  expect(text.slice(0, fault?.offset)).toBe(before);
  expect(fault?.reason).toContain(reason);
  expect(fault?.reason).not.toMatch(/position|line \d/u);
});

test("of JSON there is none", () => {
  expect(jsonFault('{"a": [1, 2, {"b": null}]}')).toBeUndefined();
});

async function badRows(text: string, read: (path: string) => RowReading): Promise<string[]> {
  const path = join(temporaryFolder(), "rows");
  writeFileSync(path, text);
  const bad: string[] = [];
  for await (const row of read(path).rows) if ("bad" in row) bad.push(`${row.line} ${row.bad}`);
  return bad;
}

test("a fault in a JSON file is told by its line and column in the file", async () => {
  const text = '[\n  {"a": 1},\n  {\n    "ä": "ok",\n    "b": oops\n  },\n  {"c": 1,}\n]\n';
  expect(await badRows(text, readJson)).toEqual([
    expect.stringContaining("2 is not JSON at line 5, column 10: Unexpected token 'o'"),
    expect.stringContaining("3 is not JSON at line 7, column 11: "),
  ]);
  // All in one line: columns count characters, not bytes.
  expect(await badRows('{"data": [{"ä": 1}, {"ö": x}]}', readJson)).toEqual([
    expect.stringContaining("2 is not JSON at line 1, column 27: Unexpected token 'x'"),
  ]);
  expect((await badRows('[\n{"a": 1},\n{"b": 2}\n', readJson)).at(-1)).toContain(
    "the file ends in line 4 before its list does",
  );
});

test("a fault in a line of JSONL is told by its column, spaces before it counted", async () => {
  expect(await badRows('\uFEFF{"a": 1}\n  {"a": b}\n', readJsonl)).toEqual([
    expect.stringContaining("2 is not JSON at column 9: Unexpected token 'b'"),
  ]);
});
