import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

test("a host goes on after what nobody caught, and reports it; readers that left are no bug", () => {
  const entry = fileURLToPath(new URL("../helpers/careless-host.ts", import.meta.url));
  const said = execFileSync(process.execPath, [entry], { encoding: "utf8" });
  expect(JSON.parse(said)).toEqual(["Error: a promise", "Error: a timer"]);
});
