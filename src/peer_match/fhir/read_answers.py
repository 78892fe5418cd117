"""Questions and answers: Observations, their components, and items of a QuestionnaireResponse.

All three are read alike. A question is known by its code; an answer is a code, a yes or no, or a
number. Three answers are told apart that are easily confused: yes, no, and "I choose not to
answer", which is never a no.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from peer_match.facts.patient import ScreenResult
from peer_match.facts.provenance import Provenance, StatedBy
from peer_match.fhir.code_systems import is_loinc
from peer_match.fhir.read_chart import Chart
from peer_match.fhir.read_conditions import CODED_FACTS, as_value
from peer_match.fhir.read_element import Coded, Element
from peer_match.fhir.read_notes import NoteKind
from peer_match.fhir.read_person import read_language

Answered = Literal["yes", "no", "declined", "unsure"] | None

_YES = frozenset({"LA33-6", "373066001", "Y", "yes"})
_NO = frozenset({"LA32-8", "373067005", "N", "no"})
_DECLINED = frozenset({"LA30122-8", "asked-declined"})
_UNSURE = frozenset({"LA14072-5", "LA30257-2", "asked-unknown", "unknown", "not-asked"})

_LANGUAGE = "54899-0"
_NOT_ENGLISH = "LA30188-9"  # PRAPARE: "Language other than English"
_SAFE_AT_HOME = "93026-3"
_NOT_AT_ALL = frozenset({"LA6568-5", "0"})

# Questions whose answers are codes of their own, and the facts that those codes may state.
_ANSWERED_BY_CODE: dict[str, tuple[str, ...]] = {
    "93030-5": ("barriers",),  # PRAPARE: lack of transportation
    "93031-3": ("barriers",),  # PRAPARE: things that could not be had when needed
    "71802-3": ("risk_factors", "barriers"),  # housing status
    "72166-2": ("concerns",),  # tobacco smoking status
    "76690-7": ("identities",),  # sexual orientation
    "76691-5": ("identities",),  # gender identity
}
# Questions about identity: they count only when the person answers.
_ABOUT_IDENTITY = frozenset({"76690-7", "76691-5", "93034-7"})

_VOCABULARY = {**CODED_FACTS, "identities": "identity"}

# Instrument -> the fact that holds its result.
SCREENS = {
    "c-ssrs": "suicide_screen",
    "phq-9": "phq9",
    "phq-2": "phq2",
    "gad-7": "gad7",
    "audit-c": "audit_c",
    "dast-10": "dast10",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """A value given to a question: codings, a yes or no, or a number; `element` is where."""

    element: Element
    codings: tuple[Coded, ...] = ()
    boolean: bool | None = None
    number: int | float | None = None
    absent_because: str | None = None

    def says(self) -> Answered:
        """Yes, no, declined or unsure, where the answer is one of these."""
        if self.boolean is not None:
            return "yes" if self.boolean else "no"
        codes = {one.code for one in self.codings} | {self.absent_because}
        if codes & _DECLINED:
            return "declined"
        if codes & _UNSURE or self.absent_because:
            return "unsure"
        if codes & _YES:
            return "yes"
        return "no" if codes & _NO else None


def answer_in(holder: Element) -> Answer | None:
    """The value of an Observation, a component or an answer; None where there is none at all."""
    absent = next(iter(holder["dataAbsentReason"].codes()), None)
    if value := holder["valueCodeableConcept"]:
        return Answer(value, codings=value.codings(), absent_because=absent)
    if value := holder["valueCoding"]:
        return Answer(value, codings=(value.coding(),), absent_because=absent)
    if value := holder["valueBoolean"]:
        return Answer(value, boolean=value.boolean(), absent_because=absent)
    for key in ("valueInteger", "valueDecimal"):
        if value := holder[key]:
            return Answer(value, number=value.number(), absent_because=absent)
    if value := holder["valueQuantity"]:
        return Answer(value, number=value["value"].number(), absent_because=absent)
    for key in holder.children():
        if key.startswith("value"):
            return Answer(holder[key], absent_because=absent)
    return Answer(holder, absent_because=absent) if absent else None


def read_answer(
    chart: Chart, question: tuple[Coded, ...], answer: Answer, source: Provenance
) -> bool:
    """Take one answer into the chart. False when the question is none that any fact holds."""
    instrument = next(iter(chart.terms("instrument", question)), None)
    if instrument is not None:
        _read_screen(chart, instrument, answer, source)
        return True
    codes = {one.code for one in question if one.code and is_loinc(one.system)}
    if _LANGUAGE in codes:
        _read_language_answer(chart, answer, source)
        return True
    if codes & _ABOUT_IDENTITY and source.stated_by is not StatedBy.SELF:
        _note_not_self_stated(chart, answer, question)
        return True
    if _SAFE_AT_HOME in codes:
        _read_yes_no(
            chart, "risk_factors", "unsafe-at-home", answer, source, question, no_means=True
        )
        return True
    understood = _read_about_terms(chart, question, answer, source)
    for code in sorted(codes & _ANSWERED_BY_CODE.keys()):
        _read_by_code(chart, code, answer, source, question)
        understood = True
    return understood


def _read_about_terms(
    chart: Chart, question: tuple[Coded, ...], answer: Answer, source: Provenance
) -> bool:
    """A question that asks whether a term is so: its own code is a coding of the term."""
    asked = [
        (fact, term)
        for fact, vocabulary in _VOCABULARY.items()
        for term in chart.terms(vocabulary, question)
    ]
    for fact, term in asked:
        if fact == "identities" and source.stated_by is not StatedBy.SELF:
            _note_not_self_stated(chart, answer, question)
        else:
            _read_yes_no(chart, fact, term, answer, source, question, no_means=False)
    return bool(asked)


def _read_yes_no(
    chart: Chart,
    fact: str,
    term: str,
    answer: Answer,
    source: Provenance,
    question: tuple[Coded, ...],
    *,
    no_means: bool,
) -> None:
    """`no_means` says which answer makes the term so: a question may be put the other way."""
    said, key = answer.says(), _key(question)
    found = chart.of(fact)
    if said in ("yes", "no"):
        found.answered.setdefault(key, []).append(source)
        if (said == "no") is no_means:
            chart.state(fact, as_value(fact, term), source)
        else:
            chart.deny(fact, as_value(fact, term), source)
    elif said == "declined":
        found.declined.setdefault(key, []).append(source)
    elif said == "unsure":
        chart.cannot_read(fact, source)


def _read_by_code(
    chart: Chart, code: str, answer: Answer, source: Provenance, question: tuple[Coded, ...]
) -> None:
    said, key = answer.says(), _key(question)
    understood = said in ("yes", "no")
    for fact in _ANSWERED_BY_CODE[code]:
        found = chart.of(fact)
        if said == "declined":
            found.declined.setdefault(key, []).append(source)
            continue
        for term in chart.terms(_VOCABULARY[fact], answer.codings):
            chart.choose(fact, as_value(fact, term), source, key)
            understood = True
        if answer.codings or said in ("yes", "no"):
            found.answered.setdefault(key, []).append(source)
    if not understood and said is None:
        chart.notes.add(
            NoteKind.NOT_READ,
            answer.element.path,
            f"no term has this answer to {_name(question)}: "
            f"{next((str(one) for one in answer.codings), 'an answer without a code')}",
            "nothing to do, unless it matters for matching; then add its code to a vocabulary",
        )


def _read_language_answer(chart: Chart, answer: Answer, source: Provenance) -> None:
    if answer.says() == "declined":
        chart.of("languages").declined.setdefault(_LANGUAGE, []).append(source)
    elif any(one.code == _NOT_ENGLISH for one in answer.codings):
        # Understood, so nothing is in doubt; only, it names no language.
        chart.of("languages").answered.setdefault(_LANGUAGE, []).append(source)
        chart.notes.add(
            NoteKind.NOT_UNDERSTOOD,
            answer.element.path,
            "the person's language is not English, and the answer does not say which it is",
            "ask which languages the person can take part in",
        )
    elif answer.codings:
        chart.of("languages").answered.setdefault(_LANGUAGE, []).append(source)
        read_language(chart, answer.element, answer.codings, source)


def _read_screen(chart: Chart, instrument: str, answer: Answer, source: Provenance) -> None:
    if instrument == "c-ssrs-item":
        chart.unscored_suicide_answers.append(source)
        return
    if instrument == "phq-9-item-9":
        _note_thoughts(chart, answer)
        return
    fact = SCREENS[instrument]
    if answer.says() == "declined":
        chart.of(fact).declined.setdefault(instrument, []).append(source)
        return
    chart.of(fact).answered.setdefault(instrument, []).append(source)
    level = next(iter(chart.terms("suicide-risk", answer.codings)), None)
    score = _score(answer)
    result = ScreenResult(
        instrument=instrument,
        level=level if fact == "suicide_screen" else None,
        score=score if fact != "suicide_screen" else None,
    )
    # A result that cannot be read is stated as such: an older one must not stand in for it.
    chart.state(fact, result, source)
    if result.level is None and result.score is None:
        chart.notes.add(
            NoteKind.NEEDS_A_PERSON if fact == "suicide_screen" else NoteKind.UNREADABLE,
            answer.element.path,
            f"the result of {instrument} could not be read",
            "look at the record, and give the result as a whole number or a coded level",
        )


def _score(answer: Answer) -> int | None:
    number = answer.number
    if number is None or number != int(number) or number < 0:
        return None
    return int(number)


def _note_thoughts(chart: Chart, answer: Answer) -> None:
    codes = {one.code for one in answer.codings}
    if answer.number == 0 or codes & _NOT_AT_ALL:
        return
    chart.notes.add(
        NoteKind.NEEDS_A_PERSON,
        answer.element.path,
        "the PHQ-9 question about thoughts of self-harm was answered, and not with `not at all`",
        "a clinician must look at it now: safety is not assessed here",
    )


def note_unscored(chart: Chart) -> None:
    """Answers to the C-SSRS that came without a level leave the level unknown, loudly."""
    screened = chart.of("suicide_screen").statements
    days = {str(one.provenance.date.earliest) for one in screened if one.provenance.date}
    for source in chart.unscored_suicide_answers:
        if source.date is not None and str(source.date.earliest) in days:
            continue
        chart.state("suicide_screen", ScreenResult(instrument="c-ssrs"), source)
        chart.notes.add(
            NoteKind.NEEDS_A_PERSON,
            source.source,
            "answers to the C-SSRS screener are on record without its risk level",
            "a clinician must look at them now: answers are not scored here",
        )


def _note_not_self_stated(chart: Chart, answer: Answer, question: tuple[Coded, ...]) -> None:
    chart.notes.add(
        NoteKind.NOT_SELF_STATED,
        answer.element.path,
        f"an answer to {_name(question)} does not say that the person gave it, so it was not used",
        "name the person as performer or source, or ask them",
    )


def _key(question: tuple[Coded, ...]) -> str:
    return " ".join(sorted(f"{one.system}|{one.code}" for one in question))


def _name(question: tuple[Coded, ...]) -> str:
    return next((f"{one.code}" for one in question if one.code), "a question without a code")
