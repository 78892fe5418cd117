"""What every text of a decision begins with: whose it is, and what must be done first."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import RenderableType

from peer_match.decide.decision import Decision
from peer_match.surfaces import words
from peer_match.surfaces.concerns import concerns
from peer_match.surfaces.lists import First, firsts
from peer_match.surfaces.text_lines import COLOURS, deeper, heading, indented, plain
from peer_match.surfaces.views import Reader, Seen

FIRST = "Before everything else"


def head(decision: Decision) -> Iterable[RenderableType]:
    """Who it is about, how they stand, what was not looked at, for whom and as of when."""
    standing = words.standing(decision)
    said = plain(words.person_words(decision), "bold", f"  {decision.patient.id}  ")
    said.append(words.STANDING[standing], COLOURS[standing])
    yield said
    yield plain(f"{words.sentence(decision.safety)}.", "blocked")
    for one in concerns(decision.assessment):
        yield indented(f"{one.severity.capitalize()}: {one.title} ({one.basis})", "blocked")
    if not decision.policy.signed:
        yield plain(f"{words.sentence(decision.policy.statement)}.", "blocked")
    if standing != "withheld":
        contact = decision.point_of_contact or "none: name one"
        yield plain(f"Point of contact: {contact}")
    prepared = (
        "complete, for no recipient"
        if decision.recipient is None
        else f"for {words.role_words(decision.recipient)}"
    )
    policy = decision.policy
    yield plain(
        f"As of {words.date_words(decision.as_of)}, {prepared}, "
        f"{policy.id} {policy.version} ({words.short(policy.digest)}), "
        f"tzdata {decision.tzdata_version}",
        "dim",
    )


def first(reader: Reader) -> Iterable[RenderableType]:
    """What must be done before anything else, under its heading; nothing where there is nothing."""
    found = firsts(reader)
    if found:
        yield heading(FIRST)
        yield from first_lines(found)


def first_lines(found: Iterable[First]) -> Iterable[RenderableType]:
    """A line for each task that comes first, with the facts behind it."""
    for one in found:
        said = f"{one.task.title}: {words.how_soon(one.task)} ({words.owner_words(one.task)})"
        yield indented(said, "blocked")
        yield from facts(one.seen)


def facts(seen: Iterable[Seen]) -> Iterable[RenderableType]:
    """Facts with their values, and where each comes from."""
    for fact in seen:
        about = f" ({fact.about})" if fact.about else ""
        yield deeper(f"{fact.meaning}{about}: {fact.value}")
        for source in fact.sources:
            yield deeper(f"  {source}", "dim")
