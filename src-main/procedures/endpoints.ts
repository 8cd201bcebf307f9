/** Endpoints of teachers. */
import type { Contract } from "#shared/contract/contract.ts";
import type { Application } from "#main/services/application.ts";
import { generateCompletions } from "#main/services/endpoints/generate-completions.ts";
import type { Implementer, Procedures } from "./implementer.ts";

const TEST_TOKENS = 16;

export function endpointProcedures(
  app: Application,
  os: Implementer,
): Procedures<Contract["endpoints"]> {
  const to = os.endpoints;
  const changed = (): void => {
    app.live.publish([{ type: "settings" }]);
  };
  return {
    list: to.list.handler(() => app.endpoints.list()),
    save: to.save.handler(({ input }) => {
      const saved = app.endpoints.save(input.endpointId, input.fields, input.key);
      changed();
      return saved;
    }),
    delete: to.delete.handler(({ input }) => {
      app.endpoints.delete(input.endpointId);
      changed();
    }),
    test: to.test.handler(async ({ input, signal }) => {
      const startedMs = performance.now();
      const answers = generateCompletions(
        app,
        {
          teacher: input,
          prompts: [{ messages: [{ role: "user", content: "Say hello." }] }],
          n: 1,
          temperature: 0,
          top_p: 1,
          max_tokens: TEST_TOKENS,
          seed: 0,
        },
        signal ?? new AbortController().signal,
      );
      for await (const answer of answers) {
        if (answer.type === "refused") throw answer.error;
        if (answer.type !== "sample") break;
        const latencyMs = performance.now() - startedMs;
        return { latencyMs, text: answer.text, tokens: answer.completionTokens ?? 0 };
      }
      throw new Error("an endpoint that was asked gave no answer and no error");
    }),
  };
}
