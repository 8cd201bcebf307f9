/**
 * TensorFlow.js, loaded as CommonJS so that its kernels, gradients and our backends share one
 * instance. Node ≥ 23 dropped two helpers that tfjs-node's files call; they are put back first.
 */
import { createRequire } from "node:module";
import type * as TensorFlowJs from "@tensorflow/tfjs";

export const require = createRequire(import.meta.url);

const util = require("node:util") as Record<string, unknown>;
util["isNullOrUndefined"] = (value: unknown): boolean => value === null || value === undefined;
util["isArray"] = Array.isArray;

export const tf = require("@tensorflow/tfjs") as typeof TensorFlowJs;

export type { Tensor } from "@tensorflow/tfjs";
