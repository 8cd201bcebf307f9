/** How large units are: 5 km are 5000 m. Names are those of `maths/extraction/units.ts`. */
import { divide, multiply, parseRational } from "../maths/expressions/rational.ts";
import type { Rational } from "../maths/expressions/rational.ts";

/** Of each unit the base, its power, and how many of it the unit is. */
const SIZES: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  m: [
    ["km", "1000"],
    ["m", "1"],
    ["dm", "0.1"],
    ["cm", "0.01"],
    ["mm", "0.001"],
    ["um", "1e-6"],
    ["nm", "1e-9"],
    ["mi", "1609.344"],
    ["yd", "0.9144"],
    ["ft", "0.3048"],
    ["in", "0.0254"],
  ],
  "m^2": [
    ["ha", "10000"],
    ["acre", "4046.8564224"],
  ],
  "m^3": [
    ["L", "0.001"],
    ["ml", "1e-6"],
    ["gal", "0.003785411784"],
  ],
  g: [
    ["t", "1e6"],
    ["kg", "1000"],
    ["g", "1"],
    ["mg", "0.001"],
    ["lb", "453.59237"],
    ["oz", "28.349523125"],
  ],
  s: [
    ["week", "604800"],
    ["day", "86400"],
    ["h", "3600"],
    ["min", "60"],
    ["s", "1"],
    ["ms", "0.001"],
    ["us", "1e-6"],
  ],
  month: [
    ["year", "12"],
    ["month", "1"],
  ],
  dollar: [
    ["dollar", "1"],
    ["cent", "0.01"],
  ],
  J: [
    ["kJ", "1000"],
    ["J", "1"],
    ["cal", "4.184"],
    ["kcal", "4184"],
  ],
  W: [
    ["kW", "1000"],
    ["W", "1"],
  ],
  Pa: [
    ["kPa", "1000"],
    ["Pa", "1"],
  ],
};

type Size = { readonly base: string; readonly power: number; readonly factor: Rational };
export type UnitSize = { readonly dimension: string; readonly factor: Rational };

const BY_NAME: ReadonlyMap<string, Size> = new Map(
  Object.entries(SIZES).flatMap(([dimension, units]) => {
    const [base = "", power = "1"] = dimension.split("^");
    return units.flatMap(([name, written]): [string, Size][] => {
      const factor = parseRational(written);
      return factor === null ? [] : [[name, { base, power: Number(power), factor }]];
    });
  }),
);

/** Of "km", "cm^2", "km/h" or "mi/h"; null for units that are not converted. */
export function unitSize(unit: string): UnitSize | null {
  const [above, below, ...more] = unit.split("/").map(sizeOfPart);
  if (above === undefined || above === null || more.length > 0) return null;
  if (below === undefined)
    return { dimension: `${above.base}^${String(above.power)}`, factor: above.factor };
  const factor = below === null ? null : divide(above.factor, below.factor);
  if (below === null || factor === null) return null;
  return {
    dimension: `${above.base}^${String(above.power)}/${below.base}^${String(below.power)}`,
    factor,
  };
}

function sizeOfPart(part: string): Size | null {
  const [name = "", power] = part.split("^");
  const unit = BY_NAME.get(name);
  if (unit === undefined || power === undefined) return unit ?? null;
  const squared = multiply(unit.factor, unit.factor);
  const raised = power === "3" && squared !== null ? multiply(squared, unit.factor) : squared;
  return raised === null
    ? null
    : { base: unit.base, power: unit.power * Number(power), factor: raised };
}
