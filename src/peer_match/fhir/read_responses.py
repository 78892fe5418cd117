"""QuestionnaireResponses of the record: their items, asked by code.

Items carry no code of their own. It comes from the Questionnaire, if that lies in the record, or
from a `linkId` that ends in a LOINC code, as LOINC's own questionnaires have it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from peer_match.facts.provenance import Provenance, StatedBy
from peer_match.facts.truth import Truth
from peer_match.fhir.code_systems import LOINC
from peer_match.fhir.read_answers import read_answer, read_answer_in_doubt
from peer_match.fhir.read_chart import Chart, recorded
from peer_match.fhir.read_element import Coded, Element
from peer_match.fhir.read_modifiers import modifier_in
from peer_match.fhir.read_notes import NoteKind
from peer_match.fhir.read_references import Entry
from peer_match.fhir.read_screens import is_screen
from peer_match.fhir.read_suicide import read_evidence_in_answer
from peer_match.fhir.read_values import Answer, answer_in

_STANDS = frozenset({"completed", "amended"})
_WITHDRAWN = frozenset({"entered-in-error"})
_LOINC_AT_END = re.compile(r"(?:^|/)(\d{1,7}-\d)(?:[./]\d{1,3})?$", re.ASCII)


def read_response(chart: Chart, entry: Entry) -> None:
    """A QuestionnaireResponse that is about the person.

    One that cannot be relied on states nothing. Only screens are still read from it: left out, a
    high one would let a lower one beside it stand alone.
    """
    response = entry.resource
    whose = chart.whose(entry, "subject")
    if whose is Truth.NO:
        return
    doubt = _note_doubts(chart, entry, whose)
    if response["status"].text() in _WITHDRAWN:
        return
    source = provenance_of(chart, entry)
    codes = _codes_by_link(_questionnaire(chart, response))
    unread = 0
    for item in items_below(response):
        question = _question(item, codes)
        for answer in _answers(item):
            if not is_screen(chart, question) and read_evidence_in_answer(
                chart, item["text"].text(), question, answer, source
            ):
                continue
            if whose is Truth.UNKNOWN or doubt:
                read_answer_in_doubt(chart, question, answer, source)
            elif not question or not read_answer(chart, question, answer, source):
                unread += 1
    if unread:
        chart.notes.add(
            NoteKind.NOT_READ,
            response.path,
            f"{unread} answers of a questionnaire are held by no fact",
            "nothing to do",
        )


def answered_items(
    chart: Chart, response: Element
) -> Iterator[tuple[tuple[Coded, ...], list[Answer]]]:
    """Each item with the codes of its question and its answers, however deeply it is nested."""
    codes = _codes_by_link(_questionnaire(chart, response))
    for item in items_below(response):
        yield _question(item, codes), list(_answers(item))


def _question(item: Element, codes: Mapping[str, tuple[Coded, ...]]) -> tuple[Coded, ...]:
    """The codes of a question: those of its Questionnaire, or one that its link ends in."""
    link = item["linkId"].text() or ""
    question = codes.get(link, ()) + _codes_in(link)
    return question or _codes_in(item["definition"].text() or "")


def _note_doubts(chart: Chart, entry: Entry, whose: Truth) -> bool:
    """Whether answers cannot be relied on; says why."""
    response = entry.resource
    status, modifier = response["status"], modifier_in(response)
    if whose is Truth.UNKNOWN:
        chart.note_whose_is_unknown(entry, "subject")
    if status.text() not in _STANDS:
        chart.notes.add(
            NoteKind.DOUBTFUL,
            status.path,
            f"answers of status {status.text() or 'missing'} are not relied on",
            "complete the questionnaire",
        )
    elif modifier is not None:
        chart.notes.add(
            NoteKind.DOUBTFUL,
            modifier.path,
            f"answers with {modifier.what}, which is not read, are not relied on",
            "send them without it, or ask again",
        )
    return status.text() not in _STANDS or modifier is not None


def _answers(item: Element) -> Iterator[Answer]:
    """The answers to a question; where something is there that is no list, one without a value."""
    given = item["answer"]
    if given and not isinstance(given.value, list):
        given.unreadable("a list")
        yield Answer(given, absent_because="unknown")
        return
    for one in given.items():
        if (answer := answer_in(one)) is not None:
            yield answer


def provenance_of(chart: Chart, entry: Entry) -> Provenance:
    """Who answered, and when. `source` is who gave the answers, `author` who wrote them down."""
    response = entry.resource
    authored = response["authored"].date()
    who = chart.stated_by([response.first("source", "author")], response)
    return Provenance(
        source=entry.source, stated_by=who, date=authored, recorded=recorded(authored)
    )


def answered_by_the_person(source: Provenance) -> bool:
    """Whether the answers are the person's own word."""
    return source.stated_by is StatedBy.SELF


def items_below(response: Element) -> list[Element]:
    """Every item, those inside items and answers included, however deeply they are nested."""
    found: list[Element] = []
    waiting = list(response["item"].items())[::-1]
    while waiting:
        item = waiting.pop()
        found.append(item)
        inner = list(item["item"].items())
        for answer in item["answer"].items():
            inner.extend(answer["item"].items())
        waiting.extend(inner[::-1])
    return found


def _questionnaire(chart: Chart, response: Element) -> Element | None:
    canonical = response["questionnaire"].text()
    if canonical is None:
        return None
    return chart.questionnaires.get(canonical.split("|")[0])


def _codes_by_link(questionnaire: Element | None) -> dict[str, tuple[Coded, ...]]:
    if questionnaire is None:
        return {}
    return {
        link: codes
        for item in items_below(questionnaire)
        if (link := item["linkId"].text())
        and (codes := tuple(one.coding() for one in item["code"].items()))
    }


def _codes_in(text: str) -> tuple[Coded, ...]:
    """The LOINC code at the end of a `linkId` or `definition`; a number may follow it."""
    found = _LOINC_AT_END.search(text)
    return (Coded(LOINC, found[1], None),) if found else ()
