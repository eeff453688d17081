import copy
import json
import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy
import pytest

import resit

ENVIRONMENT = resit.Environment(template="plain", attempts=2)


def utf8(text: str) -> list[int]:
    return list(text.encode())


def played() -> resit.Episode:
    episode = ENVIRONMENT.reset("6 × 7?", "42", id="six")
    episode.encode(utf8)
    episode.step(r"\boxed{41}", tokens=[5, 6], logprobs=[-0.5, -1.5])
    episode.encode(utf8)
    return episode


def test_an_episode_is_written_and_read_at_any_step() -> None:
    episode = played()
    for again in (
        pickle.loads(pickle.dumps(episode)),
        copy.deepcopy(episode),
        copy.copy(episode),
        resit.Episode.from_json(ENVIRONMENT, episode.to_json()),
        resit.Episode.from_bytes(ENVIRONMENT, episode.to_bytes()),
    ):
        assert again == episode
        outcome = again.step(r"\boxed{42}", tokens=[7], logprobs=[-0.25])
        assert (outcome.status, outcome.reward, outcome.stop) == ("correct", 1.0, "solved")
        assert again != episode and episode.remaining == 1
    with pytest.raises(resit.ResitError):
        resit.Episode.from_bytes(ENVIRONMENT, b"resit")
    with pytest.raises(resit.ResitError):
        resit.Episode.from_json(ENVIRONMENT, "{}")


def test_a_snapshot_goes_back_and_a_fork_starts_anew() -> None:
    episode = played()
    first = episode.fork(0)
    assert (first.remaining, first.loss_mask.count(1)) == (2, 0)
    assert episode.fork(1) == episode
    with pytest.raises(resit.ResitError, match="after 2 attempts"):
        episode.fork(2)
    episode.step(r"\boxed{42}", tokens=[9], logprobs=[-0.5])
    assert episode.replay() == episode


def test_lists_and_arrays_agree() -> None:
    episode = played()
    episode.step(r"\boxed{42}", tokens=[7], logprobs=[-0.25])
    [sequence] = episode.sequences()
    arrays = sequence.numpy()
    for name, kind in (("tokens", "int64"), ("loss_mask", "int64"), ("logprobs", "float32"), ("rewards", "float64")):
        assert arrays[name].dtype == numpy.dtype(kind)
        assert arrays[name].tolist() == getattr(sequence, name)
    assert sequence.tokens == episode.tokens
    assert sequence.loss_mask == episode.loss_mask
    assert sequence.logprobs == episode.logprobs
    sampled = [t for t, m in zip(sequence.tokens, sequence.loss_mask) if m]
    assert sampled == [5, 6, 7]
    assert sequence.rewards[-1] == 1.0 and sum(sequence.rewards) == 1.0


def test_segments_and_results() -> None:
    episode = played()
    kinds = [segment.kind for segment in episode.segments]
    assert kinds == ["prompt", "attempt", "feedback"]
    assert "".join(segment.text for segment in episode.segments) == episode.text
    [result] = episode.results
    assert (result.status, result.answer, result.reason) == ("wrong", "41", "value-differs")
    assert (result.tokens, result.reward, result.repeated) == (2, -0.5, False)
    assert episode.reward is None and not episode.done


def test_what_encode_raises_is_raised_and_changes_nothing() -> None:
    episode = ENVIRONMENT.reset("6 × 7?", "42")

    def fails(text: str) -> list[int]:
        raise LookupError(text)

    with pytest.raises(LookupError):
        episode.encode(fails)
    assert episode.tokens == []
    with pytest.raises((TypeError, OverflowError)):
        episode.encode(lambda text: [-1])
    assert episode.tokens == []


def test_settings_that_are_not_known_are_refused() -> None:
    wrong: tuple[dict[str, Any], ...] = (
        {"template": "planar"},
        {"attempts": "many"},
        {"rewards": {"right": 1}},
        {"chat": {"start": ""}},
    )
    for settings in wrong:
        with pytest.raises(resit.ResitError):
            resit.Environment(**settings)


def test_a_batch_keeps_its_order_and_its_errors_apart() -> None:
    tasks = [(f"{n} + 1?", str(n + 1)) for n in range(200)]
    batch = resit.BatchEnv(ENVIRONMENT, tasks, seed=1)
    batch.encode(utf8)
    texts = [None if n % 5 == 0 else rf"\boxed{{{n + n % 2}}}" for n in range(200)]
    tokens = [[n] if n % 7 else [n, n] for n in range(200)]
    logprobs = [[-0.5]] * 200
    outcomes = batch.step(texts, tokens=tokens, logprobs=logprobs, errors="return")
    for n, outcome in enumerate(outcomes):
        if n % 5 == 0:
            assert outcome is None
        elif n % 7 == 0:
            assert isinstance(outcome, resit.ResitError) and f"episode {n}:" in str(outcome)
        else:
            assert isinstance(outcome, resit.Outcome)
            assert outcome.status == ("correct" if n % 2 else "wrong")
    assert [episode.question for episode in batch.episodes] == [q for q, _ in tasks]
    assert batch[11].rewards == [1.0] and not batch.done
    with pytest.raises(resit.ResitError, match="episode 11: the episode has ended"):
        batch.step([None] * 11 + ["more"])
    with pytest.raises(resit.ResitError):
        resit.BatchEnv(ENVIRONMENT, [("?", "")])


def test_episodes_are_played_in_threads() -> None:
    def play(n: int) -> float | None:
        episode = ENVIRONMENT.reset(f"{n} + 1?", str(n + 1))
        episode.step(rf"\boxed{{{n}}}")
        episode.step(rf"\boxed{{{n + 1}}}")
        return episode.reward

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(play, range(400))) == [1.0] * 400


def test_files(tmp_path: Path) -> None:
    tasks = tmp_path / "tasks.jsonl"
    tasks.write_text('{"problem": "6 × 7?", "solution": "\\\\boxed{42}", "level": 2}\n{"problem": 1}\n')
    with pytest.raises(resit.ResitError, match="tasks.jsonl:2"):
        resit.read_tasks(tasks)
    tasks.write_text(tasks.read_text().splitlines()[0])
    assert resit.read_tasks(tasks) == [resit.Task("6 × 7?", "42", level=2)]
    transcripts = tmp_path / "transcripts.jsonl"
    resit.write_transcripts(transcripts, [played(), played()])
    assert resit.read_transcripts(ENVIRONMENT, transcripts) == [played(), played()]
    assert json.loads(transcripts.read_text().splitlines()[0])["version"] == 1


def test_metrics() -> None:
    episodes = []
    for n in range(10):
        episode = ENVIRONMENT.reset("6 × 7?", "42", id=str(n))
        episode.step(r"\boxed{42}" if n < 4 else r"\boxed{41}")
        if not episode.done:
            episode.step(r"\boxed{42}" if n < 6 else r"\boxed{41}")
        episodes.append(episode)
    found = resit.metrics(episodes, attempts=2)
    assert found["solved_by_1"].value == 0.4 and found["accuracy_at_2"].value == 0.6
    second = found["solved_by_2"]
    assert second.value == 0.6 and second.low is not None and second.high is not None
    assert second.low < 0.6 < second.high
    assert found["repeat_rate"].count == 6
