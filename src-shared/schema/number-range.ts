/** A range of numbers as filters write it: `>3`, `<=3`, `3..5`, `3..`, `..5`, `3`. */
const RANGE = /^(?:(>=|<=|>|<)(-?\d+(?:\.\d+)?)|(-?\d+(?:\.\d+)?)?(\.\.)?(-?\d+(?:\.\d+)?)?)$/;

export interface NumberRange {
  readonly min?: number;
  readonly max?: number;
}

/** Both ends included; `>` and `<` leave the number itself out. Undefined where the text is no range. */
export function readRange(raw: string, ofWholeNumbers: boolean): NumberRange | undefined {
  const match = RANGE.exec(raw);
  if (match === null || raw === "" || raw === "..") return undefined;
  const [, sign, bound, low, dots, high] = match;
  if (sign !== undefined && bound !== undefined) {
    const value = Number(bound);
    // The next number after it: ranges include their ends.
    const step = Number.isInteger(value) && ofWholeNumbers ? 1 : Math.abs(value) * 1e-9 + 1e-12;
    if (sign === ">=") return { min: value };
    if (sign === "<=") return { max: value };
    return sign === ">" ? { min: value + step } : { max: value - step };
  }
  if (dots === undefined) {
    const value = Number(low);
    return { min: value, max: value };
  }
  return {
    ...(low === undefined ? {} : { min: Number(low) }),
    ...(high === undefined ? {} : { max: Number(high) }),
  };
}
