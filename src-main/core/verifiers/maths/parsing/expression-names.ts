/** Names and signs that expressions know. */

export const FUNCTIONS = new Set([
  "sin",
  "cos",
  "tan",
  "cot",
  "sec",
  "csc",
  "sinh",
  "cosh",
  "tanh",
  "arcsin",
  "arccos",
  "arctan",
  "arccot",
  "ln",
  "log",
  "lg",
  "exp",
  "max",
  "min",
  "gcd",
  "lcm",
]);
/** Sums, limits and integrals are kept as they are written; short sums of numbers are added. */
export const OPERATORS = new Set(["sum", "prod", "lim", "int"]);
export const MULTIPLY = new Set(["*", "cdot", "times", "ast"]);
export const DIVIDE = new Set(["/", "div", ":"]);
export const GREEK =
  /^(?:alpha|beta|gamma|delta|epsilon|varepsilon|zeta|eta|theta|vartheta|iota|kappa|lambda|mu|nu|xi|rho|sigma|tau|upsilon|phi|varphi|chi|psi|omega|Gamma|Delta|Theta|Lambda|Xi|Sigma|Phi|Psi|Omega|ell|hbar|triangle|angle)$/u;

const BASES: Readonly<Record<string, string>> = {
  two: "2",
  three: "3",
  four: "4",
  five: "5",
  six: "6",
  seven: "7",
  eight: "8",
  nine: "9",
  ten: "10",
  twelve: "12",
  sixteen: "16",
};

/** 101_{\text{two}} is 101_2. */
export function baseName(written: string): string {
  const name = written.replaceAll(/[()]/gu, "").toLowerCase();
  return Object.hasOwn(BASES, name) ? (BASES[name] ?? name) : name;
}
