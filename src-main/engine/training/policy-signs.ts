/** Of a batch's completions on one task or problem set; `reward` is their sum. */
export type SourceCounts = {
  readonly completions: number;
  readonly right: number;
  readonly reward: number;
};

/** What the alarms look at after each batch of completions. Shares are in 0–1; null: not measured. */
export type PolicySigns = {
  readonly fracZeroStd: number;
  readonly fracAllWrong: number;
  readonly fracAllRight: number;
  /** Groups with any right completion: pass@num_generations of the batch. */
  readonly anyRight: number;
  readonly truncatedShare: number;
  /** Completions in which more than half of the four-word sequences were there before. */
  readonly repetitiveShare: number;
  /** Words in the prompt's language; null where no completion has words. */
  readonly language: number | null;
  /** Tokens of a completion. */
  readonly meanLength: number;
  readonly entropy: number | null;
  readonly kl: number | null;
  readonly formatMean: number | null;
  readonly accuracyMean: number;
  /** Accuracy by difficulty in this batch. */
  readonly accuracy: ReadonlyMap<number, number>;
  /** Of this batch's completions by their problem's tags. */
  readonly byTag: ReadonlyMap<string, { readonly completions: number; readonly right: number }>;
  /** Of this batch's completions by the task or problem set that asked. */
  readonly bySource: ReadonlyMap<string, SourceCounts>;
  /** Nats between the sampler's and the trainer's log-probability of a token, mean. */
  readonly samplerDifference: number | null;
  /** Mean of a token's π_trainer / π_sampler in the first step that saw the batch, before its update. */
  readonly firstRatio: number | null;
  /** Of the batch's time, spent on verifiers and rewards. */
  readonly gradingShare: number;
};
