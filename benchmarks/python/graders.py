"""Other graders, timed case by case for `resit-benchmarks grader`.

Reads one request a line, {"grader": NAME, "cases": [[reference, text, is_response], ...]}, and writes
one line for each, {"seconds": [...], "correct": [...]}. Each request is graded in a fork of this
process, so that what sympy remembers of one round does not make the next one faster.
"""

import importlib.util
import json
import logging
import os
import runpy
import sys
import time

import math_verify


def verl(name):
    """The functions of a module of verl, without importing the package and all it depends on."""
    folder = importlib.util.find_spec("verl").submodule_search_locations[0]
    return runpy.run_path(os.path.join(folder, "utils", "reward_score", name))


NORMALIZE = verl("prime_math/math_normalize.py")["normalize_answer"]
BOX = verl("math_reward.py")


def delimited(text):
    """Math-Verify reads LaTeX only in an environment, and asks for dollar signs around it."""
    return text if "$" in text or "\\boxed" in text else f"${text}$"


def by_math_verify(reference, text, is_response):
    gold = math_verify.parse(delimited(reference))
    return math_verify.verify(gold, math_verify.parse(text if is_response else delimited(text)))


def by_prm800k(reference, text, is_response):
    box = BOX["last_boxed_only_string"](text) if is_response else None
    answer = BOX["remove_boxed"](box) if box else text
    return NORMALIZE(reference) == NORMALIZE(answer)


GRADERS = {"math_verify": by_math_verify, "prm800k": by_prm800k}


def grade(grader, cases):
    seconds, correct = [], []
    for case in cases:
        start = time.thread_time_ns()
        try:
            verdict = bool(grader(*case))
        except Exception:
            verdict = False
        seconds.append((time.thread_time_ns() - start) / 1e9)
        correct.append(verdict)
    return {"seconds": seconds, "correct": correct}


def main():
    logging.disable(logging.CRITICAL)
    for line in sys.stdin:
        request = json.loads(line)
        child = os.fork()
        if child == 0:
            print(json.dumps(grade(GRADERS[request["grader"]], request["cases"])), flush=True)
            os._exit(0)
        os.waitpid(child, 0)


main()
