/** What was found about a field, beside it: a mark, the words, and fixes as links. */
import type { ReactNode } from "react";
import type { RecipeFinding } from "#shared/schema/recipe-draft.ts";
import { Glyph } from "#renderer/ui/glyph.tsx";
import { useDraft } from "../document/draft-value.ts";
import type { Keys } from "../document/plain-value.ts";
import { problemsAt } from "../steps/wizard-steps.ts";

const LOOKS = {
  error: { glyph: "cross", tone: "fail", word: "Problem" },
  warning: { glyph: "warn", tone: "warn", word: "Doubtful" },
  note: { glyph: "check", tone: "t3", word: "Checked" },
} as const;

export function ProblemLine({ problem }: { readonly problem: RecipeFinding }): ReactNode {
  const { fix, broken } = useDraft();
  const { glyph, tone, word } = LOOKS[problem.level];
  return (
    <span className={`fc ${tone}`}>
      <span className={problem.level === "note" ? "pass" : tone}>
        <Glyph name={glyph} />
        <span className="visually-hidden">{word}: </span>
      </span>
      <span>
        {problem.message}
        {problem.fixes.length === 0 && problem.advice !== null && problem.level !== "note" && (
          <> {problem.advice}</>
        )}
        {problem.fixes.map((one) => (
          <span key={one.label}>
            {" "}
            <button
              type="button"
              className="linkbtn nowrap"
              disabled={broken}
              onClick={() => fix(one)}
            >
              {one.label}
            </button>
          </span>
        ))}
      </span>
    </span>
  );
}

/** The worst first; a note only where nothing is wrong. */
export function useProblemsAt(keys: Keys): readonly RecipeFinding[] {
  const { problems } = useDraft();
  const found = problemsAt(problems, keys);
  const wrong = found.filter(({ level }) => level !== "note");
  return (wrong.length > 0 ? wrong : found).toSorted(
    (a, b) => Number(b.level === "error") - Number(a.level === "error"),
  );
}

const NOWHERE: readonly Keys[] = [];

export function FieldChecks({
  keys,
  id,
  exact = false,
  elsewhere = NOWHERE,
  otherwise,
}: {
  readonly keys: Keys;
  readonly id: string;
  /** Only what is written here: what is below has a row of its own. */
  readonly exact?: boolean;
  /** Places below that have a row of their own. */
  readonly elsewhere?: readonly Keys[];
  /** Said where nothing was found. */
  readonly otherwise?: ReactNode;
}): ReactNode {
  const all = useProblemsAt(keys);
  const found = all.filter(
    (problem) =>
      !(exact && problem.keys.length !== keys.length) &&
      !elsewhere.some((place) => place.every((key, i) => problem.keys[i] === key)),
  );
  return (
    <div id={id} className="checks">
      {found.map((problem) => (
        <ProblemLine key={`${problem.path} ${problem.message}`} problem={problem} />
      ))}
      {found.length === 0 && otherwise}
    </div>
  );
}
