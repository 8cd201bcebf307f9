/** Rewards of one's own in the workspace. */
import type { Contract } from "#shared/contract/contract.ts";
import type { Application } from "#main/services/application.ts";
import { agree, planAgreement } from "#main/services/judges/agree.ts";
import { agreementOf } from "#main/services/judges/agreement-of.ts";
import { readRatedTexts } from "#main/services/judges/rated-texts.ts";
import { checkRewardText } from "#main/services/recipes/checks/reward-check.ts";
import type { Implementer, Procedures } from "./implementer.ts";

export function rewardProcedures(
  app: Application,
  os: Implementer,
): Procedures<Contract["rewards"]> {
  const to = os.rewards;
  const { rewardBook: book } = app;
  const rated = { store: app.store, uploads: app.datasets.uploads };
  return {
    files: to.files.handler(() => book.list()),
    read: to.read.handler(({ input }) => book.read(input.file)),
    text: to.text.handler(({ input }) => ({
      text: app.rewardFiles.text(input, undefined),
    })),
    save: to.save.handler(({ input }) => book.save(input.file, input.text, input.sha256)),
    delete: to.delete.handler(({ input }) => {
      book.delete(input.file);
    }),
    check: to.check.handler(async ({ input, signal }) => ({
      fault: await checkRewardText(app, input, signal),
    })),
    agree: to.agree.handler(async ({ input, signal }) => {
      const { texts } = await readRatedTexts(rated, input.ratings, input.spec.scale);
      const found = await agree(
        app,
        input.spec,
        input.relativeTo,
        texts,
        signal ?? new AbortController().signal,
      );
      app.live.publish([{ type: "recipes" }, { type: "ledger" }]);
      return found;
    }),
    planAgreement: to.planAgreement.handler(async ({ input }) =>
      planAgreement(
        app,
        input.spec,
        input.relativeTo,
        await readRatedTexts(rated, input.ratings, input.spec.scale),
      ),
    ),
    agreement: to.agreement.handler(({ input }) => ({
      agreement: agreementOf(app, input.spec, input.relativeTo),
    })),
    agreements: to.agreements.handler(() => app.store.agreements.list()),
  };
}
