"""An instrument read aloud: its items, what its answers count, and which band follows."""

from __future__ import annotations

from collections.abc import Iterator

from peer_match.policy.instrument import Answers, Instrument

INDENT = "  "


def instrument_prose(one: Instrument) -> Iterator[str]:
    """Its lines, without what every rule says of itself."""
    adds = one.method == "collect sum"
    yield "It asks, by short names:"
    for item in one.items:
        given = (f"{code} ({points})" if adds else code for code, points in item.answers)
        yield f"{INDENT}- {item.id}: {', '.join(given)}"
        if item.asked_after:
            yield f"{INDENT}  only after {_either(item.asked_after)}"
        if item.refusal_counts_as is not None:
            yield f"{INDENT}  a refusal counts as {item.refusal_counts_as}"
    if adds:
        yield "The points in brackets are added up, and the total gives:"
        yield from _totals(one, one.starts)
        for sex, starts in one.starts_for:
            yield f"For whoever is known to be {sex}:"
            yield from _totals(one, starts)
    else:
        yield "Nothing is added up; the most severe of these that holds counts:"
        for row in one.rows:
            when = " and ".join(_one_of(item, answers) for item, answers in row.when)
            yield f"{INDENT}- {one.bands[row.band]}: {when}"
        yield f"When none of them holds: {one.bands[0]}."
    for name, given in one.signals:
        yield f"Whatever the result, it signals {name} after {_either(given)}."
    if one.loinc:
        coded = ", ".join(f"{each.item} ({each.code})" for each in one.loinc)
        yield f"Records hold its items by these LOINC codes: {coded}."
    yield "What is not answered may be any answer, so the result becomes a range."


def _totals(one: Instrument, starts: tuple[int, ...]) -> Iterator[str]:
    for band, start, end in one.totals(starts):
        yield f"{INDENT}- {start if start == end else f'{start} to {end}'}: {band}"


def _either(answers: Answers) -> str:
    return " or ".join(_one_of(item, given) for item, given in answers)


def _one_of(item: str, answers: frozenset[str]) -> str:
    return f"{item}: {' or '.join(sorted(answers))}"
