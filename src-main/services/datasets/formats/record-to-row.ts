/** A record as one row of a file, in the shape that is asked for. */
import type { DatasetShape, RecordMessage } from "#shared/schema/dataset.ts";
import { joinReasoning } from "#shared/schema/record-text.ts";
import type { RecordText } from "#main/store/record-repository.ts";

export type ReasoningForm = "inline" | "field";
export type Row = Record<string, unknown>;

/** What stands beside the text in every shape, where it is known. */
export const EXTRA_COLUMNS = ["gold", "task", "problem_id", "difficulty", "problem_data"] as const;

export function recordToRow(record: RecordText, shape: DatasetShape, form: ReasoningForm): Row {
  return { ...shapedRow(record.messages, shape, form), ...extras(record) };
}

/** Columns of a table in this shape: all rows have the same. */
export function columnsOfShape(shape: DatasetShape, form: ReasoningForm): string[] {
  const reasoning = form === "field" ? ["reasoning"] : [];
  switch (shape) {
    case "messages":
      return ["messages"];
    case "sharegpt":
      return ["conversations", "system", ...reasoning];
    case "alpaca":
      return ["instruction", "input", "output", "system", "history", ...reasoning];
    case "prompt-completion":
      return ["prompt", "completion", ...reasoning];
    default:
      return shape satisfies never;
  }
}

function shapedRow(
  messages: readonly RecordMessage[],
  shape: DatasetShape,
  form: ReasoningForm,
): Row {
  switch (shape) {
    case "messages":
      return { messages: messages.map((message) => chatTurn(message, form)) };
    case "sharegpt":
      return {
        conversations: messages
          .filter(({ role }) => role !== "system")
          .map((message) => ({ from: SHAREGPT_ROLES[message.role], value: textOf(message, form) })),
        ...systemColumn(messages),
        ...reasoningColumn(messages, form),
      };
    case "alpaca":
      return alpacaRow(messages, form);
    case "prompt-completion":
      return promptRow(messages, form);
    default:
      return shape satisfies never;
  }
}

const SHAREGPT_ROLES: { readonly [Role in RecordMessage["role"]]: string } = {
  system: "system",
  user: "human",
  assistant: "gpt",
  tool: "observation",
};

function alpacaRow(messages: readonly RecordMessage[], form: ReasoningForm): Row {
  const turns = messages.filter(({ role }) => role !== "system");
  const last = turns.at(-1);
  const answered = last?.role === "assistant";
  const asked = answered ? turns.slice(0, -1) : turns;
  const history: [string, string][] = [];
  for (let i = 0; i + 2 < asked.length; i += 2) {
    const [user, assistant] = [asked[i], asked[i + 1]];
    if (user !== undefined && assistant !== undefined) {
      history.push([user.content, textOf(assistant, form)]);
    }
  }
  return {
    instruction: asked.at(-1)?.content ?? "",
    input: "",
    output: answered ? textOf(last, form) : "",
    ...systemColumn(messages),
    ...(history.length === 0 ? {} : { history }),
    ...reasoningColumn(messages, form),
  };
}

/** TRL's form: texts where there is one question and one answer, else lists of turns. */
function promptRow(messages: readonly RecordMessage[], form: ReasoningForm): Row {
  const last = messages.at(-1);
  const answered = last?.role === "assistant";
  const asked = answered ? messages.slice(0, -1) : messages;
  const [only] = asked;
  if (asked.length === 1 && only?.role === "user") {
    return {
      prompt: only.content,
      completion: answered ? textOf(last, form) : "",
      ...reasoningColumn(messages, form),
    };
  }
  return {
    prompt: asked.map((message) => chatTurn(message, form)),
    completion: answered ? [chatTurn(last, form)] : [],
  };
}

function chatTurn(message: RecordMessage, form: ReasoningForm): Row {
  const { role, content, reasoning } = message;
  return form === "field" && reasoning !== null
    ? { role, content, reasoning_content: reasoning }
    : { role, content: joinReasoning(message) };
}

function textOf(message: RecordMessage, form: ReasoningForm): string {
  return form === "field" ? message.content : joinReasoning(message);
}

function systemColumn(messages: readonly RecordMessage[]): Row {
  const system = messages.find(({ role }) => role === "system");
  return system === undefined ? {} : { system: system.content };
}

function reasoningColumn(messages: readonly RecordMessage[], form: ReasoningForm): Row {
  const reasoning = messages.at(-1)?.reasoning ?? null;
  return form === "inline" || reasoning === null ? {} : { reasoning };
}

function extras({ reference, metadata }: RecordText): Row {
  const known: Row = {
    ...metadata,
    gold: reference.gold ?? undefined,
    task: reference.task ?? undefined,
    problem_id: reference.problemId ?? undefined,
    difficulty: reference.difficulty ?? undefined,
    problem_data: reference.data ?? undefined,
  };
  return Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined));
}
