import asyncio
import copy
import gc
import multiprocessing
import pickle
import time
from collections.abc import Awaitable
from concurrent.futures import ThreadPoolExecutor
from typing import Literal

import pytest

import resit
from resit import asynchronous

# Each row once more with a wrong answer.
REFERENCES = ["1/2", r"\sqrt{50}", "(1,3)", "x^2-1"] * 2
ANSWERS = ["0.5", r"5\sqrt2", "1<x<3", "(x-1)(x+1)", "0.4", "7", "1<x", "x-1"]
RIGHT = [True] * 4 + [False] * 4
AS_WRITTEN = {"units": "written"}


def test_a_verdict_says_what_was_found() -> None:
    verdict = resit.grade(r"\frac12", response=r"So $\boxed{0.5}$.")
    assert verdict.correct and verdict.verdict == "equal" and verdict.formatted
    assert (verdict.extracted, verdict.method, verdict.reason) == ("0.5", "identical", "equal")
    assert verdict.steps > 0
    nothing = resit.grade("1", response="I do not know.", policy="boxed")
    assert not nothing.correct and nothing.extracted is None and nothing.reason == "no-answer"


def test_an_answer_or_a_response_is_needed() -> None:
    with pytest.raises(TypeError):
        resit.grade("1")
    with pytest.raises(TypeError):
        resit.grade("1", answer="1", response="1")
    with pytest.raises(ValueError, match="policies are default"):
        resit.grade("1", answer="1", policy="lenient")
    with pytest.raises(ValueError, match="2 references for 1"):
        resit.grade_batch(["1", "2"], answers=["1"])


def test_a_fault_of_the_task_is_no_verdict() -> None:
    with pytest.raises(resit.ResitError, match="reference is empty"):
        resit.grade(" ", answer="1")
    references = ["1", "", "2"]
    with pytest.raises(resit.ResitError, match="row 1"):
        resit.grade_batch(references, answers=["1", "1", "1"])
    first, fault, last = resit.grade_batch(references, answers=["1", "1", "1"], errors="return")
    assert isinstance(first, resit.Verdict) and isinstance(last, resit.Verdict)
    assert first.correct and not last.correct
    assert isinstance(fault, resit.ResitError)
    rows = resit.grade_batch(["1", "1"], answers=["1", None], errors="none")  # type: ignore[call-overload]
    assert rows[0] is not None and rows[1] is None


def test_a_batch_beside_an_event_loop_names_its_rows() -> None:
    references = ["1"] * 1000
    references[700] = ""

    def grade(errors: Literal["raise", "return"]) -> list[resit.Verdict | resit.ResitError | None]:
        return asyncio.run(resit.grade_batch_async(references, answers=references, errors=errors))

    with pytest.raises(resit.ResitError, match="row 700:"):
        grade("raise")
    verdicts = grade("return")
    assert [row for row, v in enumerate(verdicts) if not isinstance(v, resit.Verdict)] == [700]
    assert "row 700:" in str(verdicts[700])


def test_text_that_is_no_unicode_is_graded() -> None:
    assert not resit.grade("1", answer="\ud800").correct
    assert resit.grade("1", response="\udfff \\boxed{1}").correct
    assert resit.grade_batch(["1"], responses=["\ud83d \\boxed{1}"])[0].correct


def test_policies() -> None:
    assert resit.grade("30%", answer="30").correct
    assert resit.grade("30%", answer="30", policy="strict").reason == "unit-differs"
    assert not resit.grade("30%", answer="30", policy=resit.Policy(conventions=AS_WRITTEN)).correct
    assert resit.grade("3", response="so: 3!", policy=resit.Policy(extraction="regex:: (.)!")).correct
    little = resit.Policy(fuel=10)
    assert resit.grade("(x+1)^9", answer="(1+x)^9+y-y", policy=little).verdict == "undecided"
    never = {"rounding": "never"}
    assert resit.Policy("rounded", conventions=never) == resit.Policy(conventions=never)
    with pytest.raises(ValueError, match="unit"):
        resit.Policy(conventions={"unit": "written"})
    with pytest.raises(ValueError):
        resit.Policy(extraction="somewhere")


@pytest.mark.parametrize(
    "value",
    [
        resit.grade("1/2", answer="0.5"),
        resit.Policy("strict+exact", fuel=1234, extraction="regex:a(.*)"),
        resit.Grader("boxed"),
        resit.Environment(attempts=3, chat="qwen3", policy=resit.Policy(conventions=AS_WRITTEN)),
        resit.Task("6 × 7?", "42", level=2),
        resit.Outcome("wrong", 0.0, "No."),
        resit.AttemptResult("wrong", False, True, "different", "value-differs", "41", False, 3, -0.5),
        resit.Segment("attempt", 1, "41", [4, 1], [-0.5, -0.1], "end-of-turn"),
        resit.Sequence([4, 1], [1, 1], [-0.5, -0.1], [0.0, 0.1]),
        resit.Metric(0.5, 0.1, 0.7, 10.0),
    ],
    ids=lambda value: type(value).__name__,
)
def test_values_are_pickled_and_copied(value: object) -> None:
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(value, protocol)) == value
    assert copy.deepcopy(value) == value
    assert copy.copy(value) == value


def test_threads_get_the_same_verdicts() -> None:
    def work(_: int) -> list[bool]:
        verdicts = resit.grade_batch(REFERENCES * 50, answers=ANSWERS * 50)
        assert [resit.grade(r, answer=a).correct for r, a in zip(REFERENCES, ANSWERS)] == RIGHT
        return [verdict.correct for verdict in verdicts]

    with ThreadPoolExecutor(8) as pool:
        for verdicts in pool.map(work, range(16)):
            assert verdicts == RIGHT * 50


def _grade(_: int) -> list[bool]:
    return [v.correct for v in resit.grade_batch(REFERENCES, answers=ANSWERS)]


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_processes_get_the_same_verdicts(method: str) -> None:
    # The threads of this process are at work before it is forked.
    assert _grade(0) == RIGHT
    with multiprocessing.get_context(method).Pool(2) as pool:
        assert pool.map_async(_grade, range(4)).get(timeout=60) == [RIGHT] * 4


COUNT = 100_000


async def _stalls(work: Awaitable[object]) -> list[float]:
    """For how long the event loop was held up, beat by beat, while `work` was done; sorted."""
    stalls = []
    task = asyncio.ensure_future(work)
    while not task.done():
        before = time.perf_counter()
        await asyncio.sleep(0.001)
        stalls.append(time.perf_counter() - before - 0.001)
    await task
    return sorted(stalls)


def test_the_event_loop_goes_on_during_a_batch() -> None:
    references, answers = REFERENCES * (COUNT // 8), ANSWERS * (COUNT // 8)
    verdicts = asyncio.run(resit.grade_batch_async(references, answers=answers))
    assert [v.correct for v in verdicts if isinstance(v, resit.Verdict)] == RIGHT * (COUNT // 8)
    # What the collector walks through is the heap of the test runner, which stalls the loop by itself.
    gc.collect()
    gc.freeze()
    found = []
    for _ in range(5):
        idle = asyncio.run(_stalls(asyncio.sleep(0.5)))[-1]
        stalls = asyncio.run(_stalls(resit.grade_batch_async(references, answers=answers)))
        idle = max(idle, asyncio.run(_stalls(asyncio.sleep(0.5)))[-1])
        longest, most = stalls[-1], stalls[len(stalls) * 95 // 100]
        if longest < 0.025:
            return
        found.append((idle, longest, most))
    # A busy machine takes the processor away from whichever thread holds the interpreter, and holds up
    # a loop that has nothing to do as well. There, all but a few beats are in time.
    assert all(idle > 0.005 for idle, _, _ in found), found
    assert min(most for _, _, most in found) < 0.025, found


def test_the_interpreter_is_held_for_milliseconds() -> None:
    # This thread only hands texts and verdicts over; others grade.
    count = asynchronous._ROWS
    references, answers = REFERENCES * (count // 8), ANSWERS * (count // 8)
    held = []
    for _ in range(20):
        before = time.thread_time()
        resit.grade_batch(references, answers=answers)
        held.append(time.thread_time() - before)
    assert min(held) < 0.01, held


def test_counters() -> None:
    counters = resit.Counters()
    undecided = resit.grade("(x+1)^9", answer="(1+x)^9+y-y", policy=resit.Policy(fuel=10))
    verdicts = resit.grade_batch(["Maria", "2", ""], answers=["maria", "3", "1"], errors="none")
    counters.add_verdicts([*verdicts, undecided])
    environment = resit.Environment(attempts=2)
    full, solved, open_ = (environment.reset("6 × 7?", "42") for _ in range(3))
    full.step("", finish="length")
    solved.step(r"\boxed{42}")
    open_.step(r"\boxed{41}")
    counters.add_episodes([full, solved, open_])
    log = counters.log("resit/")
    assert log.pop("resit/fuel_spent") > 0
    assert log == {
        "resit/graded": 4,
        "resit/correct": 2,
        "resit/undecided": 1,
        "resit/decided_by_text": 1,
        "resit/errors": 1,
        "resit/episodes": 2,
        "resit/solved": 1,
        "resit/truncated": 1,
    }
