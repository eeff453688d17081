"""Grading through the Python package, beside Math-Verify: prints one JSON object of figures.

Called with the folder of the public data sets; the pairs are the references and extracted answers of
math_model_outputs.jsonl, over and over, with nothing kept between calls.

- batch_grades_per_s: `resit.grade_batch` on all cores, verdicts as Python objects included; the
  median of 5 runs.
- batch_grades_per_cpu_s: the same over the processor time of all threads, which other work on the
  machine does not change much.
- call_overhead_us: what one call of `resit.grade` takes, less what the grader's own threads take for the
  same pair in a batch, in processor time. The median of 9 runs.
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


def batch_rates(references, answers):
    """By the clock, and by the processor time of all threads."""
    rates = []
    for _ in range(5):
        start, processor = time.perf_counter(), time.process_time()
        verdicts = resit.grade_batch(references * REPEATED, answers=answers * REPEATED, errors="none")
        count = len(verdicts)
        rates.append((count / (time.perf_counter() - start), count / (time.process_time() - processor)))
    return [statistics.median(rate) for rate in zip(*rates)]


def overhead_us():
    count, times = 100_000, []
    pairs = ["7"] * count
    for _ in range(9):
        thread, process = time.thread_time_ns(), time.process_time_ns()
        resit.grade_batch(pairs, answers=pairs)
        # What this thread did was to hand texts and verdicts over.
        handing_over = time.thread_time_ns() - thread
        grading = time.process_time_ns() - process - handing_over
        start = time.thread_time_ns()
        for text in pairs:
            resit.grade(text, answer=text)
        calling = time.thread_time_ns() - start
        times.append((calling - grading) / count / 1000)
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
    rate, by_processor = batch_rates(references, answers)
    figures = {
        "batch_grades_per_s": round(rate),
        "batch_grades_per_cpu_s": round(by_processor),
        "call_overhead_us": round(overhead_us(), 2),
    }
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    print(f"{len(rows)} pairs, {os.cpu_count()} cores, load average {load:.1f}")
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
