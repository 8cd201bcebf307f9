/** Pure parts of the Datasets and Curation screens: steps, differences, inert text, the filter line, the outbox's overlay. */
import { describe, expect, test } from "vitest";
import { DatasetRecord, DatasetId, RecordId } from "#shared/schema/dataset.ts";
import type { RecordMessages } from "#shared/schema/dataset.ts";
import { recordAfter } from "#renderer/bridge/records/outbox-entry.ts";
import {
  conditionOn,
  hasTerm,
  toggleTerm,
  withRangeEnd,
} from "#renderer/features/curation/queue/filter-terms.ts";
import { reasoningSteps } from "#renderer/features/curation/record/reasoning-steps.ts";
import {
  partText,
  recordParts,
  sameMessages,
  withPart,
} from "#renderer/features/curation/record/record-parts.ts";
import { placeAmong } from "#renderer/features/curation/queue/use-queue.ts";
import { actionOf, FIRST_CHOICE } from "#renderer/features/curation/bulk/bulk-choice.ts";
import {
  foldedSteps,
  REVIEW_START,
  reviewReducer,
} from "#renderer/features/curation/review/review-state.ts";
import type { ReviewAction } from "#renderer/features/curation/review/review-state.ts";
import { mathsPieces } from "#renderer/ui/text/maths-pieces.ts";
import { visibleText } from "#renderer/ui/text/visible-text.ts";
import { diffTexts, divideDiff } from "#renderer/ui/text/word-diff.ts";

const texts = (reasoning: string): readonly string[] =>
  reasoningSteps(reasoning).map(({ text }) => text);

describe("steps of a reasoning", () => {
  test("are its paragraphs, whatever the number of blank lines between them", () => {
    expect(texts("One.\n\nTwo,\nstill two.\n\n\n \nThree.")).toEqual([
      "One.",
      "Two,\nstill two.",
      "Three.",
    ]);
  });

  test("keep a displayed formula, a list and code with the sentence that leads to them", () => {
    expect(texts("We have\n\n$$\na = b\n\nc = d\n$$\n\nSo:\n\n- x\n- y\n\nDone.")).toEqual([
      "We have\n\n$$\na = b\n\nc = d\n$$",
      "So:\n\n- x\n- y",
      "Done.",
    ]);
    expect(texts("Run\n\n```\na\n\nb\n```\n\nThen stop.")).toEqual([
      "Run\n\n```\na\n\nb\n```",
      "Then stop.",
    ]);
  });

  test("begin with their heading", () => {
    expect(texts("## Check\n\nIt holds.\n\nEnd.")).toEqual(["## Check\n\nIt holds.", "End."]);
  });

  test("cover all of the text but the white space between them, a fence that never closes included", () => {
    const text = "a\n\n```\nb\n\nc";
    const steps = reasoningSteps(text);
    expect(steps.map(({ start, end }) => text.slice(start, end))).toEqual(
      steps.map((step) => step.text),
    );
    expect(steps.map((step) => step.text).join("\n\n")).toBe(text);
    expect(reasoningSteps("")).toEqual([]);
  });
});

describe("differences", () => {
  test("are counted in words and give both texts back", () => {
    const diff = diffTexts("Hmm, wait. It is 200.", "It is 200, so subtract 7.");
    const side = (leave: string): string =>
      diff.parts
        .filter(({ kind }) => kind !== leave)
        .map(({ text }) => text)
        .join("");
    expect(side("added")).toBe("Hmm, wait. It is 200.");
    expect(side("removed")).toBe("It is 200, so subtract 7.");
    expect(diff.grain).toBe("words");
    expect(diffTexts("a b", "a b").wordsAdded).toBe(0);
  });

  test("of megabytes end in time and still give the newer text", () => {
    const before = Array.from({ length: 150_000 }, (_, i) => `w${String(i)}`).join(" ");
    const after = Array.from({ length: 150_000 }, (_, i) => `v${String(i)}`).join(" ");
    const diff = diffTexts(before, after);
    expect(diff.grain).not.toBe("words");
    expect(
      diff.parts
        .filter(({ kind }) => kind !== "removed")
        .map(({ text }) => text)
        .join(""),
    ).toBe(after);
  });

  test("are divided where the newer text's steps begin; what was removed stays where it stood", () => {
    const pieces = divideDiff(
      [
        { kind: "same", text: "aa" },
        { kind: "removed", text: "xx" },
        { kind: "same", text: "abb" },
        { kind: "removed", text: "yy" },
      ],
      [3, 5],
    );
    expect(pieces).toEqual([
      [
        { kind: "same", text: "aa" },
        { kind: "removed", text: "xx" },
        { kind: "same", text: "a" },
      ],
      [
        { kind: "same", text: "bb" },
        { kind: "removed", text: "yy" },
      ],
    ]);
  });
});

describe("text from outside", () => {
  test("shows what would act on the display as signs", () => {
    expect(visibleText("a\u001B[31mred\u0000")).toBe("a\u241B[31mred\u2400");
    expect(visibleText("evil\u202Egnp.exe")).toBe("evil\u27E8U+202E\u27E9gnp.exe");
    expect(visibleText("\uFEFFx\u200By")).toBe("\u27E8U+FEFF\u27E9x\u27E8U+200B\u27E9y");
  });

  test("keeps lines, tabs, scripts of both directions and joined emoji", () => {
    const text = "a\tb\nשלום 👨\u200D👩\u200D👧 می\u200Cخواهم";
    expect(visibleText(text)).toBe(text);
    expect(visibleText("a\r\nb")).toBe("a\nb");
  });

  test("has its certain formulas set, and everything else as it stands", () => {
    const formulas = (text: string): readonly string[] => {
      const pieces = mathsPieces(text);
      expect(pieces.map(({ source }) => source).join("")).toBe(text);
      return pieces.filter(({ kind }) => kind !== "text").map(({ tex }) => tex);
    };
    expect(formulas("so \\(x^2\\) holds, \\[a\nb\\] too, and $$c = d$$")).toEqual([
      "x^2",
      "a\nb",
      "c = d",
    ]);
    expect(formulas(String.raw`$\frac{1}{2}$, $x$, $n_1$ and $2x + 3 = 7$.`)).toEqual([
      String.raw`\frac{1}{2}`,
      "x",
      "n_1",
      "2x + 3 = 7",
    ]);
    for (const text of [
      "Betty has $5 and her uncle gives her $10. How much is that?",
      "5*2=10 and 3*4=12, so __init__ stays.\n1. first\n1. second",
      "#### 15 ",
      "costs $5-$6, or $3, $4",
      "echo $HOME$PATH and $a$b",
      "`\\(x\\)` and ```\n$x$\n```",
      "$5 and \n\n $6",
      "the $word$ here",
      String.raw`a price \$5 and \$x$`,
      "\\(no\n\nformula\\)",
    ]) {
      expect(formulas(text), text).toEqual([]);
    }
  });
});

describe("the filter line", () => {
  test("a quick term is added, found and taken away", () => {
    const line = toggleTerm("circle", "verdict:wrong");
    expect(hasTerm(line, "verdict:wrong")).toBe(true);
    expect(toggleTerm(line, "verdict:wrong")).toBe("circle");
  });

  test("the two ends of a range are set apart and leave no empty range", () => {
    const least = withRangeEnd("", "words", "min", 100);
    expect(conditionOn(least, "words")).toEqual({ field: "words", min: 100 });
    const both = withRangeEnd(least, "words", "max", 300);
    expect(conditionOn(both, "words")).toEqual({ field: "words", min: 100, max: 300 });
    expect(withRangeEnd(least, "words", "min", undefined)).toBe("");
  });
});

const messages: RecordMessages = [
  { role: "user", content: "2+2?", reasoning: null },
  { role: "assistant", content: "4", reasoning: "Two and two." },
];

describe("parts of a conversation", () => {
  test("an answer stands after its reasoning, and each part can be changed alone", () => {
    const [prompt, reasoning, answer] = recordParts(messages);
    expect([prompt?.kind, reasoning?.kind, answer?.kind]).toEqual([
      "prompt",
      "reasoning",
      "answer",
    ]);
    if (reasoning === undefined) throw new Error("no reasoning");
    const changed = withPart(messages, reasoning, "Twice two.");
    expect(partText(changed, reasoning)).toBe("Twice two.");
    expect(sameMessages(changed, messages)).toBe(false);
    expect(withPart(messages, reasoning, " ")[1]?.reasoning).toBeNull();
  });

  test("turns are numbered where there are several, and missing reasoning can be filled in", () => {
    const two = [...messages, ...messages].map((one) => ({ ...one, reasoning: null }));
    expect(recordParts(two).map(({ label }) => label)).toEqual([
      "Prompt 1",
      "Answer 1",
      "Prompt 2",
      "Answer 2",
    ]);
    expect(recordParts(two, true)).toHaveLength(6);
  });
});

test("a record that left the list stands where it would: before the next that is there", () => {
  const ids = [10, 20, 30].map((id) => RecordId.parse(id));
  expect(placeAmong(ids, RecordId.parse(20))).toBe(1);
  expect(placeAmong(ids, RecordId.parse(21))).toBe(2);
  expect(placeAmong(ids, RecordId.parse(99))).toBe(2);
  expect(placeAmong([], RecordId.parse(1))).toBe(0);
});

test("a change that waits is laid over the record: status, tags and text", () => {
  const record = DatasetRecord.parse({
    id: 1,
    position: 1,
    status: "pending",
    revision: 0,
    tags: ["a", "b"],
    datasetId: "d1",
    messages,
    original: messages,
    revisions: [],
    metadata: {},
    source: {
      kind: "import",
      file: null,
      line: null,
      teacher: null,
      runId: null,
      sampling: null,
      costUsd: null,
    },
    reference: { task: null, problemId: null, difficulty: null, gold: null, data: null },
    facts: {
      verdict: "none",
      verdictDetail: "",
      format: [],
      readability: null,
      language: null,
      repetition: 0,
      characters: 0,
      words: 0,
      reasoningWords: 0,
      exactDuplicate: null,
      nearDuplicate: null,
      contamination: null,
    },
  });
  const common = { datasetId: DatasetId.parse("d1"), recordIds: [record.id] };
  const tagged = recordAfter(record, { kind: "tags", ...common, add: ["c", "a"], remove: ["b"] });
  expect(tagged.tags).toEqual(["a", "c"]);
  const text = recordAfter(tagged, {
    kind: "text",
    ...common,
    messages: [],
    fromRevision: 0,
    status: "accepted",
  });
  expect([text.messages, text.status, text.original]).toEqual([[], "accepted", messages]);
});

describe("a review's state", () => {
  const [first, second] = [RecordId.parse(1), RecordId.parse(2)];
  const after = (...actions: readonly ReviewAction[]) =>
    actions.reduce(reviewReducer, REVIEW_START);

  test("folds steps of one record alone: another begins with all of them open", () => {
    const folded = after(
      { type: "fold", id: first, count: 3 },
      { type: "fold-step", id: first, step: 1 },
    );
    expect([...foldedSteps(folded, first)]).toEqual([0, 2]);
    expect([...foldedSteps(folded, second)]).toEqual([]);
    const other = reviewReducer(folded, { type: "fold-step", id: second, step: 5 });
    expect([...foldedSteps(other, second)]).toEqual([5]);
    expect([...foldedSteps(other, first)]).toEqual([]);
  });

  test("adds to the selection, takes a record out again, and clears it", () => {
    const chosen = after({ type: "select", ids: [first, second] }, { type: "toggle", id: first });
    expect([...chosen.selected]).toEqual([second]);
    expect(reviewReducer(chosen, { type: "clear-selection" }).selected.size).toBe(0);
  });

  test("forgets the verdicts on typed text with the editor that they were for", () => {
    const left = after({ type: "edit", id: first }, { type: "leave-editor" });
    expect(left.edited).toBeUndefined();
    const again = reviewReducer(left, { type: "edit", id: second });
    expect(again.edited).toEqual({ id: second });
  });
});

describe("a change of many", () => {
  test("is no action until its tag or name is typed", () => {
    expect(actionOf({ ...FIRST_CHOICE, type: "tags", tag: " " })).toBeUndefined();
    expect(actionOf({ ...FIRST_CHOICE, type: "metadata", value: "1" })).toBeUndefined();
    expect(actionOf({ ...FIRST_CHOICE, type: "tags", tag: " new ", tagWay: "remove" })).toEqual({
      type: "tags",
      add: [],
      remove: ["new"],
    });
  });

  test("takes the right answer or an entry away where nothing is typed for it", () => {
    expect(actionOf({ ...FIRST_CHOICE, type: "gold", gold: " " })).toEqual({
      type: "gold",
      value: null,
    });
    expect(actionOf({ ...FIRST_CHOICE, type: "metadata", name: "topic" })).toEqual({
      type: "metadata",
      key: "topic",
      value: null,
    });
  });
});
