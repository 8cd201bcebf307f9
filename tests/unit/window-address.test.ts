import { expect, test } from "vitest";
import { hrefTo, parseAddress } from "../../src-renderer/navigation/location.ts";

test("an address and its link are each other's inverse, odd characters included", () => {
  const href = hrefTo(["run", "a/b ü"], {
    step: "12",
    filter: "x&y=1",
    empty: "",
    none: undefined,
  });
  expect(parseAddress(href)).toEqual({
    path: ["run", "a/b ü"],
    query: { step: "12", filter: "x&y=1" },
  });
});

test("a broken address is read as far as it goes", () => {
  expect(parseAddress("")).toEqual({ path: [], query: {} });
  expect(parseAddress("#/run/%E0%A4%A")).toEqual({ path: ["run", "%E0%A4%A"], query: {} });
});
