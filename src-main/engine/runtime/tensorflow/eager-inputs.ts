/** Values and attributes on their way from the host to TensorFlow's eager ops. */
import { elementBytes } from "./graph-trace.ts";
import type { OpAttr } from "./graph-trace.ts";
import { AttrType, DType, viewMemory } from "./tensorflow-library.ts";
import type { Pointer, TensorFlowLibrary } from "./tensorflow-library.ts";

/** A TF_Tensor with values from the host; the caller deletes it. */
export function hostTensor(
  library: TensorFlowLibrary,
  shape: readonly number[],
  dtype: number,
  values: ArrayLike<number> & { readonly buffer?: ArrayBufferLike },
): Pointer {
  const { c } = library;
  const size = shape.reduce((a, b) => a * b, 1);
  const bytes = size * elementBytes(dtype);
  const tensor: Pointer = c.TF_AllocateTensor(dtype, shape.map(BigInt), shape.length, bytes);
  if (bytes === 0) return tensor;
  const memory = viewMemory(c.TF_TensorData(tensor), bytes);
  if (dtype === DType.int64) {
    // tfjs passes int64 as pairs of int32 (low, high).
    const pairs = Int32Array.from(values);
    new Int32Array(memory).set(pairs.subarray(0, size * 2));
    return tensor;
  }
  if (dtype === DType.string || dtype === DType.resource)
    throw new Error("string tensors are not supported by the engine");
  const target =
    dtype === DType.float
      ? new Float32Array(memory)
      : dtype === DType.int32
        ? new Int32Array(memory)
        : new Uint8Array(memory);
  if (values.length !== size)
    throw new Error(`${values.length} values for a tensor of shape [${shape.join(", ")}]`);
  target.set(values);
  return tensor;
}

/** Sets an attribute of a TFE_Op. @throws Error for values of a type that ops are not given here */
export function setEagerAttr(
  library: TensorFlowLibrary,
  op: Pointer,
  opName: string,
  { name, type, value }: OpAttr,
): void {
  const { c, status, check } = library;
  switch (type) {
    case AttrType.type:
      c.TFE_OpSetAttrType(op, name, value);
      break;
    case AttrType.bool:
      c.TFE_OpSetAttrBool(op, name, value === true || value === 1 ? 1 : 0);
      break;
    case AttrType.int:
      if (Array.isArray(value)) c.TFE_OpSetAttrIntList(op, name, value.map(BigInt), value.length);
      else c.TFE_OpSetAttrInt(op, name, BigInt(Number(value)));
      break;
    case AttrType.float:
      c.TFE_OpSetAttrFloat(op, name, value);
      break;
    case AttrType.string:
      c.TFE_OpSetAttrString(op, name, value, Buffer.byteLength(String(value)));
      break;
    case AttrType.shape:
      if (!Array.isArray(value))
        throw new Error(`${opName}: shape attribute ${name} is not a list`);
      c.TFE_OpSetAttrShape(op, name, value.map(BigInt), value.length, status);
      check(() => `${opName}.${name}`);
      break;
    default:
      throw new Error(`${opName}: attribute ${name} has unknown type ${type}`);
  }
}
