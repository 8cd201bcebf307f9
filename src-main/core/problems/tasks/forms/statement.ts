/**
 * What a person of a knights-and-knaves puzzle says: its truth under a full or partial assignment,
 * its English, and its short form (`or 0 knight 1 knave`) in which a problem keeps it. People are
 * numbered from 0.
 */
import { assertNever } from "#shared/errors.ts";
import type { Random } from "#main/platform/random.ts";

export type Kind = "knight" | "knave";
/** Who is what; `null` where nothing is supposed yet. */
export type Assignment = readonly (Kind | null)[];
export type Claim = { readonly person: number; readonly kind: Kind };
export type Statement =
  | { readonly form: "is"; readonly first: Claim }
  | { readonly form: "and" | "or" | "if"; readonly first: Claim; readonly second: Claim }
  | { readonly form: "same" | "different"; readonly people: readonly [number, number] }
  | { readonly form: "exactly" | "at-least"; readonly knights: number };

const KINDS: readonly Kind[] = ["knight", "knave"];

/** True, false, or null where the partial assignment does not decide it (Kleene's strong logic). */
export function truthOf(statement: Statement, assignment: Assignment): boolean | null {
  switch (statement.form) {
    case "is":
      return claimTruth(statement.first, assignment);
    case "and":
      return both(
        claimTruth(statement.first, assignment),
        claimTruth(statement.second, assignment),
      );
    case "or":
      return either(
        claimTruth(statement.first, assignment),
        claimTruth(statement.second, assignment),
      );
    case "if":
      return either(
        negate(claimTruth(statement.first, assignment)),
        claimTruth(statement.second, assignment),
      );
    case "same":
    case "different": {
      const [a, b] = statement.people.map((person) => assignment[person] ?? null);
      if (a === null || b === null) return null;
      return (a === b) === (statement.form === "same");
    }
    case "exactly":
    case "at-least":
      return countTruth(statement, assignment);
    default:
      return assertNever(statement);
  }
}

function countTruth(
  statement: { readonly form: "exactly" | "at-least"; readonly knights: number },
  assignment: Assignment,
): boolean | null {
  const least = assignment.filter((kind) => kind === "knight").length;
  const most = least + assignment.filter((kind) => kind === null).length;
  const { knights } = statement;
  if (statement.form === "at-least") return least >= knights ? true : most < knights ? false : null;
  if (knights < least || knights > most) return false;
  return least === most ? true : null;
}

function claimTruth(claim: Claim, assignment: Assignment): boolean | null {
  const kind = assignment[claim.person] ?? null;
  return kind === null ? null : kind === claim.kind;
}

function negate(a: boolean | null): boolean | null {
  return a === null ? null : !a;
}

function both(a: boolean | null, b: boolean | null): boolean | null {
  if (a === false || b === false) return false;
  return a === null || b === null ? null : true;
}

function either(a: boolean | null, b: boolean | null): boolean | null {
  return negate(both(negate(a), negate(b)));
}

/** What `speaker` says about the others (and, in a pair, perhaps about themselves). */
export function drawStatement(random: Random, speaker: number, people: number): Statement {
  const everyone = Array.from({ length: people }, (_, person) => person);
  const other = random.choice(everyone.filter((person) => person !== speaker));
  const third = random.choice(everyone.filter((person) => person !== other));
  const first: Claim = { person: other, kind: random.choice(KINDS) };
  const second: Claim = { person: third, kind: random.choice(KINDS) };
  const x = random.uniform();
  if (x < 0.3) return { form: "is", first };
  if (x < 0.7) return { form: random.choice(["and", "or", "if"] as const), first, second };
  if (x < 0.85)
    return { form: random.choice(["same", "different"] as const), people: [other, third] };
  return {
    form: random.choice(["exactly", "at-least"] as const),
    knights: random.int(1, people - 1),
  };
}

/** The statement in the speaker's words, without the full stop. */
export function speak(statement: Statement, speaker: number, names: readonly string[]): string {
  const name = (person: number): string => (person === speaker ? "I" : (names[person] ?? ""));
  const claim = ({ person, kind }: Claim): string =>
    `${name(person)} ${person === speaker ? "am" : "is"} a ${kind}`;
  switch (statement.form) {
    case "is":
      return claim(statement.first);
    case "and": {
      const { first, second } = statement;
      if (first.kind !== second.kind) return `${claim(first)} and ${claim(second)}`;
      return `${name(first.person)} and ${name(second.person)} are both ${first.kind === "knight" ? "knights" : "knaves"}`;
    }
    case "or":
      return `${claim(statement.first)} or ${claim(statement.second)}`;
    case "if": {
      return `If ${claim(statement.first)}, then ${claim(statement.second)}`;
    }
    case "same":
    case "different": {
      const [a, b] = statement.people;
      return `${name(a)} and ${name(b)} are ${statement.form === "same" ? "the same" : "different"}`;
    }
    case "exactly":
    case "at-least": {
      const quantity = `${statement.form === "exactly" ? "Exactly" : "At least"} ${["none", "one", "two", "three"][statement.knights] ?? ""}`;
      return `${quantity} of us ${statement.knights === 1 ? "is a knight" : "are knights"}`;
    }
    default:
      return assertNever(statement);
  }
}

export function encodeStatement(statement: Statement): string {
  switch (statement.form) {
    case "is":
      return `is ${statement.first.person} ${statement.first.kind}`;
    case "and":
    case "or":
    case "if":
      return `${statement.form} ${statement.first.person} ${statement.first.kind} ${statement.second.person} ${statement.second.kind}`;
    case "same":
    case "different":
      return `${statement.form} ${statement.people.join(" ")}`;
    case "exactly":
    case "at-least":
      return `${statement.form} ${statement.knights}`;
    default:
      return assertNever(statement);
  }
}

/**
 * The statement with people renumbered (`place[person]` is the new number) and the two sides of a
 * form in a fixed order: equal for statements that say the same in the same form of words.
 */
export function renumberStatement(statement: Statement, place: readonly number[]): Statement {
  const renumber = (person: number): number => place[person] ?? person;
  const claim = ({ person, kind }: Claim): Claim => ({ person: renumber(person), kind });
  switch (statement.form) {
    case "is":
      return { form: "is", first: claim(statement.first) };
    case "and":
    case "or":
    case "if": {
      const first = claim(statement.first);
      const second = claim(statement.second);
      if (first.person <= second.person) return { form: statement.form, first, second };
      // "If A, then B" says the same as "if not B, then not A".
      return statement.form === "if"
        ? { form: "if", first: opposite(second), second: opposite(first) }
        : { form: statement.form, first: second, second: first };
    }
    case "same":
    case "different": {
      const [a, b] = statement.people.map(renumber).toSorted((x, y) => x - y);
      return { form: statement.form, people: [a ?? 0, b ?? 0] };
    }
    case "exactly":
    case "at-least":
      return statement;
    default:
      return assertNever(statement);
  }
}

function opposite({ person, kind }: Claim): Claim {
  return { person, kind: kind === "knight" ? "knave" : "knight" };
}

/** Reads the short form back; throws a plain Error for anything else, which would be a bug. */
export function decodeStatement(text: string): Statement {
  const [form, a, b, c, d] = text.split(" ");
  switch (form) {
    case "is":
      return { form, first: { person: decodeNumber(a), kind: decodeKind(b) } };
    case "and":
    case "or":
    case "if":
      return {
        form,
        first: { person: decodeNumber(a), kind: decodeKind(b) },
        second: { person: decodeNumber(c), kind: decodeKind(d) },
      };
    case "same":
    case "different":
      return { form, people: [decodeNumber(a), decodeNumber(b)] };
    case "exactly":
    case "at-least":
      return { form, knights: decodeNumber(a) };
    default:
      throw new Error(`no statement of a puzzle: ${text}`);
  }
}

function decodeNumber(text: string | undefined): number {
  if (text === undefined || !/^\d$/.test(text))
    throw new Error("no number in a puzzle's statement");
  return Number(text);
}

function decodeKind(text: string | undefined): Kind {
  if (text !== "knight" && text !== "knave")
    throw new Error("neither knight nor knave in a puzzle's statement");
  return text;
}
