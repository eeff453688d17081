"""Checks the labels of these cases with sympy, independently of the grader.

    python tests/cases/check.py [KIND ...]

A case with the field "sympy" holds its two sides once more as sympy expressions, written by hand.
They are compared here, exactly where sympy can and else at 250 digits, with variables at random
real points where both sides are defined. A case without it was checked by hand. Needs sympy.

Exits 1 if a label contradicts sympy, a case is malformed or twice there, or a kind has too few.
"""

import json
import random
import re
import sys
from collections import Counter
from datetime import date
from decimal import Context, Decimal
from pathlib import Path
from types import SimpleNamespace

import sympy
from sympy.parsing.sympy_parser import parse_expr, rationalize, standard_transformations

VERDICTS = ("equal", "different", "undecided")
FIELDS = {"reference", "answer", "response", "policy", "verdict", "sympy", "note"}
COLUMNS = (*VERDICTS, "sympy", "by hand")
LEAST = {"extraction": 60, "extraction_boxed": 30}
LEAST_EACH = 6

DIGITS = 250
AGREE = sympy.Float(10, DIGITS) ** -150
POINTS = 24
ENOUGH = 5
TRIES = 120
PROBES = [sympy.Rational(n, 4) for n in range(-48, 49)]
BOUND = (sympy.Piecewise, sympy.Sum, sympy.Product, sympy.Integral, sympy.Derivative)


class Bag(tuple):
    """An unordered list whose repetitions count."""

    def __new__(cls, items):
        return super().__new__(cls, items)


class Zero:
    """The equation `expr = 0`, which a constant factor does not change."""

    def __init__(self, expr):
        self.expr = expr


def rounded(expr, digits):
    """`expr` rounded to significant digits, exact as a decimal."""
    value = Decimal(str(sympy.N(expr, 60)))
    return sympy.Rational(str(Context(prec=int(digits)).plus(value)))


def units():
    """Units as expressions in the base units, so that equal quantities are equal expressions."""
    metre, kilogram, second = sympy.symbols("metre kilogram second", positive=True)
    dollar, euro, pound = sympy.symbols("dollar euro pound", positive=True)
    ratio = sympy.Rational
    inch = ratio(254, 10000) * metre
    litre = metre**3 / 1000
    avoirdupois = ratio("0.45359237") * kilogram
    newton = kilogram * metre / second**2
    joule = newton * metre
    return SimpleNamespace(
        m=metre, cm=metre / 100, km=1000 * metre, nm=metre / 10**9, angstrom=metre / 10**10,
        inch=inch, ft=12 * inch, yd=36 * inch, mi=5280 * 12 * inch,
        kg=kilogram, g=kilogram / 1000, mg=kilogram / 10**6, lb=avoirdupois, oz=avoirdupois / 16,
        s=second, min=60 * second, h=3600 * second, day=86400 * second,
        L=litre, mL=litre / 1000, gal=231 * inch**3, qt=231 * inch**3 / 4,
        N=newton, J=joule, kJ=1000 * joule, W=joule / second,
        deg=sympy.pi / 180, dollar=dollar, cent=dollar / 100, euro=euro, pound=pound,
    )  # fmt: skip


def namespace():
    """What an expression may name: sympy's names, real and whole variables, and our own types."""
    names = {name: getattr(sympy, name) for name in dir(sympy) if not name.startswith("_")}
    for letter in "abcdfghlopqrstuvwxyzACGHKLMPQRT":
        names[letter] = sympy.Symbol(letter, real=True)
    long_names = (
        "alpha beta mu omega rho sigma theta theta_w E_ I_0 I_1 P_0 "
        "a_1 c_1 c_2 C_1 C_2 R_1 R_2 T_1 T_2 v_0 v_1 x_0 x_1 x_2 x_3"
    )
    for name in long_names.split():
        names[name] = sympy.Symbol(name, real=True)
    for letter in "ijkmn":
        names[letter] = sympy.Symbol(letter, integer=True, positive=True)
    names |= {
        "Bag": Bag,
        "Zero": Zero,
        "Round": rounded,
        "U": units(),
        "Base": lambda digits, base: sympy.Integer(int(digits, int(base))),
        "Clock": lambda hour, minute: 60 * hour + minute,
        "Day": lambda *ymd: sympy.Integer(date(*map(int, ymd)).toordinal()),
        "Proportion": lambda first, *rest: sympy.Tuple(*(part / first for part in rest)),
        "gcd_list": sympy.gcd_list,
        "lcm_list": sympy.lcm_list,
    }
    return names


NAMES = namespace()


def read(text):
    unknown = [
        name
        for name in re.findall(r"(?<![\w.'])[A-Za-z_]\w*", text)
        if name not in NAMES and name != "True"
    ]
    if unknown:
        raise NameError(f"unknown names {unknown} in {text}")
    return parse_expr(text, NAMES, standard_transformations + (rationalize,))


def draw(symbol, rng):
    if symbol.is_integer:
        return sympy.Integer(rng.randint(1, 9))
    value = sympy.Rational(rng.randint(1, rng.choice((1, 3, 9)) * 97), 97)
    return value if symbol.is_positive or rng.random() < 0.6 else -value


def number(expr, may_be_complex):
    """The value at `DIGITS` digits, or None where the expression is undefined."""
    value = sympy.N(expr.doit(), DIGITS)
    if value in (sympy.oo, -sympy.oo):
        return value
    if not value.is_number or value.has(sympy.nan, sympy.zoo, sympy.oo):
        return None
    real, imaginary = value.as_real_imag()
    if not (real.is_Float or real.is_Rational):
        raise ValueError(f"no number: {expr}")
    if not may_be_complex and abs(imaginary) > AGREE:
        return None
    return value


def is_real(expr, point):
    """Whether each part of `expr` is real there: the roots of √x·√y are not at two negatives."""
    parts = sympy.preorder_traversal(expr)
    for part in parts:
        if isinstance(part, BOUND):
            parts.skip()
        elif isinstance(part, sympy.Expr) and sympy.N(part.subs(point), 30).is_real is False:
            return False
    return True


def agree(a, b):
    if sympy.oo in (a, b) or -sympy.oo in (a, b):
        return a == b
    return abs(a - b) <= AGREE * max(abs(a), abs(b))


def equal_scalars(a, b):
    if a == b:
        return True
    symbols = sorted(a.free_symbols | b.free_symbols, key=str)
    complex_given = a.has(sympy.I) or b.has(sympy.I)
    if not symbols:
        a, b = a.doit(), b.doit()
        if a.is_Rational and b.is_Rational:
            return a == b
        x, y = number(a, True), number(b, True)
        return None if x is None or y is None else bool(agree(x, y))
    rng = random.Random(f"{a}{b}")
    seen = 0
    for _ in range(TRIES):
        point = {symbol: draw(symbol, rng) for symbol in symbols}
        if not complex_given and not (is_real(a, point) and is_real(b, point)):
            continue
        x, y = (number(side.subs(point), complex_given) for side in (a, b))
        if x is None or y is None:
            continue
        if not agree(x, y):
            return False
        seen += 1
        if seen == POINTS:
            break
    return True if seen >= ENOUGH else None


def every(results):
    """True if all are, False if one is false, None if the undecided ones decide."""
    results = list(results)
    if any(result is False for result in results):
        return False
    return None if None in results else True


def equal_bags(a, b):
    if len(a) != len(b):
        return False
    rest = list(b)
    for item in a:
        for index, other in enumerate(rest):
            if equal(item, other):
                del rest[index]
                break
        else:
            return False
    return True


def equal_equations(a, b):
    """Whether the sides differ by a constant factor: whether their ratio does not vary."""
    symbols = sorted(a.expr.free_symbols, key=str)
    if set(symbols) != b.expr.free_symbols:
        return False
    ratio = sympy.cancel(a.expr / b.expr)
    return not sympy.simplify(ratio).free_symbols


def equal_sets(a, b):
    a, b = sympy.simplify(a), sympy.simplify(b)
    if a == b:
        return True
    if any((probe in a) != (probe in b) for probe in PROBES):
        return False
    return every((a.is_subset(b), b.is_subset(a)))


def equal(a, b):
    """Whether two values are the same: True, False, or None where this script cannot tell."""
    if isinstance(a, Bag) and isinstance(b, Bag):
        return equal_bags(a, b)
    if isinstance(a, Zero) and isinstance(b, Zero):
        return equal_equations(a, b)
    if isinstance(a, sympy.Tuple) and isinstance(b, sympy.Tuple):
        return len(a) == len(b) and every(map(equal, a, b))
    if isinstance(a, sympy.MatrixBase) and isinstance(b, sympy.MatrixBase):
        return a.shape == b.shape and every(map(equal, a, b))
    if isinstance(a, sympy.Set) and isinstance(b, sympy.Set):
        return equal_sets(a, b)
    if isinstance(a, sympy.Expr) and isinstance(b, sympy.Expr):
        return equal_scalars(a, b)
    return False


def faults_of_form(case):
    if unknown := set(case) - FIELDS:
        yield f"unknown fields {sorted(unknown)}"
    if case.get("verdict") not in VERDICTS:
        yield "no verdict"
    if "reference" not in case or ("answer" in case) == ("response" in case):
        yield "needs a reference, and either an answer or a response"


def contradiction(case):
    """What sympy says against the label, or None."""
    found = equal(*map(read, case["sympy"]))
    if found is None:
        return "sympy cannot tell"
    if found != (case["verdict"] == "equal"):
        return f"sympy says {'equal' if found else 'different'}"
    return None


def check_kind(path):
    """Counts the cases of a kind, and lists what is wrong with them."""
    count = Counter()
    faults = []
    labels = {}
    for line, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        case = json.loads(text)
        found = list(faults_of_form(case))
        answer, policy = case.get("answer", case.get("response")), case.get("policy")
        if (case["reference"], answer, policy) in labels:
            found.append("twice there")
        # A policy with a form asks it of the answer only.
        if "answer" in case and "+" not in (policy or ""):
            other = labels.get((answer, case["reference"], policy), case["verdict"])
            if other != case["verdict"]:
                found.append("labelled otherwise with its sides exchanged")
        labels[case["reference"], answer, policy] = case["verdict"]
        count[case["verdict"]] += 1
        count["sympy" if "sympy" in case else "by hand"] += 1
        if "sympy" in case:
            try:
                found.append(contradiction(case))
            except Exception as error:  # whatever sympy raises is a fault of the case
                found.append(f"{type(error).__name__}: {error}")
        faults += [f"{path.name}:{line}: {fault}: {text}" for fault in found if fault]
    few = min(count["equal"], count["different"]) < LEAST_EACH
    if few or len(labels) < LEAST.get(path.stem, 0):
        faults.append(f"{path.name}: too few cases")
    return count, faults


def main(kinds):
    total = Counter()
    faults = []
    print(f"{'kind':<22}" + "".join(f"{column:>11}" for column in COLUMNS))
    for path in sorted(Path(__file__).parent.glob("*.jsonl")):
        if kinds and path.stem not in kinds:
            continue
        count, found = check_kind(path)
        total += count
        faults += found
        print(row(path.stem, count))
    print(row("total", total))
    print(*faults, f"{len(faults)} faults", sep="\n")
    return 1 if faults else 0


def row(name, count):
    return f"{name:<22}" + "".join(f"{count[column]:>11}" for column in COLUMNS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
