"""Planting: the code of loaded functions changed in place, so that a fault needs no import.

Whoever holds the function, under whatever name, then holds the changed one.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cached_property
from types import CodeType, FunctionType, ModuleType
from typing import Any

from .mutants import owners

REACHED = "functions_reached"


def plant(module: ModuleType, tree: ast.Module, owner: str) -> None:
    """Let a function or a constant of a loaded module be as it is in a tree."""
    code = compile(tree, str(module.__file__), "exec")
    name = owner.rpartition(".")[2]
    try:
        function = live(module, owner)
    except TypeError:
        _plant_constant(module, code, owner)
    else:
        function.__code__ = next(
            one for one in _codes(code) if one.co_name == name and one.co_qualname == owner
        )


def _plant_constant(module: ModuleType, code: CodeType, name: str) -> None:
    """A constant is replaced in its module and in those that imported it by its name."""
    apart: dict[str, Any] = {"__name__": module.__name__, "__file__": module.__file__}
    exec(code, apart)
    old = vars(module)[name]
    for one in list(sys.modules.values()):
        if vars(one).get(name) is old:
            setattr(one, name, apart[name])


def live(module: ModuleType, owner: str) -> FunctionType:
    """The loaded function of that name; TypeError where it is none."""
    found: Any = module
    for name in owner.split("."):
        found = vars(found)[name]
    match found:
        case property(fget=FunctionType() as function):
            return function
        case cached_property(func=FunctionType() as function):
            return function
        case FunctionType():
            return found
        case _:
            raise TypeError(f"{owner} is no function")


def _codes(code: CodeType) -> Iterator[CodeType]:
    for one in code.co_consts:
        if isinstance(one, CodeType):
            yield one
            yield from _codes(one)


def watch(module: ModuleType, tree: ast.Module, reached: set[tuple[str, str]]) -> None:
    """Let every function of a module add itself to a set when it is called."""
    functions = [(name, one) for name, one in owners(tree) if isinstance(one, ast.FunctionDef)]
    label = module.__name__.rpartition(".")[2]
    for name, one in functions:
        one.body[:0] = ast.parse(f"{REACHED}.add({(label, name)!r})").body
    ast.fix_missing_locations(tree)
    vars(module)[REACHED] = reached
    for name, _ in functions:
        plant(module, tree, name)


def users(module: ModuleType, tree: ast.Module, constant: str) -> frozenset[str]:
    """The functions of a module that read a constant by its name."""
    return frozenset(
        name
        for name, one in owners(tree)
        if isinstance(one, ast.FunctionDef)
        and any(isinstance(part, ast.Name) and part.id == constant for part in ast.walk(one))
    )
