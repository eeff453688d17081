"""Resit in veRL: as a reward, and as an agent loop of several attempts.

The reward, in the trainer's configuration:

    reward.custom_reward_function.path: pkg://resit.verl
    reward.custom_reward_function.name: compute_score

The agent loop, in the file that `actor_rollout_ref.rollout.agent.agent_loop_config_path` names; a row
selects it by `agent_name: resit`:

    - name: resit
      _target_: resit.verl.ResitAgentLoop
      environment: {attempts: 3, chat: qwen2.5}

To import this module registers `resit` with the default environment.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from resit import Environment, Policy, grade

if TYPE_CHECKING:
    AgentLoopBase: Any
    AgentLoopOutput: Any
    AgentLoopMetrics: Any
else:
    from verl.experimental.agent_loop.agent_loop import (
        AgentLoopBase,
        AgentLoopMetrics,
        AgentLoopOutput,
        register,
    )

__all__ = ["ResitAgentLoop", "compute_score"]


def compute_score(
    data_source: str,
    solution_str: str,
    ground_truth: str,
    extra_info: Mapping[str, Any] | None = None,
    *,
    policy: Policy | str | None = None,
    correct: float = 1.0,
    wrong: float = 0.0,
    **_: Any,
) -> dict[str, Any]:
    """Grade one response: `score` for the trainer, and beside it `acc`, `verdict`, `method`,
    `reason` and `steps`. An undecided response is worth as much as a wrong one.

    Raises ResitError if the ground truth is empty: such a row must not be trained on.
    """
    del data_source, extra_info
    verdict = grade(str(ground_truth), response=solution_str, policy=policy)
    return {
        "score": correct if verdict.correct else wrong,
        "acc": float(verdict.correct),
        "verdict": verdict.verdict,
        "method": verdict.method,
        "reason": verdict.reason,
        "steps": verdict.steps,
    }


class ResitAgentLoop(AgentLoopBase):  # type: ignore[misc,unused-ignore]
    """Plays an episode: attempts are sampled by the server, and feedback follows each wrong one.

    `environment` holds the settings of `resit.Environment`. The environment writes the prompt and the
    feedback in its own chat markup; the question is what the user says last in `raw_prompt`, and the
    reference `reward_model.ground_truth`.

    The output holds attempts and feedback exactly as they were sampled and encoded, with mask 1 and
    log-probabilities for what was sampled; the reward of the episode as `reward_score`, which veRL
    puts on the last token; and in `extra_fields` the `turn_scores` (of each attempt) and `stop`.
    """

    def __init__(self, *args: Any, environment: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if environment is not None and not isinstance(environment, Environment):
            # What hydra read from a file is no dict.
            settings = environment if isinstance(environment, dict) else _container(environment)
            environment = Environment(**settings)
        self.environment: Environment = environment or Environment()
        chat = json.loads(self.environment.to_json())["template"]["chat"]
        if chat["thinking"] != "keep":
            raise ValueError("veRL trains one sequence for each row: use a chat that keeps reasoning")
        self.ends = {self.tokenizer.eos_token_id}
        if chat["end_of_turn"]:
            self.ends.update(self._encode(chat["end_of_turn"])[-1:])

    def _encode(self, text: str) -> list[int]:
        ids: list[int] = self.tokenizer(text, add_special_tokens=False)["input_ids"]
        return ids

    async def run(self, sampling_params: dict[str, Any], **row: Any) -> Any:
        from verl.utils.profiler import simple_timer

        question = str(row["raw_prompt"][-1]["content"])
        reference = str(row["reward_model"]["ground_truth"])
        seed = zlib.crc32(question.encode("utf-8", "replace"))
        episode = self.environment.reset(question, reference, seed=seed)
        episode.encode(self._encode)
        prompt_length = len(episode.tokens)
        request_id = uuid4().hex
        timing: dict[str, float] = {}
        while not episode.done:
            episode.encode(self._encode)
            context = episode.tokens
            room = int(self.rollout_config.response_length) - (len(context) - prompt_length)
            allowance = episode.allowance
            limit = room if allowance is None else min(room, allowance)
            if limit < 1:
                episode.step("", finish="length")
                break
            with simple_timer("generate_sequences", timing):
                output = await self.server_manager.generate(
                    request_id=request_id,
                    prompt_ids=context,
                    sampling_params={**sampling_params, "max_tokens": limit},
                )
            ids = list(output.token_ids)[:limit]
            logprobs = list(output.log_probs)[:limit] if output.log_probs else None
            if ids and ids[-1] in self.ends:
                finish = "end-of-turn"
            elif limit == room or len(ids) < limit:
                finish = "length"
            else:
                # The budget ends the turn, and the episode may go on.
                finish = "open"
            text = self.tokenizer.decode(ids, skip_special_tokens=False)
            episode.step(text, tokens=ids, logprobs=logprobs, finish=finish)
        tokens, logprobs = episode.tokens, episode.logprobs
        return AgentLoopOutput(
            prompt_ids=tokens[:prompt_length],
            response_ids=tokens[prompt_length:],
            response_mask=episode.loss_mask[prompt_length:],
            response_logprobs=None if logprobs is None else logprobs[prompt_length:],
            reward_score=episode.reward,
            num_turns=len(episode.segments),
            metrics=AgentLoopMetrics(**timing),
            extra_fields={"turn_scores": episode.rewards, "tool_rewards": [], "stop": episode.stop},
        )


if not TYPE_CHECKING:
    ResitAgentLoop = register("resit")(ResitAgentLoop)


def _container(settings: Any) -> dict[str, Any]:
    from omegaconf import OmegaConf

    container: dict[str, Any] = OmegaConf.to_container(settings, resolve=True)
    return container
