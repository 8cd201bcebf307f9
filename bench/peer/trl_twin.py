"""The peer of the demo on a chat model: the recipe's cold start and GRPO by TRL, as Gradus exports them.

    gradus recipes export demo-chat --to trl --out twin
    gradus model export smollm2-135m-instruct --out twin/models/smollm2-135m-instruct
    node bench/held-out.ts 512 > twin/held-out.jsonl
    python trl_twin.py twin [MINUTES]

Writes twin/curve.jsonl: a line a step, {stage, step, seconds, answer}, where seconds count training and sampling from
the start of the stage and answer is the share of right completions in the step's batch (GRPO); and a line a stage,
{stage, held_out, n, seconds}, pass@1 on the held-out problems at temperature 1. GRPO ends after MINUTES, where given.
"""

import json
import os
import sys
import time

import torch
import yaml
from datasets import load_dataset
from transformers import AutoModelForCausalLM, AutoTokenizer, TrainerCallback
from trl import GRPOConfig, GRPOTrainer, SFTConfig, SFTTrainer

os.chdir(sys.argv[1])
sys.path.insert(0, ".")
import rewards  # noqa: E402  the exported rules

LIMIT = float(sys.argv[2]) * 60 if len(sys.argv) > 2 else float("inf")
CURVE = open("curve.jsonl", "w", encoding="utf-8")


def write(line: dict) -> None:
    CURVE.write(json.dumps(line) + "\n")
    CURVE.flush()
    print(line, flush=True)


class Clock(TrainerCallback):
    def __init__(self, stage: str):
        self.stage = stage
        self.begun = time.perf_counter()

    def on_log(self, args, state, control, logs=None, **kwargs):
        if "loss" not in logs:
            return
        seconds = time.perf_counter() - self.begun
        answer = logs.get("rewards/answer/mean")
        write({"stage": self.stage, "step": state.global_step, "seconds": seconds, "answer": answer})
        if self.stage == "grpo" and seconds > LIMIT:
            control.should_training_stop = True


def held_out(folder: str, stage: str, new_tokens: int) -> None:
    """pass@1 of one sample a problem at temperature 1, by the exported rule."""
    with open("held-out.jsonl", encoding="utf-8") as file:
        problems = [json.loads(line) for line in file]
    tokenizer = AutoTokenizer.from_pretrained(folder, padding_side="left")
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.bfloat16).eval()
    started = time.perf_counter()
    right = 0.0
    for first in range(0, len(problems), 64):
        part = problems[first : first + 64]
        batch = tokenizer.apply_chat_template(
            [problem["prompt"] for problem in part],
            add_generation_prompt=True,
            padding=True,
            return_dict=True,
            return_tensors="pt",
        )
        with torch.inference_mode():
            out = model.generate(
                **batch, do_sample=True, temperature=1.0, top_k=0, top_p=1.0, max_new_tokens=new_tokens
            )
        texts = tokenizer.batch_decode(out[:, batch["input_ids"].shape[1] :], skip_special_tokens=True)
        columns = {name: [problem[name] for problem in part] for name in ("task", "gold", "data")}
        completions = [[{"role": "assistant", "content": text}] for text in texts]
        right += sum(rewards.answer(completions, **columns))
    seconds = time.perf_counter() - started
    write({"stage": stage, "held_out": right / len(problems), "n": len(problems), "seconds": seconds})


def main() -> None:
    for stage in ("cold-start", "grpo"):
        with open(f"{stage}.yaml", encoding="utf-8") as file:
            config = yaml.safe_load(file)
        data = load_dataset("json", data_files=config["data"], split="train")
        given = {**config["args"], "use_cpu": True, "report_to": [], "disable_tqdm": True, "save_strategy": "no"}
        clock = Clock(stage)
        if config["trainer"] == "sft":
            args = SFTConfig(**given)
            trainer = SFTTrainer(model=config["model"], args=args, train_dataset=data, callbacks=[clock])
        else:
            trainer = GRPOTrainer(
                model=config["model"],
                reward_funcs=[getattr(rewards, spec["name"]) for spec in config["rewards"]],
                args=GRPOConfig(**given),
                train_dataset=data,
                callbacks=[clock],
            )
        clock.begun = time.perf_counter()
        trainer.train()
        trainer.save_model()
        held_out(given["output_dir"], stage, 64)


main()
