/** TensorFlow.js's own Node kernels, registered on our binding. */
import type { OpAttr } from "./graph-trace.ts";
import { BFLOAT16_MATMUL } from "../matmul.ts";
import { boolAttr, typeAttr } from "./op-attrs.ts";
import { ORDERED } from "./ordered.ts";
import { STATELESS_UNIFORM } from "./stateless-uniform.ts";
import type { TensorBinding, TensorMetadata } from "./tensor-binding.ts";
import { AttrType, DType } from "./tensorflow-library.ts";
import { require, tf } from "../tf.ts";
import type { Tensor } from "../tf.ts";

/** The parts of tfjs-node's backend that are private in its declarations. */
export type NodeBackend = {
  getInputTensorIds(tensors: readonly Tensor[]): number[];
  createOutputTensor(metadata: TensorMetadata): Tensor;
  getDTypeInteger(dtype: string): number;
};

/** An op and the names of its flags. */
const MATMUL = ["MatMul", "transpose_a", "transpose_b"] as const;
const BATCH_MATMUL = ["BatchMatMulV2", "adj_x", "adj_y"] as const;

/** Makes the backend, registers the kernels and selects it. */
export function registerKernels(binding: TensorBinding): NodeBackend {
  const { NodeJSKernelBackend } =
    require("@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend") as {
      NodeJSKernelBackend: new (binding: TensorBinding, packageName: string) => NodeBackend;
    };
  // oxlint-disable-next-line import/no-unassigned-import -- loading the file registers the kernels
  require("@tensorflow/tfjs-node-gpu/dist/register_all_kernels");
  const backend = new NodeJSKernelBackend(binding, "@tensorflow/tfjs-node");
  // The package's GatherV2 reads its indices back to the host, which a trace forbids.
  tf.unregisterKernel("GatherV2", "tensorflow");
  tf.registerKernel({
    kernelName: "GatherV2",
    backendName: "tensorflow",
    kernelFunc: ({ inputs, attrs }) => {
      const { x, indices } = inputs as unknown as { x: Tensor; indices: Tensor };
      const { axis, batchDims } = attrs as unknown as { axis: number; batchDims: number };
      const axisTensor = tf.scalar(axis, "int32");
      const opAttrs: OpAttr[] = [
        typeAttr("Tparams", backend.getDTypeInteger(x.dtype)),
        typeAttr("Tindices", DType.int32),
        typeAttr("Taxis", DType.int32),
        { name: "batch_dims", type: AttrType.int, value: batchDims },
      ];
      const [out] = binding.executeOp(
        "GatherV2",
        opAttrs,
        backend.getInputTensorIds([x, indices, axisTensor]),
        1,
      );
      axisTensor.dispose();
      if (out === undefined) throw new Error("GatherV2 gave no output");
      return backend.createOutputTensor(out);
    },
  });
  tf.registerKernel({
    kernelName: BFLOAT16_MATMUL,
    backendName: "tensorflow",
    kernelFunc: ({ inputs, attrs }) => {
      const { a, b } = inputs as unknown as { a: Tensor; b: Tensor };
      const { transposeA, transposeB, staysRounded } = attrs as unknown as Record<string, boolean>;
      const one = (op: string, opAttrs: OpAttr[], ids: readonly number[]): TensorMetadata => {
        const [out] = binding.executeOp(op, opAttrs, ids, 1);
        if (out === undefined) throw new Error(`${op} gave no output`);
        return out;
      };
      const cast = (id: number, from: number, to: number): TensorMetadata =>
        one("Cast", [typeAttr("SrcT", from), typeAttr("DstT", to)], [id]);
      const given = backend.getInputTensorIds([a, b]);
      // A factor that is kept rounded (Runtime.emptyVariable) comes as it is.
      const rounded = given.map((id) => binding.facts(id).dtype === DType.bfloat16);
      const factors = given.map((id, i) =>
        rounded[i] === true ? id : cast(id, DType.float, DType.bfloat16).id,
      );
      const [op, flagA, flagB] = a.rank > 2 ? BATCH_MATMUL : MATMUL;
      const product = one(
        op,
        [
          typeAttr("T", DType.bfloat16),
          boolAttr(flagA, transposeA === true),
          boolAttr(flagB, transposeB === true),
        ],
        factors,
      );
      const made = factors.filter((_, i) => rounded[i] !== true);
      if (staysRounded !== true) made.push(product.id);
      const out = staysRounded === true ? product : cast(product.id, DType.bfloat16, DType.float);
      for (const id of made) binding.deleteTensor(id);
      return backend.createOutputTensor(out);
    },
  });
  tf.registerKernel({
    kernelName: STATELESS_UNIFORM,
    backendName: "tensorflow",
    kernelFunc: ({ inputs, attrs }) => {
      const { seed } = inputs as unknown as { seed: Tensor };
      const { shape } = attrs as unknown as { shape: number[] };
      const size = tf.tensor1d(shape, "int32");
      const [out] = binding.executeOp(
        "StatelessRandomUniform",
        [
          typeAttr("dtype", DType.float),
          typeAttr("T", DType.int32),
          typeAttr("Tseed", DType.int32),
        ],
        backend.getInputTensorIds([size, seed]),
        1,
      );
      size.dispose();
      if (out === undefined) throw new Error("StatelessRandomUniform gave no output");
      return backend.createOutputTensor(out);
    },
  });
  tf.registerKernel({
    kernelName: ORDERED,
    backendName: "tensorflow",
    kernelFunc: ({ inputs }) => {
      const { x, cause } = inputs as unknown as { x: Tensor; cause: Tensor };
      const [of, before] = backend.getInputTensorIds([x, cause]) as [number, number];
      return backend.createOutputTensor(binding.identityAfter(of, before));
    },
  });
  tf.registerBackend("tensorflow", () => backend as never, 3);
  // Registered as made, so it is set at once.
  void tf.setBackend("tensorflow");
  return backend;
}
