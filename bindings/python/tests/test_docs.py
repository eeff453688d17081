"""The examples in docstrings, compiled parts included."""

import doctest
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from types import ModuleType

import pytest

import resit


def documented() -> Iterator[tuple[str, str]]:
    """Names with their docstrings that hold examples."""
    for name in resit.__all__:
        thing = getattr(resit, name)
        members = [thing]
        if inspect.isclass(thing):
            members += [getattr(thing, member) for member in vars(thing) if not member.startswith("_")]
        for member in members:
            yield f"{name}.{getattr(member, '__name__', member)}", inspect.getdoc(member) or ""


EXAMPLES = [pytest.param(doc, id=name) for name, doc in documented() if ">>>" in doc]


@pytest.mark.parametrize("doc", EXAMPLES)
def test_examples(doc: str) -> None:
    test = doctest.DocTestParser().get_doctest(doc, {"resit": resit}, "example", None, None)
    assert doctest.DocTestRunner().run(test).failed == 0


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 12


@pytest.mark.parametrize("name", resit.__all__)
def test_everything_is_documented(name: str) -> None:
    thing = getattr(resit, name)
    assert inspect.getdoc(thing)
    if inspect.isclass(thing) and not issubclass(thing, Exception):
        for member, value in vars(thing).items():
            if not member.startswith("_") and (callable(value) or isinstance(value, property)):
                assert inspect.getdoc(value), f"{name}.{member}"


def modules() -> list[ModuleType]:
    # The adapters ask for their trainers, and are tested with them.
    names = [m.name for m in pkgutil.iter_modules(resit.__path__) if m.name not in ("trl", "verl", "_resit")]
    return [resit, *(importlib.import_module(f"resit.{name}") for name in names)]


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.__name__)
def test_module_examples(module: ModuleType) -> None:
    assert doctest.testmod(module, extraglobs={"resit": resit}).failed == 0
