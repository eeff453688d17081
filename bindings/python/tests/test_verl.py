"""The adapters in veRL's own classes, without an engine."""

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy
import pytest
import torch
from omegaconf import OmegaConf
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast
from verl import DataProto
from verl.experimental.agent_loop import agent_loop
from verl.experimental.reward_loop.reward_manager.naive import NaiveRewardManager
from verl.workers.rollout.replica import TokenOutput

import resit
from resit.verl import ResitAgentLoop, compute_score

END = "<|im_end|>"
WRONG = "Your answer is incorrect. You have {} attempts left. Try an alternative."


def tokenizer() -> Any:
    """One id for each character of ASCII, and for the markers of ChatML."""
    words = ["<pad>", END, "<|im_start|>", "<unk>", *map(chr, [10, *range(32, 127)])]
    bare = Tokenizer(models.WordLevel({word: id for id, word in enumerate(words)}, "<unk>"))
    bare.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    bare.decoder = decoders.Fuse()
    template = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    template += "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
    return PreTrainedTokenizerFast(
        tokenizer_object=bare,
        pad_token="<pad>",
        eos_token=END,
        unk_token="<unk>",
        additional_special_tokens=["<|im_start|>"],
        chat_template=template,
        clean_up_tokenization_spaces=False,
    )


class Server:
    """Says what is written, and keeps what it was asked."""

    def __init__(self, words: Any, texts: list[str]) -> None:
        self.words = words
        self.texts = texts
        self.asked: list[tuple[list[int], dict[str, Any]]] = []

    async def generate(self, request_id: str, *, prompt_ids: list[int], sampling_params: dict[str, Any], **_: Any) -> Any:
        assert request_id
        ids = self.words(self.texts[len(self.asked)], add_special_tokens=False)["input_ids"]
        self.asked.append((list(prompt_ids), dict(sampling_params)))
        ids = ids[: sampling_params["max_tokens"]]
        logprobs = [-0.5 - 0.25 * len(self.asked)] * len(ids)
        return TokenOutput(token_ids=ids, log_probs=logprobs, stop_reason="completed")


def loop(words: Any, server: Server, length: int = 400, **options: Any) -> Any:
    config = OmegaConf.create({"actor_rollout_ref": {"rollout": {"response_length": length, "prompt_length": 400}}})
    return ResitAgentLoop(
        trainer_config=agent_loop.DictConfigWrap(config),
        server_manager=server,
        tokenizer=words,
        processor=None,
        dataset_cls=None,
        data_config=agent_loop.DictConfigWrap(OmegaConf.create({})),
        **options,
    )


ROW = {
    "raw_prompt": [{"role": "user", "content": "6 * 7?"}],
    "reward_model": {"ground_truth": "42"},
    "data_source": "test",
    "agent_name": "resit",
}


def play(words: Any, texts: list[str], **options: Any) -> tuple[Any, Server]:
    async def main() -> tuple[Any, Server]:
        server = Server(words, texts)
        output = await loop(words, server, **options).run({"temperature": 1.0}, **ROW)
        return output, server

    return asyncio.run(main())


def test_three_attempts_arrive_token_by_token() -> None:
    words = tokenizer()
    texts = [r"\boxed{41}" + END, "I think 42." + END, r"\boxed{42}" + END]
    output, server = play(words, texts, environment={"attempts": 3})

    def ids(text: str) -> list[int]:
        encoded: list[int] = words(text, add_special_tokens=False)["input_ids"]
        return encoded

    def said(left: int) -> str:
        return f"\n<|im_start|>system\n{WRONG.format(left)}<|im_end|>\n<|im_start|>assistant\n"

    parts = [(texts[0], 1), (said(2), 0), (texts[1], 1), (said(1), 0), (texts[2], 1)]
    tokens, mask, logprobs = [], [], []
    turn = 0
    for text, model in parts:
        turn += model
        tokens += ids(text)
        mask += [model] * len(ids(text))
        logprobs += [(-0.5 - 0.25 * turn) if model else 0.0] * len(ids(text))
    assert isinstance(output, agent_loop.AgentLoopOutput)
    prompt = words.decode(output.prompt_ids)
    assert prompt.endswith("<|im_start|>user\n6 * 7?<|im_end|>\n<|im_start|>assistant\n")
    assert "You have 3 attempts to answer" in prompt
    assert output.response_ids == tokens
    assert output.response_mask == mask
    assert output.response_logprobs == logprobs
    assert output.reward_score == 1.0
    assert output.num_turns == 6
    assert output.extra_fields["turn_scores"] == [-0.5, -1.0, 1.0]
    assert output.extra_fields["stop"] == "solved"
    # The server was asked with exactly what the output holds.
    before = [0, len(ids(texts[0] + said(2))), len(ids(texts[0] + said(2) + texts[1] + said(1)))]
    assert [prompt for prompt, _ in server.asked] == [output.prompt_ids + tokens[:n] for n in before]
    assert [params["max_tokens"] for _, params in server.asked] == [400 - n for n in before]
    assert output.as_dict()["responses"].tolist() == tokens


def test_a_full_response_ends_the_episode() -> None:
    words = tokenizer()
    output, _ = play(words, [r"\boxed{41}" + END, "never"], length=20, environment={"attempts": 2})
    assert len(output.response_ids) == 11 and set(output.response_mask) == {1}
    assert (output.reward_score, output.extra_fields["stop"]) == (-0.5, "truncated")


def test_registration_by_decorator_and_by_path(tmp_path: Path) -> None:
    import hydra

    registry = agent_loop._agent_loop_registry
    assert registry["resit"]["_target_"] == "resit.verl.ResitAgentLoop"
    path = tmp_path / "agents.yaml"
    path.write_text(
        "- name: three\n"
        "  _target_: resit.verl.ResitAgentLoop\n"
        "  environment: {attempts: 3, chat: qwen2.5, feedback: unary}\n"
    )
    # As veRL's worker reads it, and makes the loop of a row.
    [entry] = OmegaConf.load(path)
    registry[entry.name] = entry
    words = tokenizer()
    server = Server(words, [])
    config = OmegaConf.create({"actor_rollout_ref": {"rollout": {"response_length": 8, "prompt_length": 8}}})

    async def make() -> Any:
        return hydra.utils.instantiate(
            config=registry["three"],
            trainer_config=agent_loop.DictConfigWrap(config),
            server_manager=server,
            tokenizer=words,
            processor=None,
            dataset_cls=None,
            data_config=agent_loop.DictConfigWrap(OmegaConf.create({})),
        )

    made = asyncio.run(make())
    assert isinstance(made, ResitAgentLoop)
    assert made.environment == resit.Environment(attempts=3, chat="qwen2.5", feedback="unary")


def test_compute_score() -> None:
    score = compute_score("math", r"So \boxed{\frac{84}{2}}.", "42", {"index": 1})
    assert (score["score"], score["acc"], score["verdict"]) == (1.0, 1.0, "equal")
    assert compute_score("math", "41", "42", wrong=-1.0)["score"] == -1.0
    with pytest.raises(resit.ResitError):
        compute_score("math", "42", "")


def test_the_trainers_configuration_names_the_function() -> None:
    from verl.trainer.ppo.reward import get_custom_reward_fn

    function = {
        "path": "pkg://resit.verl",
        "name": "compute_score",
        "reward_kwargs": {"policy": "boxed", "wrong": -1.0},
    }
    score = get_custom_reward_fn(OmegaConf.create({"reward": {"custom_reward_function": function}}))
    row = {"data_source": "test", "ground_truth": "42", "extra_info": {}}
    assert score(solution_str=r"\boxed{42}", **row)["score"] == 1.0
    assert score(solution_str="42", **row)["score"] == -1.0


def test_the_naive_reward_manager_scores_rows_in_threads() -> None:
    words = tokenizer()
    count, width = 64, 24
    ids = torch.zeros(count, width, dtype=torch.long)
    mask = torch.zeros(count, width, dtype=torch.long)
    for row in range(count):
        text = rf"So \boxed{{{row if row % 3 else row + 1}}}."
        encoded = words(text, add_special_tokens=False)["input_ids"]
        ids[row, : len(encoded)] = torch.tensor(encoded)
        mask[row, : len(encoded)] = 1
    rows = {
        "data_source": numpy.array(["test"] * count, dtype=object),
        "reward_model": numpy.array([{"ground_truth": str(row)} for row in range(count)], dtype=object),
        "extra_info": numpy.array([{} for _ in range(count)], dtype=object),
    }
    data = DataProto.from_dict({"responses": ids, "attention_mask": mask}, non_tensors=rows)

    async def main() -> list[dict[str, Any]]:
        config = SimpleNamespace()
        manager = NaiveRewardManager(config, words, compute_score)
        manager.loop = asyncio.get_running_loop()
        runs = [manager.run_single(data[row : row + 1]) for row in range(count)]
        return list(await asyncio.gather(*runs))

    found = asyncio.run(main())
    assert [one["reward_score"] for one in found] == [float(row % 3 != 0) for row in range(count)]
    assert {one["reward_extra_info"]["verdict"] for one in found} == {"equal", "different"}
