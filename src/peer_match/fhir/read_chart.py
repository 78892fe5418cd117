"""A person's facts while they are being read, and what the readers of resources share.

Owns the way from single findings to a `Patient`; what each resource says belongs to its reader.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from peer_match.facts.consent import Consent
from peer_match.facts.fact import Fact, FactSet, Statement, none_later
from peer_match.facts.patient import Patient
from peer_match.facts.provenance import PartialDate, Provenance, StatedBy
from peer_match.facts.truth import Truth
from peer_match.facts.vocabulary import Vocabularies
from peer_match.fhir.code_systems import term_of
from peer_match.fhir.read_element import Coded, Element
from peer_match.fhir.read_notes import NoteKind, Notes
from peer_match.fhir.read_references import Entry, Resources, type_of
from peer_match.fhir.read_whose import points_at
from peer_match.policy.instrument import Instrument

_DAYS_AROUND_THE_EARTH = 2

SETS = frozenset(
    name for name, field in Patient.model_fields.items() if isinstance(field.default, FactSet)
)
"""The facts of a patient that hold many values."""


@dataclass(slots=True)
class Findings:
    """What was found for one fact."""

    statements: list[Statement[Any]] = field(default_factory=list[Statement[Any]])
    denied: list[Statement[Any]] = field(default_factory=list[Statement[Any]])
    perhaps: list[Statement[Any]] = field(default_factory=list[Statement[Any]])
    unreadable: list[Provenance] = field(default_factory=list[Provenance])
    # What was chosen from the answers to a question, with the question.
    chosen: list[tuple[str, Statement[Any]]] = field(
        default_factory=list[tuple[str, Statement[Any]]]
    )
    # Question -> when it was last answered, and when the person last preferred not to answer.
    answered: dict[str, list[Provenance]] = field(default_factory=dict[str, list[Provenance]])
    declined: dict[str, list[Provenance]] = field(default_factory=dict[str, list[Provenance]])
    # Who said that the list is whole, and when.
    closed: Provenance | None = None

    def all_statements(self) -> list[Statement[Any]]:
        """Every statement; a choice holds until the same question is answered anew."""
        found = list(self.statements)
        answers = {
            question: sorted(
                (one.date for one in given if one.date is not None),
                key=lambda date: (date.earliest, date.text),
            )
            for question, given in self.answered.items()
        }
        for question, chosen in self.chosen:
            until = _first_after(chosen.provenance.date, answers.get(question, []))
            found.append(chosen.model_copy(update={"until": until}))
        return found

    def preferred_not_to_say(self) -> Provenance | None:
        """The last time that the person did not want to answer and did not answer later."""
        standing: list[Provenance] = []
        for question, refusals in self.declined.items():
            answers = (one.date for one in self.answered.get(question, []))
            not_answered = none_later(date for date in answers if date is not None)
            standing += [one for one in refusals if one.date is None or not_answered(one.date)]
        return max(standing, key=_sort_key, default=None)


@dataclass(frozen=True, slots=True)
class ScreenerAnswer:
    """An answer to one question of the suicide risk screener.

    `may_mean` is the level that it means at the least, if it is a yes or may be one.
    """

    source: Provenance
    may_mean: str | None


@dataclass(frozen=True, slots=True)
class ItemAnswer:
    """One answer to one item, None where it was asked and nobody knows what was said. `occasion` is
    what answers of one time have in common."""

    instrument: str
    item: str
    answer: str | None
    occasion: tuple[str, ...]
    source: Provenance


@dataclass(slots=True)
class Chart:
    """One person's record being read.

    `entry` is the Patient resource. `facts` collects what is found, by name of the fact.
    """

    entry: Entry
    id: str
    vocabularies: Vocabularies
    resources: Resources
    notes: Notes
    facts: dict[str, Findings] = field(default_factory=dict[str, Findings])
    consents: list[Consent] = field(default_factory=list[Consent])
    # Whose items are looked for, and their answers so far.
    instruments: tuple[Instrument, ...] = ()
    item_answers: list[ItemAnswer] = field(default_factory=list[ItemAnswer])
    name: str | None = None
    # Questionnaires of the record, by their canonical address.
    questionnaires: dict[str, Element] = field(default_factory=dict[str, Element])
    # Answers to single questions about suicide, which are weighed when everything was read.
    screener_answers: list[ScreenerAnswer] = field(default_factory=list[ScreenerAnswer])
    thoughts_of_self_harm: list[Provenance] = field(default_factory=list[Provenance])

    def of(self, fact: str) -> Findings:
        """What was found for a fact so far."""
        return self.facts.setdefault(fact, Findings())

    def state(
        self, fact: str, value: Any, provenance: Provenance, until: PartialDate | None = None
    ) -> None:
        """The fact has this value."""
        self.of(fact).statements.append(Statement(value=value, provenance=provenance, until=until))

    def choose(self, fact: str, value: Any, provenance: Provenance, question: str) -> None:
        """This value was chosen from the answers to a question that may be asked again."""
        self.of(fact).chosen.append((question, Statement(value=value, provenance=provenance)))

    def deny(self, fact: str, value: Any, provenance: Provenance) -> None:
        """It was asked whether the fact has this value, and answered with no."""
        self.of(fact).denied.append(Statement(value=value, provenance=provenance))

    def cannot_read(self, fact: str, provenance: Provenance) -> None:
        """Something about the fact is on record and was not understood."""
        self.of(fact).unreadable.append(provenance)

    def doubt(self, fact: str, value: Any, provenance: Provenance) -> None:
        """The fact may have this value: no older or undated no stands against it."""
        self.cannot_read(fact, provenance)
        self.of(fact).perhaps.append(Statement(value=value, provenance=provenance))

    def term(self, vocabulary: str, coded: Coded) -> str | None:
        """The term of a vocabulary that a coding means."""
        if coded.system is None or coded.code is None:
            return None
        return term_of(self.vocabularies, vocabulary, coded.system, coded.code)

    def terms(self, vocabulary: str, codings: Iterable[Coded]) -> tuple[str, ...]:
        """The terms that codings mean, each once, in the order of the codings."""
        found = (self.term(vocabulary, coded) for coded in codings)
        return tuple(dict.fromkeys(term for term in found if term is not None))

    def whose(self, entry: Entry, *names: str) -> Truth:
        """Whether a resource is about this person; one about somebody else is noted."""
        subject = entry.resource.first(*names)
        whose = points_at(subject, self.entry, entry.resource)
        if whose is Truth.NO:
            self.notes.add(
                NoteKind.ABOUT_OTHERS,
                subject.path,
                f"a resource of type {entry.type} is about somebody else",
                "nothing to do; it was left out",
            )
        return whose

    def note_whose_is_unknown(self, entry: Entry, *names: str) -> None:
        """Note that nobody can tell whom a resource is about."""
        self.notes.add(
            NoteKind.DOUBTFUL,
            entry.resource.first(*names).path,
            f"nobody can tell whether a resource of type {entry.type} is about this person",
            f"give `{names[0]}` a reference to the patient; until then only what may be a risk "
            "counts",
        )

    def is_about_the_person(self, entry: Entry, *names: str) -> bool:
        """Whether a resource is about this person; what is not, or may not be, is noted."""
        whose = self.whose(entry, *names)
        if whose is Truth.UNKNOWN:
            self.note_whose_is_unknown(entry, *names)
        return whose is Truth.YES

    def surely_or_perhaps(self, entry: Entry, *names: str) -> Truth:
        """Whose a resource is, where what is perhaps theirs must count; all doubt is noted."""
        whose = self.whose(entry, *names)
        if whose is Truth.UNKNOWN:
            self.note_whose_is_unknown(entry, *names)
        return whose

    def is_the_person(self, reference: Element, owner: Element) -> bool:
        """Whether a reference names this person."""
        return bool(reference) and points_at(reference, self.entry, owner) is Truth.YES

    def stated_by(self, references: Iterable[Element], owner: Element) -> StatedBy:
        """Who is behind a statement: the person, a clinician, or only the record."""
        kinds: set[StatedBy] = set()
        for one in references:
            if self.is_the_person(one, owner):
                kinds.add(StatedBy.SELF)
            elif type_of(one) in ("Practitioner", "PractitionerRole"):
                kinds.add(StatedBy.CLINICIAN)
            elif one:
                kinds.add(StatedBy.RECORD)
        # The person alone must be behind it; together with others it is the record's word.
        return kinds.pop() if len(kinds) == 1 else StatedBy.RECORD

    def patient(self) -> Patient:
        """Everything found, as facts; the order in which resources came does not show."""
        facts: dict[str, Any] = {name: _fact(name, found) for name, found in self.facts.items()}
        consents = tuple(sorted(self.consents, key=lambda one: one.id))
        return Patient(id=self.id, name=self.name, consents=consents, **facts)


def recorded(date: PartialDate | None) -> datetime | None:
    """When something became known, if the record gives the instant."""
    return date.instant if date is not None else None


def _fact(name: str, found: Findings) -> Fact[Any] | FactSet[Any]:
    declined, unreadable = (
        found.preferred_not_to_say(),
        tuple(sorted(found.unreadable, key=_sort_key)),
    )
    if name not in SETS:
        return Fact(
            statements=_sorted(found.all_statements()), declined=declined, unreadable=unreadable
        )
    return FactSet(
        statements=_sorted(found.all_statements()),
        denied=_sorted(found.denied),
        perhaps=_sorted(found.perhaps),
        complete=found.closed is not None,
        closed=found.closed,
        declined=declined,
        unreadable=unreadable,
    )


def _sorted(statements: list[Statement[Any]]) -> tuple[Statement[Any], ...]:
    unique = dict.fromkeys(statements)
    return tuple(sorted(unique, key=lambda one: (*_sort_key(one.provenance), str(one.value))))


def _sort_key(provenance: Provenance) -> tuple[str, str]:
    return (str(provenance.date.earliest) if provenance.date else "", provenance.source)


def _first_after(date: PartialDate | None, sorted_dates: list[PartialDate]) -> PartialDate | None:
    """The first of dates in order that a date is surely before."""
    if date is None:
        return None
    # A later instant may be of an earlier day elsewhere on earth, two days earlier at the most.
    day = date.earliest.toordinal() - _DAYS_AROUND_THE_EARTH
    start = bisect_left(sorted_dates, day, key=lambda one: one.earliest.toordinal())
    return next((one for one in islice(sorted_dates, start, None) if date.surely_before(one)), None)
