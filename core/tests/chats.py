"""What the chat templates of model families render, for the tests of the scaffolds in env_chat.rs.

    python chats.py             # writes chats.json
    python chats.py --check     # fails if chats.json is not what the templates render

The templates are those that come with TRL, rendered by transformers, and mistral-common for Mistral.
The tokenizers are made here: byte pairs over the dialogue, with the special tokens of the family.
Versions: ../../xtask/python/requirements.txt.
"""

import base64
import json
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from mistral_common.protocol.instruct.messages import (
    AssistantMessage,
    SystemMessage,
    UserMessage,
)
from mistral_common.protocol.instruct.request import ChatCompletionRequest
from mistral_common.tokens.tokenizers.base import SpecialTokenPolicy
from mistral_common.tokens.tokenizers.mistral import MistralTokenizer
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

HERE = Path(__file__).parent
FIXTURE = HERE / "chats.json"
TEMPLATES = Path(find_spec("trl").origin).parent / "chat_templates"

SYSTEM = "Reason step by step."
QUESTION = "What is  6 × 7?\nGive a number."
FEEDBACK = ["Wrong. 2 left.", "Wrong.\n\nOne left: try again."]
PLAIN = ["It is \\boxed{41}.", "Let me see:\n\n\\boxed{40}", "So \\boxed{42}"]
THOUGHT = [f"<think>\nIs it {n}?\n\nYes.\n</think>\n\n{text}" for n, text in enumerate(PLAIN)]

# Splits numbers, words and line ends as the tokenizers of Llama 3 and Qwen do.
SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)

CHATML = ["<|im_start|>", "<|im_end|>"]
THINK = [*CHATML, "<think>", "</think>"]
LLAMA = ["<|begin_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"]
GEMMA = ["<bos>", "<start_of_turn>", "<end_of_turn>"]

# Family, thinking policy, role of the feedback, template, special tokens, answers, whether the
# template is given a system message (else its text goes into the first user message).
CASES = [
    ("chatml", "keep", "system", "qwen2_5", CHATML, PLAIN, True),
    ("qwen2.5", "keep", "user", "qwen2_5", CHATML, PLAIN, True),
    ("qwen3", "keep", "system", "qwen3", THINK, THOUGHT, True),
    ("qwen3", "keep", "user", "qwen3_training", THINK, THOUGHT, True),
    ("qwen3", "drop", "user", "qwen3", THINK, THOUGHT, True),
    ("qwen3", "fork", "user", "qwen3", THINK, THOUGHT, True),
    ("llama3", "keep", "system", "llama3", LLAMA, PLAIN, True),
    ("llama3", "keep", "user", "llama3", LLAMA, PLAIN, True),
    ("gemma", "keep", "user", "gemma", GEMMA, PLAIN, False),
    ("gemma", "keep", "user", "gemma3", GEMMA, PLAIN, True),
    ("mistral-v3", "keep", "user", "v3", [], PLAIN, False),
    ("mistral-v7", "keep", "user", "v7", [], PLAIN, True),
]
END_OF_TURN = {
    "chatml": "<|im_end|>",
    "qwen2.5": "<|im_end|>",
    "qwen3": "<|im_end|>",
    "llama3": "<|eot_id|>",
    "gemma": "<end_of_turn>",
    "mistral-v3": "</s>",
    "mistral-v7": "</s>",
}


class Templated:
    """A small tokenizer with the template of a family."""

    def __init__(self, template, special):
        inner = Tokenizer(models.BPE())
        inner.pre_tokenizer = pre_tokenizers.Sequence(
            [
                pre_tokenizers.Split(Regex(SPLIT), "isolated"),
                pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
            ]
        )
        inner.decoder = decoders.ByteLevel()
        corpus = [SYSTEM, QUESTION, *FEEDBACK, *THOUGHT, "system\nuser\nassistant\nmodel\n\n"]
        trainer = trainers.BpeTrainer(
            vocab_size=400,
            special_tokens=special,
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        )
        inner.train_from_iterator(corpus * 3, trainer)
        self.tokenizer = PreTrainedTokenizerFast(
            tokenizer_object=inner,
            bos_token=special[0],
            chat_template=(TEMPLATES / f"{template}.jinja").read_text(),
        )

    def render(self, messages):
        return self.tokenizer.apply_chat_template(
            messages, tokenize=False, add_generation_prompt=True
        )

    def encode(self, text):
        return self.tokenizer.encode(text, add_special_tokens=False)


class Mistral:
    """A tekken tokenizer whose vocabulary is the 256 bytes, with mistral-common's instruct form."""

    def __init__(self, version):
        vocabulary = [
            {
                "rank": byte,
                "token_bytes": base64.b64encode(bytes([byte])).decode(),
                "token_str": None,
            }
            for byte in range(256)
        ]
        config = {
            "pattern": SPLIT,
            "num_vocab_tokens": 256,
            "default_vocab_size": 1256,
            "default_num_special_tokens": 1000,
            "version": version,
        }
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "tekken.json"
            path.write_text(json.dumps({"config": config, "vocab": vocabulary}))
            self.mistral = MistralTokenizer.from_file(str(path))
        self.inner = self.mistral.instruct_tokenizer.tokenizer
        specials = ["<s>", "</s>", "[INST]", "[/INST]", "[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]"]
        self.special = {token: self.inner.get_special_token(token) for token in specials}

    def render(self, messages):
        classes = {"system": SystemMessage, "user": UserMessage, "assistant": AssistantMessage}
        made = [classes[m["role"]](content=m["content"]) for m in messages]
        request = ChatCompletionRequest(messages=made)
        tokens = self.mistral.encode_chat_completion(request).tokens
        text = self.inner.decode(tokens, special_token_policy=SpecialTokenPolicy.KEEP)
        assert self.encode(text) == tokens, text
        return text

    def encode(self, text):
        tokens = []
        while text:
            found = [(text.find(s), s) for s in self.special if s in text]
            at, special = min(found, default=(len(text), None))
            tokens += self.inner.encode(text[:at], bos=False, eos=False)
            text = text[at:]
            if special is not None:
                tokens.append(self.special[special])
                text = text[len(special) :]
        return tokens


def case(family, thinking, role, template, special, answers, has_system):
    tokenizer = Mistral(template) if family.startswith("mistral") else Templated(template, special)
    end = END_OF_TURN[family]
    if has_system:
        messages = [
            {"role": "system", "content": SYSTEM},
            {"role": "user", "content": QUESTION},
        ]
    else:
        messages = [{"role": "user", "content": f"{SYSTEM}\n\n{QUESTION}"}]
    contexts = [tokenizer.render(messages)]
    for answer, feedback in zip(answers, FEEDBACK):
        messages.append({"role": "assistant", "content": answer})
        messages.append({"role": role, "content": feedback})
        contexts.append(tokenizer.render(messages))

    # The context cut where authors change: what the environment says is what stands between turns.
    seen = [a.rpartition("</think>")[2].lstrip("\n") if thinking != "keep" else a for a in answers]
    texts, last = [contexts[0]], contexts[-1]
    assert all(last.startswith(context) for context in contexts), (family, template)
    for turn, before, after in zip(seen, contexts, contexts[1:]):
        said = after[len(before) :]
        assert said.startswith(turn + end), (family, template, said)
        # What stands for a turn ends before the marker, which the environment says.
        turn = turn if thinking != "keep" else turn + end
        texts += [turn, said[len(turn) :]]
    ids = {text: tokenizer.encode(text) for text in texts + [a + end for a in answers]}
    joined = [token for text in texts for token in ids[text]]
    assert joined == tokenizer.encode(last), f"{family}: ids depend on the cuts"
    return {
        "family": family,
        "thinking": thinking,
        "role": role,
        "template": template,
        "system": SYSTEM,
        "question": QUESTION,
        "feedback": FEEDBACK,
        "answers": [answer + end for answer in answers],
        "contexts": [{"text": c, "ids": tokenizer.encode(c)} for c in contexts],
        "ids": ids,
    }


def main():
    rendered = [case(*line) for line in CASES]
    text = "[\n" + ",\n".join(json.dumps(c, ensure_ascii=False) for c in rendered) + "\n]\n"
    if sys.argv[1:] == ["--check"]:
        if FIXTURE.read_text() != text:
            sys.exit(f"{FIXTURE.name} is not what the templates render: run chats.py")
        print(f"{len(rendered)} renderings agree with {FIXTURE.name}")
    else:
        FIXTURE.write_text(text)


main()
