"""Iterations of TRL's GRPO. The first line on stdin is a JSON object of settings, and each line after it asks
for one iteration: sampling, rewards, and the optimizer steps on what was sampled. Each is answered with a
JSON object on a line: {} when all is ready, then {"seconds": [S], "tokens": [T]}.
"""

import json
import os
import sys
import time

# What libraries print must not get between the replies.
replies = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)

import torch  # noqa: E402
from datasets import Dataset  # noqa: E402
from safetensors.torch import load_file  # noqa: E402
from tokenizers import Tokenizer  # noqa: E402
from transformers import (  # noqa: E402
    PreTrainedTokenizerFast,
    Qwen2Config,
    Qwen2ForCausalLM,
    TrainerCallback,
)
from trl import GRPOConfig, GRPOTrainer  # noqa: E402

torch.set_num_threads(2)


def reply(**values):
    print(json.dumps(values), file=replies, flush=True)


settings = json.loads(sys.stdin.readline())
steps = settings["samples"] // settings["batch"]
sampled = []


def reward(completion_ids, **_):
    sampled.append(sum(len(ids) for ids in completion_ids))
    return [float(ids[0] % 2) for ids in completion_ids]


class OnRequest(TrainerCallback):
    """Waits for a request where an iteration begins, and answers it where it ends."""

    def on_step_begin(self, args, state, control, **_):
        if state.global_step % steps == 0:
            if not sys.stdin.readline():
                os._exit(0)
            sampled.clear()
            self.start = time.perf_counter()

    def on_step_end(self, args, state, control, **_):
        if state.global_step % steps == 0:
            reply(seconds=[time.perf_counter() - self.start], tokens=[sum(sampled)])


model = Qwen2ForCausalLM(Qwen2Config(**settings["config"])).float()
missing, unexpected = model.load_state_dict(load_file(settings["weights"]), strict=False)
assert not unexpected and set(missing) <= {"lm_head.weight"}, (missing, unexpected)
# TRL loads the reference model from where the model is from.
start = os.path.join(settings["out"], "start")
model.save_pretrained(start)
trainer = GRPOTrainer(
    model=start,
    processing_class=PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer.from_file(settings["tokenizer"]),
        eos_token=settings["end"],
        pad_token=settings["end"],
        padding_side="left",
    ),
    reward_funcs=reward,
    train_dataset=Dataset.from_dict({"prompt": settings["prompts"]}),
    callbacks=[OnRequest()],
    args=GRPOConfig(
        output_dir=settings["out"],
        per_device_train_batch_size=settings["batch"],
        steps_per_generation=steps,
        num_generations=settings["samples"] // len(settings["prompts"]),
        max_completion_length=settings["tokens"],
        beta=settings["kl_coef"],
        temperature=1.0,
        learning_rate=settings["learning_rate"],
        max_steps=1_000_000,
        model_init_kwargs={"dtype": "float32"},
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
