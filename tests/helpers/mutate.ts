/** Damages a file's bytes in the ways that disks, networks and enemies do. */
import type { Random } from "#main/platform/random.ts";

const NUMBERS = [
  "1e999",
  "-1",
  "18446744073709551616",
  "0.1e-400",
  "NaN",
  "null",
  "{}",
  "[]",
  '""',
];
const PIECES = [
  "[",
  "{",
  "]",
  "}",
  '"',
  "\\",
  "\u0000",
  "\n",
  ",",
  ":",
  "*a",
  "&a ",
  "<<: ",
  "{{",
  "{%",
];

export function mutate(whole: Buffer, random: Random): Buffer {
  let bytes = Buffer.from(whole);
  const times = random.int(1, 4);
  for (let i = 0; i < times; i++) bytes = Buffer.from(once(bytes, random));
  return bytes;
}

function once(bytes: Buffer, random: Random): Buffer {
  const at = random.int(0, Math.max(0, bytes.length - 1));
  const length = random.int(1, 64);
  switch (random.int(0, 8)) {
    case 0:
      return bytes.subarray(0, at);
    case 1:
      for (let i = 0; i < random.int(1, 8); i++) {
        bytes[random.int(0, Math.max(0, bytes.length - 1))] = random.int(0, 255);
      }
      return bytes;
    case 2:
      bytes.fill(0xff, at, Math.min(bytes.length, at + random.int(1, 9)));
      return bytes;
    case 3:
      bytes.fill(0, at, Math.min(bytes.length, at + random.int(1, 9)));
      return bytes;
    case 4:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
    case 5:
      return Buffer.concat([
        bytes.subarray(0, at),
        bytes.subarray(at, at + length),
        bytes.subarray(at),
      ]);
    case 6: {
      const piece = PIECES[random.int(0, PIECES.length - 1)] ?? "[";
      const many = piece.repeat(random.int(1, 4) === 4 ? 5000 : random.int(1, 3));
      return Buffer.concat([bytes.subarray(0, at), Buffer.from(many), bytes.subarray(at)]);
    }
    case 7: {
      const number = NUMBERS[random.int(0, NUMBERS.length - 1)] ?? "0";
      return Buffer.from(replaceNumber(bytes.toString("latin1"), at, number), "latin1");
    }
    default: {
      const from = random.int(0, Math.max(0, bytes.length - 1));
      bytes.copy(bytes, at, from, from + length);
      return bytes;
    }
  }
}

/** The first number after a place by another. */
function replaceNumber(text: string, at: number, number: string): string {
  return text.slice(0, at) + text.slice(at).replace(/-?\d+(\.\d+)?/, number);
}
