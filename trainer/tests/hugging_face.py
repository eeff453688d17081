"""The other side of tests/transformers.rs, in the real transformers and peft.

    hugging_face.py make FOLDER    writes models with random weights, and the logits they give
    hugging_face.py check FOLDER   loads what was written from them, and compares
"""

import sys
from pathlib import Path

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import (
    AutoTokenizer,
    GenerationConfig,
    PreTrainedTokenizerFast,
    Qwen2Config,
    Qwen2ForCausalLM,
)

WORDS = list("0123456789+*=?") + [" "]
MARKERS = ["<|im_start|>", "<|im_end|>", "<|endoftext|>"]

SMALL = {"hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 3, "num_attention_heads": 4}
# name: configuration, dtype on disk, size of a shard
CASES = {
    "tied": (SMALL | {"num_key_value_heads": 2, "tie_word_embeddings": True}, torch.float32, "5GB"),
    "untied_sharded": (SMALL | {"num_key_value_heads": 4, "tie_word_embeddings": False}, torch.float32, "20KB"),
    "bf16": (SMALL | {"num_key_value_heads": 1, "tie_word_embeddings": True}, torch.bfloat16, "5GB"),
    "f16_sharded": (SMALL | {"num_key_value_heads": 2, "tie_word_embeddings": False}, torch.float16, "20KB"),
    # The widths of Qwen2.5-Math-1.5B, with two of its layers and a short vocabulary.
    "qwen_math": (
        {
            "hidden_size": 1536,
            "intermediate_size": 8960,
            "num_hidden_layers": 2,
            "num_attention_heads": 12,
            "num_key_value_heads": 2,
            "vocab_size": 512,
            "rms_norm_eps": 1e-6,
            "rope_theta": 10000.0,
            "tie_word_embeddings": True,
        },
        torch.bfloat16,
        "100MB",
    ),
}
# name of the base: an adapter on it
ADAPTERS = {
    "tied": {"r": 4, "lora_alpha": 8, "target_modules": "all-linear"},
    "untied_sharded": {"r": 2, "lora_alpha": 3, "target_modules": ["q_proj", "down_proj"], "use_rslora": True},
}
SHARED = {"vocab_size": 24, "max_position_embeddings": 64, "rope_theta": 500.0}


def tokenizer() -> PreTrainedTokenizerFast:
    inner = Tokenizer(models.WordLevel({w: i for i, w in enumerate(["<unk>", *WORDS])}, unk_token="<unk>"))
    inner.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    inner.decoder = decoders.Fuse()
    inner.add_special_tokens(MARKERS)
    return PreTrainedTokenizerFast(tokenizer_object=inner, eos_token="<|im_end|>", pad_token="<|endoftext|>")


def make(folder: Path) -> None:
    tokens = tokenizer()
    stop = tokens.convert_tokens_to_ids(["<|im_end|>", "<|endoftext|>"])
    for seed, (name, (settings, dtype, shard)) in enumerate(CASES.items()):
        torch.manual_seed(seed)
        model = Qwen2ForCausalLM(Qwen2Config(**(SHARED | settings)))
        with torch.no_grad():
            for weight, tensor in model.named_parameters():
                offset = 1.0 if weight.endswith("norm.weight") else 0.0
                scale = 0.25 if tensor.numel() < 10_000 else 0.02
                tensor.copy_((offset + scale * torch.randn_like(tensor)).to(dtype))
        ids = torch.randint(0, model.config.vocab_size, (2, 13))
        with torch.no_grad():
            logits = model(ids).logits
        save_file({"ids": ids, "logits": logits}, folder / f"{name}.safetensors")
        model.generation_config = GenerationConfig(eos_token_id=stop)
        model.to(dtype).save_pretrained(folder / name, max_shard_size=shard)
        tokens.save_pretrained(folder / name)


    for name, settings in ADAPTERS.items():
        model = Qwen2ForCausalLM.from_pretrained(folder / name, dtype=torch.float32)
        model = get_peft_model(model, LoraConfig(**settings, task_type="CAUSAL_LM"))
        trained = {n: p for n, p in model.named_parameters() if p.requires_grad}
        with torch.no_grad():
            for tensor in trained.values():
                tensor.copy_(0.1 * torch.randn_like(tensor))
        ids = torch.randint(0, SHARED["vocab_size"], (2, 13))
        logits = model(ids).logits
        (-logits[:, :-1].log_softmax(-1).gather(-1, ids[:, 1:, None]).mean()).backward()
        tensors = {n.replace(".default.", "."): p.grad for n, p in trained.items()}
        tensors |= {"ids": ids, "logits": logits.detach()}
        save_file(tensors, folder / f"{name}-lora.safetensors")
        model.save_pretrained(folder / f"{name}-lora")


def check(folder: Path) -> None:
    for name in CASES:
        ours = folder / f"{name}-ours"
        model, info = Qwen2ForCausalLM.from_pretrained(ours, dtype=torch.float32, output_loading_info=True)
        assert not info["missing_keys"] and not info["unexpected_keys"], info
        expected = load_file(folder / f"{name}.safetensors")
        compare(name, model, expected)
        assert AutoTokenizer.from_pretrained(ours)("1+2=<|im_end|>").input_ids == tokenizer()("1+2=<|im_end|>").input_ids
        stop = GenerationConfig.from_pretrained(ours).eos_token_id
        assert stop == GenerationConfig.from_pretrained(folder / name).eos_token_id, stop
    for name in ADAPTERS:
        expected = load_file(folder / f"{name}-lora.safetensors")
        base = Qwen2ForCausalLM.from_pretrained(folder / name, dtype=torch.float32)
        compare(f"{name}, adapter", PeftModel.from_pretrained(base, folder / f"{name}-lora-ours"), expected)
        merged = Qwen2ForCausalLM.from_pretrained(folder / f"{name}-lora-merged", dtype=torch.float32)
        compare(f"{name}, merged", merged, expected, within=1e-5)


def compare(name: str, model: torch.nn.Module, expected: dict[str, torch.Tensor], within: float = 0.0) -> None:
    with torch.no_grad():
        logits = model(expected["ids"]).logits
    difference = (logits - expected["logits"]).abs().max().item()
    print(f"{name}: logits within {difference:.2e}")
    assert difference <= within, f"{name}: the weights came back changed"


if __name__ == "__main__":
    torch.set_num_threads(1)
    {"make": make, "check": check}[sys.argv[1]](Path(sys.argv[2]))
