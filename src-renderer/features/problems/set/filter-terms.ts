/** A filter's text with a term put in or taken out. Pure. */

/** A value as a term can hold it: in quotes where it needs them. */
export function termOf(field: string, value: string): string {
  return /^[^\s",:]+$/u.test(value) ? `${field}:${value}` : `${field}:${JSON.stringify(value)}`;
}

const TERMS = /(?:"(?:[^"\\]|\\.)*"|[^\s"]|"[^"]*$)+/gu;

function terms(where: string): readonly string[] {
  return where.match(TERMS) ?? [];
}

export function hasTerm(where: string, term: string): boolean {
  return terms(where).includes(term);
}

/** Without these terms. */
export function withoutTerms(where: string, away: readonly string[]): string {
  return terms(where)
    .filter((one) => !away.includes(one))
    .join(" ");
}

/** @param others terms that cannot stand beside it, such as the other side */
export function toggleTerm(where: string, term: string, others: readonly string[] = []): string {
  const kept = terms(where).filter((one) => one !== term && !others.includes(one));
  return (hasTerm(where, term) ? kept : [...kept, term]).join(" ");
}
