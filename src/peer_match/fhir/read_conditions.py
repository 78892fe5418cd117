"""Conditions and flags: concerns, risk factors and barriers, and the time in which each was so.

A condition is in force from its onset until its abatement. One that is over on a day that nobody
wrote down is left out, with a note: its absence reads as unknown, never as no.
"""

from __future__ import annotations

from dataclasses import dataclass

from peer_match.facts.patient import RiskFactor
from peer_match.facts.provenance import PartialDate, Provenance
from peer_match.facts.truth import Truth
from peer_match.fhir.read_chart import Chart, recorded
from peer_match.fhir.read_element import Coded, Element
from peer_match.fhir.read_modifiers import is_modified
from peer_match.fhir.read_notes import NoteKind
from peer_match.fhir.read_references import Entry
from peer_match.fhir.read_suicide import is_coded_evidence, is_evidence, state_evidence

CODED_FACTS = {"concerns": "concern", "risk_factors": "risk-factor", "barriers": "barrier"}
"""The facts that conditions may state, each with its vocabulary."""

PAST_EVENT = "past-event"
"""The risk factors of this kind stay so, whatever becomes of the record of the event."""

_OVER = frozenset({"resolved", "inactive"})
_IN_FORCE = frozenset({"active", "recurrence", "relapse", "remission"})
_NOT_SURE = frozenset({"unconfirmed", "provisional", "differential"})
_NOT_SO = frozenset({"refuted", "entered-in-error"})


@dataclass(frozen=True, slots=True)
class _Span:
    """From when until when something was so, and whether it is over at a time unknown."""

    start: PartialDate | None
    end: PartialDate | None
    over: bool


def read_condition(chart: Chart, entry: Entry) -> None:
    """A Condition that is about the person."""
    condition = entry.resource
    whose = chart.surely_or_perhaps(entry, "subject")
    if whose is Truth.NO:
        return
    codings = condition["code"].codings()
    verification = condition["verificationStatus"].codes()
    stated = _terms(chart, condition["code"], codings)
    evident = _is_evidence(chart, condition["code"], stated)
    if not stated and not evident:
        return
    modified = is_modified(condition)
    if verification & _NOT_SO and not modified:
        _note_not_so(chart, condition, codings)
        return
    span = _span(condition)
    source = _provenance(chart, entry, span)
    if evident:
        state_evidence(chart, condition["code"], source)
    if verification & _NOT_SURE:
        _note_not_sure(chart, condition, codings)
    for fact, term in stated:
        if modified or whose is Truth.UNKNOWN or verification & _NOT_SURE:
            chart.doubt(fact, as_value(fact, term), source)
        elif _is_past_event(chart, fact, term):
            chart.state(fact, as_value(fact, term), source)
        elif span.over and span.end is None:
            _note_end_unknown(chart, condition, codings)
        else:
            chart.state(fact, as_value(fact, term), source, until=span.end)


def read_flag(chart: Chart, entry: Entry) -> None:
    """A Flag, which warns of something as a condition does."""
    flag = entry.resource
    whose = chart.surely_or_perhaps(entry, "subject")
    if whose is Truth.NO:
        return
    codings = flag["code"].codings()
    status, period = flag["status"].text(), flag["period"]
    span = _Span(period["start"].date(), period["end"].date(), over=status != "active")
    modified = is_modified(flag)
    if status == "entered-in-error" and not modified:
        _note_not_so(chart, flag, codings)
        return
    stated = _terms(chart, flag["code"], codings)
    source = Provenance(
        source=entry.source,
        stated_by=chart.stated_by([flag["author"]], flag),
        date=span.start,
        recorded=recorded(span.start),
    )
    if _is_evidence(chart, flag["code"], stated):
        # A warning that is in force is of today, whenever it was first given.
        today = source if span.over else source.model_copy(update={"date": None})
        state_evidence(chart, flag["code"], today)
    for fact, term in stated:
        if modified or whose is Truth.UNKNOWN:
            chart.doubt(fact, as_value(fact, term), source)
        elif _is_past_event(chart, fact, term):
            chart.state(fact, as_value(fact, term), source)
        elif not span.over or span.end is not None:
            chart.state(fact, as_value(fact, term), source, until=span.end)
        else:
            _note_end_unknown(chart, flag, codings)


def _is_evidence(chart: Chart, code: Element, stated: list[tuple[str, str]]) -> bool:
    """Whether a code is evidence of suicide risk: by its words only where it says nothing else."""
    return is_coded_evidence(chart, code) or (not stated and is_evidence(chart, code))


def _terms(chart: Chart, code: Element, codings: tuple[Coded, ...]) -> list[tuple[str, str]]:
    """The facts and terms that a code means; a code that means none is noted."""
    found = [
        (fact, term)
        for fact, vocabulary in CODED_FACTS.items()
        for term in chart.terms(vocabulary, codings)
    ]
    if not found:
        said = next((str(one) for one in codings if one.code), "a condition without a code")
        chart.notes.add(
            NoteKind.NOT_UNDERSTOOD,
            code.path,
            f"no fact here holds this condition: {said}",
            "nothing to do, unless it matters for matching; then add its code to a vocabulary",
        )
    return found


def as_value(fact: str, term: str) -> object:
    """A term as the kind of value that its fact holds."""

    return RiskFactor(code=term) if fact == "risk_factors" else term


def _is_past_event(chart: Chart, fact: str, term: str) -> bool:
    if fact != "risk_factors":
        return False
    return term in chart.vocabularies["risk-factor"].covered_by(PAST_EVENT)


def _span(condition: Element) -> _Span:
    """The time in which a condition is in force. Remission is no end: recovery goes on."""
    status = condition["clinicalStatus"].codes()
    start = condition["onsetDateTime"].date() or condition["onsetPeriod"]["start"].date()
    end = condition["abatementDateTime"].date() or condition["abatementPeriod"]["end"].date()
    ended = any(name.startswith("abatement") for name in condition.children())
    if status & _IN_FORCE:
        if end is not None:
            condition.notes.add(
                NoteKind.DOUBTFUL,
                condition["clinicalStatus"].path,
                "a condition is called active and also over; it was taken as active",
                "correct the status or the end",
            )
        return _Span(start, None, over=False)
    if status and not status & _OVER:
        condition.notes.add(
            NoteKind.NOT_UNDERSTOOD,
            condition["clinicalStatus"].path,
            f"the clinical status {', '.join(sorted(status))} was not understood",
            "use a code of condition-clinical; the condition was taken as active",
        )
        return _Span(start, None, over=False)
    if not status and not ended:
        condition.notes.add(
            NoteKind.ASSUMED,
            condition["clinicalStatus"].path,
            "a condition without a clinical status was taken as active",
            "state the clinical status",
        )
    return _Span(start, end, over=bool(status & _OVER) or ended)


def _provenance(chart: Chart, entry: Entry, span: _Span) -> Provenance:
    condition = entry.resource
    written = condition["recordedDate"].date()
    who = chart.stated_by([condition.first("asserter", "recorder")], condition)
    return Provenance(
        source=entry.source,
        stated_by=who,
        date=span.start or written,
        recorded=recorded(written),
    )


def _said(codings: tuple[Coded, ...]) -> str:
    return next((str(one) for one in codings if one.code), "without a code")


def _note_not_so(chart: Chart, resource: Element, codings: tuple[Coded, ...]) -> None:
    chart.notes.add(
        NoteKind.DOUBTFUL,
        resource.path,
        f"refuted or entered in error, so left out: {_said(codings)}",
        "nothing to do",
    )


def _note_not_sure(chart: Chart, resource: Element, codings: tuple[Coded, ...]) -> None:
    chart.notes.add(
        NoteKind.DOUBTFUL,
        resource["verificationStatus"].path,
        f"not confirmed, so neither so nor not so: {_said(codings)}",
        "confirm it or rule it out",
    )


def _note_end_unknown(chart: Chart, resource: Element, codings: tuple[Coded, ...]) -> None:
    chart.notes.add(
        NoteKind.DOUBTFUL,
        resource.path,
        f"over, but nobody wrote down since when, so left out: {_said(codings)}",
        "give the day on which it ended",
    )
