"""Grades generated pairs, and compares each verdict with what exact fractions, sympy or mpmath say.

A pair is an expression and a copy that was rewritten, or rewritten and then changed in one place. What is
true of it is worked out from both trees and not from how they were made: rational numbers with `fractions`,
rational functions in lowest terms with sympy, other constants and functions with mpmath to 80 digits.

usage: differential.py RESIT [--count N] [--seed S]     where RESIT is the command-line program

Exit status: 0; 1 if a verdict is wrong, or if too many are undecided.
"""

import argparse
import collections
import json
import random
import subprocess
import sys
from fractions import Fraction

import mpmath
import sympy

DIGITS = 80
SAME = mpmath.mpf(10) ** -60
APART = mpmath.mpf(10) ** -45
MOST_UNDECIDED = 0.02

FIELD, *GENERATORS = sympy.field("x,y,z", sympy.QQ)
VARIABLES = dict(zip("xyz", GENERATORS))


class Undefined(Exception):
    """The expression has no value, or none that is told apart from another."""


# A tree is a tuple: its kind, then its parts. ("n", 3), ("v", "x"), ("pi",), ("+", a, b, …),
# ("*", a, b, …), ("/", a, b), ("-", a), ("^", a, 3), ("root", 2, a), ("sin", a), …, ("log", 10, a).
FUNCTIONS = ("sin", "cos", "tan", "ln", "exp")


def number(n):
    return ("n", n) if n >= 0 else ("-", ("n", -n))


def evaluate(tree, literal, variable, call):
    """The value of `tree` in the domain of its leaves."""
    kind, *parts = tree
    go = lambda part: evaluate(part, literal, variable, call)
    if kind == "n":
        return literal(parts[0])
    if kind == "v":
        return variable(parts[0])
    if kind == "+":
        total = go(parts[0])
        for part in parts[1:]:
            total = total + go(part)
        return total
    if kind == "*":
        total = go(parts[0])
        for part in parts[1:]:
            total = total * go(part)
        return total
    if kind == "-":
        return -go(parts[0])
    if kind == "/":
        below = go(parts[1])
        if is_zero(below):
            raise Undefined
        return go(parts[0]) / below
    if kind == "^":
        base = go(parts[0])
        if parts[1] <= 0 and is_zero(base):
            raise Undefined
        return base ** parts[1]
    return call(kind, parts, go)


def is_zero(value):
    return abs(value) < SAME if isinstance(value, mpmath.mpf) else value == 0


def exact(tree):
    def call(*_):
        raise TypeError

    return evaluate(tree, Fraction, None, call)


def rational_function(tree):
    def call(*_):
        raise TypeError

    return evaluate(tree, FIELD, VARIABLES.get, call)


def numeric(tree, at):
    def call(kind, parts, go):
        if kind == "pi":
            return +mpmath.pi
        if kind == "root":
            value = go(parts[1])
            if value < 0 and parts[0] % 2 == 0:
                raise Undefined
            return mpmath.sign(value) * mpmath.root(abs(value), parts[0])
        if kind == "log":
            return mpmath.log(positive(go(parts[1]))) / mpmath.log(parts[0])
        value = go(parts[0])
        if kind == "ln":
            return mpmath.log(positive(value))
        if kind == "exp" and abs(value) > 200:
            raise Undefined
        if kind == "tan" and abs(mpmath.cos(value)) < SAME:
            raise Undefined
        return getattr(mpmath, kind)(value)

    value = evaluate(tree, lambda n: mpmath.mpf(n.numerator) / n.denominator, at.get, call)
    if value != 0 and not 1e-20 < abs(value) < 1e20:
        raise Undefined
    return value


def positive(value):
    if value <= SAME:
        raise Undefined
    return value


def is_equal(kind, a, b, rng):
    """What is true of two trees."""
    if kind in ("numbers", "fractions"):
        return exact(a) == exact(b)
    if kind in ("polynomials", "rational functions"):
        return rational_function(a) == rational_function(b)
    for _ in range(3):
        at = {name: mpmath.mpf(rng.randint(20, 180)) / 97 for name in "xyz"}
        difference = abs(numeric(a, at) - numeric(b, at))
        if difference > APART:
            return False
        if difference > SAME:
            raise Undefined
    return True


# Writing


class Writer:
    """Writes a tree as LaTeX or as plain text, in one of many spellings."""

    def __init__(self, rng):
        self.rng = rng
        self.plain = rng.random() < 0.3
        self.times = rng.choice(["*"] if self.plain else [r" \cdot ", r"\times ", ""])
        self.fraction = rng.choice([r"\frac", r"\dfrac", r"\tfrac"])
        self.power = rng.choice(["^", "**"]) if self.plain else "^"
        left = rng.choice([("(", ")"), (r"\left(", r"\right)")])
        self.brackets = ("(", ")") if self.plain else left

    def bracketed(self, tree):
        return self.brackets[0] + self.write(tree) + self.brackets[1]

    def tight(self, tree):
        """As a base or a factor."""
        return self.write(tree) if tree[0] in ("v", "pi") or tree[0] == "n" else self.bracketed(tree)

    def write(self, tree):
        kind, *parts = tree
        if kind == "n":
            return self.literal(parts[0])
        if kind == "v":
            return parts[0]
        if kind == "pi":
            return "pi" if self.plain else r"\pi"
        if kind == "+":
            return self.sum(parts)
        if kind == "*":
            return self.product(parts)
        if kind == "-":
            return "-" + (self.bracketed(parts[0]) if parts[0][0] in "+-" else self.write(parts[0]))
        if kind == "/":
            if self.plain:
                return f"{self.tight(parts[0])}/{self.tight(parts[1])}"
            return f"{self.fraction}{{{self.write(parts[0])}}}{{{self.write(parts[1])}}}"
        if kind == "^":
            base = self.bracketed(parts[0]) if not is_name(parts[0]) else self.write(parts[0])
            exponent = str(parts[1])
            if self.plain:
                return f"{base}{self.power}" + (exponent if parts[1] >= 0 else f"({exponent})")
            return f"{base}^{{{exponent}}}"
        if kind == "root":
            return self.root(*parts)
        if kind == "log":
            if self.plain:
                return f"log({self.write(parts[1])}, {parts[0]})"
            return rf"\log_{{{parts[0]}}}{self.bracketed(parts[1])}"
        if kind == "exp":
            inner = self.write(parts[0])
            return f"exp({inner})" if self.plain else f"e^{{{inner}}}"
        return ("" if self.plain else "\\") + kind + self.bracketed(parts[0])

    def literal(self, value):
        if value.denominator == 1:
            text = str(value)
            if value >= 10000 and not self.plain and self.rng.random() < 0.3:
                return f"{int(value):,}".replace(",", "{,}")
            return text
        decimals = decimal(value)
        if decimals and self.rng.random() < 0.5:
            return decimals
        if self.plain:
            return f"({value.numerator}/{value.denominator})"
        return f"{self.fraction}{{{value.numerator}}}{{{value.denominator}}}"

    def sum(self, parts):
        out = self.term(parts[0])
        for part in parts[1:]:
            negative = part[0] == "-"
            space = self.rng.choice(["", " "])
            sign = "-" if negative else "+"
            out += space + sign + space + self.term(part[1] if negative else part)
        return out

    def term(self, tree):
        return self.bracketed(tree) if tree[0] == "+" else self.write(tree) if tree[0] != "-" else self.bracketed(tree)

    def product(self, parts):
        factors = [self.tight(p) if p[0] in "+-*" or self.plain and p[0] == "/" else self.write(p) for p in parts]
        out = factors[0]
        for before, part, factor in zip(parts, parts[1:], factors[1:]):
            bare = self.times == "" and (factor[0].isdigit() or factor[0] == "." or factor.startswith(self.fraction))
            names = self.times == "" and is_whole(before) and part[0] in ("v", "pi")
            grouped = factor.startswith(self.brackets[0])
            if self.times or names or grouped and not is_name(before):
                out += self.times + factor
            elif bare or not grouped:
                out += r" \cdot " + factor
            else:
                out += r" \cdot " + factor
        return out

    def root(self, index, inside):
        text = self.write(inside)
        if index == 2 and self.plain:
            return f"sqrt({text})"
        if index == 2:
            return self.rng.choice([rf"\sqrt{{{text}}}", f"{self.bracketed(inside)}^{{1/2}}", rf"{self.bracketed(inside)}^{{\frac12}}"])
        if self.plain:
            return f"({text})^(1/{index})"
        return rf"\sqrt[{index}]{{{text}}}"


def is_name(tree):
    return tree[0] in ("v", "pi") or is_whole(tree)


def is_whole(tree):
    return tree[0] == "n" and Fraction(tree[1]).denominator == 1


def decimal(value):
    """The finite decimal that `value` is, or None."""
    scaled = value * 10**6
    if scaled.denominator != 1:
        return None
    digits = f"{int(scaled):07d}"
    return f"{digits[:-6]}.{digits[-6:].rstrip('0')}"


# Making


def leaf(kind, rng):
    n = rng.choice([rng.randint(1, 9), rng.randint(1, 40), rng.randint(2, 12)])
    if kind == "numbers":
        return ("n", Fraction(rng.choice([n, rng.randint(10**3, 10**7), 10 ** rng.randint(5, 18)])))
    if kind == "fractions":
        return ("n", Fraction(n, rng.choice([1, 2, 3, 4, 5, 7, 8, 10, 12, 25, 100])))
    if kind in ("polynomials", "rational functions", "functions"):
        return ("v", rng.choice("xxyz")) if rng.random() < 0.6 else ("n", Fraction(rng.randint(1, 9)))
    if kind == "radicals":
        if rng.random() < 0.6:
            return ("root", rng.choice([2, 2, 2, 3]), ("n", Fraction(rng.randint(2, 30))))
        return ("n", Fraction(n, rng.choice([1, 1, 2, 3])))
    if kind == "trigonometry":
        if rng.random() < 0.7:
            angle = ("/", ("*", ("n", Fraction(rng.randint(1, 11))), ("pi",)), ("n", Fraction(rng.choice([2, 3, 4, 5, 6, 8, 10, 12]))))
            return (rng.choice(["sin", "cos", "tan"]), angle)
        return ("root", 2, ("n", Fraction(rng.choice([2, 3, 5, 6])))) if rng.random() < 0.5 else ("n", Fraction(n))
    if rng.random() < 0.6:
        argument = ("n", Fraction(rng.randint(2, 60), rng.choice([1, 1, 1, 2, 3])))
        return rng.choice([("ln", argument), ("log", rng.choice([2, 3, 10]), argument), ("exp", ("n", Fraction(rng.randint(1, 3), rng.choice([1, 2]))))])
    return ("n", Fraction(n))


def make(kind, rng, depth):
    if depth == 0 or rng.random() < 0.15:
        return leaf(kind, rng)
    go = lambda: make(kind, rng, depth - 1)
    choice = rng.random()
    if kind == "functions" and choice < 0.35:
        inner = ("+", ("*", ("n", Fraction(rng.randint(2, 5))), ("v", rng.choice("xy"))), ("n", Fraction(rng.randint(1, 5))))
        return (rng.choice(["sin", "cos", "exp"]), inner)
    if choice < 0.45:
        return ("+",) + tuple(go() if rng.random() < 0.65 else ("-", go()) for _ in range(rng.choice([2, 2, 3])))
    if choice < 0.75:
        return ("*", go(), go())
    if choice < 0.9 and kind != "polynomials":
        return ("/", go(), go())
    return ("^", go(), rng.choice([2, 2, 3]))


def rewrite(tree, rng):
    """A tree of the same value where both have one."""
    kind, *parts = tree
    k = ("n", Fraction(rng.randint(2, 7)))
    choices = [lambda: ("/", ("*", k, tree), k), lambda: ("+", tree, k, ("-", k)), lambda: ("-", ("-", tree))]
    if kind in "+*" and len(parts) > 1:
        shuffled = rng.sample(parts, len(parts))
        choices += [lambda: (kind, *shuffled)] * 4
    if kind == "*" and parts[0][0] == "+":
        first, rest = parts[0], parts[1:]
        choices += [lambda: ("+",) + tuple(("*", part, *rest) for part in first[1:])] * 4
    if kind == "/":
        choices += [lambda: ("/", ("*", parts[0], k), ("*", k, parts[1])), lambda: ("*", parts[0], ("^", parts[1], -1)), lambda: ("*", ("/", ("n", Fraction(1)), parts[1]), parts[0])] * 2
    if kind == "^" and parts[1] > 0:
        choices += [lambda: ("*",) + (parts[0],) * parts[1]] * 3
        if parts[0][0] == "+" and len(parts[0]) == 3 and parts[1] == 2:
            a, b = parts[0][1:]
            choices += [lambda: ("+", ("^", a, 2), ("*", ("n", Fraction(2)), a, b), ("^", b, 2))] * 4
    if kind == "n" and is_whole(tree):
        n, part = parts[0], rng.randint(1, 9)
        choices += [lambda: ("+", number(n - part), ("n", Fraction(part)))] * 2
        choices += [lambda: ("/", ("n", n * part), ("n", Fraction(part)))]
    elif kind == "n":
        choices += [lambda: ("/", ("n", Fraction(parts[0].numerator)), ("n", Fraction(parts[0].denominator)))] * 2
    if kind == "root":
        index, inside = parts
        scale = rng.randint(2, 4)
        scaled = ("*", ("n", Fraction(scale**index)), inside) if inside[0] != "n" else ("n", inside[1] * scale**index)
        choices += [lambda: ("/", ("root", index, scaled), ("n", Fraction(scale)))] * 4
    if kind in ("sin", "cos"):
        other = "cos" if kind == "sin" else "sin"
        quarter = ("/", ("pi",), ("n", Fraction(2)))
        turn = ("*", ("n", Fraction(2)), ("pi",))
        half = ("/", parts[0], ("n", Fraction(2)))
        choices += [lambda: (other, ("+", quarter, ("-", parts[0]))), lambda: (kind, ("+", parts[0], turn))] * 3
        if kind == "sin":
            choices += [lambda: ("*", ("n", Fraction(2)), ("sin", half), ("cos", half))] * 3
        else:
            choices += [lambda: ("+", ("n", Fraction(1)), ("-", ("*", ("n", Fraction(2)), ("^", ("sin", half), 2))))] * 3
    if kind == "tan":
        choices += [lambda: ("/", ("sin", parts[0]), ("cos", parts[0]))] * 4
    if kind == "ln" and parts[0][0] == "n":
        p = Fraction(rng.randint(2, 6))
        choices += [lambda: ("+", ("ln", ("n", parts[0][1] * p)), ("-", ("ln", ("n", p))))] * 4
    if kind == "log":
        choices += [lambda: ("/", ("ln", parts[1]), ("ln", ("n", Fraction(parts[0]))))] * 4
    if kind == "exp":
        choices += [lambda: ("*", ("exp", ("+", parts[0], ("-", ("n", Fraction(1))))), ("exp", ("n", Fraction(1))))] * 4
    return rng.choice(choices)()


def change(tree, rng):
    """A tree that most likely has another value."""
    kind, *parts = tree
    if kind == "n":
        return number(parts[0] + rng.choice([1, -1, Fraction(1, 10**3), parts[0]])) if rng.random() < 0.9 else ("-", tree)
    if kind == "v":
        return rng.choice([("v", rng.choice("xyz")), ("-", tree)])
    if kind == "^":
        return ("^", parts[0], parts[1] + rng.choice([1, -1]) or 2)
    if kind in ("sin", "cos"):
        return ("cos" if kind == "sin" else "sin", *parts)
    if kind == "root":
        return ("root", parts[0] + 1, parts[1])
    return rng.choice([("-", tree), ("+", tree, ("n", Fraction(1)))])


def somewhere(tree, act, rng):
    """`tree` with `act` done to it or to one part of it."""
    parts = [i for i, part in enumerate(tree) if isinstance(part, tuple)]
    if not parts or rng.random() < 0.3:
        return act(tree, rng)
    i = rng.choice(parts)
    return tree[:i] + (somewhere(tree[i], act, rng),) + tree[i + 1 :]


KINDS = ["numbers", "fractions", "radicals", "trigonometry", "polynomials", "rational functions", "logarithms", "functions"]


def size(tree):
    return 1 + sum(size(part) for part in tree if isinstance(part, tuple))


def pairs(count, rng):
    made = 0
    while made < count:
        kind = KINDS[made % len(KINDS)]
        a = make(kind, rng, rng.choice([1, 1, 2, 2, 3]))
        b = a
        for _ in range(rng.randint(1, 4)):
            b = somewhere(b, rewrite, rng)
        if rng.random() < 0.5:
            b = somewhere(b, change, rng)
        if max(size(a), size(b)) > 60:
            continue
        try:
            equal = is_equal(kind, a, b, rng)
        except (Undefined, OverflowError, ZeroDivisionError):
            continue
        made += 1
        yield {"kind": kind, "reference": Writer(rng).write(a), "answer": Writer(rng).write(b), "equal": equal, "policy": "strict"}


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("resit")
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    mpmath.mp.dps = DIGITS
    made = list(pairs(options.count, random.Random(options.seed)))
    lines = "".join(json.dumps(pair) + "\n" for pair in made)
    graded = subprocess.run([options.resit, "grade"], input=lines, stdout=subprocess.PIPE, text=True, check=True)
    verdicts = [json.loads(line) for line in graded.stdout.splitlines()]
    assert len(verdicts) == len(made)
    counts = collections.defaultdict(collections.Counter)
    for pair, verdict in zip(made, verdicts):
        found = counts[pair["kind"]]
        found["pairs"] += 1
        found["equal"] += pair["equal"]
        if verdict["verdict"] == "undecided":
            found["undecided"] += 1
        elif (verdict["verdict"] == "equal") != pair["equal"]:
            found["wrong"] += 1
            print(f"wrong: {pair['reference']}   {pair['answer']}   are {'' if pair['equal'] else 'not '}equal: {verdict['verdict']}, {verdict['reason']}")
        else:
            found[verdict["method"]] += 1
    columns = ["pairs", "equal", "undecided", "wrong", "identical", "exact", "refuted", "numeric", "text"]
    print(f"{'kind':<20}" + "".join(f"{name:>10}" for name in columns))
    total = collections.Counter()
    for kind, found in counts.items():
        print(f"{kind:<20}" + "".join(f"{found[name]:>10}" for name in columns))
        total += found
    print(f"{'all':<20}" + "".join(f"{total[name]:>10}" for name in columns))
    return int(total["wrong"] > 0 or total["undecided"] > MOST_UNDECIDED * total["pairs"])


if __name__ == "__main__":
    sys.exit(main())
