"""One question of the intake at a time: from its answers to findings.

What cannot be read leaves the whole fact unknown: half an availability or half a home would read
as something that nobody said.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from peer_match.facts.catalogue import CATALOGUE, Kind
from peer_match.facts.fact import closing
from peer_match.facts.patient import (
    Goal,
    LivedExperience,
    Person,
    Preference,
    Priority,
    RiskFactor,
    ScreenResult,
)
from peer_match.facts.provenance import Provenance, StatedBy
from peer_match.facts.week import Availability, Window
from peer_match.facts.week_text import parse_window
from peer_match.facts.zones import UnknownZone, zone
from peer_match.fhir.code_systems import local_system
from peer_match.fhir.intake_form import DECLINED, NONE_OF_THESE
from peer_match.fhir.read_chart import Chart
from peer_match.fhir.read_element import Coded, Element
from peer_match.fhir.read_notes import NoteKind
from peer_match.fhir.read_person import place_at
from peer_match.fhir.read_screens import SCREENS
from peer_match.fhir.read_values import Answer, answer_in

_INSTRUMENT_OF = {fact: instrument for instrument, fact in SCREENS.items()}
SUICIDE_SCREEN = "suicide_screen"
_PATIENT = "patient."
_WRAPPED = {
    "experiences": LivedExperience,
    "goals": Goal,
    "preferences": Preference,
    "risk_factors": RiskFactor,
}


@dataclass(frozen=True, slots=True)
class Reading:
    """The answers being read: where findings go, who answered, and who each question is for.

    `surely_theirs` says whether the answers name this person as the one they are about.
    """

    chart: Chart
    source: Provenance
    asked_of: dict[str, str]
    surely_theirs: bool

    def is_asked(self, link: str) -> bool:
        """Whether the answers come from whoever the question is asked of."""
        wanted = StatedBy.SELF if self.asked_of[link] == "patient" else StatedBy.CLINICIAN
        return self.source.stated_by is wanted

    def closes(self, link: str) -> bool:
        """Whether the answer of a list comes from whoever it was asked of, on a known day."""
        return self.is_asked(link) and self.source.date is not None

    def decline(self, link: str) -> None:
        """The person preferred not to say."""
        self.chart.of(_field(link)).declined.setdefault(link, []).append(self.source)

    def cannot_read(self, link: str, where: Element, message: str, fix: str) -> None:
        """An answer was given and not understood."""
        self.chart.cannot_read(_field(link), self.source)
        self.chart.notes.add(NoteKind.UNREADABLE, where.path, message, fix)


def read_question(reading: Reading, link: str, item: Element) -> None:
    """A question with answers of its own."""
    type = CATALOGUE.get(link)
    if type is None:
        reading.cannot_read(link, item, f"`{link}` takes no plain answer", "answer its parts")
        return
    if type.self_stated and reading.source.stated_by is not StatedBy.SELF:
        return
    answers = [(given, answer_in(given)) for given in item["answer"].items()]
    found = [(given, answer) for given, answer in answers if answer is not None]
    if len(found) < _count(item["answer"]):
        reading.cannot_read(link, item, f"an answer to `{link}` has no value", "answer it anew")
    if any(_means(answer, DECLINED) for _, answer in found):
        reading.decline(link)
        if _field(link) not in _INSTRUMENT_OF:
            return
        # A result given beside it counts: a level that somebody wrote down is not taken back.
        found = [(given, answer) for given, answer in found if not _means(answer, DECLINED)]
    match type.kind:
        case Kind.CODE | Kind.CODES if type.vocabulary is not None:
            _read_codes(reading, link, type.vocabulary, type.kind, found)
        case Kind.YES_NO:
            _read_yes_no(reading, link, found)
        case Kind.QUANTITY:
            _read_total(reading, link, found)
        case Kind.DATE:
            _read_date(reading, link, item)
        case _:
            reading.cannot_read(link, item, f"`{link}` takes no plain answer", "answer its parts")


def _count(answers: Element) -> int:
    """How many answers there are, gaps included; what is no list is one that cannot be read."""
    listed: object = answers.value
    return len(cast("list[Any]", listed)) if isinstance(listed, list) else 1


def _read_codes(
    reading: Reading,
    link: str,
    vocabulary: str,
    kind: Kind,
    answers: list[tuple[Element, Answer]],
) -> None:
    whole = bool(answers)
    for given, answer in answers:
        if _means(answer, NONE_OF_THESE) and kind is Kind.CODES and len(answers) == 1:
            continue
        term = _term(reading.chart, vocabulary, answer)
        if term is None:
            whole = False
            reading.cannot_read(
                link,
                answer.element,
                f"`{link}` has no such answer: {_said(answer)}",
                f"choose one of the options, which are the codes of `{vocabulary}`",
            )
            continue
        if _field(link) == SUICIDE_SCREEN and not reading.is_asked(link):
            _read_own_level(reading, link, vocabulary, term, given)
            continue
        reading.chart.state(_field(link), _value(link, term, given), _on_day(reading, link, given))
    if kind is Kind.CODES and whole and reading.closes(link):
        reading.chart.of(_field(link)).closed = closing(reading.source)


def _read_own_level(
    reading: Reading, link: str, vocabulary: str, term: str, given: Element
) -> None:
    """A level of risk from somebody of whom the screen was not asked, such as the person.

    The highest counts as it stands; the lowest says nothing, and takes nothing back; any other is
    on record, and leaves the level unknown.
    """
    levels = reading.chart.vocabularies[vocabulary].terms
    if term != levels[0].code:
        kept = term if term == levels[-1].code else None
        result = ScreenResult(instrument=_INSTRUMENT_OF[SUICIDE_SCREEN], level=kept)
        reading.chart.state(_field(link), result, _on_day(reading, link, given))
    reading.chart.notes.add(
        NoteKind.NEEDS_A_PERSON,
        given.path,
        f"`{link}` is asked of a clinician, and nobody says that one answered, so it is no screen",
        "screen the person, and name the clinician as `source`",
    )


def _value(link: str, term: str, given: Element) -> Any:
    field = _field(link)
    if field in _INSTRUMENT_OF:
        return ScreenResult(instrument=_INSTRUMENT_OF[field], level=term)
    if field == "goals":
        words = _child(given, f"{link}.words")
        return Goal(code=term, words=words["valueString"].text() if words else None)
    return _WRAPPED[field](code=term) if field in _WRAPPED else term


def _read_yes_no(reading: Reading, link: str, answers: list[tuple[Element, Answer]]) -> None:
    for _, answer in answers:
        said = answer.says()
        if said in ("yes", "no"):
            reading.chart.state(_field(link), said == "yes", reading.source)
        else:
            reading.cannot_read(
                link,
                answer.element,
                f"`{link}` is answered with yes or no, not with {_said(answer)}",
                "choose yes or no",
            )


def _read_total(reading: Reading, link: str, answers: list[tuple[Element, Answer]]) -> None:
    instrument = _INSTRUMENT_OF.get(_field(link), _field(link))
    for given, answer in answers:
        number = answer.number
        whole = number is not None and number == int(number) and number >= 0
        if number is None or not whole or answer.absent_because is not None:
            reading.cannot_read(
                link, answer.element, f"`{link}` is a whole number", "give the total of the screen"
            )
            continue
        result = ScreenResult(instrument=instrument, score=int(number))
        reading.chart.state(_field(link), result, _on_day(reading, link, given))


def _read_date(reading: Reading, link: str, item: Element) -> None:
    for given in item["answer"].items():
        date = given.first("valueDate", "valueDateTime").date()
        if date is not None:
            reading.chart.state(_field(link), date, reading.source)
        else:
            reading.cannot_read(
                link, given, f"`{link}` is a date", "give a date such as 1990-05-01"
            )


def read_group(reading: Reading, link: str, item: Element) -> None:
    """A question whose answer lies in its parts. Nothing answered is nothing said."""
    if all(_is_blank(part) for part in item["item"].items()):
        return
    if _flag(item, f"{link}.declined"):
        reading.decline(link)
        return
    match link:
        case "patient.availability":
            _read_availability(reading, link, item)
        case "patient.home":
            _read_home(reading, link, item)
        case "patient.priorities":
            _read_priority(reading, link, item)
        case "patient.point_of_contact":
            _read_point_of_contact(reading, link, item)
        case _:
            pass  # a question that was left out, with its help below it


def _is_blank(part: Element) -> bool:
    """Whether a part is there and neither it nor anything below it has an answer, as in a form
    that was sent with every question and some answers."""
    return part["answer"].value in (None, []) and part["item"].value in (None, [])


def _read_availability(reading: Reading, link: str, item: Element) -> None:
    windows: dict[str, list[Window]] = {"free": [], "busy": []}
    readable = True
    for part, found in windows.items():
        for given in answers_to(item, f"{link}.{part}"):
            try:
                found.append(parse_window(given["valueString"].text() or ""))
            except ValueError as problem:
                readable = False
                reading.cannot_read(link, given, str(problem), "write it as `Mon 18:00-21:00`")
    name = only_text(item, f"{link}.zone")
    try:
        zone(name or "")
    except UnknownZone as problem:
        readable = False
        message = str(problem) if name else "free time without a time zone cannot be compared"
        reading.cannot_read(link, item, message, "give a time zone such as America/Los_Angeles")
    if readable and any(windows.values()):
        free, busy = tuple(windows["free"]), tuple(windows["busy"])
        reading.chart.state(
            _field(link), Availability(zone=name or "", free=free, busy=busy), reading.source
        )
    elif readable:
        reading.cannot_read(link, item, "no time of the week is given", "give free or busy times")


def _read_home(reading: Reading, link: str, item: Element) -> None:
    degrees = [
        given["valueDecimal"].number()
        for part in ("latitude", "longitude")
        for given in answers_to(item, f"{link}.{part}")[:1]
    ]
    match degrees:
        case [int() | float() as latitude, int() | float() as longitude]:
            place = place_at(latitude, longitude)
        case _:
            place = None
    if place is not None:
        reading.chart.state(_field(link), place, reading.source)
    else:
        reading.cannot_read(
            link,
            item,
            "these coordinates are no place on earth where somebody lives",
            "give latitude and longitude in degrees, or say that you prefer not to",
        )


def _read_priority(reading: Reading, link: str, item: Element) -> None:
    chosen: list[str] = []
    for part, vocabulary in (("dimension", "dimension"), ("level", "priority-level")):
        for given in answers_to(item, f"{link}.{part}")[:1]:
            answer = answer_in(given)
            term = _term(reading.chart, vocabulary, answer) if answer else None
            chosen += [term] if term else []
    if len(chosen) == len(("dimension", "level")):
        priority = Priority(dimension=chosen[0], level=chosen[1])
        reading.chart.state(_field(link), priority, reading.source)
    else:
        reading.cannot_read(
            link, item, "a priority names one side of fit and how much it matters", "choose both"
        )


def _read_point_of_contact(reading: Reading, link: str, item: Element) -> None:
    id, name = only_text(item, f"{link}.id"), only_text(item, f"{link}.name")
    if id is None or name is None:
        reading.cannot_read(link, item, "a point of contact has an id and a name", "give both")
        return
    person = Person(id=id, name=name, role="point-of-contact")
    reading.chart.state(_field(link), person, reading.source)


def answers_to(item: Element, link: str) -> list[Element]:
    """The answers to a part of a question."""
    return [
        given
        for part in item["item"].items()
        if part["linkId"].text() == link
        for given in part["answer"].items()
    ]


def only_text(item: Element, link: str) -> str | None:
    given = next(iter(answers_to(item, link)), None)
    return given["valueString"].text() if given else None


def _flag(item: Element, link: str) -> bool:
    return any(given["valueBoolean"].boolean() is True for given in answers_to(item, link))


def _child(given: Element, link: str) -> Element | None:
    """The first answer to a question that lies below an answer."""
    return next(iter(answers_to(given, link)), None)


def _on_day(reading: Reading, link: str, given: Element) -> Provenance:
    """The day of a screen, where the answer names one; a day in doubt leaves the fact unknown."""
    if _field(link) not in _INSTRUMENT_OF:
        return reading.source
    days = answers_to(given, f"{link}.date")
    dates = [day.first("valueDate", "valueDateTime").date() for day in days]
    date = dates[0] if len(dates) == 1 else None if dates else reading.source.date
    if date is None or date.earliest != date.latest:
        reading.cannot_read(
            link, given, f"the day of `{link}` is in doubt", "give the one day of the screen"
        )
    return reading.source if date is None else reading.source.model_copy(update={"date": date})


def _term(chart: Chart, vocabulary: str, answer: Answer) -> str | None:
    """The one term that an answer means; None where it means none, or two."""
    codings = (
        Coded(coded.system or local_system(vocabulary), coded.code, None)
        for coded in answer.codings
    )
    found = chart.terms(vocabulary, codings)
    return found[0] if len(found) == 1 and answer.absent_because is None else None


def _means(answer: Answer, code: str) -> bool:
    return any(one.code == code for one in answer.codings)


def _said(answer: Answer) -> str:
    return next((one.code for one in answer.codings if one.code), "an answer without a code")


def _field(link: str) -> str:
    return link.removeprefix(_PATIENT)
