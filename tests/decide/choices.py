"""Choices, made by whoever draws: hypothesis, which makes a failing case small, or chance."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

Draw = Callable[[int], int]  # a whole number from 0 to below the one given
Option = TypeVar("Option")


def pick(draw: Draw, options: Iterable[Option]) -> Option:
    several = list(options)
    return several[draw(len(several))]


def chance(draw: Draw, percent: int) -> bool:
    return draw(100) >= 100 - percent


def some_of(draw: Draw, options: Sequence[Option], least: int = 0) -> list[Option]:
    """At least so many of the options (0 or 1), in their order."""
    bits = draw(2 ** len(options) - least) + least
    return [one for place, one in enumerate(options) if bits >> place & 1]
