/** Conditions as SQL with its parameters, for the filters of records and of problems. */

export interface Where {
  readonly sql: string;
  readonly params: readonly (string | number)[];
}

/** A value that means: whatever it is, but there. */
export const ANY = "*";

interface Negatable {
  readonly not?: boolean | undefined;
}

/** All of them; a condition that is neither true nor false counts as false, its negation as true. */
export function allOf<C extends Negatable>(
  first: Where,
  conditions: readonly C[],
  toSql: (condition: C) => Where,
): Where {
  const parts = conditions.map((condition) => {
    const { sql, params } = toSql(condition);
    return { sql: condition.not === true ? `NOT coalesce((${sql}), 0)` : `(${sql})`, params };
  });
  return {
    sql: [first.sql, ...parts.map(({ sql }) => sql)].join(" AND "),
    params: [...first.params, ...parts.flatMap(({ params }) => params)],
  };
}

export function anyOf(parts: readonly Where[]): Where {
  return {
    sql: parts.map(({ sql }) => `(${sql})`).join(" OR "),
    params: parts.flatMap(({ params }) => params),
  };
}

export function oneOf(column: string, values: readonly (string | number)[]): Where {
  return { sql: `${column} IN (${marks(values)})`, params: values };
}

/** Both bounds count as inside. */
export function inRange(
  column: string,
  { min, max }: { readonly min?: number | undefined; readonly max?: number | undefined },
): Where {
  return {
    sql: [
      `${column} IS NOT NULL`,
      ...(min === undefined ? [] : [`${column} >= ?`]),
      ...(max === undefined ? [] : [`${column} <= ?`]),
    ].join(" AND "),
    params: [min, max].filter((bound) => bound !== undefined),
  };
}

/** As many question marks as there are values. */
export function marks(values: readonly unknown[]): string {
  return values.map(() => "?").join(", ");
}
