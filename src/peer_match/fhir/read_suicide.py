"""Evidence of suicide risk outside the screens that are read: conditions, flags, other screens.

None of it has a level here, and none is lower for that: it leaves the level unknown as of its day,
so that rules ask or hold, and a low screen beside it does not stand alone. Codes are those of the
term `suicide-evidence`; words are looked for too, since much of it is coded locally or not at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from peer_match.facts.patient import ScreenResult
from peer_match.facts.provenance import Provenance
from peer_match.facts.truth import Truth
from peer_match.fhir.read_chart import Chart, recorded
from peer_match.fhir.read_element import Coded, Element
from peer_match.fhir.read_notes import NoteKind
from peer_match.fhir.read_references import Entry
from peer_match.fhir.read_values import Answer

EVIDENCE = "suicide-evidence"
"""The term of the vocabulary `instrument` whose codings are evidence of suicide risk."""

_SUICIDE = "suicide_screen"
_WORDS = re.compile(r"suicid|self[- ]?harm|c-?ssrs|\basq(?:[-_ ]?\d)?\b", re.IGNORECASE)
_WITHDRAWN = frozenset({"cancelled", "entered-in-error"})


def is_evidence(chart: Chart, *concepts: Element) -> bool:
    """Whether concepts are coded as evidence of suicide risk, or speak of it."""
    return any(is_coded_evidence(chart, one) or speaks_of_it(_texts(one)) for one in concepts)


def is_coded_evidence(chart: Chart, concept: Element) -> bool:
    """Whether a concept is coded as evidence of suicide risk, whatever its words."""
    return EVIDENCE in chart.terms("instrument", concept.codings())


def speaks_of_it(texts: Iterable[str | None]) -> bool:
    """Whether any text speaks of suicide or of a screen for it."""
    return any(text is not None and _WORDS.search(text) for text in texts)


def state_evidence(chart: Chart, where: Element, source: Provenance) -> None:
    """The level of suicide risk is unknown as of this."""
    chart.state(_SUICIDE, ScreenResult(instrument=EVIDENCE), source)
    chart.notes.add(
        NoteKind.NEEDS_A_PERSON,
        where.path,
        "the record speaks of suicide risk without a level that is read, so none but the highest "
        "is relied on",
        "a clinician must look at it now, and screen the person",
    )


def read_evidence_in_answer(
    chart: Chart,
    words: str | None,
    question: tuple[Coded, ...],
    answer: Answer,
    source: Provenance,
) -> bool:
    """An answer to a question about suicide that no screen here holds. A clear no states nothing.

    `words` are those of the question, beside its codings.
    """
    codings = (*question, *answer.codings)
    texts = (words, *_texts_of(codings))
    if EVIDENCE not in chart.terms("instrument", codings) and not speaks_of_it(texts):
        return False
    if answer.says() != "no":
        state_evidence(chart, answer.element, source)
    return True


def read_risk_assessment(chart: Chart, entry: Entry) -> None:
    """A RiskAssessment or DiagnosticReport that is, or may be, about this person and suicide."""
    resource = entry.resource
    concepts = [resource["code"], resource["method"], *resource["conclusionCode"].items()]
    for one in resource["prediction"].items():
        concepts += [one["outcome"], one["qualitativeRisk"]]
    texts = [resource[name].text() for name in ("conclusion", "mitigation")]
    if resource["status"].text() in _WITHDRAWN:
        return
    if not is_evidence(chart, *concepts) and not speaks_of_it(texts):
        chart.notes.add(
            NoteKind.NOT_READ,
            resource.path,
            f"a resource of type {entry.type} is not read",
            "nothing to do; no fact comes from it",
        )
    elif chart.surely_or_perhaps(entry, "subject") is not Truth.NO:
        date = next(
            (
                found
                for place in (
                    resource["occurrenceDateTime"],
                    resource["occurrencePeriod"]["end"],
                    resource["effectiveDateTime"],
                    resource["effectivePeriod"]["end"],
                    resource["issued"],
                )
                if (found := place.date()) is not None
            ),
            None,
        )
        who = chart.stated_by([resource["performer"]], resource) if entry.type == _ONE else None
        source = Provenance(
            source=entry.source,
            stated_by=who or chart.stated_by(resource["performer"].items(), resource),
            date=date,
            recorded=recorded(resource["issued"].date()),
        )
        state_evidence(chart, resource, source)


_ONE = "RiskAssessment"  # R4 gives it one performer, and a report several


def _texts(concept: Element) -> Iterator[str | None]:
    if isinstance(concept.value, dict):
        yield concept["text"].text()
        yield from _texts_of(concept.codings())


def _texts_of(codings: Iterable[Coded]) -> Iterator[str | None]:
    """The words of codings; a code is one too, since local ones often are."""
    for one in codings:
        yield one.display
        yield one.code
