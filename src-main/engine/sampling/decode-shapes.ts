/**
 * A cache's shapes over time. A batch begins with the rows and columns that it needs then; its columns grow as its rows
 * do, and when rows end without others to follow, those that are left go on in a smaller cache. Each shape has a state
 * for each lane and a program that all lanes share; shapes used longest ago are let go.
 */
import type { LanguageModel } from "../model/language-model.ts";
import type { Runtime, Variable } from "../runtime/runtime.ts";
import type { Tensor } from "../runtime/tf.ts";
import type { CacheShape } from "#main/core/resources/cache-shape.ts";
import { decodeProgram } from "./decode-programs.ts";
import type { DecodeProgram } from "./decode-programs.ts";
import { createDecodeState, disposeDecodeState, variablesOf } from "./decode-state.ts";
import type { DecodeState } from "./decode-state.ts";
import type { DecodeWeights } from "./decode-weights.ts";
import type { Picker } from "./picker.ts";
import { KEPT_SHAPES } from "#main/core/resources/cache-shape.ts";

/** One lane's share of a shape. */
export type LaneShape = {
  readonly state: DecodeState;
  /** Outputs of `decodeProgram` for the picker of this name. */
  readonly decode: (picker: string, inputs: readonly Tensor[]) => Promise<Tensor[]>;
};

type Shape = {
  readonly lanes: readonly DecodeState[];
  readonly programs: Map<string, DecodeProgram>;
};

export type DecodeShapesOptions = {
  readonly lanes: number;
  readonly tokensPerCall: number;
  /** Ways to draw; the first one's needs and those of others are met by one state. */
  readonly pickers: Readonly<Record<string, Picker>>;
};

export class DecodeShapes {
  readonly #runtime: Runtime;
  readonly #model: LanguageModel;
  readonly #weights: DecodeWeights;
  readonly #options: DecodeShapesOptions;
  /** The one used last at the end. */
  readonly #shapes = new Map<string, Shape>();
  /** What each lane uses now. */
  readonly #used: (Shape | undefined)[];

  constructor(
    runtime: Runtime,
    model: LanguageModel,
    weights: DecodeWeights,
    options: DecodeShapesOptions,
  ) {
    this.#runtime = runtime;
    this.#model = model;
    this.#weights = weights;
    this.#options = options;
    this.#used = Array.from({ length: options.lanes }, () => undefined);
  }

  /** A lane's state of a shape, which the lane then uses; another lane's is not touched. */
  use(lane: number, { rows, columns }: CacheShape): LaneShape {
    const key = `${rows}×${columns}`;
    const shape = this.#shapes.get(key) ?? this.#make({ rows, columns });
    this.#shapes.delete(key);
    this.#shapes.set(key, shape);
    const before = this.#used[lane];
    this.#used[lane] = shape;
    // What the lane leaves still holds its rows.
    this.#letGo(before);
    const state = shape.lanes[lane];
    if (state === undefined) throw new Error(`no lane ${lane}`);
    return { state, decode: (picker, inputs) => this.#decode(shape, state, picker, inputs) };
  }

  /** Whether a picker's program is there already. */
  has({ rows, columns }: CacheShape, picker: string): boolean {
    return this.#shapes.get(`${rows}×${columns}`)?.programs.has(picker) ?? false;
  }

  alternatives(picker: string): number {
    return this.#options.pickers[picker]?.alternatives ?? 0;
  }

  dispose(): void {
    for (const shape of this.#shapes.values()) disposeShape(shape);
    this.#shapes.clear();
  }

  #make(shape: CacheShape): Shape {
    const penalised = Object.values(this.#options.pickers).some((picker) => picker.penalised);
    const { precision } = this.#weights;
    const state = (): DecodeState =>
      createDecodeState(this.#runtime, this.#model, shape, precision, penalised);
    return {
      lanes: Array.from({ length: this.#options.lanes }, state),
      programs: new Map(),
    };
  }

  #decode(
    shape: Shape,
    state: DecodeState,
    name: string,
    inputs: readonly Tensor[],
  ): Promise<Tensor[]> {
    const [traced] = shape.lanes;
    const picker = this.#options.pickers[name];
    if (traced === undefined || picker === undefined) throw new Error(`no picker ${name}`);
    const { tokensPerCall } = this.#options;
    let program = shape.programs.get(name);
    if (program === undefined) {
      program = decodeProgram(this.#runtime, this.#weights, traced, picker, tokensPerCall);
      shape.programs.set(name, program);
    }
    return program.run.asideOn(instead(traced, state), ...inputs);
  }

  /** Keeps the newest shapes, what lanes use, and what one is about to leave. */
  #letGo(leaving: Shape | undefined): void {
    for (const [key, shape] of this.#shapes) {
      if (this.#shapes.size <= KEPT_SHAPES) return;
      if (shape === leaving || this.#used.includes(shape)) continue;
      this.#shapes.delete(key);
      disposeShape(shape);
    }
  }
}

function disposeShape({ lanes, programs }: Shape): void {
  for (const { run } of programs.values()) run.dispose();
  for (const state of lanes) disposeDecodeState(state);
}

/** A lane's variables in place of those that the program was traced with. */
function instead(traced: DecodeState, state: DecodeState): ReadonlyMap<Variable, Variable> {
  if (traced === state) return new Map();
  const own = variablesOf(state);
  return new Map(variablesOf(traced).map((variable, i) => [variable, own[i] ?? variable]));
}
