"""GRPO on questions that a model may answer again after a wrong attempt, with TRL.

    pip install resit trl datasets
    python trl_multi_attempt.py --model Qwen/Qwen2.5-0.5B-Instruct --tasks train.jsonl

`train.jsonl` has a `problem` and its `answer` (or `solution`) on each line; without it, questions are
drawn. Each completion is a whole episode: attempts with what the environment says in between, which
the loss leaves out.
"""

import argparse

from datasets import Dataset
from transformers import AutoTokenizer
from trl import GRPOConfig, GRPOTrainer

import resit
from resit.trl import dataset_rows, episode_reward, rollout


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="Qwen/Qwen2.5-0.5B-Instruct")
    parser.add_argument("--tasks", help="JSON lines of tasks")
    parser.add_argument("--attempts", type=int, default=3)
    parser.add_argument("--max-steps", type=int, default=200)
    parser.add_argument("--output", default="resit-grpo")
    options = parser.parse_args()

    if options.tasks:
        tasks = resit.read_tasks(options.tasks)
    else:
        tasks = [resit.generate("fractions", level=1 + seed % 3, seed=seed) for seed in range(2000)]

    # The paper's template and rewards, in the model's own markup, with N uniform in 1..=attempts.
    environment = resit.Environment(chat="qwen2.5", attempts={"uniform": {"max": options.attempts}})
    trainer = GRPOTrainer(
        model=options.model,
        processing_class=AutoTokenizer.from_pretrained(options.model),
        args=GRPOConfig(
            output_dir=options.output,
            num_generations=8,
            max_completion_length=1024,
            max_steps=options.max_steps,
            logging_steps=1,
        ),
        train_dataset=Dataset.from_list(dataset_rows(tasks)),
        rollout_func=rollout(environment, tasks),
        reward_funcs=[episode_reward],
    )
    trainer.train()


if __name__ == "__main__":
    main()
