"""Multi-attempt reinforcement learning on questions with a checkable answer.

Grading, which needs no computer-algebra system, no clock and no signals:

>>> import resit
>>> resit.grade(r"1+\\sqrt2", response=r"So $x = \\boxed{\\sqrt[3]{7+5\\sqrt2}}$.").correct
True

Episodes of several attempts, whose transcripts keep the tokens exactly as they were sampled:

>>> episode = resit.Environment(attempts=2).reset("What is 6 × 7?", "42")
>>> "You have 1 attempts left." in episode.step(r"\\boxed{43}").feedback
True
>>> episode.step(r"\\boxed{42}").reward
1.0

`resit.trl` and `resit.verl` bring both into these trainers.
"""

from resit._resit import (
    AttemptResult,
    BatchEnv,
    Environment,
    Episode,
    Grader,
    Metric,
    Outcome,
    Policy,
    ResitError,
    Segment,
    Sequence,
    Task,
    Verdict,
    generate,
    grade,
    grade_batch,
    metrics,
    read_tasks,
    read_transcripts,
    write_transcripts,
)
from resit.asynchronous import grade_batch_async
from resit.counters import Counters

__all__ = [
    "AttemptResult",
    "BatchEnv",
    "Counters",
    "Environment",
    "Episode",
    "Grader",
    "Metric",
    "Outcome",
    "Policy",
    "ResitError",
    "Segment",
    "Sequence",
    "Task",
    "Verdict",
    "generate",
    "grade",
    "grade_batch",
    "grade_batch_async",
    "metrics",
    "read_tasks",
    "read_transcripts",
    "write_transcripts",
]
