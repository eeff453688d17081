"""Grading through the Python package, beside Math-Verify: prints one JSON object of figures.

Called with the folder of the public data sets; the pairs are the references and extracted answers of
math_model_outputs.jsonl, over and over, with nothing kept between calls.

- batch_grades_per_s: `resit.grade_batch` on all cores, verdicts as Python objects included; the
  median of 5 runs.
- call_overhead_us: what one call of `resit.grade` takes on a pair that costs the grader next to
  nothing, grading included: a bound on what Python adds to it. The median of 9 runs.
- ratio_math_verify: batch_grades_per_s over the rate at which Math-Verify parses and verifies the same
  pairs, in as many processes as there are cores; what it parsed for a pair is not kept either.
"""

import json
import logging
import multiprocessing
import os
import statistics
import sys
import time
from pathlib import Path

import resit

REPEATED = 250


def pairs(folder):
    found = []
    for line in (Path(folder) / "math_model_outputs.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        found += [(row["gt"], answer) for answer in row["pred"]]
    return found


def batch_rate(references, answers):
    rates = []
    for _ in range(5):
        start = time.perf_counter()
        verdicts = resit.grade_batch(references * REPEATED, answers=answers * REPEATED, errors="none")
        rates.append(len(verdicts) / (time.perf_counter() - start))
    return statistics.median(rates)


def call_us():
    times = []
    for _ in range(9):
        start = time.thread_time_ns()
        for _ in range(20_000):
            resit.grade("7", answer="7")
        times.append((time.thread_time_ns() - start) / 20_000 / 1000)
    return statistics.median(times)


def by_math_verify(pair):
    import math_verify

    reference, answer = (text if "$" in text or "\\boxed" in text else f"${text}$" for text in pair)
    return bool(math_verify.verify(math_verify.parse(reference), math_verify.parse(answer)))


def math_verify_rate(rows):
    import math_verify  # noqa: F401

    with multiprocessing.Pool() as pool:
        pool.map(by_math_verify, rows[:16])
        start = time.perf_counter()
        pool.map(by_math_verify, rows, chunksize=10)
        return len(rows) / (time.perf_counter() - start)


def main():
    logging.disable(logging.CRITICAL)
    rows = pairs(sys.argv[1])
    references, answers = [r for r, _ in rows], [a for _, a in rows]
    rate = batch_rate(references, answers)
    figures = {"batch_grades_per_s": round(rate), "call_overhead_us": round(call_us(), 2)}
    print(f"{len(rows)} pairs, {os.cpu_count()} cores: {rate:.0f} grades/s in batches")
    try:
        theirs = math_verify_rate(rows)
    except ImportError as error:
        print(f"Math-Verify is not measured: {error}")
    else:
        print(f"Math-Verify: {theirs:.1f} grades/s")
        figures["ratio_math_verify"] = round(rate / theirs, 1)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
