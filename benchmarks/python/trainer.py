"""Answers requests about transformers' Qwen2, one JSON object per line.

{"do": "train", "way": "eager" | "compiled", "config": …, "weights": FILE, "batch": [[id, …], …],
 "steps": N} trains N steps and says how many seconds each took, and the loss of each.
{"do": "generate", "config": …, "weights": FILE, "prompts": [[id, …], …], "tokens": [N, …], "rows": R} samples
 that many tokens after each prompt, R prompts at a time, and says how many seconds it took.
{"do": "score", "config": …, "weights": FILE, "prompt": [id, …], "sampled": [id, …]} says the log-probabilities.
{"do": "product", "size": N, "times": K} multiplies two square matrices K times.
"""

import json
import sys
import time

import torch
from safetensors.torch import load_file
from transformers import Qwen2Config, Qwen2ForCausalLM

torch.set_num_threads(2)
trained = {}


def model_of(request):
    model = Qwen2ForCausalLM(Qwen2Config(**request["config"])).float()
    missing, unexpected = model.load_state_dict(load_file(request["weights"]), strict=False)
    assert not unexpected and set(missing) <= {"lm_head.weight"}, (missing, unexpected)
    return model


def train(request):
    key = request["weights"], request["way"]
    if key not in trained:
        model = model_of(request)
        optimizer = torch.optim.AdamW(
            model.parameters(), lr=request["learning_rate"], betas=(0.9, 0.95), eps=1e-8, weight_decay=0.0, fused=True
        )
        run = torch.compile(model) if request["way"] == "compiled" else model
        trained[key] = run, optimizer
    model, optimizer = trained[key]
    ids = torch.tensor(request["batch"])
    seconds, losses = [], []
    for _ in range(request["steps"]):
        start = time.perf_counter()
        logits = model(input_ids=ids, use_cache=False).logits[:, :-1]
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten())
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())
        seconds.append(time.perf_counter() - start)
    return {"seconds": seconds, "losses": losses}


def sampling_model(request):
    if request["weights"] not in trained:
        model = model_of(request).eval()
        config = model.generation_config
        config.do_sample, config.temperature, config.top_k, config.top_p = True, 1.0, 0, 1.0
        # Nothing ends a row before its length.
        config.eos_token_id, config.pad_token_id = None, 0
        trained[request["weights"]] = model
    return trained[request["weights"]]


@torch.inference_mode()
def generate(request):
    model = sampling_model(request)
    start = time.perf_counter()
    for first in range(0, len(request["prompts"]), request["rows"]):
        ids = torch.tensor(request["prompts"][first : first + request["rows"]])
        longest = max(request["tokens"][first : first + request["rows"]])
        out = model.generate(ids, attention_mask=torch.ones_like(ids), max_new_tokens=longest)
        assert out.shape == (ids.shape[0], ids.shape[1] + longest), out.shape
    return {"seconds": [time.perf_counter() - start]}


@torch.inference_mode()
def score(request):
    model = sampling_model(request)
    sampled = torch.tensor(request["sampled"])
    ids = torch.tensor([request["prompt"] + request["sampled"]])
    logits = model(input_ids=ids, use_cache=False).logits[0, len(request["prompt"]) - 1 : -1]
    logprobs = torch.log_softmax(logits, -1).gather(-1, sampled[:, None])
    return {"logprobs": logprobs[:, 0].tolist()}


def product(request):
    size = request["size"]
    a, b = torch.rand(size, size), torch.rand(size, size)
    seconds = []
    for _ in range(request["times"]):
        start = time.perf_counter()
        torch.mm(a, b)
        seconds.append(time.perf_counter() - start)
    return {"seconds": seconds}


for line in sys.stdin:
    request = json.loads(line)
    try:
        ways = {"train": train, "generate": generate, "score": score, "product": product}
        reply = ways[request["do"]](request)
    except Exception as error:
        reply = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(reply), flush=True)
