/** A stage's model as files: in hub layout, and where only an adapter was trained, that by itself too. */
import { join } from "node:path";
import { saveAdapterFolder } from "#main/core/formats/peft-adapter.ts";
import { endTokenId } from "#main/core/text/end-token-id.ts";
import { stopIds } from "#main/core/text/templates/stop-ids.ts";
import { loadTokenizer } from "#main/core/text/tokenizer.ts";
import type { LanguageModel } from "../../model/language-model.ts";
import { adapterContent, LoraModel } from "../../model/lora.ts";

export type ModelFacts = {
  /** A token that ends an answer, before those that the model has. */
  readonly eosToken?: string | undefined;
};

export function writeModel(
  model: LanguageModel,
  tokenizerFrom: string,
  root: string,
  { eosToken }: ModelFacts,
): void {
  if (model instanceof LoraModel)
    saveAdapterFolder(join(root, "adapter"), adapterContent(model, tokenizerFrom));
  // Whoever loads the folder stops where a completion here does: at the end of a turn, whatever the base's eos is.
  const own = stopIds(loadTokenizer(tokenizerFrom), model.config.eosTokenIds);
  const ends =
    eosToken === undefined ? own : [...new Set([endTokenId(tokenizerFrom, eosToken), ...own])];
  model.save(join(root, "model"), {
    tokenizerFrom,
    ...(ends.length === 0 ? {} : { generationConfig: { eos_token_id: ends } }),
  });
}
