"""The rules of the environment in plain Python, and skyrl-gym's step, timed for `resit-benchmarks env`.

Prints {"python": RATE, "skyrl_gym": RATE}, transitions per second of one thread's processor time: sums
of two digits, a wrong attempt and a right one. The plain environment writes the same transcript and
has the same rewards, templates and rules as the Rust one; skyrl-gym's writes no transcript and reads
the answer after `####`.
"""

import importlib
import json
import sys
import time
import types

SYSTEM = (
    "Please reason step by step, and put your final answer within \\boxed{{}}. You have {remaining} "
    "attempts to answer the questions, and you should provide the full reasoning steps in each attempt."
)
PROMPT = (
    "<|im_start|>system\n"
    + SYSTEM
    + "<|im_end|>\n<|im_start|>user\n{input}<|im_end|>\n<|im_start|>assistant\n"
)
FEEDBACK = (
    "\n<|im_start|>system\nYour answer is incorrect. You have {remaining} attempts left. Try an "
    "alternative.<|im_end|>\n<|im_start|>assistant\n"
)
END = "<|im_end|>"
SECONDS = 2.0


def last_box(text):
    """The content of the last closed box that is not blank."""
    found, start = None, text.find("\\boxed{")
    while start >= 0:
        depth, at = 1, start + 7
        while at < len(text) and depth:
            depth += {"{": 1, "}": -1}.get(text[at], 0)
            at += 1
        if depth == 0 and text[start + 7 : at - 1].strip():
            found = text[start + 7 : at - 1].strip()
        start = text.find("\\boxed{", start + 7)
    return found


class Episode:
    def __init__(self, question, reference, attempts):
        self.reference, self.attempts = reference, attempts
        self.results, self.stop, self.reward = [], None, 0.0
        text = PROMPT.format(input=question.strip(), remaining=attempts)
        self.segments = [segment("prompt", 0, text)]

    def step(self, text):
        if self.stop is not None:
            raise ValueError("the episode has ended")
        answer = last_box(text)
        correct = answer is not None and answer == self.reference
        repeated = answer is not None and any(r["answer"] == answer for r in self.results)
        status = "correct" if correct else "stopped" if answer is None else "wrong"
        self.results.append(
            {"status": status, "answer": answer, "correct": correct, "repeated": repeated}
        )
        used = len(self.results)
        self.segments.append(segment("attempt", used, text))
        if correct:
            self.stop = "solved"
        elif used >= self.attempts:
            self.stop = "exhausted"
        if self.stop is None:
            said = FEEDBACK.format(remaining=self.attempts - used)
            if not text.endswith(END):
                said = END + said
            self.segments.append(segment("feedback", used, said))
            return status, 0.0, said, None
        tiers = {"correct": 1.0, "wrong": -0.5, "stopped": -1.0}
        self.reward = max(tiers[r["status"]] for r in self.results)
        return status, self.reward, None, self.stop


def segment(kind, attempt, text):
    return {"kind": kind, "attempt": attempt, "text": text, "tokens": [], "logprobs": []}


TASKS = [(f"{a} + {b} =", a + b) for a in range(10, 20) for b in range(10, 20)]


def plain():
    for question, answer in TASKS:
        episode = Episode(question, str(answer), 2)
        episode.step(f"The sum is \\boxed{{{answer + 1}}}.")
        assert episode.step(f"The sum is \\boxed{{{answer}}}.")[1] == 1.0


def skyrl_gym():
    """skyrl-gym's GSM8K environment, without its tools, which need packages of their own."""
    sys.modules["skyrl_gym.tools"] = types.ModuleType("skyrl_gym.tools")
    environment = importlib.import_module("skyrl_gym.envs.gsm8k.multi_turn_env").GSM8kMultiTurnEnv

    def play():
        for question, answer in TASKS:
            extras = {"reward_spec": {"ground_truth": str(answer)}, "max_turns": 2}
            env = environment(extras=extras)
            env.init([{"role": "user", "content": question}])
            env.step(f"The sum is\n#### {answer + 1}")
            assert env.step(f"The sum is\n#### {answer}")["reward"] == 1.0

    return play


def rate(play):
    play()
    start, rounds = time.thread_time(), 0
    while time.thread_time() - start < SECONDS:
        play()
        rounds += 1
    return rounds * len(TASKS) * 2 / (time.thread_time() - start)


rates = {"python": rate(plain)}
rates["skyrl_gym"] = rate(skyrl_gym())
json.dump(rates, sys.stdout)
