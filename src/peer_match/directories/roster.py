"""The roster file: a programme's mentors, ties between people, placements, and who holds a role.

    {"peer_match_mentors": 1,
     "mentors": [{"id": "m-1", "name": "Ruth", "person": "person-12",
                  "source": "mentor file", "date": "2026-02-20",
                  "facts": {"credential": "volunteer", "free_places": 2},
                  "says": {"languages": ["english"], "cultures": ["latino"],
                           "availability": {"zone": "America/Chicago",
                                            "free": ["Mon 18:00-21:00"]}}}],
     "conflicts": [{"id": "c-1", "between": ["person-12", "person-40"],
                    "kind": "protective-order", "source": "court order", "date": "2025-11-02"}],
     "placements": [{"person": "patient-7", "target": "riverbend/tuesday",
                     "source": "attendance list", "date": "2026-01-13"}],
     "refusals": [{"person": "patient-7", "target": "m-1",
                   "source": "talk with the person", "date": "2026-02-02"}],
     "staff": {"supervisor": {"id": "s-1", "name": "Ada"}}}

Owns the file's shape; values are written as in the annotation file. `facts` are the programme's
word about a mentor, `says` the mentor's own: facts about identity count only there. A placement
or a refusal names a group or a mentor by id, and may have ended (`until`). A person may be named as
FHIR refers to them (`Patient/patient-7`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictStr, ValidationError

from peer_match.directories.decode import decode
from peer_match.directories.fact_values import FactReader
from peer_match.directories.listing import items, mapping
from peer_match.directories.names import Names
from peer_match.directories.person_ids import person_id
from peer_match.directories.reading import DEFAULT_SIZE_LIMIT, Problem
from peer_match.facts.catalogue import CATALOGUE
from peer_match.facts.conflict import RecordedConflict
from peer_match.facts.fact import FactSet, Statement
from peer_match.facts.fact_type import FactType, Kind
from peer_match.facts.group import Group
from peer_match.facts.mentor import Mentor
from peer_match.facts.patient import LivedExperience, Patient, Person
from peer_match.facts.provenance import Frozen, PartialDate, Provenance, StatedBy
from peer_match.facts.vocabulary import Vocabularies
from peer_match.facts.week import Availability, Window
from peer_match.facts.week_text import parse_window

VERSION_KEY = "peer_match_mentors"
VERSION = 1
CLOSE_TIE = "close-tie"
"""The ties, such as one household, to which both people can agree for a group."""
_LISTS = ("mentors", "conflicts", "placements", "refusals")


class Standing(Frozen):
    """That a person is in a group or has a mentor, or said no to one: `target` is its id."""

    person: str
    target: Statement[str]


class Roster(Frozen):
    """A roster as read. Either `problems` is empty or nothing was read.

    Conflicts, placements and refusals are in the file's order, so that a place here is a row there.
    `staff` names the person of each role; roles are codes of the vocabulary `override-role`.
    """

    mentors: tuple[Mentor, ...] = ()
    conflicts: tuple[RecordedConflict, ...] = ()
    placements: tuple[Standing, ...] = ()
    refusals: tuple[Standing, ...] = ()
    staff: dict[str, Person] = Field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def add_to(self, patient: Patient, groups: Sequence[Group] = ()) -> Patient:
        """The patient with the placements and the refusals that the roster has of them.

        With `groups`, what names a group by another id that it goes by holds for the group.
        """
        names = Names(groups)

        def standing(known: FactSet[str], more: Iterable[Standing]) -> FactSet[str]:
            said = [one.target for one in more if one.person == patient.id]
            every = [*known.statements, *said]
            targets = {(one.value, repr(one)) for one in every}
            for statement in tuple(every):
                for place in names.called(statement.value):
                    meant = statement.model_copy(update={"value": groups[place].id})
                    if (meant.value, repr(meant)) not in targets:
                        targets.add((meant.value, repr(meant)))
                        every.append(meant)
            return known.model_copy(update={"statements": tuple(every)})

        return patient.model_copy(
            update={
                "placements": standing(patient.placements, self.placements),
                "declined_targets": standing(patient.declined_targets, self.refusals),
            }
        )


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _WrittenMentor(_Written):
    id: StrictStr = Field(min_length=1)
    name: StrictStr = Field(min_length=1)
    person: StrictStr | None = None
    source: StrictStr = Field(min_length=1)
    date: PartialDate
    facts: dict[str, Any] = Field(default_factory=dict)
    says: dict[str, Any] = Field(default_factory=dict)


class _WrittenConflict(_Written):
    id: StrictStr = Field(min_length=1)
    between: tuple[StrictStr, StrictStr]
    kind: StrictStr
    source: StrictStr = Field(min_length=1)
    date: PartialDate
    start: PartialDate | None = None
    end: PartialDate | None = None
    both_agree: StrictBool = False


class _WrittenStanding(_Written):
    person: StrictStr = Field(min_length=1)
    target: StrictStr = Field(min_length=1)
    source: StrictStr = Field(min_length=1)
    date: PartialDate
    until: PartialDate | None = None


class _WrittenPerson(_Written):
    id: StrictStr = Field(min_length=1)
    name: StrictStr = Field(min_length=1)


class _WrittenAvailability(_Written):
    zone: StrictStr
    free: tuple[StrictStr, ...] = ()
    busy: tuple[StrictStr, ...] = ()


class _Reader(FactReader):
    """Reads facts of mentors: those of an annotation, and when somebody is free."""

    def _value(self, fact: FactType, value: Any, path: str, id: str) -> Any:
        if fact.kind is Kind.AVAILABILITY:
            return self._availability(value, path)
        return super()._value(fact, value, path, id)

    def _availability(self, value: Any, path: str) -> Availability | None:
        written = self.model(_WrittenAvailability, value, path)
        if written is None:
            return None
        before = len(self.problems)
        free = self._windows(written.free, f"{path}.free")
        busy = self._windows(written.busy, f"{path}.busy")
        try:
            found = Availability(zone=written.zone, free=free, busy=busy)
        except ValidationError as error:
            # A window that could not be read must not look like a week without windows as well.
            for one in error.errors():
                if one["loc"] or len(self.problems) == before:
                    where = ".".join([path, *map(str, one["loc"])])
                    self.problem(where, "not-understood", one["msg"].removeprefix("Value error, "))
            return None
        return found if len(self.problems) == before else None

    def _windows(self, texts: Sequence[str], path: str) -> tuple[Window, ...]:
        found: list[Window] = []
        for number, text in enumerate(texts):
            try:
                found.append(parse_window(text))
            except ValueError as error:
                self.problem(f"{path}[{number}]", "not-a-window", str(error))
        return tuple(found)


def read_roster(
    data: bytes, *, vocabularies: Vocabularies, size_limit: int = DEFAULT_SIZE_LIMIT
) -> Roster:
    """Reads a roster file; every problem at once, each with its JSON path."""
    value = decode(data, size_limit)
    if isinstance(value, Problem):
        return Roster(problems=(value,))
    whole = mapping(value)
    problem = _wrong_file(whole)
    if problem is not None:
        return Roster(problems=(problem,))
    reader = _Reader(vocabularies)
    _check_keys(whole, reader)
    mentors = _each(whole, "mentors", _mentor, reader)
    conflicts = _each(whole, "conflicts", _conflict, reader)
    placements = _each(whole, "placements", _standing, reader)
    refusals = _each(whole, "refusals", _standing, reader)
    placements, refusals = _of_mentors(mentors, placements), _of_mentors(mentors, refusals)
    staff = _staff(mapping(whole.get("staff")), reader)
    if reader.problems:
        return Roster(problems=tuple(reader.problems))
    return Roster(
        mentors=tuple(sorted(mentors, key=lambda one: one.id)),
        conflicts=tuple(conflicts),
        placements=tuple(placements),
        refusals=tuple(refusals),
        staff=staff,
    )


def _wrong_file(whole: Any) -> Problem | None:
    version: object = whole.get(VERSION_KEY)
    if version == VERSION and version is not True:
        return None
    return Problem(
        code="version-not-known",
        message=f"only a roster file of version {VERSION} can be read",
        help=f'write "{VERSION_KEY}": {VERSION}',
        path=VERSION_KEY,
    )


def _check_keys(whole: Any, reader: _Reader) -> None:
    for key in sorted(whole.keys() - {VERSION_KEY, *_LISTS, "staff"}):
        reader.problem(key, "not-understood", f"`{key}` is not part of a roster file")
    for key in _LISTS:
        if key in whole and not isinstance(whole[key], list):
            reader.problem(key, "not-understood", f"`{key}` must be a list")
    if "staff" in whole and not isinstance(whole["staff"], dict):
        reader.problem("staff", "not-understood", "`staff` must be an object, with a key per role")


Subject = TypeVar("Subject", Mentor, RecordedConflict, Standing)


def _each(
    whole: Any, key: str, read: Callable[[Any, str, _Reader], Subject | None], reader: _Reader
) -> list[Subject]:
    rows = items(whole.get(key))
    found = [read(one, f"{key}[{number}]", reader) for number, one in enumerate(rows)]
    _check_ids(rows, key, reader)
    return [one for one in found if one is not None]


def _check_ids(rows: Iterable[Any], key: str, reader: _Reader) -> None:
    ids = [mapping(row).get("id") for row in rows]
    counted = Counter(id for id in ids if isinstance(id, str))
    for number, id in enumerate(ids):
        if isinstance(id, str) and counted[id] > 1:
            reader.problem(f"{key}[{number}].id", "same-id", f"`{id}` is given more than once")


def _mentor(value: Any, path: str, reader: _Reader) -> Mentor | None:
    written = reader.model(_WrittenMentor, value, path)
    if written is None:
        return None
    before = len(reader.problems)
    for field in sorted(written.facts.keys() & written.says.keys()):
        reader.problem(f"{path}.says.{field}", "contradiction", f"`{field}` is in `facts` as well")
    for field in sorted(written.facts.keys() & _SELF_STATED):
        reader.problem(
            f"{path}.facts.{field}",
            "not-self-stated",
            f"`{field}` is a fact about identity and counts only where the mentor says it, "
            "in `says`",
        )
    facts = {
        **_facts(written.facts, written, StatedBy.PROGRAMME, f"{path}.facts", reader),
        **_facts(written.says, written, StatedBy.SELF, f"{path}.says", reader),
    }
    if len(reader.problems) > before:
        return None
    person = person_id(written.person) if written.person is not None else None
    return Mentor(id=written.id, name=written.name, person=person, **facts)


_SELF_STATED = frozenset(
    fact.field for fact in CATALOGUE.values() if fact.subject == "mentor" and fact.self_stated
)


def _facts(
    values: dict[str, Any], written: _WrittenMentor, said_by: StatedBy, path: str, reader: _Reader
) -> dict[str, Any]:
    provenance = Provenance(source=written.source, stated_by=said_by, date=written.date)
    found = reader.read("mentor", values, provenance, path, written.id)
    experiences: FactSet[Any] | None = found.get("experiences")
    if experiences is not None:
        found["experiences"] = experiences.model_copy(
            update={
                "statements": _lived(experiences.statements),
                "denied": _lived(experiences.denied),
            }
        )
    return found


def _lived(statements: Iterable[Statement[Any]]) -> tuple[Statement[LivedExperience], ...]:
    return tuple(
        Statement(value=LivedExperience(code=one.value), provenance=one.provenance)
        for one in statements
    )


def _conflict(value: Any, path: str, reader: _Reader) -> RecordedConflict | None:
    written = reader.model(_WrittenConflict, value, path)
    if written is None:
        return None
    before = len(reader.problems)
    reader.code("tie", written.kind, f"{path}.kind")
    if written.both_agree and written.kind not in reader.kinds_of("tie", CLOSE_TIE):
        reader.problem(
            f"{path}.both_agree",
            "not-understood",
            "only a household or family tie can be agreed to by both people",
        )
    one, other = between = (person_id(written.between[0]), person_id(written.between[1]))
    if one == other or not one or not other:
        reader.problem(f"{path}.between", "not-understood", "it takes the ids of two people")
    if len(reader.problems) > before:
        return None
    return RecordedConflict(
        id=written.id,
        between=between,
        kind=written.kind,
        provenance=Provenance(
            source=written.source, stated_by=StatedBy.PROGRAMME, date=written.date
        ),
        start=written.start,
        end=written.end,
        both_agree=written.both_agree,
    )


def _standing(value: Any, path: str, reader: _Reader) -> Standing | None:
    written = reader.model(_WrittenStanding, value, path)
    if written is None:
        return None
    provenance = Provenance(source=written.source, stated_by=StatedBy.PROGRAMME, date=written.date)
    target = Statement(value=written.target, provenance=provenance, until=written.until)
    return Standing(person=person_id(written.person), target=target)


def _of_mentors(mentors: Iterable[Mentor], standings: Iterable[Standing]) -> list[Standing]:
    """Standings with a mentor who is named by their id as a person under their id as a mentor."""
    ids = {one.id for one in mentors}
    known = {one.person: one.id for one in mentors if one.person and one.person not in ids}

    def meant(one: Standing) -> Standing:
        id = known.get(person_id(one.target.value))
        if id is None or one.target.value in ids:
            return one
        return one.model_copy(update={"target": one.target.model_copy(update={"value": id})})

    return [meant(one) for one in standings]


def _staff(roles: Any, reader: _Reader) -> dict[str, Person]:
    found: dict[str, Person] = {}
    for role in sorted(roles):
        path = f"staff.{role}"
        code = reader.code("override-role", role, path)
        written = reader.model(_WrittenPerson, roles[role], path)
        if code is not None and written is not None:
            found[role] = Person(id=written.id, name=written.name, role=role)
    return found
