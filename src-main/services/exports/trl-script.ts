/** train.py of an export for TRL: runs a stage as its YAML says, and says in its head what TRL does otherwise. */
import type { Unmapped } from "#shared/schema/recipe-draft.ts";

/**
 * @param sides which file holds what is trained on and what is held out, in sentences
 * @param unmapped what the recipe says and TRL does not do
 */
export function trlScript(
  recipe: string,
  sides: readonly string[],
  unmapped: readonly Unmapped[],
): string {
  return `"""Runs one stage of the recipe with TRL 1.16: python train.py STAGE.yaml"""\n\n${head(recipe, sides, unmapped)}${SCRIPT}`;
}

/** Lines of comment: no text of a recipe can end them. */
function head(recipe: string, sides: readonly string[], unmapped: readonly Unmapped[]): string {
  const listed = unmapped.map(
    ({ path, value, why }) => `- ${path} = ${JSON.stringify(value)}: ${why}`,
  );
  const lines =
    listed.length === 0
      ? [`${recipe}: TRL does all that it says.`]
      : [`What ${recipe} says and this export does not, or not so:`, ...listed];
  return `${[...sides, ...lines].map((line) => `# ${line.replaceAll(/\s+/gu, " ")}\n`).join("")}\n`;
}

const SCRIPT = `import sys

import yaml
from datasets import load_dataset
from transformers import EarlyStoppingCallback
from trl import GRPOConfig, GRPOTrainer, RLOOConfig, RLOOTrainer, SFTConfig, SFTTrainer
from trl.rewards import get_soft_overlong_punishment

import rewards


def reward_function(spec):
    if spec["name"] == "soft-overlong":
        return get_soft_overlong_punishment(spec["max_completion_len"], spec["soft_punish_cache"])
    if "file" in spec:
        return rewards.own(spec["file"], spec["name"])
    return rewards.with_options(spec)


def last_answer(example):
    """A conversation as TRL learns from its last answer alone."""
    *prompt, completion = example["messages"]
    return {"prompt": prompt, "completion": [completion]}


def examples(data):
    loader = "parquet" if data.endswith(".parquet") else "json"
    rows = load_dataset(loader, data_files=data, split="train")
    if config.get("last_answer") and "messages" in rows.column_names:
        rows = rows.map(last_answer, remove_columns=rows.column_names)
    return rows


with open(sys.argv[1], encoding="utf-8") as file:
    config = yaml.safe_load(file)
peft_config = None
if "peft" in config:
    from peft import LoraConfig

    peft_config = LoraConfig(**config["peft"])
dataset = examples(config["data"])
held_out, callbacks = None, []
if "eval_data" in config:
    held_out = examples(config["eval_data"])
elif "test_size" in config:
    parts = dataset.train_test_split(test_size=config["test_size"], seed=config["args"]["seed"])
    dataset, held_out = parts["train"], parts["test"]
if config.get("early_stopping_patience") is not None:
    callbacks = [EarlyStoppingCallback(config["early_stopping_patience"])]
if config["trainer"] == "sft":
    trainer = SFTTrainer(
        model=config["model"],
        args=SFTConfig(**config["args"]),
        train_dataset=dataset,
        eval_dataset=held_out,
        callbacks=callbacks,
        peft_config=peft_config,
    )
elif config["trainer"] == "gkd":
    from transformers import AutoTokenizer
    from trl.experimental.gkd import GKDConfig, GKDTrainer

    trainer = GKDTrainer(
        model=config["model"],
        teacher_model=config["teacher"],
        args=GKDConfig(**config["args"]),
        train_dataset=dataset,
        processing_class=AutoTokenizer.from_pretrained(config["model"]),
        peft_config=peft_config,
    )
else:
    kinds = {"grpo": (GRPOTrainer, GRPOConfig), "rloo": (RLOOTrainer, RLOOConfig)}
    trainer_class, config_class = kinds[config["trainer"]]
    trainer = trainer_class(
        model=config["model"],
        reward_funcs=[reward_function(spec) for spec in config["rewards"]],
        args=config_class(**config["args"]),
        train_dataset=dataset,
        eval_dataset=held_out,
        peft_config=peft_config,
    )
trainer.train()
trainer.save_model()
`;
