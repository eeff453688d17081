"""Resit in TRL's GRPOTrainer: as a reward function, as the rollout, or as a tool.

- `graded(...)` makes a reward function that grades completions against a column of the dataset.
- `rollout(...)` makes a `rollout_func` that plays episodes of several attempts, and
  `episode_reward` hands their rewards to the trainer.
- `answer_tool(...)` makes an `environment_factory` whose tool `submit_answer` is an attempt.

What is not to be rewarded because of a fault is None, which the trainer leaves out, never 0.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from resit import Counters, Environment, Episode, Policy, ResitError, Task, grade_batch

__all__ = ["answer_tool", "dataset_rows", "episode_reward", "graded", "rollout", "sample"]

Sampler = Callable[[list[list[int]], list[int], Any], list[tuple[list[int], list[float]]]]
"""Contexts, the most tokens that each may be continued by, and the trainer → for each context the
sampled ids, the end of the turn among them, with their log-probabilities."""

# Lists of one value for each completion.
_Column = list[Any]


def graded(
    column: str = "reference",
    *,
    policy: Policy | str | None = None,
    correct: float = 1.0,
    wrong: float = 0.0,
    undecided: float | None = 0.0,
) -> Callable[..., list[float | None]]:
    """A reward function that grades each completion against the dataset's `column`.

    An undecided verdict is worth `undecided`; None leaves the completion out. So is a row whose
    reference is empty. Counts go to the trainer's log as `resit/…`.

    >>> from resit.trl import graded
    >>> reward = graded("answer")
    >>> reward(prompts=["6 × 7?"] * 2, completions=[r"\\boxed{42}", "41"], answer=["42"] * 2)
    [1.0, 0.0]
    """

    def resit_graded(
        prompts: _Column, completions: _Column, log_metric: Any = None, **columns: Any
    ) -> list[float | None]:
        del prompts
        responses = [_said(completion) for completion in completions]
        verdicts = grade_batch(columns[column], responses=responses, policy=policy, errors="return")
        counters = Counters()
        counters.add_verdicts(verdicts)
        _log(counters, log_metric)
        worth = {"equal": correct, "different": wrong, "undecided": undecided}
        return [
            None if verdict is None or isinstance(verdict, ResitError) else worth[verdict.verdict]
            for verdict in verdicts
        ]

    return resit_graded


def dataset_rows(tasks: Iterable[Task]) -> list[dict[str, str]]:
    """Rows for `datasets.Dataset.from_list`: the question as `prompt`, and the `reference`.

    >>> from resit.trl import dataset_rows
    >>> dataset_rows([resit.Task("6 × 7?", "42")])
    [{'prompt': '6 × 7?', 'reference': '42'}]
    """
    return [{"prompt": task.question, "reference": task.reference} for task in tasks]


def rollout(
    environment: Environment,
    tasks: Iterable[Task],
    *,
    sampler: Sampler | None = None,
) -> Callable[[_Column, Any], dict[str, _Column]]:
    """A `rollout_func` that plays an episode of several attempts for each prompt.

    `tasks` are those of the dataset; a prompt is looked up among their questions. Where several have
    one question, one of them is drawn at each step for all completions of the prompt. The environment
    writes the prompt and the feedback in its own chat markup, whose end of turn has to be an end
    token of the model. `completion_ids` holds attempts and feedback exactly as they were sampled and
    encoded, `env_mask` is 1 for what the model sampled, and `logprobs` is 0.0 elsewhere. The reward
    functions get `episode_reward`, `attempt_rewards` and `episode` (see `episode_reward`).

    The completions of one prompt are granted the same number of attempts. An episode has
    `max_completion_length` tokens, feedback included. `sampler` is `sample` unless it is given.
    """
    settings = json.loads(environment.to_json())
    if settings["template"]["chat"]["thinking"] != "keep":
        raise ValueError("TRL trains one sequence for each completion: use a chat that keeps reasoning")
    references: dict[str, list[str]] = {}
    for task in tasks:
        references.setdefault(task.question, []).append(task.reference)
    draw = sampler or sample

    def play(prompts: _Column, trainer: Any) -> dict[str, _Column]:
        tokenizer = _tokenizer(trainer)
        step = int(trainer.state.global_step)
        episodes = []
        for prompt in prompts:
            question = _said(prompt)
            known = references.get(question)
            if known is None:
                raise ResitError(f"no task has the question {question!r}")
            seed = zlib.crc32(f"{step} {question}".encode("utf-8", "replace"))
            episodes.append(environment.reset(question, known[seed % len(known)], seed=seed))

        def encode(text: str) -> list[int]:
            ids: list[int] = tokenizer(text, add_special_tokens=False)["input_ids"]
            return ids

        for episode in episodes:
            episode.encode(encode)
        prompt_lengths = [len(episode.tokens) for episode in episodes]
        while not all(episode.done for episode in episodes):
            _turn(episodes, prompt_lengths, trainer, tokenizer, draw)
            for episode in episodes:
                if not episode.done:
                    episode.encode(encode)
        columns: dict[str, _Column] = {
            "prompt_ids": [],
            "completion_ids": [],
            "logprobs": [],
            "env_mask": [],
            "episode_reward": [episode.reward for episode in episodes],
            "attempt_rewards": [episode.rewards for episode in episodes],
            "episode": episodes,
        }
        for episode, length in zip(episodes, prompt_lengths):
            tokens = episode.tokens
            columns["prompt_ids"].append(tokens[:length])
            columns["completion_ids"].append(tokens[length:])
            columns["logprobs"].append((episode.logprobs or [])[length:])
            columns["env_mask"].append(episode.loss_mask[length:])
        return columns

    return play


def _turn(
    episodes: list[Episode],
    prompt_lengths: list[int],
    trainer: Any,
    tokenizer: Any,
    draw: Sampler,
) -> None:
    """Samples the next turn of each episode that goes on."""
    contexts, limits, turns = [], [], []
    for episode, length in zip(episodes, prompt_lengths):
        if episode.done:
            continue
        tokens = episode.tokens
        room = int(trainer.max_completion_length) - (len(tokens) - length)
        allowance = episode.allowance
        limit = room if allowance is None else min(room, allowance)
        if limit < 1:
            episode.step("", finish="length")
            continue
        contexts.append(tokens)
        limits.append(limit)
        turns.append((episode, limit == room))
    if not turns:
        return
    ends = _ends(trainer)
    for (episode, fills), (ids, logprobs), limit in zip(turns, draw(contexts, limits, trainer), limits):
        if ids and ids[-1] in ends:
            finish = "end-of-turn"
        elif fills or len(ids) < limit:
            finish = "length"
        else:
            # The budget ends the turn, and the episode may go on.
            finish = "open"
        text = tokenizer.decode(ids, skip_special_tokens=False)
        episode.step(text, tokens=ids, logprobs=logprobs, finish=finish)


def sample(
    contexts: list[list[int]], limits: list[int], trainer: Any
) -> list[tuple[list[int], list[float]]]:
    """Continue each context by the model that is trained, with transformers.

    The log-probabilities are those of the trainer: at its temperature, of all tokens.
    """
    import torch
    from trl.models import unwrap_model_for_generation

    tokenizer = _tokenizer(trainer)
    device = trainer.accelerator.device
    width = max(map(len, contexts))
    padding = [[tokenizer.pad_token_id] * (width - len(context)) for context in contexts]
    input_ids = torch.tensor([p + c for p, c in zip(padding, contexts)], device=device)
    attention = torch.tensor([[0] * len(p) + [1] * len(c) for p, c in zip(padding, contexts)], device=device)
    ends = _ends(trainer)
    with (
        unwrap_model_for_generation(trainer.model_wrapped, trainer.accelerator) as model,
        torch.no_grad(),
    ):
        output = model.generate(
            input_ids=input_ids,
            attention_mask=attention,
            generation_config=trainer.generation_config,
            max_new_tokens=max(limits),
            return_dict_in_generate=True,
            output_logits=True,
        )
    sampled = output.sequences[:, width:].tolist()
    logits = torch.stack(output.logits, dim=1).float() / trainer.temperature
    chosen = output.sequences[:, width:].unsqueeze(-1)
    logprobs = logits.log_softmax(-1).gather(-1, chosen).squeeze(-1).tolist()
    drawn = []
    for ids, values, limit in zip(sampled, logprobs, limits):
        end = next((place + 1 for place, id in enumerate(ids) if id in ends), len(ids))
        end = min(end, limit)
        drawn.append((ids[:end], values[:end]))
    return drawn


def episode_reward(
    prompts: _Column, completions: _Column, log_metric: Any = None, **columns: Any
) -> list[float | None]:
    """A reward function for the episodes of `rollout`: the reward of each, None after a fault.

    Counts go to the trainer's log as `resit/…`. A reward function of your own gets the same columns:
    `episode_reward`, `attempt_rewards` (a list for each completion) and `episode`.
    """
    del prompts, completions
    counters = Counters()
    counters.add_episodes(columns.get("episode", []))
    _log(counters, log_metric)
    rewards: list[float | None] = columns["episode_reward"]
    return rewards


def answer_tool(environment: Environment) -> Callable[[], Any]:
    """An `environment_factory` whose tool `submit_answer` takes one attempt.

    The dataset has a column `reference`, and the question as `prompt`, which should ask the model to
    use the tool. The reward is that of the episode; a model that never submits has no formatted
    answer.

    >>> from resit.trl import answer_tool
    >>> tool = answer_tool(resit.Environment(template="plain", attempts=2))()
    >>> tool.reset(prompt="6 × 7?", reference="42")
    >>> tool.submit_answer("41")
    'Your answer is incorrect. You have 1 attempts left.'
    >>> tool.submit_answer("42"), tool.get_reward()
    ('Your answer is correct.', 1.0)
    """

    class SubmitAnswer:
        _episode: Episode

        def reset(self, prompt: Any, reference: str, **columns: Any) -> None:
            del columns
            self._episode = environment.reset(_said(prompt), reference)

        def submit_answer(self, answer: str) -> str:
            """
            Submit the final answer to the question. It is graded at once.

            Args:
                answer: The answer alone, as in 42 or \\frac{1}{2}.

            Returns:
                Whether it is right, and how many attempts are left.
            """
            if self._episode.done:
                return "There are no attempts left."
            outcome = self._episode.step(rf"\boxed{{{answer}}}")
            if outcome.feedback is not None:
                return _message(outcome.feedback)
            if outcome.stop == "solved":
                return "Your answer is correct."
            return "Your answer is incorrect. There are no attempts left."

        def get_reward(self) -> float | None:
            return _ended(self._episode).reward

    plain = json.loads(environment.to_json())["template"]["chat"]

    def _message(feedback: str) -> str:
        """The feedback without the markup around it."""
        for markup in [plain["end_of_turn"], plain["assistant"], *plain["user"], *(plain["system"] or [])]:
            if markup.strip():
                feedback = feedback.replace(markup, "")
        return feedback.strip()

    def _ended(episode: Episode) -> Episode:
        """The episode as it is worth now, should the model stop here."""
        if episode.done:
            return episode
        ended = episode.fork(episode.attempts - episode.remaining)
        ended.step("", finish="length")
        return ended

    return SubmitAnswer


def _said(message: Any) -> str:
    """The text of a prompt or of a completion: of a list of chat messages, the last one's."""
    if isinstance(message, str):
        return message
    content = message[-1]["content"] if message else ""
    if isinstance(content, str):
        return content
    parts: list[Mapping[str, Any]] = content or []
    return "".join(str(part.get("text", "")) for part in parts)


def _tokenizer(trainer: Any) -> Any:
    processing = trainer.processing_class
    return getattr(processing, "tokenizer", processing)


def _ends(trainer: Any) -> set[int]:
    """The ids by which the model ends its turn."""
    ends = trainer.generation_config.eos_token_id
    return set(ends) if isinstance(ends, (list, tuple)) else {ends}


def _log(counters: Counters, log_metric: Any) -> None:
    if log_metric is not None:
        for name, count in counters.log("resit/").items():
            log_metric(name, float(count))
