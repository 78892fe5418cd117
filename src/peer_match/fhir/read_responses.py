"""QuestionnaireResponses of the record: their items, asked by code.

Items carry no code of their own. It comes from the Questionnaire, if that lies in the record, or
from a `linkId` that ends in a LOINC code, as LOINC's own questionnaires have it.
"""

from __future__ import annotations

import re

from peer_match.facts.provenance import Provenance, StatedBy
from peer_match.fhir.code_systems import LOINC
from peer_match.fhir.read_answers import answer_in, read_answer
from peer_match.fhir.read_chart import Chart, recorded
from peer_match.fhir.read_element import Coded, Element
from peer_match.fhir.read_notes import NoteKind
from peer_match.fhir.read_references import Entry

_STANDS = frozenset({"completed", "amended"})
_LOINC_AT_END = re.compile(r"(?:^|/)(\d{1,7}-\d)$", re.ASCII)


def read_response(chart: Chart, entry: Entry) -> None:
    """A QuestionnaireResponse that is about the person."""
    response = entry.resource
    if not chart.is_about_the_person(entry, "subject"):
        return
    status = response["status"].text()
    if status not in _STANDS:
        chart.notes.add(
            NoteKind.DOUBTFUL,
            response["status"].path,
            f"answers of status {status or 'missing'} were left out",
            "complete the questionnaire",
        )
        return
    source = provenance_of(chart, entry)
    codes = _codes_by_link(_questionnaire(chart, response))
    unread = 0
    for item in items_below(response):
        link = item["linkId"].text() or ""
        question = codes.get(link) or _code_in(link)
        for given in item["answer"].items():
            answer = answer_in(given)
            if answer is None:
                continue
            if not question or not read_answer(chart, question, answer, source):
                unread += 1
    if unread:
        chart.notes.add(
            NoteKind.NOT_READ,
            response.path,
            f"{unread} answers of a questionnaire are held by no fact",
            "nothing to do",
        )


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


def _code_in(link: str) -> tuple[Coded, ...]:
    found = _LOINC_AT_END.search(link)
    return (Coded(LOINC, found[1], None),) if found else ()
