"""The peer's half of one row of the speed benchmark: PyTorch, transformers and TRL as their documentation uses them.

    python peer.py '{"row": {…}, "sizes": {…}, "questions": […]}' [MODEL FOLDER]

Prints one line that says what it is, then answers each line on stdin with {amount, seconds, peakBytes}.
"""

import json
import re
import resource
import sys
import time
from pathlib import Path

import torch
import transformers
from transformers import AutoModelForCausalLM, AutoTokenizer, GenerationConfig, Qwen2Config, Qwen2ForCausalLM

ASKED = json.loads(sys.argv[1])
ROW, SIZES, QUESTIONS = ASKED["row"], ASKED["sizes"], ASKED["questions"]
FOLDER = sys.argv[2] if len(sys.argv) > 2 else ""
BF16 = ROW["peer"] == "bfloat16"
SIZE = "real" if ROW["real"] else "small"


def say(message: dict) -> None:
    print(json.dumps(message), flush=True)


def peak_bytes() -> int:
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return int(re.search(r"VmHWM:\s+(\d+)", status.read_text()).group(1)) * 1024


def small_model() -> Qwen2ForCausalLM:
    """4.85M parameters; the same shape as ours.ts."""
    torch.manual_seed(0)
    config = Qwen2Config(
        vocab_size=512,
        hidden_size=256,
        intermediate_size=768,
        num_hidden_layers=6,
        num_attention_heads=8,
        num_key_value_heads=4,
        max_position_embeddings=512,
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=None,
        pad_token_id=0,
    )
    return Qwen2ForCausalLM(config).to(torch.float32)


def open_model(dtype: torch.dtype = torch.float32) -> torch.nn.Module:
    if not ROW["real"]:
        return small_model().to(dtype)
    return AutoModelForCausalLM.from_pretrained(FOLDER, dtype=dtype)


def training():
    """Forward, backward, clipping and AdamW; autocast to bfloat16 over float32 weights where asked."""
    size = SIZES["training"][SIZE]
    model = open_model().train()
    # The fused kernel is the fastest of torch's AdamW variants on a processor.
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, weight_decay=0.0, fused=True)
    ids = torch.randint(0, model.config.vocab_size, (size["rows"], size["tokens"] + 1))

    def measure() -> dict:
        for _ in range(size["steps"]):
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=BF16):
                logits = model(ids[:, :-1]).logits
                loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten())
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            loss.item()
        return {"amount": size["steps"] * size["rows"] * size["tokens"]}

    return measure


def sampling():
    """`generate` with its KV cache; every row runs to the end."""
    size = SIZES["sampling"][SIZE]
    model = open_model(torch.bfloat16 if BF16 else torch.float32).eval()
    rows = int(re.search(r"-(\d+)(?:-|$)", ROW["name"]).group(1)) if ROW["real"] else size["rows"]
    prompts = torch.randint(0, model.config.vocab_size, (rows, size["promptTokens"]))
    new = size["newTokens"]
    generation = GenerationConfig(
        do_sample=True, temperature=1.0, top_k=0, top_p=1.0, max_new_tokens=new, min_new_tokens=new, pad_token_id=0
    )

    def measure() -> dict:
        with torch.inference_mode():
            out = model.generate(prompts, attention_mask=torch.ones_like(prompts), generation_config=generation)
        if out.shape[1] - size["promptTokens"] != new:
            raise RuntimeError(f"{out.shape[1]} tokens instead of {size['promptTokens'] + new}")
        return {"amount": rows * new}

    return measure


def load():
    def measure() -> dict:
        started = time.perf_counter()
        model = open_model()
        seconds = time.perf_counter() - started
        return {"amount": sum(p.numel() for p in model.parameters()), "seconds": seconds}

    return measure


def serve(measure) -> None:
    for _ in sys.stdin:
        started = time.perf_counter()
        result = measure()
        seconds = result.get("seconds", time.perf_counter() - started)
        say({"amount": result["amount"], "seconds": seconds, "peakBytes": peak_bytes()})


def serve_grpo() -> None:
    """TRL's trainer runs its own loop: a callback holds each step back until it is asked for."""
    import random
    import tempfile

    from datasets import Dataset
    from transformers import TrainerCallback
    from trl import GRPOConfig, GRPOTrainer

    size = SIZES["grpo"]
    started = 0.0

    class OneAtATime(TrainerCallback):
        def on_step_begin(self, args, state, control, **kwargs):
            nonlocal started
            if sys.stdin.readline() == "":
                sys.exit(0)
            started = time.perf_counter()

        def on_step_end(self, args, state, control, **kwargs):
            amount = size["prompts"] * size["completions"] * size["newTokens"]
            say({"amount": amount, "seconds": time.perf_counter() - started, "peakBytes": peak_bytes()})

    def drawn(completions, **kwargs):
        return [random.random() for _ in completions]

    rows = [{"prompt": [{"role": "user", "content": question}]} for question in QUESTIONS] * 200
    config = GRPOConfig(
        output_dir=tempfile.mkdtemp(),
        use_cpu=True,
        bf16=BF16,
        per_device_train_batch_size=size["microBatch"],
        gradient_accumulation_steps=size["prompts"] * size["completions"] // size["microBatch"],
        num_generations=size["completions"],
        max_completion_length=size["newTokens"],
        generation_kwargs={"min_new_tokens": size["newTokens"]},
        learning_rate=size["learningRate"],
        loss_type="dapo",
        beta=0.0,
        max_steps=100,
        logging_steps=1000,
        save_strategy="no",
        report_to=[],
        gradient_checkpointing=False,
        disable_tqdm=True,
    )
    trainer = GRPOTrainer(
        model=open_model(),
        processing_class=AutoTokenizer.from_pretrained(FOLDER),
        reward_funcs=drawn,
        args=config,
        train_dataset=Dataset.from_list(rows),
        callbacks=[OneAtATime()],
    )
    trainer.train()


def main() -> None:
    what = f"PyTorch {torch.__version__}, transformers {transformers.__version__}"
    name = ROW["name"]
    if name.startswith("grpo"):
        import trl

        say({"what": f"TRL {trl.__version__} on {what}", "threads": torch.get_num_threads()})
        serve_grpo()
        return
    makers = {"training": training, "sampling": sampling, "load": load}
    measure = makers[name.split("-")[0]]()
    say({"what": what, "threads": torch.get_num_threads()})
    serve(measure)


main()
