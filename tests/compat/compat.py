"""What the graders that the policies `multi-attempt` and `math-verify` follow say of pairs of answers.

    python compat.py             # writes their verdicts into verdicts.jsonl
    python compat.py --check     # fails if verdicts.jsonl does not hold what they say

Each line of verdicts.jsonl has a reference, an answer, and the verdict of either grader; where a policy
does not follow its grader on purpose, `differs` names the reason, which docs/compat.md explains. The
grader of the paper's published code is the `math_equal` of Qwen2.5-Math's evaluation, with its tolerance
and its percentages; EvalScope carries the same function. Math-Verify has its own defaults.
Versions: requirements.txt.
"""

import importlib.util
import json
import logging
import runpy
import sys
from pathlib import Path

import math_verify

FIXTURE = Path(__file__).parent / "verdicts.jsonl"


def math_equal():
    """The function alone, without importing the package and all that it depends on."""
    folder = Path(importlib.util.find_spec("evalscope").submodule_search_locations[0])
    return runpy.run_path(str(folder / "metrics" / "math_parser.py"))["math_equal"]


MATH_EQUAL = math_equal()


def multi_attempt(reference, answer):
    return bool(MATH_EQUAL(answer, reference))


def by_math_verify(reference, answer):
    # Without dollar signs it reads no LaTeX.
    gold, target = (math_verify.parse(f"${text}$") for text in (reference, answer))
    return bool(math_verify.verify(gold, target))


def main():
    logging.disable(logging.CRITICAL)
    text = FIXTURE.read_text()
    lines = []
    for line in text.splitlines():
        row = json.loads(line)
        pair = row["reference"], row["answer"]
        row["multi-attempt"] = multi_attempt(*pair)
        row["math-verify"] = by_math_verify(*pair)
        lines.append(json.dumps(row, ensure_ascii=False) + "\n")
    if sys.argv[1:] == ["--check"]:
        if text != "".join(lines):
            sys.exit(f"{FIXTURE.name} is not what the graders say: run compat.py")
        print(f"{len(lines)} pairs have the verdicts in {FIXTURE.name}")
    else:
        FIXTURE.write_text("".join(lines))


main()
