"""The adapters in TRL's own GRPOTrainer, on the CPU, with a model and a tokenizer made here."""

import json
import random
from pathlib import Path
from typing import Any

import pytest
import torch
import trl
from datasets import Dataset
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM

import resit
from resit.trl import answer_tool, dataset_rows, episode_reward, graded, rollout, sample

END = "<|im_end|>"
CHAT = {
    "start": "",
    "system": None,
    "user": ["", "\n"],
    "assistant": "",
    "end_of_turn": END,
    "after_turn": "\n",
    "thinking": "keep",
}
# An answer is a line without a box, so that a model of two layers can learn to give it.
ENVIRONMENT = resit.Environment(
    template={
        "chat": CHAT,
        "system": "",
        "user": "{input}",
        "feedback": {"role": "user", "text": "no"},
    },
    attempts=2,
    policy=resit.Policy(extraction="final-line"),
    rewards={"correct": 1, "wrong": -1, "unformatted": -1},
)


def tokenizer() -> Any:
    words = ["<pad>", END, "<unk>", " ", "\n", "?", "=", "no", *map(str, range(19))]
    bare = Tokenizer(models.WordLevel({word: id for id, word in enumerate(words)}, "<unk>"))
    bare.pre_tokenizer = pre_tokenizers.Split(Regex(r"<\|im_end\|>|\d+|[a-z]+|."), "isolated")
    bare.decoder = decoders.Fuse()
    template = "{% for message in messages %}{{ message.content }}\n{% endfor %}"
    return PreTrainedTokenizerFast(
        tokenizer_object=bare,
        pad_token="<pad>",
        eos_token=END,
        unk_token="<unk>",
        chat_template=template,
        clean_up_tokenization_spaces=False,
    )


def model() -> Any:
    torch.manual_seed(0)
    config = Qwen2Config(
        vocab_size=27,
        hidden_size=48,
        intermediate_size=96,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        eos_token_id=1,
        pad_token_id=0,
        bos_token_id=None,
    )
    return Qwen2ForCausalLM(config)


class Trainer(trl.GRPOTrainer):  # type: ignore[misc]
    """Keeps what arrives at the loss, and the rewards of each step."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.batches: list[dict[str, Any]] = []
        super().__init__(*args, **kwargs)

    def compute_loss(self, model: Any, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        self.batches.append(dict(inputs))
        return super().compute_loss(model, inputs, *args, **kwargs)

    def rewards(self) -> list[float]:
        return [row["reward"] for row in self.state.log_history if "reward" in row]


def trainer(folder: Path, rows: list[dict[str, Any]], **options: Any) -> Trainer:
    rest = {"reward_funcs", "rollout_func", "environment_factory"}
    settings = {
        "output_dir": str(folder),
        "use_cpu": True,
        "report_to": "none",
        "save_strategy": "no",
        "logging_steps": 1,
        "per_device_train_batch_size": 8,
        "num_generations": 4,
        "max_completion_length": 12,
        "max_steps": 1,
        "bf16": False,
        "gradient_checkpointing": False,
        "disable_tqdm": True,
        **{name: value for name, value in options.items() if name not in rest},
    }
    return Trainer(
        model=model(),
        args=trl.GRPOConfig(**settings),
        processing_class=tokenizer(),
        train_dataset=Dataset.from_list(rows),
        **{name: value for name, value in options.items() if name in rest},
    )


TASKS = [resit.Task("3 ? 2 =", "5"), resit.Task("7 ? 1 =", "8")]


def test_a_reward_function_grades_and_leaves_faults_out(tmp_path: Path) -> None:
    reward = graded("answer", wrong=-1.0)
    completions = [[{"role": "assistant", "content": r"\boxed{42}"}], "41", "42"]
    logged: dict[str, float] = {}
    rewards = reward(
        prompts=["?"] * 3,
        completions=completions,
        answer=["42", "42", ""],
        log_metric=logged.__setitem__,
    )
    assert rewards == [1.0, -1.0, None]
    assert logged["resit/graded"] == 2 and logged["resit/errors"] == 1

    run = trainer(tmp_path, dataset_rows(TASKS), reward_funcs=[graded()], max_completion_length=2)
    run.train()
    assert len(run.rewards()) == 1 and 0 <= run.rewards()[0] <= 1


def scripted(words: Any, texts: list[list[str]]) -> Any:
    """A sampler that says the first texts one after another, and then what follows each of them."""
    follows = {first.removesuffix(END): second for first, *second in texts}
    firsts = [first for first, *_ in texts]

    def say(contexts: list[list[int]], limits: list[int], _: Any) -> list[tuple[list[int], list[float]]]:
        drawn = []
        for place, (context, limit) in enumerate(zip(contexts, limits)):
            said = words.decode(context).split("\n")
            text = follows[said[1].removesuffix(END)][0] if "no" in said else firsts[place]
            ids = words(text, add_special_tokens=False)["input_ids"][:limit]
            drawn.append((ids, [-0.25 * (place + 1) for place in range(len(ids))]))
        return drawn

    return say


def test_what_was_sampled_arrives_token_by_token(tmp_path: Path) -> None:
    words = tokenizer()
    texts = [["5" + END], ["1" + END, "5" + END], ["2" + END, "3" + END], ["1 4", ""]]
    play = rollout(ENVIRONMENT, TASKS[:1], sampler=scripted(words, texts))
    run = trainer(
        tmp_path,
        dataset_rows(TASKS[:1]),
        rollout_func=play,
        reward_funcs=[episode_reward],
        per_device_train_batch_size=4,
        max_completion_length=6,
        shuffle_dataset=False,
    )
    run.train()
    [batch] = run.batches

    def ids(text: str) -> list[int]:
        encoded: list[int] = words(text, add_special_tokens=False)["input_ids"]
        return encoded

    feedback = ids("\nno\n")
    expected = [
        (ids("5" + END), [1, 1]),
        (ids("1" + END) + feedback + ids("5" + END), [1, 1, 0, 0, 0, 1]),
        (ids("2" + END) + feedback + ids("3"), [1, 1, 0, 0, 0, 1]),
        (ids("1 4"), [1, 1, 1]),
    ]
    # The context of six tokens cuts the second attempts off before their end.
    expected[1] = (expected[1][0][:6], expected[1][1])
    mask_name = "tool_mask" if "tool_mask" in batch else "completion_mask"
    found = []
    for row in range(4):
        length = int(batch["completion_mask"][row].sum())
        prompt = batch["prompt_ids"][row][batch["prompt_mask"][row].bool()].tolist()
        assert prompt == ids("3 ? 2 =\n")
        tokens = batch["completion_ids"][row][:length].tolist()
        found.append((tokens, batch[mask_name][row][:length].tolist()))
    assert sorted(found) == sorted(expected)


def test_the_columns_of_a_rollout() -> None:
    words = tokenizer()
    texts = [["5" + END], ["1" + END, "5" + END], ["2" + END, "3" + END], ["4 4 4 4 4 4 4", ""]]
    play = rollout(ENVIRONMENT, TASKS[:1], sampler=scripted(words, texts))

    class Fake:
        processing_class = words
        max_completion_length = 12

        class state:
            global_step = 0

        class generation_config:
            eos_token_id = [1]

    columns = play(["3 ? 2 ="] * 4, Fake)
    assert columns["attempt_rewards"] == [[1.0], [-1.0, 1.0], [-1.0, -1.0], [-1.0]]
    assert columns["episode_reward"] == [1.0, 1.0, -1.0, -1.0]
    assert [episode.stop for episode in columns["episode"]] == [
        "solved",
        "solved",
        "exhausted",
        "truncated",
    ]
    assert columns["logprobs"][1] == [-0.25, -0.5, 0.0, 0.0, 0.0, -0.25, -0.5]
    assert columns["env_mask"][1] == [1, 1, 0, 0, 0, 1, 1]
    for name in ("completion_ids", "logprobs", "env_mask"):
        assert [len(values) for values in columns[name]] == [2, 7, 7, 12]
    assert episode_reward([], [], **columns) == columns["episode_reward"]
    with pytest.raises(resit.ResitError, match="no task"):
        play(["1 ? 1 ="], Fake)
    with pytest.raises(ValueError, match="keeps reasoning"):
        rollout(resit.Environment(chat="qwen3"), TASKS)


def test_sampled_logprobs_are_those_of_the_model(tmp_path: Path) -> None:
    run = trainer(
        tmp_path, dataset_rows(TASKS), rollout_func=rollout(ENVIRONMENT, TASKS), reward_funcs=[episode_reward],
        temperature=0.7,
    )
    words = run.processing_class
    contexts = [words(text)["input_ids"] for text in ("3 ? 2 =\n", "7 ? 1 =\n3\nno\n", "=")]
    drawn = sample(contexts, [5, 3, 1], run)
    for context, (ids, logprobs), limit in zip(contexts, drawn, (5, 3, 1)):
        assert 1 <= len(ids) == len(logprobs) <= limit
        assert 1 not in ids[:-1]
        with torch.no_grad():
            logits = run.model(torch.tensor([context + ids])).logits[0].float() / 0.7
        expected = logits.log_softmax(-1)[range(len(context) - 1, len(context) + len(ids) - 1), ids]
        assert torch.allclose(expected, torch.tensor(logprobs), atol=1e-4)


def test_the_reward_rises_on_the_hidden_operator(tmp_path: Path) -> None:
    draw = random.Random(0)
    drawn = [resit.generate("hidden-operator", level=1, seed=draw.randrange(10**6)) for _ in range(2000)]
    questions = list(dict.fromkeys(task.question for task in drawn))[:2]
    tasks = [task for task in drawn if task.question in questions]
    # An attempt is one token, so that a model that knows nothing is right now and then.
    settings = json.loads(ENVIRONMENT.to_json())
    environment = resit.Environment(**{**settings, "budget": {"attempt": 1}})
    steps = 40
    run = trainer(
        tmp_path,
        dataset_rows([resit.Task(question, "") for question in questions]),
        rollout_func=rollout(environment, tasks),
        reward_funcs=[episode_reward],
        per_device_train_batch_size=64,
        num_generations=32,
        max_completion_length=6,
        max_steps=steps,
        learning_rate=1e-2,
        lr_scheduler_type="constant",
        seed=0,
    )
    run.train()
    rewards = run.rewards()
    assert len(rewards) == steps
    first, last = sum(rewards[:10]) / 10, sum(rewards[-10:]) / 10
    assert last > first + 0.4, f"from {first:.2f} to {last:.2f}"


def test_answers_are_a_tool(tmp_path: Path) -> None:
    tool = answer_tool(resit.Environment(attempts=2))()
    tool.reset(prompt=[{"role": "user", "content": "6 × 7?"}], reference="42", other=1)
    assert tool.get_reward() == -1.0
    said = tool.submit_answer("41")
    assert said == "Your answer is incorrect. You have 1 attempts left. Try an alternative."
    assert tool.get_reward() == -0.5
    assert tool.submit_answer(r"6\cdot 7") == "Your answer is correct."
    assert tool.get_reward() == 1.0
    assert tool.submit_answer("42") == "There are no attempts left."
    tool.reset(prompt="1 + 1?", reference="2")
    for _ in range(2):
        said = tool.submit_answer("3")
    assert said == "Your answer is incorrect. There are no attempts left."
    assert "2" not in json.dumps(said)


class Calling(Trainer):
    """Says what is written in place of what the model would."""

    def __init__(self, answers: list[list[str]], *args: Any, **kwargs: Any) -> None:
        self.answers = answers
        super().__init__(*args, **kwargs)

    def _generate_single_turn(self, prompt_ids: list[list[int]], *_: Any, **__: Any) -> Any:
        words = self.processing_class
        said = []
        for row, prompt in enumerate(prompt_ids):
            turns = words.decode(prompt).count("<tool_response>")
            if turns == 0:
                answers = self.answers[row]
            else:
                # The rows that called the tool are known by their first answer.
                first = words.decode(prompt).split('{"answer": "')[1].split('"')[0]
                answers = next(a for a in self.answers if a and a[0] == first)
            if turns < len(answers):
                call = {"name": "submit_answer", "arguments": {"answer": answers[turns]}}
                text = f"<tool_call>\n{json.dumps(call)}\n</tool_call>"
            else:
                text = "That is all."
            said.append(words(text + END, add_special_tokens=False)["input_ids"])
        return said, None


def test_a_model_that_calls_the_tool_gets_its_episodes_reward(tmp_path: Path) -> None:
    template = Path(trl.__file__).parent / "chat_templates" / "qwen3.jinja"
    bare = Tokenizer(models.BPE({c: id for id, c in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}, []))
    bare.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bare.decoder = decoders.ByteLevel()
    markers = ["<|im_start|>", "<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>"]
    words = PreTrainedTokenizerFast(
        tokenizer_object=bare, pad_token="<pad>", eos_token=END, chat_template=template.read_text()
    )
    words.add_tokens(markers)
    torch.manual_seed(0)
    config = Qwen2Config(
        vocab_size=len(words), hidden_size=16, intermediate_size=32, num_hidden_layers=1,
        num_attention_heads=2, num_key_value_heads=1, eos_token_id=words.eos_token_id,
        pad_token_id=words.pad_token_id, bos_token_id=None,
    )
    answers = [["41", "42"], ["42"], ["40", "39"], []]
    rows = [{"prompt": [{"role": "user", "content": "6 * 7?"}], "reference": "42"}]
    run = Calling(
        answers,
        model=Qwen2ForCausalLM(config),
        args=trl.GRPOConfig(
            output_dir=str(tmp_path), use_cpu=True, report_to="none", save_strategy="no", logging_steps=1,
            per_device_train_batch_size=4, num_generations=4, max_completion_length=600, max_steps=1,
            bf16=False, gradient_checkpointing=False, disable_tqdm=True,
        ),
        processing_class=words,
        train_dataset=Dataset.from_list(rows),
        environment_factory=answer_tool(resit.Environment(attempts=2)),
    )
    run.train()
    assert run.rewards() == [(1.0 + 1.0 - 0.5 - 1.0) / 4]
    [batch] = run.batches
    told = []
    for row in range(4):
        length = int(batch["completion_mask"][row].sum())
        tokens, mask = batch["completion_ids"][row][:length], batch["tool_mask"][row][:length]
        told.append(words.decode(tokens[mask == 0]))
        assert "submit_answer" not in told[-1]
    wrong = "Your answer is incorrect. You have 1 attempts left. Try an alternative."
    assert sorted(text.count(wrong) for text in told) == [0, 0, 1, 1]
    assert sum("Your answer is correct." in text for text in told) == 2
