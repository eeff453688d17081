"""Grading beside an event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from functools import partial
from typing import Literal

from resit._resit import Grader, Policy, ResitError, Verdict

# Rows whose texts and verdicts are handed over while the interpreter is held: few enough that the
# loop is not kept waiting.
_ROWS = 512


async def grade_batch_async(
    references: Iterable[str],
    *,
    answers: Iterable[str] | None = None,
    responses: Iterable[str] | None = None,
    policy: Policy | str | None = None,
    errors: Literal["raise", "return", "none"] = "raise",
) -> list[Verdict | ResitError | None]:
    """Grade a batch on all cores without stalling the event loop. As `grade_batch`.

    >>> import asyncio, resit
    >>> verdicts = asyncio.run(resit.grade_batch_async(["1/2"], answers=["0.5"]))
    >>> verdicts[0].correct
    True
    """
    if (answers is None) == (responses is None):
        raise TypeError("either answers or responses are needed, not both")
    left = list(references)
    right = list(answers if answers is not None else responses or ())
    if len(left) != len(right):
        raise ValueError(f"{len(left)} references for {len(right)} answers or responses")
    grader = Grader(policy)
    verdicts: list[Verdict | ResitError | None] = []
    for start in range(0, len(left), _ROWS):
        rows = slice(start, start + _ROWS)
        name = "answers" if answers is not None else "responses"
        grade: partial[list[Verdict | ResitError | None]] = partial(
            grader.grade_batch, left[rows], errors=errors, first_row=start, **{name: right[rows]}
        )
        # The loop goes on in between.
        verdicts += await asyncio.to_thread(grade)
    return verdicts
