"""Answers of the intake, merged into what a record says about the person.

Steps, for one QuestionnaireResponse:
1. Refuse what is not about this person, not complete, or not R4.
2. Read each answered question into findings, under the date of the answers.
3. Let the person's word end what it replaces: older answers of theirs, and what a record says
   about matters that only the person knows (`_THE_PERSON_KNOWS`). Clinical facts are added to, and
   nobody else's answers end what the person said.

A question with a list of options closes the list for whoever it was asked of, from the date of the
answers on: what they left unchosen is "no". "I prefer not to say" is unknown, and never no.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from peer_match.facts.catalogue import CATALOGUE
from peer_match.facts.consent import Consent
from peer_match.facts.fact import Fact, FactSet, Statement
from peer_match.facts.patient import Patient
from peer_match.facts.provenance import PartialDate, Provenance, StatedBy
from peer_match.facts.vocabulary import Vocabularies
from peer_match.fhir.answered_form import answered_form
from peer_match.fhir.intake_answers import Reading, read_group, read_question
from peer_match.fhir.intake_consents import read_consent_answers
from peer_match.fhir.intake_form import CONSENTS, IntakeItem, questionnaire
from peer_match.fhir.intake_of_pack import blank_response, intake_questionnaire
from peer_match.fhir.read import PatientReading
from peer_match.fhir.read_chart import Chart
from peer_match.fhir.read_element import Element
from peer_match.fhir.read_json import SIZE_LIMIT
from peer_match.fhir.read_notes import NoteKind, Notes
from peer_match.fhir.read_references import Resources
from peer_match.fhir.read_responses import provenance_of
from peer_match.fhir.read_screens import SUICIDE_LEVELS, screened_since

__all__ = ["blank_response", "intake_questionnaire", "questionnaire", "read_intake"]

_ABOUT_PATIENTS = "patient."
_THE_PERSON_KNOWS = frozenset(
    {
        "accessibility_needs",
        "availability",
        "barriers",
        "belief",
        "cultures",
        "experiences",
        "formats",
        "home",
        "identities",
        "languages",
        "mentor_wanted",
        "new_to_groups",
        "pathways",
        "preferences",
        "priorities",
        "purposes",
    }
)
"""Facts about which the person's latest word replaces whatever a record says."""

_NEVER = PartialDate("0001")
"""For an end that nobody dated: from the very start, so that nothing is taken as still agreed."""


def read_intake(
    data: bytes | Mapping[str, Any],
    *,
    name: str,
    items: Iterable[IntakeItem],
    vocabularies: Vocabularies,
    patient: Patient,
    size_limit: int = SIZE_LIMIT,
) -> PatientReading:
    """The patient with the answers of a QuestionnaireResponse to the intake merged in.

    The notes are those of the answers alone. A response that is refused gives no patient, since
    facts without the answers would be silently other facts than were asked for. Nothing is raised.
    """
    notes = Notes()
    answered = answered_form(
        data, name=name, form="intake", subject=patient.id, notes=notes, size_limit=size_limit
    )
    if answered is None:
        return PatientReading(name, None, notes.all())
    response, person = answered.entry, answered.person
    if not answered.surely_theirs:
        notes.add(
            NoteKind.ASSUMED,
            response.resource["subject"].path,
            "the answers do not say whom they are about; they were taken as this person's, "
            "but for consents",
            "give `subject` a reference to the patient",
        )
    chart = Chart(
        entry=person, id=patient.id, vocabularies=vocabularies, resources=Resources(()), notes=notes
    )
    source = provenance_of(chart, response)
    _note_who_and_when(response.resource, source.stated_by, source.date, notes)
    asked_of = {one.fact: one.asked_of for one in items if one.fact.startswith(_ABOUT_PATIENTS)}
    reading = Reading(chart, source, asked_of, surely_theirs=answered.surely_theirs)
    for item in response.resource["item"].items():
        _read(reading, item)
    return PatientReading(name, _merged(patient, reading), notes.all())


def _note_who_and_when(
    response: Element, stated_by: StatedBy, authored: PartialDate | None, notes: Notes
) -> None:
    if stated_by is not StatedBy.SELF:
        notes.add(
            NoteKind.NOT_SELF_STATED,
            response["source"].path,
            "the answers do not say that the person gave them, so none about identity, faith, "
            "culture or wishes was used",
            "name the person as `source`, if they gave the answers",
        )
    if authored is None:
        notes.add(
            NoteKind.DOUBTFUL,
            response["authored"].path,
            "the answers have no date, so they replace nothing and leave lists open",
            "give `authored`",
        )


def _read(reading: Reading, item: Element) -> None:
    link = item["linkId"].text()
    if link is None or link not in reading.asked_of:
        reading.chart.notes.add(
            NoteKind.NOT_UNDERSTOOD,
            item["linkId"].path,
            f"the intake has no question `{link or 'without a linkId'}`",
            "use the Questionnaire of this pack; the answer was left out",
        )
        return
    if link in CONSENTS:
        read_consent_answers(reading, link, item)
    elif item["answer"].value in (None, []):
        read_group(reading, link, item)
    else:
        read_question(reading, link, item)


@dataclass(frozen=True, slots=True)
class _Replacement:
    """What a new answer does to older statements of the same fact."""

    kept: tuple[Any, ...]
    authored: PartialDate | None
    by: StatedBy
    ends_records: bool

    def apply(self, old: Statement[Any]) -> Statement[Any]:
        """The statement, ended where the answer replaces it."""
        # Of the others nobody can tell whether it is the same person who speaks again.
        mine = old.provenance.stated_by is self.by is StatedBy.SELF
        dated = old.provenance.date
        if self.authored is None or not (mine or self.ends_records) or old.value in self.kept:
            return old
        if dated is not None and not dated.surely_before(self.authored):
            return old
        if old.until is not None and not self.authored.surely_before(old.until):
            return old
        return old.model_copy(update={"until": _just_before(self.authored)})


def _just_before(authored: PartialDate) -> PartialDate:
    """The end of what new answers replace: the instant, or the day before a date."""
    if authored.instant is not None or authored.earliest == date.min:
        return authored
    return PartialDate.of(authored.earliest - timedelta(days=1))


def _may_be_taken_back(name: str, fact: Fact[Any] | FactSet[Any]) -> bool:
    """Whether "I prefer not to say" ends what was said before.

    It does for facts with one value (the home that a record holds is then not used) and for
    identity. A need or a language that was named stays named: nobody is sent up a stair because
    they did not want to say it twice.
    """
    return isinstance(fact, Fact) or CATALOGUE[f"patient.{name}"].privacy == "identity"


def _merged(patient: Patient, reading: Reading) -> Patient:
    answered = reading.chart.patient()
    changed: dict[str, Any] = {}
    for name, found in reading.chart.facts.items():
        old, new = getattr(patient, name), getattr(answered, name)
        their_word = name in _THE_PERSON_KNOWS and reading.source.stated_by is StatedBy.SELF
        replace = _Replacement(
            kept=tuple(one.value for one in new.statements),
            authored=reading.source.date,
            by=reading.source.stated_by,
            ends_records=their_word,
        )
        taken_back = their_word and new.declined is not None and _may_be_taken_back(name, old)
        settles = bool(new.statements) or found.closed is not None or taken_back
        statements = tuple(map(replace.apply, old.statements)) if settles else old.statements
        if name == "suicide_screen":
            levels = reading.chart.vocabularies[SUICIDE_LEVELS]
            statements = screened_since(statements, new.statements, levels)
        changed[name] = _joined(_settled(name, old, new), new, statements)
    if reading.chart.consents:
        changed["consents"] = _consents(patient.consents, reading)
    return patient.model_copy(update=changed)


def _settled(
    name: str, old: Fact[Any] | FactSet[Any], new: Fact[Any] | FactSet[Any]
) -> Fact[Any] | FactSet[Any]:
    """The old fact without entries that a later word on the whole list has settled.

    Of medicines only: who lists them all has seen the older entries, whatever their codes.
    """
    closed = new.closed.date if isinstance(new, FactSet) and new.closed is not None else None
    if name != "medications" or closed is None:
        return old
    standing = tuple(
        one for one in old.unreadable if one.date is None or not one.date.surely_before(closed)
    )
    return old.model_copy(update={"unreadable": standing})


def _joined(
    old: Fact[Any] | FactSet[Any], new: Fact[Any] | FactSet[Any], statements: tuple[Any, ...]
) -> Fact[Any] | FactSet[Any]:
    both: dict[str, Any] = {
        "statements": statements + new.statements,
        "declined": new.declined or (None if _answered(new) else old.declined),
        "unreadable": old.unreadable + new.unreadable,
    }
    if isinstance(old, FactSet) and isinstance(new, FactSet):
        both["denied"] = old.denied + new.denied
        both["perhaps"] = old.perhaps + new.perhaps
        both["complete"] = old.complete or new.complete
        both["closed"] = _later_word(old.closed, new.closed) if new.complete else old.closed
    return old.model_copy(update=both)


def _later_word(old: Provenance | None, new: Provenance | None) -> Provenance | None:
    """The later of two words that a list is whole: what was added between them is in the list."""
    if old is None or new is None or old.date is None or new.date is None:
        return new
    return old if new.date.surely_before(old.date) else new


def _answered(new: Fact[Any] | FactSet[Any]) -> bool:
    return bool(new.statements) or (isinstance(new, FactSet) and new.complete)


def _consents(old: tuple[Consent, ...], reading: Reading) -> tuple[Consent, ...]:
    """A refusal takes back what was agreed before to the same use."""
    refused = {one.use for one in reading.chart.consents if one.agreed is False}
    end = reading.source.date or _NEVER
    kept = tuple(
        one.model_copy(update={"revoked": end})
        if one.use in refused and one.agreed and one.revoked is None
        else one
        for one in old
    )
    return kept + tuple(sorted(reading.chart.consents, key=lambda one: one.id))
