/** Arrays of numbers as BLOBs, little-endian on every machine. */

export function packInt32(values: readonly number[]): Buffer {
  const out = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => out.writeInt32LE(value, index * 4));
  return out;
}

export function unpackInt32(blob: Buffer): number[] {
  return Array.from({ length: blob.length / 4 }, (_, index) => blob.readInt32LE(index * 4));
}

/** float32: what the sampler computes in. */
export function packFloat32(values: readonly number[]): Buffer {
  const out = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => out.writeFloatLE(value, index * 4));
  return out;
}

export function unpackFloat32(blob: Buffer): number[] {
  return Array.from({ length: blob.length / 4 }, (_, index) => blob.readFloatLE(index * 4));
}
