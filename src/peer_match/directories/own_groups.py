"""This project's own groups file: `{"peer_match_groups": 1, "groups": [ … ]}`.

Each group is written as the facts models hold it, so nothing is lost and nothing is interpreted.
A list that is `complete` says in `closed` who said so and when; without it, it is whole by
definition.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import orjson
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from peer_match.directories.decode import OWN_KEY, OWN_VERSION
from peer_match.directories.listing import mapping
from peer_match.directories.reading import NoteKind, RowNote
from peer_match.directories.reasons import Reason
from peer_match.directories.wording import shown_code, shown_id
from peer_match.facts.catalogue import CATALOGUE, statements_of
from peer_match.facts.fact import FactSet
from peer_match.facts.group import Group
from peer_match.facts.vocabulary import Vocabularies


def write_groups(groups: Iterable[Group]) -> bytes:
    """The groups file of these groups, ordered by id, as UTF-8 JSON."""
    dumped = [group.model_dump(mode="json") for group in sorted(groups, key=lambda one: one.id)]
    for group in dumped:
        for ids in ("members", "also_listed_as"):
            group[ids] = sorted(group[ids])
    return orjson.dumps(
        {OWN_KEY: OWN_VERSION, "groups": dumped}, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS
    )


def read_groups(
    rows: Iterable[Any], vocabularies: Vocabularies
) -> tuple[tuple[Group, ...], list[RowNote]]:
    """The groups of a groups file, by id, and a note for every fault of every row refused."""
    groups: dict[str, Group] = {}
    notes: list[RowNote] = []
    for number, row in enumerate(rows, start=1):
        shown = shown_id(mapping(row).get("id"))
        faults: list[_Fault] = []
        try:
            group = Group.model_validate(row)
        except ValidationError as error:
            faults.extend(
                (Reason.GROUP_NOT_VALID, _path(one["loc"]) or None, _expected(one))
                for one in error.errors()
            )
        else:
            faults.extend(
                (Reason.CODE_NOT_IN_VOCABULARY, where, f"expected a code of `{vocabulary}`")
                for where, vocabulary in _foreign_codes(group, vocabularies)
            )
            if group.id in groups:
                faults.append((Reason.SAME_ID_AND_TIME, None, None))
            if not faults:
                groups[group.id] = group
        for reason, detail, expected in faults:
            notes.append(
                RowNote(
                    row=number,
                    id=shown,
                    kind=NoteKind.REFUSED,
                    reason=reason,
                    detail=detail,
                    expected=expected,
                )
            )
    return tuple(groups[key] for key in sorted(groups)), notes


_Fault = tuple[Reason, str | None, str | None]  # with the field, and what it should hold

_SAID = {
    "missing": "it is missing",
    "extra_forbidden": "a group has no such field",
    "string_type": "expected a text",
    "model_type": "expected an object",
    "tuple_type": "expected a list",
}
_A_FACT = (
    'expected a fact, such as {"statements": [{"value": …, "provenance": '
    '{"source": "call with the group", "stated_by": "programme", "date": "2026-05-01"}}]}'
)
_FACTS = frozenset(
    fact.field for fact in CATALOGUE.values() if fact.subject in ("group", "facilitator")
)
_NOT_SUCH = re.compile(r".*` is not (a.+)", re.DOTALL)


def _expected(error: ErrorDetails) -> str:
    """What a field should hold, without a word of what it holds."""
    kind, last = error["type"], error["loc"][-1] if error["loc"] else None
    if kind == "model_type" and last in _FACTS:
        return _A_FACT
    if kind in _SAID:
        return _SAID[kind]
    if kind == "value_error":
        found = _NOT_SUCH.fullmatch(error["msg"])
        return f"expected {found[1]}" if found else "expected another value"
    return error["msg"].replace("Input should be", "expected", 1)


def _path(location: tuple[int | str, ...]) -> str:
    return ".".join(str(one) if isinstance(one, int) else shown_code(one) for one in location)


def _foreign_codes(group: Group, vocabularies: Vocabularies) -> Iterator[tuple[str, str]]:
    """Where a group, or who leads it, uses a code that its vocabulary, named too, does not have."""
    yield from _foreign_codes_of(group, "group", "", vocabularies)
    for number, facilitator in enumerate(group.facilitators):
        yield from _foreign_codes_of(
            facilitator, "facilitator", f"facilitators.{number}.", vocabularies
        )


def _foreign_codes_of(
    subject: BaseModel, name: str, prefix: str, vocabularies: Vocabularies
) -> Iterator[tuple[str, str]]:
    for fact in CATALOGUE.values():
        if fact.subject != name or fact.vocabulary is None or not hasattr(subject, fact.field):
            continue
        known = (
            vocabularies[fact.vocabulary].codes
            if fact.vocabulary in vocabularies
            else frozenset[str]()
        )
        stated = statements_of(subject, fact)
        kinds = (
            ("statements", "denied", "perhaps") if isinstance(stated, FactSet) else ("statements",)
        )
        for kind in kinds:
            for number, statement in enumerate(getattr(stated, kind)):
                if statement.value not in known:
                    yield f"{prefix}{fact.field}.{kind}.{number}", fact.vocabulary
