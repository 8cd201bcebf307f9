/**
 * The engine's interface on a backend of TensorFlow.js as it is. Nothing is traced; a compiled function is the
 * function itself, with its tensors freed.
 */
import { HostedVariable } from "./hosted-variable.ts";
import type {
  AdamRates,
  AdamSlots,
  CompiledFunction,
  Runtime,
  RuntimeFacts,
  Variable,
} from "./runtime.ts";
import { tf } from "./tf.ts";
import type { Tensor } from "./tf.ts";
import type { Precision } from "#main/core/resources/precision.ts";

export class EagerRuntime implements Runtime {
  readonly kind: RuntimeFacts["kind"];
  readonly version: string;
  readonly device: string;
  readonly threads: number;
  readonly usesGpu: boolean;
  readonly warnings: string[];
  readonly lanes = 1;
  readonly lane = this;

  constructor(facts: RuntimeFacts, warnings: readonly string[]) {
    this.kind = facts.kind;
    this.version = facts.version;
    this.device = facts.device;
    this.threads = facts.threads;
    this.usesGpu = facts.usesGpu;
    this.warnings = [...warnings];
  }

  variable(name: string, shape: readonly number[], values: Float32Array | Tensor): Variable {
    return new HostedVariable(name, shape, values);
  }

  emptyVariable(name: string, shape: readonly number[], precision: Precision): Variable {
    if (precision === "bfloat16") throw new Error(`the ${this.kind} backend has no bfloat16`);
    return new HostedVariable(name, shape, null);
  }

  adam({ weight, first, second }: AdamSlots, gradient: Tensor, rates: AdamRates): void {
    tf.tidy(() => {
      const { beta1, beta2, rate, epsilon } = rates;
      const m = tf.add(tf.mul(first.read(), beta1), tf.mul(gradient, 1 - beta1));
      const v = tf.add(tf.mul(second.read(), beta2), tf.mul(tf.square(gradient), 1 - beta2));
      first.assign(m);
      second.assign(v);
      const step = tf.div(tf.mul(rate, m), tf.add(tf.sqrt(v), epsilon));
      weight.assign(tf.sub(weight.read(), step));
    });
  }

  compile(_name: string, fn: (...args: readonly Tensor[]) => Tensor[]): CompiledFunction {
    const call = (...args: readonly Tensor[]): Tensor[] =>
      tf.tidy(() => fn(...args).map((tensor) => tensor.clone()));
    return Object.assign(call, {
      aside: (...args: readonly Tensor[]) => Promise.resolve(call(...args)),
      asideOn: (instead: ReadonlyMap<Variable, Variable>, ...args: readonly Tensor[]) => {
        // Only lanes have variables to exchange, and here is one.
        if (instead.size > 0) throw new Error(`the ${this.kind} backend has no lanes`);
        return Promise.resolve(call(...args));
      },
      programs: () => 1,
      dispose: () => undefined,
    });
  }

  tensorCount(): number {
    return tf.memory().numTensors;
  }
}
