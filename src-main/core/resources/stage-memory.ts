/**
 * What a stage keeps in memory at its peak, by part: the weights of every model it loads, gradients and AdamW's two
 * moments of what it trains, what one step makes, and what sampling holds. Counted from what the engine does, and held
 * to measured runs by bench/memory.ts (docs/experiments/mixed-precision-and-memory.md).
 */
import { hasOwnCritic } from "#shared/schema/critic-options.ts";
import { generationBatchSize } from "#shared/schema/generation-batch.ts";
import type { MemoryPart } from "#shared/schema/recipe-draft.ts";
import { usesTraces } from "#shared/schema/distillation.ts";
import { endpointTeacher } from "#shared/schema/recipe.ts";
import type { Stage } from "#shared/schema/recipe.ts";
import { expectedTensors, parameterCount } from "../formats/expected-tensors.ts";
import { readModelConfig } from "../formats/hub-layout.ts";
import type { ModelConfig } from "../formats/model-config.ts";
import { distilledBytes, teacherPassBytes } from "./divergence-memory.ts";
import { lengthBucket, placesBucket } from "./length-buckets.ts";
import { engineThreads, lanesOf } from "./lanes.ts";
import {
  cacheBytes,
  cacheShape,
  firstColumns,
  isSmall,
  lanesFor,
  MOST_ROWS,
  promptsTogether,
  tokensPerCall,
  widerColumns,
} from "./cache-shape.ts";
import type { CacheShape } from "./cache-shape.ts";
import {
  keptProgramBytes,
  optimizerProgramBytes,
  programOperations,
} from "./program-operations.ts";
import { activationBytes, forwardPieceBytes, rowsAtOnce, scoringBytes } from "./rows-at-once.ts";
import { PROBLEMS_AT_ONCE } from "./cache-shape.ts";
import { KEPT_SHAPES } from "./cache-shape.ts";

const FLOAT = 4;
const HALF = 2;
/** TensorFlow's library, Node and the tokenizer: a stage of a very small model before its first step. */
const PROCESS_BYTES = 460 * 2 ** 20;
/**
 * TensorFlow keeps what it ever took and fits new tensors into the holes: a chunk is cut only where it is twice as large
 * as what is asked. Measured over the live tensors: about a fifth more.
 */
const SLACK = 1.2;
/** oneDNN lays the output matrix out anew for its product, forward and backward. */
const OUTPUT_LAYOUTS = 2;
/** Where it is trained, a tied output matrix gets gradients as output and as embedding, and their sum. */
const OUTPUT_GRADIENTS = 3;
/** Logits of the rows that draw, shifted, as probabilities, sorted, summed. */
const DRAWING_TENSORS = 5;
/** Tensors of the hidden and of the feed-forward size that a prompt's layer holds at once. */
const PREFILL_TENSORS = 4;
/** The graph of one layer for one token, as TensorFlow keeps it. */
const LAYER_PROGRAM_BYTES = 1.1 * 2 ** 20;

export interface StageFolders {
  readonly model: string;
  readonly teacher?: string | undefined;
  /** Tokens of the longest prompt; 0 where it is not known. */
  readonly longestPrompt: number;
  /** Tokens of the longest example to train on, where that is known: rows are no longer, whatever max_length says. */
  readonly longestExample?: number | undefined;
}

/** @throws AppError what is wrong with the models' configs. */
export function stageMemory(stage: Stage, at: StageFolders): MemoryPart[] {
  const config = readModelConfig(at.model);
  const weights = parameterCount(config) * FLOAT;
  const largest = largestTensor(config);
  const trains = "learning_rate" in stage;
  const isTaught = endpointTeacher(stage) !== undefined;
  // Nothing is loaded: the host asks somebody else.
  if (isTaught && !trains) return [{ name: "process", bytes: PROCESS_BYTES }];
  const parts: MemoryPart[] = [
    { name: "process", bytes: PROCESS_BYTES },
    { name: "weights", bytes: weights },
    // On its way from the file and back to it.
    { name: "copies", bytes: (trains ? 2 : 1) * largest },
  ];
  if (trains) {
    const trained = trainedBytes(config, stage, weights);
    const step = fullestMoment(config, stage, at, trained);
    parts.push(
      { name: "gradients", bytes: step.gradients },
      { name: "AdamW", bytes: 2 * trained },
      { name: "activations", bytes: step.activations },
      { name: "training programs", bytes: trainingProgramBytes(config, stage, at) },
    );
    if (trained < weights) parts.push({ name: "adapters", bytes: trained });
  }
  if (stage.kind === "grpo" && stage.beta > 0 && !stage.use_peft)
    parts.push({ name: "reference", bytes: weights });
  // Its activations are there when the policy's are not, and are less: it has no logits.
  if (stage.kind === "grpo" && hasOwnCritic(stage)) {
    const trained = trainedBytes(config, stage, weights);
    const programs = trainingProgramBytes(config, { ...stage, beta: 0 }, at);
    parts.push({ name: "critic", bytes: weights + 3 * trained + programs });
  }
  if ("max_completion_length" in stage && !isTaught) {
    const teacher = at.teacher === undefined ? undefined : readModelConfig(at.teacher);
    if (teacher !== undefined)
      parts.push({ name: "teacher", bytes: parameterCount(teacher) * FLOAT });
    parts.push(...samplingParts(samplerOf(stage, config, teacher), stage, at.longestPrompt));
  }
  return parts;
}

/** Whose sampling takes the most: the teacher's, or, where the student alone samples, the student's. */
function samplerOf(
  stage: SamplingStage,
  config: ModelConfig,
  teacher: ModelConfig | undefined,
): ModelConfig {
  if (teacher === undefined || (isOnPolicy(stage) && stage.lmbda === 1)) return config;
  const student = isOnPolicy(stage) && stage.lmbda > 0 ? parameterCount(config) : 0;
  return student > parameterCount(teacher) ? config : teacher;
}

function isOnPolicy(stage: Stage): stage is Extract<Stage, { kind: "distill" }> {
  return stage.kind === "distill" && stage.method === "gkd";
}

type TrainingStage = Extract<Stage, { learning_rate: number }>;
type SamplingStage = Extract<Stage, { max_completion_length: number }>;

type Moment = { readonly gradients: number; readonly activations: number };

/**
 * What a step makes when it holds the most: where the backward pass begins, all activations and the gradients of the rows
 * before, if there were any; at its end its own gradients beside those.
 */
function fullestMoment(
  config: ModelConfig,
  stage: TrainingStage,
  at: StageFolders,
  trained: number,
): Moment {
  const columns = columnsOf(stage, at);
  const recompute = stage.gradient_checkpointing;
  const wanted = stage.per_device_train_batch_size;
  const rows =
    stage.kind === "pretrain" ? wanted : rowsAtOnce(config, columns, wanted, { recompute });
  const before = rows < wanted * stage.gradient_accumulation_steps ? trained : 0;
  const tokens = rows * columns;
  const adapted = "use_peft" in stage && stage.use_peft;
  const output = outputBytes(config);
  const teacher = teacherOf(stage, at);
  // Each matrix's dropout keeps its input without what was dropped, and which that was.
  const dropped = adapted && stage.lora_dropout > 0 ? 2 * inputNumbers(config) * FLOAT : 0;
  const layersKept = recompute ? 1 : config.numLayers;
  const products = stage.bf16 ? roundedProductBytes(config, tokens * layersKept) : 0;
  const learnt = learntTokens(stage, at);
  const places =
    learnt >= columns ? tokens : placesBucket(rows * learnt, rows * lengthBucket(columns));
  const forward =
    (isOnPolicy(stage) && teacher !== undefined
      ? distilledBytes(config, teacher, { rows, columns, places }, stage)
      : activationBytes(config, rows, columns, recompute, places)) +
    tokens * layersKept * dropped +
    products +
    OUTPUT_LAYOUTS * (output + (teacher === undefined ? 0 : outputBytes(teacher)));
  const moments: readonly Moment[] = [
    { gradients: before, activations: SLACK * forward },
    {
      gradients: before + SLACK * trained,
      activations: adapted ? 0 : SLACK * OUTPUT_GRADIENTS * output,
    },
    ...(teacher === undefined
      ? []
      : [{ gradients: before, activations: SLACK * teacherPassBytes(teacher, rows, columns) }]),
    // Rows without advantage go forward alone, for their entropy, when the others have left their gradients.
    ...(stage.kind === "grpo"
      ? [
          {
            gradients: trained,
            activations:
              SLACK *
              (scoringBytes(config, rows, columns, places) +
                output +
                (stage.bf16 ? roundedProductBytes(config, tokens) : 0)),
          },
        ]
      : []),
  ];
  const total = ({ gradients, activations }: Moment): number => gradients + activations;
  return moments.reduce((most, moment) => (total(moment) > total(most) ? moment : most));
}

/** Of the model whose distribution the student learns. */
function teacherOf(stage: TrainingStage, at: StageFolders): ModelConfig | undefined {
  return isOnPolicy(stage) && at.teacher !== undefined ? readModelConfig(at.teacher) : undefined;
}

function outputBytes({ vocabSize, hiddenSize }: ModelConfig): number {
  return vocabSize * hiddenSize * FLOAT;
}

/**
 * Tokens of a row that logits are made for, where that is known to be less than all: completions of GRPO, and solutions
 * of a task (training/policy-batches.ts, training/sequence-batches.ts).
 */
function learntTokens(stage: TrainingStage, at: StageFolders): number {
  if (stage.kind === "grpo" || isOnPolicy(stage)) return stage.max_completion_length;
  const isPacked = stage.kind === "pretrain" || (stage.kind === "sft" && stage.packing);
  if (isPacked || at.longestPrompt === 0) return Infinity;
  return at.longestExample === undefined ? Infinity : at.longestExample - at.longestPrompt;
}

/**
 * Programs that training keeps: of a step's first rows, of those that add to their gradients, of GRPO's passes that only
 * score, and the optimizer's. Packed rows have one length. Others have a length of any bucket up to the longest; and each
 * comes in a few counts of rows (training/policy-batches.ts, training/sequence-batches.ts).
 */
function trainingProgramBytes(config: ModelConfig, stage: TrainingStage, at: StageFolders): number {
  const columns = columnsOf(stage, at);
  const { gradient_checkpointing: recompute, bf16 } = stage;
  const packed = stage.kind === "pretrain" || (stage.kind === "sft" && stage.packing);
  const wanted = stage.per_device_train_batch_size;
  const rows =
    stage.kind === "pretrain" ? wanted : rowsAtOnce(config, columns, wanted, { recompute });
  const isInParts = rows < wanted * stage.gradient_accumulation_steps;
  const shapes = (packed ? 1 : bucketsUpTo(columns)) * rowCounts(stage, rows);
  const of = (kind: "train" | "train_on" | "score"): number =>
    keptProgramBytes(programOperations(config, kind, columns, { recompute, bf16 }), shapes);
  const scorers = stage.kind === "grpo" ? (stage.beta > 0 ? 2 : 1) : 0;
  const teacher = teacherOf(stage, at);
  const ofTeacher =
    teacher === undefined
      ? 0
      : keptProgramBytes(
          programOperations(teacher, "score", columns, { recompute: false, bf16 }),
          shapes,
        );
  return (
    of("train") +
    (isInParts ? of("train_on") : 0) +
    scorers * of("score") +
    ofTeacher +
    optimizerProgramBytes(config)
  );
}

/** In how many counts of rows parts of a step come: pretraining's all have the most, of examples the last may have fewer. */
function rowCounts(stage: TrainingStage, most: number): number {
  if (stage.kind === "grpo" || isOnPolicy(stage))
    return 1 + Math.ceil(Math.log(most) / Math.log(4));
  return stage.kind === "pretrain" || most === 1 ? 1 : 2;
}

function bucketsUpTo(columns: number): number {
  let count = 1;
  for (let length = lengthBucket(1); length < columns; length = lengthBucket(length + 1)) count++;
  return count;
}

/** Tokens of the longest row that is trained on. */
function columnsOf(stage: TrainingStage, at: StageFolders): number {
  if (stage.kind === "pretrain") return stage.sequence_length;
  // Solutions that were sampled beforehand are no longer either.
  if (stage.kind === "grpo" || isOnPolicy(stage))
    return at.longestPrompt + stage.max_completion_length;
  if (stage.kind === "sft" && stage.packing) return stage.max_length;
  return Math.min(stage.max_length, at.longestExample ?? stage.max_length);
}

/** Numbers that go into a layer's seven matrices for one token. */
function inputNumbers({ hiddenSize, intermediateSize, numHeads, headDim }: ModelConfig): number {
  return 5 * hiddenSize + numHeads * headDim + intermediateSize;
}

/**
 * Rounded factors of the products, which the backward pass uses again: of a layer's token what its matrices meet (four
 * different tensors), and all matrices.
 */
function roundedProductBytes(config: ModelConfig, layerTokens: number): number {
  const { hiddenSize, intermediateSize, numHeads, headDim } = config;
  const met = 2 * hiddenSize + numHeads * headDim + intermediateSize;
  return HALF * (layerTokens * met + parameterCount(config));
}

/**
 * The sampler's copies of the matrices where it has them, the cache, and what each lane needs besides: its programs, the
 * prompts that are computed together, and the logits of the rows that draw.
 */
function samplingParts(
  config: ModelConfig,
  stage: SamplingStage,
  longestPrompt: number,
): MemoryPart[] {
  const parameters = parameterCount(config);
  const perCall = tokensPerCall(parameters);
  const completions = completionsAtOnce(stage);
  const lanes = lanesFor(lanesOf(engineThreads()), Math.min(completions, MOST_ROWS));
  const ofLane = cacheShape({
    completions: Math.ceil(completions / lanes),
    longestPrompt,
    maxNew: stage.max_completion_length,
    maxRows: Math.ceil(MOST_ROWS / lanes),
    tokensPerCall: perCall,
  });
  const shape = { rows: lanes * ofLane.rows, columns: ofLane.columns };
  const copied = stage.bf16 ? HALF : isSmall(parameters) ? FLOAT : 0;
  const prompts = promptsTogether(
    longestPrompt,
    Math.ceil(Math.min(shape.rows, completions) / lanes / completionsOfPrompt(stage)),
  );
  return [
    { name: "sampler's weights", bytes: parameters * copied },
    { name: "KV cache", bytes: cacheBytes(config, shape, stage.bf16 ? "bfloat16" : "float32") },
    {
      name: "prompts",
      bytes: lanes * prefilledBytes(config, prompts, longestPrompt),
    },
    { name: "drawing", bytes: DRAWING_TENSORS * shape.rows * config.vocabSize * FLOAT },
    {
      name: "programs",
      bytes: shapesOf(ofLane, longestPrompt) * perCall * config.numLayers * LAYER_PROGRAM_BYTES,
    },
  ].filter(({ bytes }) => bytes > 0);
}

/** Shapes that a lane's cache goes through as its columns grow and its rows end; lanes share their programs. */
function shapesOf({ rows, columns }: CacheShape, longestPrompt: number): number {
  let shapes = 1;
  for (
    let now = firstColumns(lengthBucket(longestPrompt), columns);
    now < columns;
    now = widerColumns(now, now + 1, columns)
  )
    shapes++;
  // Rows are halved where there is more to draw than one growth.
  return Math.min(KEPT_SHAPES, shapes === 1 ? 1 : shapes + Math.log2(rows));
}

/** Keys and values of prompts that are computed together, in float32, and what one layer and its attention make on the way. */
function prefilledBytes(config: ModelConfig, prompts: number, longestPrompt: number): number {
  const { numLayers, numKeyValueHeads, headDim, hiddenSize, intermediateSize } = config;
  const kept = 2 * numLayers * numKeyValueHeads * headDim;
  const made = PREFILL_TENSORS * (hiddenSize + intermediateSize);
  const columns = lengthBucket(longestPrompt);
  return prompts * columns * (kept + made) * FLOAT + forwardPieceBytes(config, prompts, columns);
}

function completionsOfPrompt(stage: SamplingStage): number {
  if (isOnPolicy(stage) && !usesTraces(stage)) return 1;
  return stage.kind === "benchmark" ? stage.num_samples : stage.num_generations;
}

/** Completions that the sampler is asked for together. */
function completionsAtOnce(stage: SamplingStage): number {
  if (stage.kind === "grpo") return generationBatchSize(stage);
  if (stage.kind === "benchmark")
    return Math.min(PROBLEMS_AT_ONCE, stage.num_problems) * stage.num_samples;
  if (isOnPolicy(stage) && !usesTraces(stage))
    return stage.per_device_train_batch_size * stage.gradient_accumulation_steps;
  return Math.min(PROBLEMS_AT_ONCE, stage.num_prompts) * stage.num_generations;
}

/** Bytes of what the optimizer changes: all weights, or the adapters' A (in, r) and B (r, out). */
function trainedBytes(config: ModelConfig, stage: Stage, weights: number): number {
  if (!("use_peft" in stage) || !stage.use_peft) return weights;
  let count = 0;
  for (const [name, shape] of expectedTensors(config)) {
    const [out, into] = shape;
    const isTarget = stage.lora_target_modules.some((target) => name.endsWith(`.${target}.weight`));
    if (isTarget && out !== undefined && into !== undefined) count += stage.lora_r * (out + into);
  }
  return count * FLOAT;
}

function largestTensor(config: ModelConfig): number {
  let most = 0;
  for (const [, shape] of expectedTensors(config))
    most = Math.max(
      most,
      shape.reduce((a, b) => a * b, 1),
    );
  return most * FLOAT;
}

/** Bytes of one checkpoint: weights and AdamW's moments. */
export function checkpointBytes(folder: string): number {
  return 3 * parameterCount(readModelConfig(folder)) * FLOAT;
}

/** Tokens that the model can see at once. */
export function contextOf(folder: string): number {
  return readModelConfig(folder).maxPositionEmbeddings;
}
