"""Questions and answers: Observations, their components, and items of a QuestionnaireResponse.

All three are read alike. A question is known by its code, and decides which fact an answer is
about; `read_values` says what the answer is, and `read_screens` reads results of instruments.
"""

from __future__ import annotations

from peer_match.facts.provenance import Provenance, StatedBy
from peer_match.fhir.code_systems import is_loinc
from peer_match.fhir.read_chart import Chart
from peer_match.fhir.read_conditions import CODED_FACTS, as_value
from peer_match.fhir.read_element import Coded
from peer_match.fhir.read_notes import NoteKind
from peer_match.fhir.read_person import read_language
from peer_match.fhir.read_screens import read_screen, read_screen_in_doubt
from peer_match.fhir.read_values import Answer

_LANGUAGE = "54899-0"
_NOT_ENGLISH = "LA30188-9"  # PRAPARE: "Language other than English"
_SAFE_AT_HOME = "93026-3"

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


def read_answer(
    chart: Chart, question: tuple[Coded, ...], answer: Answer, source: Provenance
) -> bool:
    """Take one answer into the chart. False when the question is none that any fact holds."""
    if read_screen(chart, question, answer, source):
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


def read_answer_in_doubt(
    chart: Chart, question: tuple[Coded, ...], answer: Answer, source: Provenance
) -> None:
    """An answer that may be somebody else's, or that is not final. The highest risk counts;
    whatever else bears on what the person lives with leaves its fact unknown, so that neither an
    older no nor a list that somebody closes hides it.
    """
    if read_screen_in_doubt(chart, question, answer, source):
        return
    codes = {one.code for one in question if one.code and is_loinc(one.system)}
    asked = {fact for code in codes for fact in _ANSWERED_BY_CODE.get(code, ())}
    about = {
        (fact, term)
        for fact, vocabulary in CODED_FACTS.items()
        for term in (
            *(chart.terms(vocabulary, question) if answer.says() != "no" else ()),
            *(chart.terms(vocabulary, answer.codings) if fact in asked else ()),
        )
    }
    asked |= {fact for fact, word in CODED_FACTS.items() if chart.terms(word, question)}
    if _SAFE_AT_HOME in codes:
        asked.add("risk_factors")
        if answer.says() != "yes":
            about.add(("risk_factors", "unsafe-at-home"))
    for fact in sorted(asked & CODED_FACTS.keys()):
        chart.cannot_read(fact, source)
    for fact, term in sorted(about):
        chart.doubt(fact, as_value(fact, term), source)


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
        chart.doubt(fact, as_value(fact, term), source)


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
