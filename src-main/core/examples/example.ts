/** A supervised example, as tokens. */
export type Example = {
  readonly ids: readonly number[];
  /** 1 on the tokens to learn. */
  readonly mask: readonly (0 | 1)[];
};
