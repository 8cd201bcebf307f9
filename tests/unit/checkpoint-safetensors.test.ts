import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openSafetensors, writeSafetensors } from "#main/core/formats/safetensors.ts";
import { formatFixture, readExpected } from "../fixtures/formats/read-expected.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const folder = temporaryFolder();
let files = 0;

/** A file of a header (text, or an object written as JSON) and so many data bytes. */
function fileWith(
  header: string | Readonly<Record<string, unknown>>,
  dataBytes: number,
  claimed?: bigint,
): string {
  const json = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(claimed ?? BigInt(json.length));
  const file = join(folder, `made-${files++}.safetensors`);
  writeFileSync(file, Buffer.concat([length, json, Buffer.alloc(dataBytes)]));
  return file;
}

function bitsOf(data: Float32Array): number[] {
  return [...new Int32Array(data.buffer, data.byteOffset, data.length)];
}

const float = (shape: readonly number[], begin: number, end: number): object => ({
  dtype: "F32",
  shape,
  data_offsets: [begin, end],
});

describe("reading files of the reference library", () => {
  const bits = readExpected().safetensors;

  test.each(Object.keys(bits))("every value of a file in %s has torch's bits", (name) => {
    const file = openSafetensors(formatFixture(`${name}.safetensors`));
    expect(file.entry("a").shape).toEqual([6, 8]);
    expect(bitsOf(file.readTensor("a"))).toEqual(bits[name]);
    // b is the first two rows' first three columns.
    const expected = [0, 1, 2, 8, 9, 10].map((i) => bits[name]?.[i]);
    expect(bitsOf(file.readTensor("b.weight"))).toEqual(expected);
    expect(file.readTensor("empty").length).toBe(0);
    expect([...file.readTensor("scalar")]).toEqual([1.5]);
    expect(file.header.metadata).toEqual({ format: "pt" });
    file.close();
  });

  test("integers and doubles are read where 32-bit floats can hold them, refused where they cannot", () => {
    const file = openSafetensors(formatFixture("other-types.safetensors"));
    expect([...file.readTensor("ids")]).toEqual([0, -7, 16777216]);
    expect([...file.readTensor("i32")]).toEqual([5, -6]);
    expect([...file.readTensor("f64")]).toEqual([Math.fround(0.1)]);
    for (const name of ["large", "f64_large"]) {
      expect(() => file.readTensor(name)).toThrow(
        expect.objectContaining({
          code: "BAD_CHECKPOINT",
          message: expect.stringContaining("too large"),
        }),
      );
    }
    expect(() => file.readTensor("bools")).toThrow(
      expect.objectContaining({ code: "BAD_CHECKPOINT", message: expect.stringContaining("BOOL") }),
    );
    expect(() => file.readTensor("nothing")).toThrow(
      expect.objectContaining({ message: expect.stringContaining('no tensor "nothing"') }),
    );
    file.close();
  });
});

describe("writing", () => {
  // Values of which F16 and BF16 hold none exactly, the extremes and the special ones.
  const values = new Float32Array([
    0,
    -0,
    1,
    -1.5,
    0.1,
    1 / 3,
    65519,
    -65519,
    6.1e-5,
    6e-8,
    2.9e-8,
    3.1e-8,
    1e-40,
    Infinity,
    -Infinity,
    NaN,
    1.00048828125,
    1.00146484375,
  ]);

  test.each(["F32", "BF16", "F16"] as const)(
    "what was written as %s is read back with the same bits when written again",
    (dtype) => {
      const [first, second] = [
        join(folder, `${dtype}-1.safetensors`),
        join(folder, `${dtype}-2.safetensors`),
      ];
      writeSafetensors(
        first,
        [
          ["x.weight", { shape: [2, 9], data: values }],
          ["none", { shape: [0], data: new Float32Array(0) }],
        ],
        { dtype, metadata: { made: "here" } },
      );
      const once = openSafetensors(first);
      expect(once.header.metadata).toEqual({ format: "pt", made: "here" });
      expect(once.entry("x.weight").dtype).toBe(dtype);
      const read = once.readTensor("x.weight");
      writeSafetensors(
        second,
        [
          ["x.weight", { shape: [2, 9], data: () => read }],
          ["none", { shape: [0], data: new Float32Array(0) }],
        ],
        { dtype, metadata: { made: "here" } },
      );
      expect(readFileSync(second).equals(readFileSync(first))).toBe(true);
      once.close();
    },
  );

  test("F16 and BF16 round to the nearest, ties to even", () => {
    const written = (dtype: "F16" | "BF16", data: readonly number[]): number[] => {
      const file = join(folder, "rounded.safetensors");
      writeSafetensors(file, [["x", { shape: [data.length], data: Float32Array.from(data) }]], {
        dtype,
      });
      using opened = openSafetensors(file);
      return [...opened.readTensor("x")];
    };
    // F16 has 10 fraction bits: 1 + 2^-11 is a tie (to 1), 1 + 3·2^-11 one to 1 + 2^-9. Its least number is 2^-24,
    // of which half is a tie to zero and three halves a tie to two. 65519 is nearer to 65504 than to 65536.
    expect(
      written("F16", [1 + 2 ** -11, 1 + 3 * 2 ** -11, 2 ** -25, 3 * 2 ** -25, 2 ** -24, 65519, -0]),
    ).toEqual([1, 1 + 2 ** -9, 0, 2 ** -23, 2 ** -24, 65504, -0]);
    // BF16 has 7.
    expect(
      written("BF16", [1 + 2 ** -8, 1 + 3 * 2 ** -8, 1 + 2 ** -8 + 2 ** -20, 2 ** 127]),
    ).toEqual([1, 1 + 2 ** -6, 1 + 2 ** -7, 2 ** 127]);
  });

  test("a number beyond F16 is refused, and no file is left", () => {
    const place = temporaryFolder();
    expect(() =>
      writeSafetensors(
        join(place, "x.safetensors"),
        [["w", { shape: [1], data: Float32Array.of(65520) }]],
        { dtype: "F16" },
      ),
    ).toThrow(
      expect.objectContaining({
        code: "BAD_INPUT",
        message: expect.stringContaining('"w"'),
        advice: expect.stringContaining("BF16"),
      }),
    );
    expect(readdirSync(place)).toEqual([]);
  });

  test("a tensor larger than the conversion's pieces is whole", () => {
    const count = (1 << 20) + 3;
    const data = Float32Array.from({ length: count }, (_, i) => (i % 251) - 125);
    const file = join(folder, "long.safetensors");
    for (const dtype of ["F16", "BF16"] as const) {
      writeSafetensors(file, [["x", { shape: [count], data }]], { dtype });
      using opened = openSafetensors(file);
      expect(Buffer.from(opened.readTensor("x").buffer).equals(Buffer.from(data.buffer))).toBe(
        true,
      );
    }
  });

  test("a part of a larger array is written from its own beginning", () => {
    const file = join(folder, "part.safetensors");
    writeSafetensors(file, [
      ["x", { shape: [2], data: Float32Array.of(9, 1, 2, 9).subarray(1, 3) }],
    ]);
    using opened = openSafetensors(file);
    expect([...opened.readTensor("x")]).toEqual([1, 2]);
  });

  test("the data begin at a multiple of 8", () => {
    const file = join(folder, "aligned.safetensors");
    for (const name of ["a", "ab", "abc", "abcd", "é"]) {
      writeSafetensors(file, [[name, { shape: [1], data: Float32Array.of(1) }]]);
      using opened = openSafetensors(file);
      expect(opened.entry(name).start % 8).toBe(0);
    }
  });

  test("data that do not fill their shape, or a name used twice, are mistakes of the caller", () => {
    const one = { shape: [2], data: Float32Array.of(1) };
    expect(() => writeSafetensors(join(folder, "never"), [["x", one]])).toThrow(RangeError);
    const two = { shape: [1], data: Float32Array.of(1) };
    expect(() =>
      writeSafetensors(join(folder, "never"), [
        ["x", two],
        ["x", two],
      ]),
    ).toThrow(RangeError);
  });
});

describe("a header that lies is refused, with what is wrong", () => {
  const good = { a: float([2], 0, 8), b: float([1], 8, 12) };

  test("the sound one is accepted, spaces at its end included", () => {
    for (const [header, bytes, names] of [
      [good, 12, ["a", "b"]],
      [`${JSON.stringify(good)}   `, 12, ["a", "b"]],
      [{}, 0, []],
    ] as const) {
      using opened = openSafetensors(fileWith(header, bytes));
      expect(opened.names).toEqual(names);
    }
  });

  test.each<[string, () => string, string]>([
    [
      "an empty file",
      () => {
        const file = join(folder, "empty");
        writeFileSync(file, "");
        return file;
      },
      "0 bytes",
    ],
    ["a header length beyond the file", () => fileWith(good, 12, 5000n), "claims 5000 bytes"],
    [
      "a header length beyond what is read",
      () => fileWith(good, 12, 2n ** 63n),
      "Gradus reads up to 8000000",
    ],
    ["a header that is no JSON", () => fileWith("{nonsense", 0), "not JSON"],
    [
      "a header that is no UTF-8",
      () => {
        const file = fileWith("{}", 0);
        writeFileSync(file, Buffer.from([1, 0, 0, 0, 0, 0, 0, 0, 0xff]));
        return file;
      },
      "not JSON",
    ],
    ["a header that is a list", () => fileWith("[]", 0), "not a JSON object"],
    ["a truncated file", () => fileWith(good, 9), "cut off"],
    ["more data than the tensors hold", () => fileWith(good, 20), "8 bytes at its end"],
    [
      "an unknown element type",
      () => fileWith({ a: { dtype: "F12", shape: [1], data_offsets: [0, 4] } }, 4),
      'unknown element type "F12"',
    ],
    [
      "a shape that does not fit the offsets",
      () => fileWith({ a: float([3], 0, 8) }, 8),
      "takes 12 bytes, but its offsets span 8",
    ],
    [
      "a shape whose product overflows",
      () => fileWith({ a: float([2 ** 32, 2 ** 32, 2 ** 32], 0, 8) }, 8),
      "its offsets span 8",
    ],
    ["a negative length in a shape", () => fileWith({ a: float([-2], 0, 8) }, 8), "shape"],
    ["a fractional offset", () => fileWith({ a: float([1], 0.5, 4.5) }, 5), "data_offsets"],
    ["offsets in the wrong order", () => fileWith({ a: float([1], 8, 4) }, 8), "before it begins"],
    [
      "overlapping tensors",
      () => fileWith({ a: float([2], 0, 8), b: float([2], 4, 12) }, 12),
      'tensor "b" overlaps',
    ],
    [
      "two tensors in one place",
      () => fileWith({ a: float([2], 0, 8), b: float([2], 0, 8) }, 8),
      "overlaps",
    ],
    [
      "a hole between tensors",
      () => fileWith({ a: float([1], 0, 4), b: float([1], 8, 12) }, 12),
      '4 bytes before tensor "b"',
    ],
    [
      "a hole before the first tensor",
      () => fileWith({ a: float([1], 4, 8) }, 8),
      '4 bytes before tensor "a"',
    ],
    [
      "a name that stands twice",
      () =>
        fileWith(
          `{"a":${JSON.stringify(float([1], 0, 4))},"a":${JSON.stringify(float([1], 4, 8))}}`,
          8,
        ),
      'names "a" twice',
    ],
    [
      "a name that stands twice, once escaped",
      () =>
        fileWith(
          `{"a":${JSON.stringify(float([1], 0, 4))},"\\u0061":${JSON.stringify(float([1], 4, 8))}}`,
          8,
        ),
      'names "a" twice',
    ],
    [
      "an entry without offsets",
      () => fileWith({ a: { dtype: "F32", shape: [1] } }, 4),
      "data_offsets",
    ],
    [
      "an entry with an unknown key",
      () => fileWith({ a: { ...float([1], 0, 4), codec: "zip" } }, 4),
      "codec",
    ],
    ["metadata that are no texts", () => fileWith({ __metadata__: { a: 1 } }, 0), "__metadata__"],
  ])("%s", (_, make, message) => {
    expect(() => openSafetensors(make())).toThrow(
      expect.objectContaining({
        code: "BAD_CHECKPOINT",
        message: expect.stringContaining(message),
      }),
    );
  });

  test("a missing file and a folder", () => {
    expect(() => openSafetensors(join(folder, "nothing"))).toThrow(
      expect.objectContaining({
        code: "BAD_CHECKPOINT",
        message: expect.stringContaining("ENOENT"),
      }),
    );
    expect(() => openSafetensors(folder)).toThrow(
      expect.objectContaining({ code: "BAD_CHECKPOINT" }),
    );
  });

  test("a file that shrinks after it was opened", () => {
    const file = fileWith(good, 12);
    using opened = openSafetensors(file);
    writeFileSync(file, readFileSync(file).subarray(0, -6));
    expect(() => opened.readTensor("b")).toThrow(
      expect.objectContaining({
        code: "BAD_CHECKPOINT",
        message: expect.stringContaining("ended at byte"),
      }),
    );
  });

  test("a tensor with a name like an object's inner parts is a tensor like any other", () => {
    const file = fileWith('{"__proto__":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', 4);
    using opened = openSafetensors(file);
    expect(opened.names).toEqual(["__proto__"]);
  });
});
