/** A real HTTP server that answers as OpenAI's API does, or as it should not; what it was asked is kept. */
import { createServer } from "node:http";
import type { ServerResponse } from "node:http";
import { z } from "zod";
import type { ChatTurn } from "#shared/schema/inference.ts";

const Body = z.object({
  model: z.string(),
  messages: z.array(
    z.object({ role: z.enum(["system", "user", "assistant"]), content: z.string() }),
  ),
  temperature: z.number(),
  max_tokens: z.number().optional(),
  seed: z.number().optional(),
});

export interface ServerAsked {
  readonly model: string;
  readonly messages: readonly ChatTurn[];
  readonly temperature: number;
  readonly max_tokens?: number | undefined;
  readonly seed?: number | undefined;
  readonly authorization: string | undefined;
}

export type ServerReply =
  | { readonly text: string; readonly reasoning?: string; readonly finish?: "stop" | "length" }
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  /** No answer, and no end. */
  | "hang"
  /** Half an answer, then the connection is gone. */
  | "close";

export interface JudgeServer {
  readonly url: string;
  /** In the order in which they came. */
  readonly asked: ServerAsked[];
  /** Questions that were answered whole. */
  answered: number;
  close(): void;
}

/** Of each answer. */
export const SERVER_TOKENS = { prompt_tokens: 100, completion_tokens: 10 };

export async function judgeServer(
  reply: (asked: ServerAsked, call: number) => ServerReply | Promise<ServerReply>,
): Promise<JudgeServer> {
  const asked: ServerAsked[] = [];
  const state = { answered: 0 };
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (part: string) => {
      body += part;
    });
    request.on("end", () => {
      const one = { ...Body.parse(JSON.parse(body)), authorization: request.headers.authorization };
      asked.push(one);
      void Promise.resolve(reply(one, asked.length - 1)).then((what) => {
        if (send(response, what)) state.answered += 1;
      });
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/v1`,
    asked,
    get answered() {
      return state.answered;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Whether a whole answer was sent. */
function send(response: ServerResponse, reply: ServerReply): boolean {
  if (reply === "hang") return false;
  if (reply === "close") {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write('data: {"choices":[{"delta":{"content":"{\\"sco"}}]}\n\n', () => {
      response.destroy();
    });
    return false;
  }
  if ("status" in reply) {
    response.writeHead(reply.status, { "content-type": "application/json", ...reply.headers });
    response.end(JSON.stringify({ error: { message: "not now" } }));
    return false;
  }
  const { text: content, reasoning, finish = "stop" } = reply;
  const message = { content, ...(reasoning === undefined ? {} : { reasoning_content: reasoning }) };
  response.writeHead(200, { "content-type": "application/json" });
  response.end(
    JSON.stringify({ choices: [{ message, finish_reason: finish }], usage: SERVER_TOKENS }),
  );
  return true;
}
