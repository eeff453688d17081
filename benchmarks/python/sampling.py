"""Generation by transformers and iterations of TRL's GRPO, for the side by side of sampling.

Reads one JSON request a line, and answers each with one JSON object a line:

    {"load": FOLDER}                            a model in transformers' layout
    {"generate": [PROMPT...], "tokens": N}      N tokens after each prompt, {"seconds": S, "tokens": T}
    {"mixed": [[PROMPT, N]...], "rows": R}      in batches of R, each as long as its longest
    {"grpo": FOLDER, "prompts": [TEXT...], ...} gets ready for iterations, {}
    {"iterate": true}                           one iteration of GRPO, {"seconds": S, "tokens": T}
"""

import json
import os
import sys
import time
import warnings

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
warnings.filterwarnings("ignore")

# Replies go where nothing that a library prints can get between them.
replies = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)

import torch  # noqa: E402
from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast  # noqa: E402
from transformers.utils import logging  # noqa: E402

logging.set_verbosity_error()
THREADS = 2


def requests():
    for line in sys.stdin:
        yield json.loads(line)


def reply(**values):
    print(json.dumps(values), file=replies, flush=True)


def load(folder):
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    # Sampling at temperature 1 from the whole vocabulary, and nothing ends a row before its length.
    config = model.generation_config
    config.do_sample, config.temperature, config.top_k, config.top_p = True, 1.0, 0, 1.0
    config.eos_token_id, config.pad_token_id = None, 0
    return model


@torch.inference_mode()
def generate(model, prompts, tokens):
    ids = torch.tensor(prompts)
    out = model.generate(ids, attention_mask=torch.ones_like(ids), max_new_tokens=tokens)
    assert out.shape == (ids.shape[0], ids.shape[1] + tokens)


def grpo(request):
    """The steps of an iteration are taken where a request for one is read."""
    from datasets import Dataset
    from transformers import TrainerCallback
    from trl import GRPOConfig, GRPOTrainer

    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=os.path.join(request["grpo"], "tokenizer.json"),
        eos_token=request["end"],
        pad_token=request["end"],
        padding_side="left",
    )
    steps = request["samples"] // request["batch"]
    sampled = []

    def reward(completion_ids, **_):
        sampled.append(sum(len(ids) for ids in completion_ids))
        return [float(ids[0] % 2) for ids in completion_ids]

    class Requested(TrainerCallback):
        def on_step_begin(self, args, state, control, **_):
            if state.global_step % steps == 0:
                if not sys.stdin.readline():
                    os._exit(0)
                sampled.clear()
                self.start = time.perf_counter()

        def on_step_end(self, args, state, control, **_):
            if state.global_step % steps == 0:
                reply(seconds=time.perf_counter() - self.start, tokens=sum(sampled))

    trainer = GRPOTrainer(
        model=AutoModelForCausalLM.from_pretrained(request["grpo"], dtype=torch.float32),
        processing_class=tokenizer,
        reward_funcs=reward,
        train_dataset=Dataset.from_dict({"prompt": request["prompts"]}),
        callbacks=[Requested()],
        args=GRPOConfig(
            output_dir=os.path.join(request["grpo"], "grpo"),
            per_device_train_batch_size=request["batch"],
            steps_per_generation=steps,
            num_generations=request["generations"],
            max_completion_length=request["tokens"],
            beta=request["beta"],
            temperature=1.0,
            learning_rate=1e-6,
            max_steps=100_000,
            use_cpu=True,
            bf16=False,
            gradient_checkpointing=False,
            report_to="none",
            logging_strategy="no",
            save_strategy="no",
            disable_tqdm=True,
        ),
    )
    reply()
    trainer.train()


def main():
    torch.set_num_threads(THREADS)
    torch.manual_seed(0)
    model = None
    for request in requests():
        if "load" in request:
            model = load(request["load"])
            reply()
        elif "grpo" in request:
            grpo(request)
        elif "generate" in request:
            start = time.perf_counter()
            generate(model, request["generate"], request["tokens"])
            seconds = time.perf_counter() - start
            reply(seconds=seconds, tokens=len(request["generate"]) * request["tokens"])
        elif "mixed" in request:
            start = time.perf_counter()
            waiting = request["mixed"]
            for first in range(0, len(waiting), request["rows"]):
                batch = waiting[first : first + request["rows"]]
                prompts = [prompt for prompt, _ in batch]
                generate(model, prompts, max(length for _, length in batch))
            seconds = time.perf_counter() - start
            reply(seconds=seconds, tokens=sum(length for _, length in waiting))


main()
