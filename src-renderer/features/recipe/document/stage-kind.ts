/** Kinds of stages, in the order in which they are offered. */
import { z } from "zod";
import type { StageKind as Kind } from "#shared/schema/recipe.ts";

export const StageKind = z.enum([
  "sft",
  "grpo",
  "rejection-sampling",
  "distill",
  "benchmark",
  "pretrain",
] satisfies Kind[]);
