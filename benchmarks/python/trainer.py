"""Answers requests about transformers' Qwen2, one JSON object per line.

{"do": "train", "way": "eager" | "compiled", "config": …, "weights": FILE, "batch": [[id, …], …],
 "steps": N} trains N steps and says how many seconds each took, and the loss of each.
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
        reply = {"train": train, "product": product}[request["do"]](request)
    except Exception as error:
        reply = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(reply), flush=True)
