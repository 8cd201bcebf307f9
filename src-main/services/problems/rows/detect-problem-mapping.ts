/** Which shape a file of problems has, by the names and values of its columns. */
import type { ProblemMapping, ProblemShape } from "#shared/schema/problem-import.ts";
import { ProblemColumns } from "./problem-columns.ts";
import { isTestCases } from "./test-cases.ts";

type Row = Readonly<Record<string, unknown>>;

const PROMPT = [
  "prompt",
  "question",
  "problem",
  "instruction",
  "query",
  "question_stem",
  "question_content",
  "input",
  "text",
  "ctx",
  "description",
];
/** What must be read before the question is asked. */
const CONTEXT = ["context", "passage", "body", "article"];
const MESSAGES = ["messages", "conversations", "conversation"];
const ANSWER = [
  "answer",
  "final_answer",
  "gold",
  "reward_model.ground_truth",
  "ground_truth",
  "reference_answer",
  "expected_answer",
  "target",
  "correct_answer",
  "answer_number",
  "answers.text",
  "answers",
];
const SOLUTION = ["solution", "r1_solution_1", "generated_solution", "rationale", "explanation"];
const CHOICES = ["choices", "options", "endings"];
/** A column for each choice. */
const CHOICE_COLUMNS = [
  ["A", "B", "C", "D", "E"],
  ...["option_", "choice_", "option ", "choice ", "option", "choice", "op"].flatMap((before) => [
    ["a", "b", "c", "d", "e"].map((letter) => `${before}${letter}`),
    ["1", "2", "3", "4", "5"].map((digit) => `${before}${digit}`),
  ]),
];
const CHOSEN = [
  "answerkey",
  "answer_key",
  "answer_idx",
  "correct_option",
  "cop",
  "correct_answer",
  "correct",
  "label",
  "answer",
  "target",
];
const INCORRECT = [1, 2, 3].flatMap((i) => [
  `incorrect answer ${i}`,
  `incorrect_answer_${i}`,
  `distractor${i}`,
]);
INCORRECT.push("incorrect_answers", "distractors");
/** Inputs and outputs of programs and functions, as APPS, TACO, LiveCodeBench, AceCode and verl write them. */
const CASES = [
  "input_output",
  "public_test_cases",
  "test_cases",
  "verification_info",
  "public_tests",
  "reward_model.ground_truth",
];
const SUBJECTS = ["subject", "topic", "domain", "problem_type", "ability", "category"];

const NOTHING: ProblemMapping = {
  shape: "prompt-answer",
  prompt: null,
  messages: null,
  system: null,
  context: [],
  answer: null,
  solution: null,
  choices: [],
  incorrect: [],
  tests: null,
  entry_point: null,
  setup: null,
  id: null,
  tags: [],
  difficulty: null,
  split: null,
  verifier: null,
  verifier_options: null,
};

/** The mapping that fits best. Its `prompt` and `messages` are null where no column could be what is asked. */
export function detectProblemMapping(rows: readonly Row[]): ProblemMapping {
  const file = new ProblemColumns(rows);
  const common: ProblemMapping = {
    ...NOTHING,
    system: file.named("system_prompt", "system"),
    context: [...file.all(...CONTEXT), ...inputs(file)].filter((name) => file.isText(name)),
    // An id is what is called so and no other column: completions are matched by it.
    id: file.exactly("id"),
    tags: file.all("tags", ...SUBJECTS),
    difficulty: file.named("difficulty", "level"),
    split: file.splitColumn(),
    verifier: file.exactly("verifier"),
    verifier_options: file.exactly("verifier_options"),
  };
  return (
    own(file, common) ??
    gpqa(file, common) ??
    code(file, common) ??
    multipleChoice(file, common) ??
    plain(file, common)
  );
}

/** Alpaca's: what the instruction is to be followed on. Of other prompts a column of that name may be anything. */
function inputs(file: ProblemColumns): string[] {
  return asksByInstruction(file) ? file.all("input") : [];
}

function asksByInstruction(file: ProblemColumns): boolean {
  return file.named(...PROMPT)?.toLowerCase() === "instruction";
}

function own(file: ProblemColumns, common: ProblemMapping): ProblemMapping | null {
  if (!["verifier", "verifier_options", "columns"].every((name) => file.exactly(name) !== null))
    return null;
  return {
    ...common,
    shape: "gradus",
    system: null,
    context: [],
    prompt: file.exactly("prompt"),
    messages: file.exactly("messages"),
    answer: file.exactly("answer"),
    solution: file.exactly("solution"),
    tags: file.all("tags"),
    difficulty: file.exactly("difficulty"),
  };
}

function gpqa(file: ProblemColumns, common: ProblemMapping): ProblemMapping | null {
  const prompt = file.named("question");
  const answer = file.named("correct answer", "correct_answer");
  const incorrect = file.all(...INCORRECT);
  if (prompt === null || answer === null || incorrect.length === 0) return null;
  const solution = file.named("explanation");
  const tags = file.all("high-level domain", "subdomain");
  return { ...common, shape: "gpqa", prompt, answer, incorrect, solution, tags };
}

function code(file: ProblemColumns, common: ProblemMapping): ProblemMapping | null {
  const of = (shape: ProblemShape, part: Partial<ProblemMapping>): ProblemMapping => ({
    ...common,
    shape,
    ...part,
  });
  const entryPoint = file.exactly("entry_point");
  const test = file.exactly("test");
  const prompt = file.named(...PROMPT);
  if (prompt === null) return null;
  if (test !== null && entryPoint !== null) {
    const solution = file.exactly("canonical_solution");
    return of("human-eval", { prompt, tests: test, entry_point: entryPoint, solution });
  }
  const tests = file.exactly("test_list");
  const cases = file.first((name) => file.holds(name, isTestCases), ...CASES);
  if (cases !== null) {
    const solution = file.named("solution", "solutions", "code");
    // Of verl's collections some rows ask for code and others for an answer.
    const answer = cases === "reward_model.ground_truth" ? cases : null;
    return of("test-cases", {
      answer,
      prompt,
      tests: cases,
      solution,
      setup: file.exactly("starter_code"),
    });
  }
  if (tests !== null) {
    return of("mbpp", {
      prompt: file.named("text", "prompt"),
      tests,
      setup: file.named("test_setup_code", "test_imports"),
      solution: file.exactly("code"),
    });
  }
  const solution = file.exactly("solution");
  if (test === null || solution === null) return null;
  return of("kodcode", { prompt, tests: test, solution });
}

function multipleChoice(file: ProblemColumns, common: ProblemMapping): ProblemMapping | null {
  const prompt = file.named(...PROMPT);
  const answer = file.named(...CHOSEN);
  if (prompt === null || answer === null) return null;
  const list = CHOICES.map((name) => file.named(name)).find(
    (column) => column !== null && file.isList(column),
  );
  const choices = typeof list === "string" ? [list] : file.choiceColumns(CHOICE_COLUMNS);
  if (choices.length === 0) return null;
  const solution = file.named("solution", "rationale", "explanation");
  return { ...common, shape: "multiple-choice", prompt, answer, choices, solution };
}

/** Alpaca's output, where it is an answer or ends with one; a text like any other is neither. */
function worksInOutput(file: ProblemColumns): string | null {
  const output = asksByInstruction(file) ? file.named("output") : null;
  if (output === null) return null;
  return file.endsWithAnswer(output, false) || file.holdsAnswers(output) ? output : null;
}

function plain(file: ProblemColumns, common: ProblemMapping): ProblemMapping {
  const prompt = file.named(...PROMPT);
  const messages = prompt === null ? file.named(...MESSAGES) : null;
  const answer = file.named(...ANSWER);
  const solution = file.named(...SOLUTION) ?? (answer === null ? worksInOutput(file) : null);
  const worked = solution !== null && file.endsWithAnswer(solution, false) ? solution : null;
  // TRL's datasets have the right answer in `solution`, and no way to it.
  const isAnswer = answer === null && worked === null && solution !== null;
  if (isAnswer && file.holdsAnswers(solution))
    return { ...common, prompt, messages, answer: solution };
  const subject = file.named("type");
  const isMath = solution !== null && file.named("level") !== null;
  const mapped: ProblemMapping = {
    ...common,
    prompt,
    messages,
    answer: answer ?? worked,
    solution,
    tags: isMath && subject !== null ? [...common.tags, subject] : common.tags,
  };
  if (file.exactly("metadata") !== null && file.has("metadata.source_dataset"))
    return { ...mapped, shape: "reasoning-gym", tags: ["metadata.source_dataset"] };
  if (answer === "reward_model.ground_truth") return { ...mapped, shape: "verl" };
  if (messages !== null) return { ...mapped, shape: "messages" };
  if (answer !== null && file.endsWithAnswer(answer, true)) return { ...mapped, shape: "gsm8k" };
  return solution === null ? mapped : { ...mapped, shape: "math" };
}
