"""Answers to the items of screening instruments, by the LOINC codes that the pack gives them.

A total says how burdened somebody is; the answers say to what. Those of one QuestionnaireResponse
are one occasion, and so are the components of an Observation; Observations of their own belong
together where they are of one instrument and one time.

Only what can be relied on is taken: what is of a doubtful status, or perhaps about somebody else,
leaves its fact unknown (`read_screens`), so that it is asked. An answer that nobody can read is
left out, and not known; of two answers to one item the more severe counts; whoever refused to
answer did not say no.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from peer_match.decide.instruments import REFUSED
from peer_match.facts.patient import ScreenAnswers
from peer_match.facts.provenance import Provenance
from peer_match.facts.truth import Truth
from peer_match.fhir.code_systems import is_loinc
from peer_match.fhir.read_chart import Chart, ItemAnswer
from peer_match.fhir.read_element import Coded
from peer_match.fhir.read_modifiers import modifier_in
from peer_match.fhir.read_observations import observed_by
from peer_match.fhir.read_references import Entry
from peer_match.fhir.read_responses import answered_items, provenance_of
from peer_match.fhir.read_values import Answer, answer_in
from peer_match.fhir.read_whose import points_at
from peer_match.policy.instrument import CodedItem, Instrument

_ANSWERED = ("completed", "amended")
_OBSERVED = ("final", "amended", "corrected")
_WORDS = ("yes", "no")
"""Answers that are known by more than a code of the pack."""


def read_instruments(chart: Chart, entry: Entry) -> None:
    """Take the answers of a resource to items of instruments into the chart."""
    resource = entry.resource
    if not chart.instruments or entry.type not in ("QuestionnaireResponse", "Observation"):
        return
    is_response = entry.type == "QuestionnaireResponse"
    stands = _ANSWERED if is_response else _OBSERVED
    if (
        resource["status"].text() not in stands
        or modifier_in(resource) is not None
        or points_at(resource["subject"], chart.entry, resource) is not Truth.YES
        or resource["focus"]
    ):
        return
    if is_response:
        source = provenance_of(chart, entry)
        for question, answers in answered_items(chart, resource):
            for answer in answers or (None,):
                _take(chart, question, answer, source, (source.source,))
        return
    source = observed_by(chart, entry)
    parts = list(resource["component"].items())
    for part in parts:
        _take(chart, part["code"].codings(), answer_in(part), source, (source.source,))
    date = "" if source.date is None else source.date.text
    _take(chart, resource["code"].codings(), answer_in(resource), source, ("at", date))


def screen_answers(found: Iterable[ItemAnswer], chart: Chart) -> tuple[ScreenAnswers, ...]:
    """The answers by occasion, in a fixed order."""
    occasions: dict[tuple[str, ...], list[ItemAnswer]] = {}
    for one in found:
        occasions.setdefault((one.instrument, *one.occasion), []).append(one)
    by_id = {one.id: one for one in chart.instruments}
    asked = {key: {one.item for one in given} for key, given in occasions.items()}
    return tuple(
        _answered(by_id[key[0]], given)
        for key, given in sorted(occasions.items())
        if any(one.answer is not None for one in given)
        and not _is_part_of_another(key, asked, by_id)
    )


def _take(
    chart: Chart,
    question: tuple[Coded, ...],
    answer: Answer | None,
    source: Provenance,
    occasion: tuple[str, ...],
) -> None:
    codes = {one.code for one in question if is_loinc(one.system)}
    for instrument in chart.instruments:
        for coded in instrument.loinc:
            if coded.code in codes:
                said = None if answer is None else _said(answer, coded, instrument)
                chart.item_answers.append(
                    ItemAnswer(instrument.id, coded.item, said, occasion, source)
                )


def _said(answer: Answer, coded: CodedItem, instrument: Instrument) -> str | None:
    """Which of the pack's answers this is; None where nobody can tell."""
    if answer.says() == "declined":
        return REFUSED
    if answer.absent_because is not None:
        return None
    known = dict(next(one.answers for one in instrument.items if one.id == coded.item))
    by_code = {code: name for name, code in coded.answers}
    codes = {one.code for one in answer.codings if one.system is None or is_loinc(one.system)}
    found = {by_code[code] for code in codes if code in by_code}
    said = answer.says()
    if said in _WORDS and said in known:
        found.add(said)
    if answer.number is not None and instrument.method == "collect sum":
        found |= {name for name, points in known.items() if points == answer.number}
    return next(iter(found)) if len(found) == 1 else None


def _answered(instrument: Instrument, given: list[ItemAnswer]) -> ScreenAnswers:
    """One occasion; it is called by the first of its resources."""
    by_item: dict[str, list[str]] = {}
    for one in given:
        if one.answer is not None:
            by_item.setdefault(one.item, []).append(one.answer)
    first = min(given, key=lambda one: one.source.source)
    answers = {item: _most_severe(instrument, item, said) for item, said in by_item.items()}
    return ScreenAnswers(
        instrument=instrument.id,
        answers=dict(sorted(answers.items())),
        provenance=first.source,
    )


def _most_severe(instrument: Instrument, item: str, said: list[str]) -> str:
    """Of several answers the one with the most points, or the last of its list; a refusal only
    where nothing else was said, or what was said adds nothing."""
    [known] = [one.answers for one in instrument.items if one.id == item]
    order = {name: (points, place) for place, (name, points) in enumerate(known)}
    given = [one for one in said if one != REFUSED]
    worst = max(given, key=order.__getitem__, default=REFUSED)
    refused = REFUSED in said and worst != REFUSED and order[worst][1] == 0
    return REFUSED if refused else worst


def _is_part_of_another(
    mine: tuple[str, ...],
    asked: Mapping[tuple[str, ...], set[str]],
    by_id: Mapping[str, Instrument],
) -> bool:
    """Whether all that was asked belongs to another instrument of the same occasion, as the PHQ-2
    does to the PHQ-9. Where both were asked alike, it is the one with fewer items."""
    own = _codes(by_id[mine[0]], asked[mine])
    for other, items in asked.items():
        if other == mine or other[1:] != mine[1:]:
            continue
        theirs = _codes(by_id[other[0]], items)
        fewer = len(by_id[other[0]].items) < len(by_id[mine[0]].items)
        if own < theirs or (own == theirs and fewer):
            return True
    return False


def _codes(instrument: Instrument, items: set[str]) -> frozenset[str]:
    return frozenset(one.code for one in instrument.loinc if one.item in items)
