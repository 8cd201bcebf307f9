/** A model in memory: its config and its weights as variables of a runtime, loaded from and saved to hub layout. */
import type { ModelConfig } from "#main/core/formats/model-config.ts";
import { expectedTensors } from "#main/core/formats/expected-tensors.ts";
import { loadHubFolder, saveHubFolder } from "#main/core/formats/hub-layout.ts";
import type { HubModel, SaveHubOptions } from "#main/core/formats/hub-layout.ts";
import type { HostTensor, TensorSource } from "#main/core/formats/safetensors.ts";
import type { Runtime, Variable } from "../runtime/runtime.ts";
import { tf } from "../runtime/tf.ts";
import type { Tensor } from "../runtime/tf.ts";
import { Random } from "#main/platform/random.ts";
import type { Weights } from "./decoder.ts";

/** Hub matrices are (out, in); ours are (in, out), except the two that are indexed by token. */
function isTransposed(name: string): boolean {
  return name.endsWith("_proj.weight") || /\.lora_[AB]\.weight$/.test(name);
}

function transpose(data: Float32Array, rows: number, columns: number): Float32Array {
  const out = new Float32Array(data.length);
  const block = 32;
  for (let r0 = 0; r0 < rows; r0 += block) {
    for (let c0 = 0; c0 < columns; c0 += block) {
      for (let r = r0; r < Math.min(r0 + block, rows); r++) {
        for (let c = c0; c < Math.min(c0 + block, columns); c++)
          out[c * rows + r] = data[r * columns + c] as number;
      }
    }
  }
  return out;
}

/** A parameter's tensor from hub orientation to ours, or back. */
export function flip(name: string, { shape, data }: HostTensor): HostTensor {
  const [rows, columns] = shape;
  if (!isTransposed(name) || rows === undefined || columns === undefined) return { shape, data };
  return { shape: [columns, rows], data: transpose(data, rows, columns) };
}

/** A parameter of ours in hub orientation, to be read when its turn to be written comes: not all are held at once. */
export function readLater(
  name: string,
  shape: readonly number[],
  read: () => Float32Array,
): TensorSource {
  return {
    shape: isTransposed(name) ? [...shape].reverse() : shape,
    data: () => flip(name, { shape, data: read() }).data,
  };
}

export class LanguageModel {
  readonly config: ModelConfig;
  readonly variables: ReadonlyMap<string, Variable>;

  constructor(config: ModelConfig, variables: ReadonlyMap<string, Variable>) {
    this.config = config;
    this.variables = variables;
  }

  /** Number of weights. */
  get parameters(): number {
    let count = 0;
    for (const variable of this.variables.values())
      count += variable.shape.reduce((a, b) => a * b, 1);
    return count;
  }

  /** What training changes. */
  get trainable(): ReadonlyMap<string, Variable> {
    return this.variables;
  }

  /** What a model without adapters of the same function has: names and shapes as in the hub's files, ours in (in, out). */
  get plainVariables(): ReadonlyMap<string, Variable> {
    return this.variables;
  }

  /** A plain variable's value now, its adapter added in; the caller's to dispose of. */
  merged(name: string): Tensor {
    const variable = this.plainVariables.get(name);
    if (variable === undefined) throw new Error(`the model has no weight ${name}`);
    return variable.read();
  }

  /** A number that differs where `merged` gives another value than before. */
  changesOf(name: string): number {
    return this.plainVariables.get(name)?.changes ?? 0;
  }

  /** Whether a training step draws random numbers (dropout). */
  get usesNoise(): boolean {
    return false;
  }

  /**
   * The weights with given values of what is trained: a function of them, for gradients.
   * @param _noise seed (2) int32 of the step's random numbers; without it nothing is random
   */
  weightsWith(trained: ReadonlyMap<string, Tensor>, _noise?: Tensor): Weights {
    return trained;
  }

  /** The weights' values now, to be called inside a compiled function. */
  read(): Weights {
    return new Map([...this.variables].map(([name, variable]) => [name, variable.read()]));
  }

  /** The weights as they are when they are read, in hub orientation. */
  *hostTensors(): Generator<readonly [string, TensorSource]> {
    for (const [name, variable] of this.variables)
      yield [name, readLater(name, variable.shape, () => variable.data())];
  }

  /** Puts back what `hostTensors` gave. */
  restore(read: (name: string) => Float32Array): void {
    for (const [name, variable] of this.variables) {
      const hub = { shape: [...variable.shape].reverse(), data: read(name) };
      const { data } = flip(name, hub);
      const value = tf.tensor(data, [...variable.shape], "float32");
      variable.assign(value);
      value.dispose();
    }
  }

  save(folder: string, options: Omit<SaveHubOptions, "config" | "tensors">): void {
    saveHubFolder(folder, { ...options, config: this.config, tensors: this.hostTensors() });
  }

  dispose(): void {
    for (const variable of this.variables.values()) variable.dispose();
  }
}

/** Loads a folder in hub layout. @throws AppError for folders that are no supported model. */
export function loadLanguageModel(runtime: Runtime, folder: string): LanguageModel {
  const hub = loadHubFolder(folder);
  try {
    const variables = new Map<string, Variable>();
    for (const name of hub.names) {
      variables.set(name, loadVariable(runtime, hub, name));
    }
    return new LanguageModel(hub.config, variables);
  } finally {
    hub.close();
  }
}

/** One parameter in our orientation. The runtime's kernel turns a matrix several times faster than a loop here does. */
function loadVariable(runtime: Runtime, hub: HubModel, name: string): Variable {
  const [rows, columns] = hub.shapeOf(name);
  const data = hub.readTensor(name);
  if (!isTransposed(name) || rows === undefined || columns === undefined) {
    return runtime.variable(name, hub.shapeOf(name), data);
  }
  const given = tf.tensor(data, [rows, columns], "float32");
  const turned = tf.transpose(given);
  const variable = runtime.variable(name, [columns, rows], turned);
  given.dispose();
  turned.dispose();
  return variable;
}

/**
 * A freshly initialised model: normal weights of `initializerRange`, residual projections scaled by
 * 1/sqrt(2·layers) (GPT-2's rule), norms one, biases zero.
 */
export function initLanguageModel(
  runtime: Runtime,
  config: ModelConfig,
  seed: number,
): LanguageModel {
  const random = new Random(seed);
  const variables = new Map<string, Variable>();
  for (const [name, shape] of expectedTensors(config)) {
    const size = shape.reduce((a, b) => a * b, 1);
    const residual = name.endsWith("o_proj.weight") || name.endsWith("down_proj.weight");
    const scale = config.initializerRange / (residual ? Math.sqrt(2 * config.numLayers) : 1);
    const data = name.endsWith("norm.weight")
      ? new Float32Array(size).fill(1)
      : name.endsWith(".bias")
        ? new Float32Array(size)
        : Float32Array.from({ length: size }, () => random.normal() * scale);
    const host = flip(name, { shape, data });
    variables.set(name, runtime.variable(name, host.shape, host.data));
  }
  return new LanguageModel(config, variables);
}
