"""Writes elementary.txt: values of elementary functions, computed by mpmath.

    python3 elementary.py > elementary.txt

Each line is `function x_mantissa x_exponent mantissa exponent`, all integers in hexadecimal: the
function at x_mantissa * 2^x_exponent lies between mantissa * 2^exponent and
(mantissa + 1) * 2^exponent.
"""

import random

import mpmath
from mpmath import mp

DOMAINS = {
    "exp": lambda x: abs(x) < 2**20,
    "sin": lambda x: True,
    "cos": lambda x: True,
    "ln": lambda x: x > 0,
    "atan": lambda x: True,
    "asin": lambda x: abs(x) <= 1,
    "acos": lambda x: abs(x) <= 1,
    "sqrt": lambda x: x > 0,
    "cbrt": lambda x: x > 0,
}
FUNCTIONS = {
    "ln": mpmath.log,
    "cbrt": lambda x: mpmath.root(x, 3),
    **{name: getattr(mpmath, name) for name in ("exp", "sin", "cos", "atan", "asin", "acos", "sqrt")},
}


def floor(value, bits):
    """The mantissa and exponent of `value` rounded down to `bits` bits."""
    mantissa, exponent = int(value.man), int(value.exp)
    if value < 0:
        mantissa = -mantissa
    surplus = mantissa.bit_length() - bits
    if surplus > 0:
        return mantissa >> surplus, exponent + surplus
    return mantissa, exponent


def arguments(rng):
    """Ordinary arguments, and those that reductions and cancellations find hard."""
    while True:
        bits = rng.choice([4, 20, 53, 80, 200])
        mantissa = rng.getrandbits(bits) | 1
        sign = rng.choice([1, -1])
        top = rng.choice([-100, -30, -8, -1, 0, 0, 0, 1, 1, 2, 5, 12, 19])
        yield sign * mantissa, top - bits
        # Close to a multiple of 1/2, to 0 and to 1.
        yield sign * ((rng.randrange(1, 9) << 120) + mantissa % 1024), -121
        # Close to a multiple of a quarter of π.
        near = int(mpmath.floor(mpmath.pi / 4 * rng.randrange(1, 40) * 2**150))
        yield sign * near, -150


def rows(rng, count, bits):
    mp.prec = 2 * bits + 400
    names = sorted(DOMAINS)
    source = arguments(rng)
    while count:
        name = names[count % len(names)]
        mantissa, exponent = next(source)
        x = mpmath.ldexp(mantissa, exponent)
        if not DOMAINS[name](x):
            continue
        value = FUNCTIONS[name](x)
        if value == 0:
            continue
        yield name, mantissa, exponent, *floor(value, bits)
        count -= 1


def main():
    rng = random.Random(20240917)
    for count, bits in ((1930, 200), (70, 1100)):
        for name, *numbers in rows(rng, count, bits):
            print(name, *(f"{number:x}" for number in numbers))


main()
