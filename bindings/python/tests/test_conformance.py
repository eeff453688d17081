"""The conformance suite that every binding runs."""

import json
from pathlib import Path
from typing import Any

import pytest

import resit

FOLDER = Path(__file__).parents[3] / "tests" / "conformance"


def rows(name: str) -> list[dict[str, Any]]:
    text = (FOLDER / name).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def found(verdict: resit.Verdict) -> dict[str, str]:
    return {"verdict": verdict.verdict, "reason": verdict.reason}


def test_answers_are_graded_as_expected() -> None:
    cases = rows("grading.jsonl")
    assert len(cases) >= 600
    for case in cases:
        given = {name: case[name] for name in ("answer", "response", "policy") if name in case}
        verdict = resit.grade(case["reference"], **given)
        assert found(verdict) == case["expected"], case


def test_batches_are_graded_as_expected() -> None:
    cases = rows("grading.jsonl")
    for policy in sorted({case.get("policy", "default") for case in cases}):
        for kind in ("answer", "response"):
            batch = [c for c in cases if c.get("policy", "default") == policy and kind in c]
            references = [case["reference"] for case in batch]
            given: dict[str, Any] = {kind + "s": [case[kind] for case in batch]}
            verdicts = resit.grade_batch(references, policy=policy, **given)
            assert [found(verdict) for verdict in verdicts] == [c["expected"] for c in batch]


@pytest.mark.parametrize("row", rows("episodes.jsonl"), ids=lambda row: row["name"])
def test_episodes_are_played_as_expected(row: dict[str, Any]) -> None:
    expected = row["expected"]
    environment = resit.Environment(**row["environment"])
    task = row["task"]
    if "error" in expected:
        with pytest.raises(resit.ResitError) as error:
            environment.reset(task["question"], task["reference"], seed=row["seed"])
        assert str(error.value) == expected["error"]
        return
    episode = environment.reset(task["question"], task["reference"], seed=row["seed"])
    steps: list[dict[str, Any]] = []
    for piece in row["script"]:
        if row.get("ids") == "utf8":
            episode.encode(lambda text: list(text.encode()))
        try:
            outcome = episode.step(**piece)
        except resit.ResitError as error:
            steps.append({"error": str(error)})
            continue
        names = ("status", "reward", "feedback", "stop")
        steps.append({name: getattr(outcome, name) for name in names})
    assert steps == expected["steps"]
    for name in ("stop", "rewards", "reward", "text", "tokens", "loss_mask", "logprobs"):
        assert getattr(episode, name) == expected[name], name
    names = ("tokens", "loss_mask", "logprobs", "rewards")
    trained = [{name: getattr(one, name) for name in names} for one in episode.sequences()]
    assert trained == expected["sequences"]
    episode.check()
    assert resit.Episode.from_bytes(environment, episode.to_bytes()) == episode
