"""Three-valued truth: yes, no, unknown (Kleene's strong logic)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Truth(StrEnum):
    """The answer to a question about facts. An unknown answer is never a "no"."""

    NO = "no"
    UNKNOWN = "unknown"
    YES = "yes"

    @classmethod
    def of(cls, value: bool) -> Truth:
        """Yes for true, no for false."""
        return cls.YES if value else cls.NO

    def __bool__(self) -> bool:
        """Refuse to be read as a boolean: unknown has no boolean."""
        raise TypeError("a three-valued truth is not a boolean; compare it with Truth.YES")


def negation(truth: Truth) -> Truth:
    """Not: unknown stays unknown."""
    if truth is Truth.UNKNOWN:
        return Truth.UNKNOWN
    return Truth.NO if truth is Truth.YES else Truth.YES


def all_of(truths: Iterable[Truth]) -> Truth:
    """And: no if any is no, else unknown if any is unknown, else yes (yes for nothing)."""
    seen = set(truths)
    if Truth.NO in seen:
        return Truth.NO
    return Truth.UNKNOWN if Truth.UNKNOWN in seen else Truth.YES


def any_of(truths: Iterable[Truth]) -> Truth:
    """Or: yes if any is yes, else unknown if any is unknown, else no (no for nothing)."""
    seen = set(truths)
    if Truth.YES in seen:
        return Truth.YES
    return Truth.UNKNOWN if Truth.UNKNOWN in seen else Truth.NO
