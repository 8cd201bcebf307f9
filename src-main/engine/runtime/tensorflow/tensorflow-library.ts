/**
 * TensorFlow's C API (TF_* for graphs, TFE_* for eager execution) through koffi.
 * Names follow tensorflow/c/c_api.h and c/eager/c_api.h of TensorFlow 2.21.
 * Pointers are opaque (`Pointer`); every call that can fail takes a TF_Status.
 */
import { join } from "node:path";
import koffi from "koffi";
import { AppError } from "#shared/errors.ts";
import { LIBRARY_FILES } from "#main/platform/tensorflow/tensorflow-wheels.ts";

/** An opaque C pointer, as koffi hands it out. */
export type Pointer = { readonly __pointer: true } | null;

/** An output of a graph operation (struct TF_Output). */
export type TfOutput = { readonly oper: Pointer; readonly index: number };

/** TF_DataType numbers. */
export const DType = {
  float: 1,
  int32: 3,
  uint8: 4,
  string: 7,
  complex64: 8,
  int64: 9,
  bool: 10,
  bfloat16: 14,
  resource: 20,
} as const;

/** TF_AttrType numbers used by TensorFlow.js's kernels. */
export const AttrType = { string: 1, int: 2, float: 3, bool: 5, type: 6, shape: 7 } as const;

const SIGNATURES = {
  TF_Version: "const char* TF_Version()",
  TF_NewStatus: "void* TF_NewStatus()",
  TF_DeleteStatus: "void TF_DeleteStatus(void*)",
  TF_SetStatus: "void TF_SetStatus(void*, int, const char*)",
  TF_GetCode: "int TF_GetCode(void*)",
  TF_Message: "const char* TF_Message(void*)",
  TF_AllocateTensor: "void* TF_AllocateTensor(int, const int64_t*, int, size_t)",
  TF_TensorData: "void* TF_TensorData(void*)",
  TF_TensorByteSize: "size_t TF_TensorByteSize(void*)",
  TF_DeleteTensor: "void TF_DeleteTensor(void*)",
  TF_NewGraph: "void* TF_NewGraph()",
  TF_DeleteGraph: "void TF_DeleteGraph(void*)",
  TF_NewOperation: "void* TF_NewOperation(void*, const char*, const char*)",
  TF_AddInput: "void TF_AddInput(void*, TF_Output)",
  TF_AddInputList: "void TF_AddInputList(void*, const TF_Output*, int)",
  TF_AddControlInput: "void TF_AddControlInput(void*, void*)",
  TF_FinishOperation: "void* TF_FinishOperation(void*, void*)",
  TF_SetAttrType: "void TF_SetAttrType(void*, const char*, int)",
  TF_SetAttrBool: "void TF_SetAttrBool(void*, const char*, uint8_t)",
  TF_SetAttrInt: "void TF_SetAttrInt(void*, const char*, int64_t)",
  TF_SetAttrIntList: "void TF_SetAttrIntList(void*, const char*, const int64_t*, int)",
  TF_SetAttrFloat: "void TF_SetAttrFloat(void*, const char*, float)",
  TF_SetAttrString: "void TF_SetAttrString(void*, const char*, const char*, size_t)",
  TF_SetAttrShape: "void TF_SetAttrShape(void*, const char*, const int64_t*, int)",
  TF_SetAttrTensor: "void TF_SetAttrTensor(void*, const char*, void*, void*)",
  TF_GraphGetTensorNumDims: "int TF_GraphGetTensorNumDims(void*, TF_Output, void*)",
  TF_GraphGetTensorShape:
    "void TF_GraphGetTensorShape(void*, TF_Output, _Out_ int64_t*, int, void*)",
  TF_GraphSetTensorShape:
    "void TF_GraphSetTensorShape(void*, TF_Output, const int64_t*, int, void*)",
  TF_OperationOutputType: "int TF_OperationOutputType(TF_Output)",
  TF_GraphToFunction:
    "void* TF_GraphToFunction(void*, const char*, uint8_t, int, void*, int, const TF_Output*, int, const TF_Output*, void*, void*, const char*, void*)",
  TF_DeleteFunction: "void TF_DeleteFunction(void*)",
  TFE_NewContextOptions: "void* TFE_NewContextOptions()",
  TFE_ContextOptionsSetConfig:
    "void TFE_ContextOptionsSetConfig(void*, const uint8_t*, size_t, void*)",
  TFE_DeleteContextOptions: "void TFE_DeleteContextOptions(void*)",
  TFE_NewContext: "void* TFE_NewContext(void*, void*)",
  TFE_ContextListDevices: "void* TFE_ContextListDevices(void*, void*)",
  TF_DeviceListCount: "int TF_DeviceListCount(void*)",
  TF_DeviceListName: "const char* TF_DeviceListName(void*, int, void*)",
  TF_DeviceListType: "const char* TF_DeviceListType(void*, int, void*)",
  TF_DeleteDeviceList: "void TF_DeleteDeviceList(void*)",
  TFE_ContextAddFunction: "void TFE_ContextAddFunction(void*, void*, void*)",
  TFE_ContextRemoveFunction: "void TFE_ContextRemoveFunction(void*, const char*, void*)",
  TFE_NewOp: "void* TFE_NewOp(void*, const char*, void*)",
  TFE_DeleteOp: "void TFE_DeleteOp(void*)",
  TFE_OpAddInput: "void TFE_OpAddInput(void*, void*, void*)",
  TFE_OpSetAttrType: "void TFE_OpSetAttrType(void*, const char*, int)",
  TFE_OpSetAttrBool: "void TFE_OpSetAttrBool(void*, const char*, uint8_t)",
  TFE_OpSetAttrInt: "void TFE_OpSetAttrInt(void*, const char*, int64_t)",
  TFE_OpSetAttrIntList: "void TFE_OpSetAttrIntList(void*, const char*, const int64_t*, int)",
  TFE_OpSetAttrFloat: "void TFE_OpSetAttrFloat(void*, const char*, float)",
  TFE_OpSetAttrString: "void TFE_OpSetAttrString(void*, const char*, const char*, size_t)",
  TFE_OpSetAttrShape: "void TFE_OpSetAttrShape(void*, const char*, const int64_t*, int, void*)",
  TFE_Execute: "void TFE_Execute(void*, _Inout_ void**, _Inout_ int*, void*)",
  TFE_NewTensorHandle: "void* TFE_NewTensorHandle(void*, void*)",
  TFE_DeleteTensorHandle: "void TFE_DeleteTensorHandle(void*)",
  TFE_TensorHandleResolve: "void* TFE_TensorHandleResolve(void*, void*)",
  TFE_TensorHandleDataType: "int TFE_TensorHandleDataType(void*)",
  TFE_TensorHandleNumDims: "int TFE_TensorHandleNumDims(void*, void*)",
  TFE_TensorHandleDim: "int64_t TFE_TensorHandleDim(void*, int, void*)",
} as const;

/** koffi's functions are untyped; the border is here. Arguments follow SIGNATURES. */
type CFunctions = {
  readonly [Name in keyof typeof SIGNATURES]: (...args: readonly unknown[]) => never;
};

export type TensorFlowLibrary = {
  readonly c: CFunctions;
  readonly status: Pointer;
  /** The TFE_Context that eager ops and functions run in, unless they ask for another. */
  readonly context: Pointer;
  /**
   * A further context, with devices, variables and functions of its own; tensors go freely from one to the other.
   * @param kernelThreads that one kernel runs on at most
   * @param calls that run side by side at most
   */
  openContext(kernelThreads: number, calls: number): Pointer;
  /** TFE_Execute on a thread of the process's pool; `handles` are filled when it is done. */
  executeAside(op: Pointer, handles: Pointer[]): Promise<void>;
  readonly version: string;
  readonly devices: readonly { readonly name: string; readonly type: string }[];
  /** Throws the status's error, if it holds one, naming what was tried. */
  check(what: () => string): void;
};

const EXPECTED_VERSION = /^2\.(19|[2-9]\d)\./;

/** A serialized ConfigProto: intra_op_parallelism_threads (2) and inter_op_parallelism_threads (5). */
function configProto(intraOp: number, interOp: number): Uint8Array {
  return Uint8Array.from([0x10, intraOp, 0x28, interOp]);
}

let opened: TensorFlowLibrary | null = null;

/**
 * Loads libtensorflow from `folder` and makes the eager context. One library a process.
 * @param threads intra-op threads; 0 lets TensorFlow choose (all cores).
 * @throws AppError RUNTIME_MISSING where the files cannot be loaded, RUNTIME_BAD_VERSION for another version.
 */
export function openTensorFlowLibrary(folder: string, threads: number): TensorFlowLibrary {
  if (opened !== null) return opened;
  // Each context gets kernel threads of its own; else all would share those of the first.
  process.env["TF_OVERRIDE_GLOBAL_THREADPOOL"] ??= "1";
  let library: ReturnType<typeof koffi.load>;
  try {
    const [framework, main] = LIBRARY_FILES;
    koffi.load(join(folder, framework), { global: true });
    library = koffi.load(join(folder, main), { global: true });
  } catch (cause) {
    throw new AppError(
      "RUNTIME_MISSING",
      `TensorFlow's libraries in ${folder} cannot be loaded: ${cause instanceof Error ? cause.message : String(cause)}`,
      "Run `npm run gradus -- doctor`, or delete that folder so that the runtime is fetched again.",
      { cause },
    );
  }
  koffi.struct("TF_Output", { oper: "void*", index: "int" });
  const c = Object.fromEntries(
    Object.entries(SIGNATURES).map(([name, signature]) => [name, library.func(signature)]),
  ) as unknown as CFunctions;
  const status: Pointer = c.TF_NewStatus();
  const check = (what: () => string): void => {
    if (c.TF_GetCode(status) === 0) return;
    const message = String(c.TF_Message(status));
    // Some calls leave an earlier error in place, and `what` may make calls of its own.
    c.TF_SetStatus(status, 0, "");
    throw new Error(`TensorFlow: ${what()}: ${message}`);
  };
  const version: string = c.TF_Version();
  if (!EXPECTED_VERSION.test(version)) {
    throw new AppError(
      "RUNTIME_BAD_VERSION",
      `TensorFlow ${version} in ${folder} is too old: the engine needs 2.19 or newer.`,
      "Point GRADUS_TENSORFLOW at the libraries of TensorFlow 2.21, or unset it so that they are fetched.",
    );
  }
  const openContext = (kernelThreads: number, calls: number): Pointer => {
    const options: Pointer = c.TFE_NewContextOptions();
    if (kernelThreads > 0) {
      const proto = configProto(kernelThreads, calls);
      c.TFE_ContextOptionsSetConfig(options, proto, proto.length, status);
      check(() => "set options");
    }
    const made: Pointer = c.TFE_NewContext(options, status);
    check(() => "open a context");
    c.TFE_DeleteContextOptions(options);
    return made;
  };
  const context = openContext(threads, threads);
  const list: Pointer = c.TFE_ContextListDevices(context, status);
  check(() => "list devices");
  const devices = Array.from({ length: c.TF_DeviceListCount(list) }, (_, i) => ({
    name: String(c.TF_DeviceListName(list, i, status)),
    type: String(c.TF_DeviceListType(list, i, status)),
  }));
  c.TF_DeleteDeviceList(list);
  const executeAside = executor(library, c);
  opened = { c, status, context, version, devices, check, openContext, executeAside };
  return opened;
}

/** TFE_Execute off the main thread: each call brings a status of its own. */
function executor(
  library: ReturnType<typeof koffi.load>,
  c: CFunctions,
): TensorFlowLibrary["executeAside"] {
  const execute = library.func(SIGNATURES.TFE_Execute);
  return (op, handles) =>
    new Promise((resolve, reject) => {
      const status: Pointer = c.TF_NewStatus();
      execute.async(op, handles, [handles.length], status, (failure: Error | null) => {
        const message = c.TF_GetCode(status) === 0 ? null : String(c.TF_Message(status));
        c.TF_DeleteStatus(status);
        if (failure !== null) reject(failure);
        else if (message !== null) reject(new Error(message));
        else resolve();
      });
    });
}

/** A view of C memory as bytes. */
export function viewMemory(pointer: Pointer, bytes: number): ArrayBuffer {
  return koffi.view(pointer, bytes);
}
