import { expect, test } from "vitest";
import { keysCollide } from "#renderer/navigation/key-bindings.ts";

test.each([
  ["V", "V", true],
  ["G R", "G", true],
  ["G", "G R", true],
  ["G R", "G C", false],
  ["Mod+K", "K", false],
  ["[ ]", "[", true],
])("the keys %s and %s would answer the same press: %s", (a, b, expected) => {
  expect(keysCollide(a, b)).toBe(expected);
});
