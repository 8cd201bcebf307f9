"""The peer's half of the speed benchmark: PyTorch and transformers as their documentation uses them.

Reads one JSON object a line from stdin ({"name": …}), runs that benchmark once and answers with one
line: {"tokens": …, "seconds": …}. The first line it prints says what it is.
"""

import json
import sys
import time

import torch
import transformers
from transformers import GenerationConfig, Qwen2Config, Qwen2ForCausalLM

TRAIN_ROWS, TRAIN_TOKENS, TRAIN_STEPS = 64, 128, 4
SAMPLE_ROWS, PROMPT_TOKENS, NEW_TOKENS = 64, 32, 96


def make_model() -> Qwen2ForCausalLM:
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


class Peer:
    def __init__(self) -> None:
        self.model = make_model()
        # The fused kernel is the fastest of torch's AdamW variants on a processor.
        self.optimizer = torch.optim.AdamW(self.model.parameters(), lr=1e-4, weight_decay=0.0, fused=True)
        generator = torch.Generator().manual_seed(1)
        self.ids = torch.randint(0, 512, (TRAIN_ROWS, TRAIN_TOKENS + 1), generator=generator)
        self.prompts = torch.randint(0, 512, (SAMPLE_ROWS, PROMPT_TOKENS), generator=generator)
        self.generation = GenerationConfig(
            do_sample=True,
            temperature=1.0,
            top_k=0,
            top_p=1.0,
            max_new_tokens=NEW_TOKENS,
            min_new_tokens=NEW_TOKENS,
            pad_token_id=0,
        )

    def training_step(self) -> int:
        """Forward, backward, clipping and AdamW on 64 rows of 128 tokens, a few times."""
        self.model.train()
        for _ in range(TRAIN_STEPS):
            logits = self.model(self.ids[:, :-1]).logits
            loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), self.ids[:, 1:].flatten())
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
            self.optimizer.step()
            self.optimizer.zero_grad(set_to_none=True)
            loss.item()
        return TRAIN_STEPS * TRAIN_ROWS * TRAIN_TOKENS

    def sampling(self) -> int:
        """`generate` with its KV cache: 64 prompts of 32 tokens, 96 new tokens each."""
        self.model.eval()
        with torch.inference_mode():
            out = self.model.generate(
                self.prompts,
                attention_mask=torch.ones_like(self.prompts),
                generation_config=self.generation,
            )
        new = out.shape[1] - PROMPT_TOKENS
        if new != NEW_TOKENS:
            raise RuntimeError(f"{new} new tokens instead of {NEW_TOKENS}")
        return SAMPLE_ROWS * NEW_TOKENS


def main() -> None:
    peer = Peer()
    benchmarks = {"training-step": peer.training_step, "sampling": peer.sampling}
    parameters = sum(p.numel() for p in peer.model.parameters())
    ready = {
        "what": f"PyTorch {torch.__version__}, transformers {transformers.__version__}",
        "parameters": parameters,
        "threads": torch.get_num_threads(),
    }
    print(json.dumps(ready), flush=True)
    for line in sys.stdin:
        run = benchmarks[json.loads(line)["name"]]
        started = time.perf_counter()
        tokens = run()
        print(json.dumps({"tokens": tokens, "seconds": time.perf_counter() - started}), flush=True)


main()
