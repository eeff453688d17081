"""Writes episodes.jsonl: scripted episodes, and what must come back.

What is expected is spelled out here, turn by turn, and put together without Resit: this file knows
the markup of the chats, the texts of the feedback and the worth of an attempt from their published
descriptions. `--check` compares the file with what would be written.
"""

import json
import sys
from pathlib import Path

FILE = Path(__file__).with_name("episodes.jsonl")
EPISODES = []

HEADER = "<|start_header_id|>{}<|end_header_id|>\n\n"
# Before and after a system message, before and after a user message, before the model's turn, its
# end, and what follows that.
CHATS = {
    "plain": (None, ("", "\n"), "", "", "\n", ""),
    "chatml": (
        ("<|im_start|>system\n", "<|im_end|>\n"),
        ("<|im_start|>user\n", "<|im_end|>\n"),
        "<|im_start|>assistant\n", "<|im_end|>", "\n", "",
    ),
    "llama3": (
        (HEADER.format("system"), "<|eot_id|>"),
        (HEADER.format("user"), "<|eot_id|>"),
        HEADER.format("assistant"), "<|eot_id|>", "", "<|begin_of_text|>",
    ),
    "mistral-v3": (None, ("[INST]", "[/INST]"), "", "</s>", "", "<s>"),
    "mistral-v7": (
        ("[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]"), ("[INST]", "[/INST]"), "", "</s>", "", "<s>",
    ),
    "gemma": (
        None, ("<start_of_turn>user\n", "<end_of_turn>\n"),
        "<start_of_turn>model\n", "<end_of_turn>", "\n", "<bos>",
    ),
}
CHATS["qwen2.5"] = CHATS["qwen3"] = CHATS["chatml"]

PAPER = (
    "Please reason step by step, and put your final answer within \\boxed{{}}. You have {} attempts "
    "to answer the questions, and you should provide the full reasoning steps in each attempt."
)
COUNT = "Your answer is incorrect. You have {} attempts left. Try an alternative."


def opening(chat, user, system=""):
    """The prompt."""
    around_system, (before, after), assistant, _, _, start = CHATS[chat]
    if system and around_system:
        start += around_system[0] + system + around_system[1]
    elif system:
        user = system + "\n\n" + user
    return start + before + user + after + assistant


def between(chat, message, role="system", ended=False):
    """What the environment says after a turn whose end the model sampled, or not."""
    around_system, around_user, assistant, end, after_turn, _ = CHATS[chat]
    said = ("" if ended else end) + after_turn
    if message:
        before, after = around_system if role == "system" and around_system else around_user
        said += before + message + after
    return said + assistant


def turn(text, status, feedback=None, stop=None, reward=0.0, finish=None, ids=None, visible=None):
    """A piece of a turn of the model, and what the step must come to.

    `ids` are (tokens, logprobs); `visible` is what later turns see of it, if that is not all.
    """
    piece = {"text": text}
    if ids:
        piece["tokens"] = ids[0]
        if ids[1] is not None:
            piece["logprobs"] = ids[1]
    if finish:
        piece["finish"] = finish
    step = {"status": status, "reward": reward, "feedback": feedback, "stop": stop}
    return {"piece": piece, "step": step, "visible": visible}


def refused(text, error, **more):
    """A piece that is refused."""
    return {"piece": {"text": text, **more}, "step": {"error": error}, "visible": None}


def right(text=r"\boxed{42}", **more):
    return turn(text, "correct", stop="solved", reward=more.pop("reward", 1.0), **more)


def sampled(first, *logprobs):
    """As many ids in a row, from `first`."""
    return list(range(first, first + len(logprobs))), list(logprobs)


def utf8(text):
    return list(text.encode())


def episode(name, environment, prompt, turns, rewards, question="6 × 7?", reference="42",
            ids=False, ends=None, trained=None, withdrawn=False):
    """Adds an episode.

    `rewards` are those of the attempts; `ends` the rewards on tokens, by the place of the turn, where
    that is not the last turn's reward on its last token; `trained` the places of the turns that the
    last sequence trains, where those are not all; `withdrawn` whether the last feedback is.
    """
    segments = [("environment", prompt, utf8(prompt) if ids else [], [], None)]
    taken = [t for t in turns if "error" not in t["step"]]
    for place, t in enumerate(taken):
        piece, step = t["piece"], t["step"]
        tokens = piece.get("tokens", [])
        if piece["text"] or tokens:
            segments.append(("model", piece["text"], tokens, piece.get("logprobs"), place))
        said = [t["visible"], step["feedback"]]
        if withdrawn and place == len(taken) - 2:
            said = []
        for text in said:
            if text is not None:
                kind = "context" if text is t["visible"] else "environment"
                segments.append((kind, text, utf8(text) if ids else [], [], None))
    final = taken[-1]["step"] if taken else {"reward": 0.0, "stop": None}
    ended = final["stop"] is not None
    if ends is None:
        ends = {max((s[4] for s in segments if s[0] == "model"), default=0): final["reward"]}

    def sequence(upto):
        """The segments before `upto` as one sequence: what a context replaces is left out, and
        nothing before the last replacement is trained."""
        seen = segments[:upto]
        last = max((i for i, s in enumerate(seen) if s[0] == "context"), default=0)
        tokens, mask, logprobs, bears, text = [], [], [], [], ""
        final_turn = max((s[4] for s in seen if s[0] == "model"), default=None)
        for i, (author, said, its, its_logprobs, place) in enumerate(seen):
            if i + 1 < len(seen) and seen[i + 1][0] == "context":
                continue
            model = author == "model" and i >= last
            text += said
            tokens += its
            mask += [int(model)] * len(its)
            if not model:
                logprobs = logprobs and logprobs + [0.0] * len(its) if logprobs is not None else None
                logprobs = [0.0] * len(tokens) if logprobs == [] else logprobs
            elif its_logprobs is None and its:
                logprobs = None
            elif logprobs is not None:
                logprobs = logprobs + (its_logprobs or [])
            bears += [0.0] * len(its)
            if model and its and ended:
                if upto < len(segments) and place == final_turn:
                    bears[-1] = final["reward"]
                elif upto == len(segments):
                    bears[-1] = ends.get(place, 0.0)
        return {"text": text, "tokens": tokens, "loss_mask": mask, "logprobs": logprobs, "rewards": bears}

    whole = sequence(len(segments))
    contexts = [i for i, s in enumerate(segments) if s[0] == "context"]
    if environment.get("chat") == "qwen3":
        sequences = [sequence(i) for i in contexts] + [whole]
    else:
        sequences = [whole]
    if trained is not None:
        for one in sequences:
            place, mask = 0, []
            for author, _, its, _, at in segments:
                mask += [int(author == "model" and at in trained)] * len(its)
            one["loss_mask"] = mask
            one["logprobs"] = [p if m else 0.0 for p, m in zip(one["logprobs"], mask)]
        whole = sequence(len(segments))
    row = {"name": name, "environment": environment,
           "task": {"question": question, "reference": reference}, "seed": 0}
    if ids:
        row["ids"] = "utf8"
    row["script"] = [t["piece"] for t in turns]
    row["expected"] = {
        "steps": [t["step"] for t in turns],
        "stop": final["stop"],
        "rewards": rewards,
        "reward": final["reward"] if ended and final["stop"] != "error" else None,
        "text": whole["text"],
        "tokens": whole["tokens"],
        "loss_mask": whole["loss_mask"],
        "logprobs": whole["logprobs"],
        "sequences": [{k: v for k, v in one.items() if k != "text"} for one in sequences],
    }
    EPISODES.append(row)


def fails_to_start(name, environment, error, question="6 × 7?", reference="42"):
    EPISODES.append({
        "name": name, "environment": environment,
        "task": {"question": question, "reference": reference}, "seed": 0, "script": [],
        "expected": {"error": error},
    })


# The paper's environment, in the markup of each family of models.
for chat in CHATS:
    first = opening(chat, "6 × 7?", PAPER.format(2))
    end = CHATS[chat][3]
    no = between(chat, COUNT.format(1))
    sampled_end = between(chat, COUNT.format(1), ended=True)
    env = {"chat": chat, "attempts": 2}
    episode(f"{chat}: wrong, then right", env, first,
            [turn(r"It is \boxed{43}.", "wrong", no), right(r"No, \boxed{42}.")], [-0.5, 1.0])
    if end:
        episode(f"{chat}: the end of the turn is among the sampled ids", env, first,
                [turn(r"\boxed{43}" + end, "wrong", sampled_end, ids=sampled(900, -0.5, -1.5, -0.25)),
                 right(r"\boxed{42}" + end, ids=sampled(950, -0.125, -2.0))],
                [-0.5, 1.0], ids=True)

# Templates.
BASIC = "{input}\nPut your final answer within \\boxed{}. You have {remaining} attempts."
PLAIN = "6 × 7?\nPut your final answer within \\boxed{{}}. You have {} attempts.\n"
LEFT = "\nYour answer is incorrect. You have {} attempts left.\n"
plain = {"template": "plain"}
episode("plain: right at once", {**plain, "attempts": 3}, PLAIN.format(3), [right()], [1.0])
episode("plain: all attempts wrong", {**plain, "attempts": 2}, PLAIN.format(2),
        [turn(r"\boxed{41}", "wrong", LEFT.format(1)),
         turn(r"\boxed{40}", "wrong", stop="exhausted", reward=-0.5)], [-0.5, -0.5])
episode("plain: no box at all", {**plain, "attempts": 2}, PLAIN.format(2),
        [turn("It is 42.", "stopped", LEFT.format(1)),
         turn("It is 42.", "stopped", stop="exhausted", reward=-1.0)], [-1.0, -1.0])
episode("plain: a wrong box is better than none", {**plain, "attempts": 2}, PLAIN.format(2),
        [turn(r"\boxed{41}", "wrong", LEFT.format(1)),
         turn("I give up.", "stopped", stop="exhausted", reward=-0.5)], [-0.5, -1.0])
episode("plain: an empty box is no answer", {**plain, "attempts": 1}, PLAIN.format(1),
        [turn(r"\boxed{}", "stopped", stop="exhausted", reward=-1.0)], [-1.0])
episode("plain: an open box is no answer", {**plain, "attempts": 1}, PLAIN.format(1),
        [turn(r"\boxed{42", "stopped", stop="exhausted", reward=-1.0)], [-1.0])
episode("plain: the last box counts", {**plain, "attempts": 1}, PLAIN.format(1),
        [turn(r"\boxed{42}, no: \boxed{41}", "wrong", stop="exhausted", reward=-0.5)], [-0.5])
episode("plain: a box among the thoughts does not count", {**plain, "attempts": 1}, PLAIN.format(1),
        [turn(r"<think>\boxed{42}</think> It is 42.", "stopped", stop="exhausted", reward=-1.0)], [-1.0])
episode("plain: two values in one box", {**plain, "attempts": 1}, PLAIN.format(1),
        [turn(r"\boxed{42, 43}", "wrong", stop="exhausted", reward=-0.5)], [-0.5])
for answer in (r"\frac{84}{2}", "6\\cdot 7", "42.0", r"\sqrt{1764}", "x = 42"):
    episode(f"plain: {answer} is 42", {**plain, "attempts": 1}, PLAIN.format(1),
            [right(f"\\boxed{{{answer}}}")], [1.0])
episode("plain: an interval", {**plain, "attempts": 2},
        "Solve.\n" + PLAIN.format(2).split("\n", 1)[1],
        [turn(r"\boxed{(1,3)}", "wrong", LEFT.format(1)), right(r"\boxed{1\le x<3}")], [-0.5, 1.0],
        question=" Solve. ", reference="[1,3)")
episode("plain: a question that holds a placeholder", {**plain, "attempts": 1},
        "What is {remaining}?\n" + PLAIN.format(1).split("\n", 1)[1], [right()], [1.0],
        question="What is {remaining}?")
AGAIN = "<|im_start|>system\nYour answer is incorrect. Try an alternative. You have {} attempts to answer " \
    "the question.<|im_end|>\n<|im_start|>user\n6 × 7?<|im_end|>\n"
episode("repeat-question: the question is said again", {"template": "repeat-question", "attempts": 2},
        opening("chatml", "6 × 7?", "Please reason step by step, and put your final answer within "
                "\\boxed{}. You have 2 attempts to answer the question."),
        [turn(r"\boxed{4}", "wrong", "<|im_end|>\n" + AGAIN.format(1) + "<|im_start|>assistant\n"),
         right()], [-0.5, 1.0])
episode("single-turn", {"template": "single-turn", "attempts": 1},
        opening("chatml", "6 × 7?\nPlease reason step by step, and put your final answer within \\boxed{}.",
                "You are a helpful assistant."), [right()], [1.0])
R1 = "User: 6 × 7?\nThink first, inside <think> </think> tags, then give the answer inside <answer> " \
    "</answer> tags.\nAssistant:"
r1 = {"template": "think-answer", "attempts": 1, "ending": {"marker": "</answer>"},
      "policy": {"extraction": "tags"},
      "rewards": {"wrong": 0, "unformatted": 0, "format": 1}}
episode("think-answer: right and in form", r1, R1,
        [right(" <think>6 × 7</think> <answer>42</answer>", reward=2.0)], [2.0])
episode("think-answer: right, not in form", r1, R1, [right(" <answer>42</answer>")], [1.0])
episode("think-answer: wrong, in form", r1, R1,
        [turn(" <think>6 × 7</think> <answer>41</answer>", "wrong", stop="exhausted", reward=1.0)], [1.0])
episode("think-answer: neither", r1, R1, [turn("42", "stopped", stop="exhausted", reward=0.0)], [0.0])
episode("think-answer: the marker ends a turn that comes in pieces", r1, R1,
        [turn(" <think>so</think> <answer>42</ans", "open", finish="open"),
         right("wer>", reward=2.0, finish="open")], [2.0])

# Feedback.
HI = {"chat": "plain", "system": "", "user": "{input}", "feedback": "none"}
episode("none: nothing is said", {"template": HI, "attempts": 2}, "6 × 7?\n",
        [turn(r"\boxed{4}", "wrong", "\n"), right()], [-0.5, 1.0])
episode("unary: the user says it", {"feedback": "unary", "attempts": 2},
        opening("chatml", "6 × 7?", PAPER.format(2)),
        [turn(r"\boxed{4}", "wrong", between("chatml", "Let's try again.", "user")), right()], [-0.5, 1.0])
WRONG = "Your answer is incorrect. {} You have 1 attempts left. Try an alternative."
for reference, answer, diagnosis in (
    ("42", "41", "Its value is not right."),
    ("42", "-42", "Check the signs."),
    ("42", "0.42", "Check the magnitude, such as the place of the decimal point."),
    (r"12\text{ cm}", r"12\text{ kg}", "Check the units."),
    ("(4,-1)", "(-1,4)", "The order of the items matters."),
    (r"\{2,4,6\}", r"\{2,4\}", "It does not hold the right number of items."),
    (r"\{2,4,6\}", r"\{2,4,5\}", "Not every item is right."),
    ("(3,8)", "[3,8]", "Check whether the ends belong to it."),
    ("354_6", "354", "Check the base of the numeral."),
    ("42", "42=7", "Its equations do not agree with one another."),
):
    episode(f"diagnostic: {answer} for {reference}", {"feedback": "diagnostic", "attempts": 2},
            opening("chatml", "What is it?", PAPER.format(2)),
            [turn(f"\\boxed{{{answer}}}", "wrong", between("chatml", WRONG.format(diagnosis))),
             right(f"\\boxed{{{reference}}}")], [-0.5, 1.0],
            question="What is it?", reference=reference)
episode("diagnostic: no box", {"feedback": "diagnostic", "attempts": 2},
        opening("chatml", "6 × 7?", PAPER.format(2)),
        [turn("42", "stopped", between("chatml", WRONG.format("There is no answer in a box."))), right()],
        [-1.0, 1.0])
ASK = "Your answer is incorrect. Reflect on what went wrong, and write a short explanation that will " \
    "help you to do better next time."
GO = "Try again. You have 1 attempts left."
reflected = [
    turn(r"\boxed{4}", "wrong", between("chatml", ASK, "user", True), ids=sampled(300, -0.5, -0.5)),
    turn("I added.", "interlude", between("chatml", GO, "user", True), ids=sampled(310, -1.0, -0.75)),
    right(ids=sampled(320, -0.25)),
]
PROMPT = opening("chatml", "6 × 7?", PAPER.format(2))
episode("reflection: all is trained", {"feedback": "reflection", "attempts": 2}, PROMPT, reflected,
        [-0.5, 1.0], ids=True)
episode("reflection: only it is trained",
        {"feedback": "reflection", "attempts": 2, "rewards": {"credit": "reflection"}}, PROMPT, reflected,
        [-0.5, 1.0], ids=True, ends={1: 1.0}, trained=[1])
CHECK = 'Check your solution step by step. End with "The answer is correct" or "The answer is wrong".'
THEN = "Then answer the question again."
episode("verification: the model keeps a wrong answer", {"feedback": "verification", "attempts": 2}, PROMPT,
        [turn(r"\boxed{4}", "wrong", between("chatml", CHECK, "user")),
         turn("The answer is correct", "interlude", stop="accepted", reward=-0.5)], [-0.5])
episode("verification: the model keeps a right answer", {"feedback": "verification", "attempts": 2}, PROMPT,
        [turn(r"\boxed{42}", "correct", between("chatml", CHECK, "user")),
         turn("The answer is correct.", "interlude", stop="solved", reward=1.0)], [1.0])
episode("verification: the model revises a right answer", {"feedback": "verification", "attempts": 2,
                                                           "rewards": {"aggregate": "last"}}, PROMPT,
        [turn(r"\boxed{42}", "correct", between("chatml", CHECK, "user")),
         turn("The answer is wrong.", "interlude", between("chatml", THEN, "user")),
         turn(r"\boxed{43}", "wrong", stop="exhausted", reward=-0.5)], [1.0, -0.5])

# Pieces of a turn.
SHORT = {"template": {**HI, "feedback": {"role": "user", "text": "No. {remaining} left."}}}
FIRST, NO = "6 × 7?\n", "\nNo. {} left.\n"
episode("pieces: the piece that closes a box ends the attempt", {**SHORT, "attempts": 2}, FIRST,
        [turn("It is ", "open", finish="open", ids=sampled(500, -0.5)),
         turn(r"\boxed{4", "open", finish="open", ids=sampled(501, -1.0, -0.5)),
         turn("1}", "wrong", NO.format(1), finish="open", ids=sampled(503, -0.25)),
         turn(r"\boxed{", "open", finish="open", ids=sampled(510, -0.5)),
         right("42}", finish="open", ids=sampled(511, -0.125))], [-0.5, 1.0], ids=True)
episode("pieces: an empty end of the turn", {**SHORT, "attempts": 1, "ending": "turn"}, FIRST,
        [turn(r"\boxed{42}", "open", finish="open"), right("", finish="end-of-turn")], [1.0])
episode("pieces: under `turn` a box does not end the attempt", {**SHORT, "attempts": 1, "ending": "turn"},
        FIRST, [turn(r"\boxed{41}, ", "open", finish="open"), right(r"no, \boxed{42}")], [1.0])
episode("pieces: ids without text", {**SHORT, "attempts": 1}, FIRST,
        [turn("", "open", finish="open", ids=sampled(7, -0.5)),
         right(r"\boxed{42}", ids=sampled(8, -0.25, -0.25))], [1.0], ids=True)

# The context is full.
episode("full: nothing fits", {**SHORT, "attempts": 2}, FIRST,
        [turn("", "full", stop="truncated", reward=-1.0, finish="length")], [])
episode("full: cut off without a box", {**SHORT, "attempts": 2}, FIRST,
        [turn("Well, ", "full", stop="truncated", reward=-1.0, finish="length", ids=sampled(3, -0.5, -2.0))],
        [-1.0], ids=True)
episode("full: cut off after a right box", {**SHORT, "attempts": 2}, FIRST,
        [right(r"\boxed{42} since", finish="length")], [1.0])
episode("full: the feedback that asked for more is taken back", {**SHORT, "attempts": 2}, FIRST,
        [turn(r"\boxed{41}", "wrong", NO.format(1), ids=sampled(60, -0.5, -0.5)),
         turn("", "full", stop="truncated", reward=-0.5, finish="length")], [-0.5], ids=True,
        withdrawn=True)

# Token budgets.
episode("budget: of a turn", {**SHORT, "attempts": 2, "budget": {"attempt": 3}}, FIRST,
        [turn("one two three", "full", NO.format(1), finish="open", ids=sampled(20, -0.5, -0.5, -0.5)),
         right(ids=sampled(30, -0.25, -0.25))], [-1.0, 1.0], ids=True)
episode("budget: of the episode", {**SHORT, "attempts": 3, "budget": {"episode": 4}}, FIRST,
        [turn(r"\boxed{41}", "wrong", NO.format(2), ids=sampled(20, -0.5, -0.5)),
         turn(r"\boxed{40}", "wrong", stop="budget", reward=-0.5, ids=sampled(30, -0.25, -0.25))],
        [-0.5, -0.5], ids=True)
episode("budget: too many tokens are refused", {**SHORT, "attempts": 1, "budget": {"attempt": 2}}, FIRST,
        [refused("a b c", "3 tokens where 2 were allowed", tokens=[1, 2, 3]),
         right(ids=sampled(5, -0.5))], [1.0], ids=True)
episode("budget: tokens must be known", {**SHORT, "attempts": 1, "budget": {"attempt": 2}}, FIRST,
        [refused(r"\boxed{42}", "a token budget needs the token ids of every attempt"),
         right(ids=sampled(5, -0.5))], [1.0], ids=True)

# Rewards.
THREE = [
    turn(r"\boxed{41}", "wrong", NO.format(2), ids=sampled(100, -0.5)),
    turn(r"\boxed{41}", "wrong", NO.format(1), ids=sampled(110, -0.5, -0.5)),
]


def scheme(name, rewards, reward, of_attempts, ends=None):
    episode(f"reward: {name}", {**SHORT, "attempts": 3, "rewards": rewards}, FIRST,
            [*THREE, right(reward=reward, ids=sampled(120, -1.0))], of_attempts, ids=True, ends=ends)


scheme("the best attempt", {}, 1.0, [-0.5, -0.5, 1.0])
scheme("the sum", {"aggregate": "sum"}, 0.0, [-0.5, -0.5, 1.0])
scheme("the mean", {"aggregate": "mean", "wrong": -1, "correct": 3.5}, 0.5, [-1.0, -1.0, 3.5])
scheme("the last", {"aggregate": "last", "correct": 2}, 2.0, [-0.5, -0.5, 2.0])
scheme("on the last token of each attempt", {"credit": "attempt"}, 1.0, [-0.5, -0.5, 1.0],
       {0: -0.5, 1: -0.5, 2: 1.0})
scheme("discounted", {"discount": 0.5}, 0.25, [-0.5, -0.5, 0.25])
scheme("for the form", {"format": 0.25}, 1.25, [-0.25, -0.25, 1.25])
scheme("for getting better", {"improvement": 2, "aggregate": "last"}, 4.0, [-0.5, -0.5, 4.0])
scheme("less for repeating: 3 / 3 at the second attempt", {"repetition": 3}, 0.0, [-0.5, -1.5, 1.0])
scheme("less for length", {"length": {"from": 1, "to": 3, "weight": 0.5}, "aggregate": "sum"}, -0.25,
       [-0.5, -0.75, 1.0])

# Reasoning that later turns do not see.
THOUGHT = [
    turn("<think>4?</think>\n\n\\boxed{4}<|im_end|>", "wrong", between("chatml", COUNT.format(1)),
         ids=sampled(700, -0.5, -0.5, -1.0), visible=r"\boxed{4}"),
    right("<think>!</think>\\boxed{42}", ids=sampled(710, -0.25, -0.125)),
]
episode("qwen3: each turn is trained in the context that it was sampled in", {"chat": "qwen3", "attempts": 2},
        PROMPT, THOUGHT, [-0.5, 1.0], ids=True)
episode("thinking dropped: only the last turn is trained",
        {"chat": {"start": "", "system": ["<|im_start|>system\n", "<|im_end|>\n"],
                  "user": ["<|im_start|>user\n", "<|im_end|>\n"], "assistant": "<|im_start|>assistant\n",
                  "end_of_turn": "<|im_end|>", "after_turn": "\n", "thinking": "drop"}, "attempts": 2},
        PROMPT, THOUGHT, [-0.5, 1.0], ids=True)

# Log-probabilities may be unknown.
episode("unknown log-probabilities", {**SHORT, "attempts": 1}, FIRST,
        [right(ids=([4, 5], None))], [1.0], ids=True)

# How many attempts there are.
episode("attempts: always three by their weights", {**plain, "attempts": {"weighted": [0, 0, 5]}},
        PLAIN.format(3), [right()], [1.0])
episode("attempts: uniform up to one", {**plain, "attempts": {"uniform": {"max": 1}}}, PLAIN.format(1),
        [turn(r"\boxed{4}", "wrong", stop="exhausted", reward=-0.5)], [-0.5])

# What is refused changes nothing.
episode("refused: after the end", {**SHORT, "attempts": 1}, FIRST,
        [right(), refused("more", "the episode has ended")], [1.0])
episode("refused: ids after text that has none", {**SHORT, "attempts": 1}, FIRST,
        [refused("x", "an attempt with token ids follows text that was never encoded", tokens=[1]), right()],
        [1.0])
episode("refused: not one log-probability for each token", {**SHORT, "attempts": 1}, FIRST,
        [refused("x", "an attempt of 2 tokens has 1 log-probabilities", tokens=[1, 2], logprobs=[-0.5]),
         right()], [1.0], ids=True)

# What is wrong with a task or with the settings.
fails_to_start("no reference", {}, "the task has an empty reference", reference="  ")
fails_to_start("no attempts", {"attempts": 0}, "an episode needs at least one attempt")
fails_to_start("no weight", {"attempts": {"weighted": [0, 0]}}, "an episode needs at least one attempt")


def main():
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in EPISODES)
    if "--check" in sys.argv[1:]:
        if FILE.read_text(encoding="utf-8") != text:
            sys.exit(f"{FILE} is not what {Path(__file__).name} writes")
    else:
        FILE.write_text(text, encoding="utf-8")
    print(f"{len(EPISODES)} episodes")


main()
