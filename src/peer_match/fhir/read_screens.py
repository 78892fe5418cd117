"""Results of screening instruments, read so that no doubt hides a high one.

A result that cannot be relied on is still on record: it is not final, its question or answer is
coded twice, its date is unclear, or parts of it modify the rest. Left out, it would let a lower
result beside it stand alone. So it is stated as what nobody could read, which leaves the fact
unknown; the highest level of suicide risk is stated as it is, since no doubt makes it lower.

Answers to single questions of the suicide risk screener are not added up. Each means a level at
the least, which the vocabulary `instrument` says (`implies`); a yes states it, and a level that
stands beside answers which may mean more is in doubt.
"""

from __future__ import annotations

from collections.abc import Iterable

from peer_match.facts.fact import Statement, none_later
from peer_match.facts.patient import ScreenResult
from peer_match.facts.provenance import PartialDate, Provenance
from peer_match.facts.vocabulary import Vocabulary
from peer_match.fhir.code_systems import LOINC, SNOMED_CT, is_loinc
from peer_match.fhir.read_chart import Chart, ScreenerAnswer
from peer_match.fhir.read_element import Coded
from peer_match.fhir.read_notes import NoteKind
from peer_match.fhir.read_suicide import EVIDENCE
from peer_match.fhir.read_values import Answer

SCREENS = {
    "c-ssrs": "suicide_screen",
    "phq-9": "phq9",
    "phq-2": "phq2",
    "gad-7": "gad7",
    "audit-c": "audit_c",
    "dast-10": "dast10",
}
"""Instrument -> the fact that holds its result."""

SUICIDE_LEVELS = "suicide-risk"
_SUICIDE = "suicide_screen"
_SCREENER, _ITEM, _THOUGHTS = "c-ssrs", "c-ssrs-item", "phq-9-item-9"
_NOT_AT_ALL = frozenset({"LA6568-5", "0"})
_LOOK_NOW = "a clinician must look at it now"


def read_screen(
    chart: Chart, question: tuple[Coded, ...], answer: Answer, source: Provenance
) -> bool:
    """Take a result, or the answer to one question of a screen. False when it is neither."""
    instruments, sure = _instruments(chart, question)
    if not instruments:
        return False
    if not sure or _contradicts_itself(chart, answer):
        return read_screen_in_doubt(chart, question, answer, source)
    [instrument] = instruments
    if instrument == _THOUGHTS:
        _read_thoughts(chart, answer, source)
    elif _is_item(chart, instrument):
        _read_item(chart, instrument, answer, source)
    elif SCREENS[instrument] == _SUICIDE and not _is_of_a_day(source.date):
        return read_screen_in_doubt(chart, question, answer, source)
    elif answer.says() == "declined":
        chart.of(SCREENS[instrument]).declined.setdefault(instrument, []).append(source)
    else:
        _read_result(chart, instrument, answer, source)
    return True


def read_screen_in_doubt(
    chart: Chart, question: tuple[Coded, ...], answer: Answer, source: Provenance
) -> bool:
    """The same, of what cannot be relied on: unknown, unless it is the highest level there is."""
    instruments, _ = _instruments(chart, question)
    for instrument in instruments:
        if instrument == _THOUGHTS:
            _read_thoughts(chart, answer, source)
            continue
        if _is_item(chart, instrument):
            level = _may_mean(chart, instrument) if answer.says() == "yes" else None
        else:
            level = _highest(chart, answer)
        _state_in_doubt(chart, instrument, level, answer, source)
    return bool(instruments)


def is_screen(chart: Chart, question: tuple[Coded, ...]) -> bool:
    """Whether a question is a screen or one of its items."""
    return bool(_instruments(chart, question)[0])


def close_screens(chart: Chart) -> None:
    """Weigh the answers to single questions against the levels that stand beside them.

    An answer without a level leaves it unknown, loudly, and so does one that may mean more than
    the level beside it. Thoughts of self-harm on another screen ask for a level since then.
    """
    levels = [one for one in chart.of(_SUICIDE).statements if one.value.instrument == _SCREENER]
    by_occasion: dict[object, set[str | None]] = {}
    for one in levels:
        for occasion in _occasions(one.provenance):
            by_occasion.setdefault(occasion, set()).add(one.value.level)
    for answer in chart.screener_answers:
        beside = {
            level
            for occasion in _occasions(answer.source)
            for level in by_occasion.get(occasion, ())
        }
        if not beside:
            _state_unread(
                chart, answer.source, "answers to the C-SSRS screener are on record without its "
                "risk level",
            )  # fmt: skip
        elif answer.may_mean is not None and not any(
            _is_at_least(chart, level, answer.may_mean) for level in beside
        ):
            _state_unread(
                chart, answer.source, "an answer to the C-SSRS screener may mean a higher risk "
                "than the level beside it",
            )  # fmt: skip
    vocabulary = chart.vocabularies[SUICIDE_LEVELS]
    answered = [
        one.provenance
        for one in levels
        if one.value.level is None or _says_a_level(vocabulary, one.value.level)
    ]
    occasions = {occasion for one in answered for occasion in _occasions(one)}
    none_since = none_later(one.date for one in answered if one.date is not None)
    for thoughts in chart.thoughts_of_self_harm:
        followed = thoughts.date is not None and not none_since(thoughts.date)
        if not followed and occasions.isdisjoint(_occasions(thoughts)):
            chart.state(_SUICIDE, ScreenResult(instrument=_THOUGHTS), thoughts)


def screened_since(
    old: Iterable[Statement[ScreenResult]],
    new: Iterable[Statement[ScreenResult]],
    levels: Vocabulary,
) -> tuple[Statement[ScreenResult], ...]:
    """Earlier statements, of which those that only asked for a screen end with the new screen.

    A screen on which everything was answered with no ends nothing.
    """
    screens = [one.provenance for one in new if _says_a_level(levels, one.value.level)]
    return tuple(_ended_by(screens, one) for one in old)


def _says_a_level(levels: Vocabulary, level: str | None) -> bool:
    """Whether a level is one that says more than "none reported", the lowest of the list."""
    return level is not None and level != levels.terms[0].code


def _ended_by(screens: list[Provenance], old: Statement[ScreenResult]) -> Statement[ScreenResult]:
    since = [one.date for one in screens if _is_since(one, old.provenance)]
    if old.value.instrument != _THOUGHTS or old.until is not None or not since:
        return old
    return old.model_copy(update={"until": since[0]})


# -- questions and instruments ---------------------------------------------------------------------


def _instruments(chart: Chart, question: tuple[Coded, ...]) -> tuple[tuple[str, ...], bool]:
    """The instruments that a question is coded as, and whether it is surely one of them.

    A code without its system may be one of LOINC or SNOMED CT.
    """
    stated = chart.terms("instrument", question)
    perhaps = chart.terms(
        "instrument",
        (
            Coded(system, one.code, None)
            for one in question
            if one.system is None
            for system in (LOINC, SNOMED_CT)
        ),
    )
    found = tuple(one for one in dict.fromkeys((*stated, *perhaps)) if one != EVIDENCE)
    sure = len([one for one in stated if one != EVIDENCE]) == len(found) == 1
    return found, sure


def _is_item(chart: Chart, instrument: str) -> bool:
    return instrument in chart.vocabularies["instrument"].covered_by(_ITEM)


def _may_mean(chart: Chart, instrument: str) -> str | None:
    """The level that a yes to one question of the screener means at the least."""
    term = chart.vocabularies["instrument"].term(instrument)
    return next(iter(term.implies.get(_SUICIDE, ())), None) if term else None


# -- answers ---------------------------------------------------------------------------------------


def _read_item(chart: Chart, instrument: str, answer: Answer, source: Provenance) -> None:
    said, may_mean = answer.says(), _may_mean(chart, instrument)
    if said == "yes" and may_mean is not None:
        chart.state(_SUICIDE, ScreenResult(instrument=_ITEM, level=may_mean), source)
    unclear = said != "no"
    chart.screener_answers.append(
        ScreenerAnswer(source, (may_mean or _highest_of(chart)) if unclear else None)
    )


def _read_result(chart: Chart, instrument: str, answer: Answer, source: Provenance) -> None:
    fact = SCREENS[instrument]
    chart.of(fact).answered.setdefault(instrument, []).append(source)
    if fact == _SUICIDE:
        result = ScreenResult(instrument=instrument, level=_highest(chart, answer))
    else:
        result = ScreenResult(instrument=instrument, score=_score(answer))
    # A result that cannot be read is stated as such: an older one must not stand in for it.
    chart.state(fact, result, source)
    if result.level is None and result.score is None:
        chart.notes.add(
            NoteKind.NEEDS_A_PERSON if fact == _SUICIDE else NoteKind.UNREADABLE,
            answer.element.path,
            f"the result of {instrument} could not be read",
            "look at the record, and give the result as a whole number or a coded level",
        )


def _read_thoughts(chart: Chart, answer: Answer, source: Provenance) -> None:
    """Any answer but a clear "not at all" needs a person."""
    codes = {
        one.code
        for one in answer.codings
        if one.code in _NOT_AT_ALL or one.system is None or is_loinc(one.system)
    }
    none = answer.number == 0 or bool(codes)
    if none and codes <= _NOT_AT_ALL and answer.absent_because is None:
        return
    chart.thoughts_of_self_harm.append(source)
    chart.notes.add(
        NoteKind.NEEDS_A_PERSON,
        answer.element.path,
        "the PHQ-9 question about thoughts of self-harm was answered, and not with `not at all`",
        _LOOK_NOW,
    )


def _contradicts_itself(chart: Chart, answer: Answer) -> bool:
    """Whether an answer has a value and says that it has none, or says two things."""
    valued = answer.codings or answer.boolean is not None or answer.number is not None
    if answer.absent_because is not None and valued:
        return True
    levels = chart.terms(SUICIDE_LEVELS, answer.codings)
    if levels and answer.says() is not None:
        return True
    standard = [one for one in answer.codings if one.code and _is_standard(one.system)]
    return bool(levels) and any(chart.term(SUICIDE_LEVELS, one) is None for one in standard)


def _is_standard(system: str | None) -> bool:
    return system == SNOMED_CT or is_loinc(system)


def _score(answer: Answer) -> int | None:
    number = answer.number
    if number is None or number != int(number) or number < 0:
        return None
    return int(number)


# -- levels ----------------------------------------------------------------------------------------


def _highest(chart: Chart, answer: Answer) -> str | None:
    """The highest level that an answer is coded as."""
    levels = chart.terms(SUICIDE_LEVELS, answer.codings)
    return (
        max(levels, key=chart.vocabularies[SUICIDE_LEVELS].rank, default=None) if levels else None
    )


def _highest_of(chart: Chart) -> str | None:
    """The highest level there is."""
    return (
        chart.vocabularies[SUICIDE_LEVELS].terms[-1].code
        if SUICIDE_LEVELS in chart.vocabularies
        else None
    )


def _is_at_least(chart: Chart, level: str | None, other: str) -> bool:
    """Whether a level is as high as another. One that nobody could read is in doubt already."""
    if level is None:
        return True
    vocabulary = chart.vocabularies[SUICIDE_LEVELS]
    return vocabulary.rank(level) >= vocabulary.rank(other)


def _state_in_doubt(
    chart: Chart, instrument: str, level: str | None, answer: Answer, source: Provenance
) -> None:
    fact = SCREENS.get(instrument, _SUICIDE)
    kept = level if fact == _SUICIDE and level == _highest_of(chart) else None
    chart.state(fact, ScreenResult(instrument=instrument, level=kept), source)
    chart.notes.add(
        NoteKind.NEEDS_A_PERSON if fact == _SUICIDE else NoteKind.DOUBTFUL,
        answer.element.path,
        f"a result of {instrument} cannot be relied on, so it is "
        f"{'taken as it stands, the highest' if kept else 'unknown'}",
        "look at the record: whom the result is of, its date, its status and its codes",
    )


def _state_unread(chart: Chart, source: Provenance, message: str) -> None:
    chart.state(_SUICIDE, ScreenResult(instrument=_ITEM), source)
    chart.notes.add(NoteKind.NEEDS_A_PERSON, source.source, message, _LOOK_NOW)


# -- occasions -------------------------------------------------------------------------------------


def _is_of_a_day(date: PartialDate | None) -> bool:
    return date is not None and date.earliest == date.latest


def _occasions(one: Provenance) -> tuple[object, ...]:
    """What two statements of one screening have in common: their resource, or their day.

    Not the source alone: two versions of one resource have the same.
    """
    return (one, one.date.earliest) if one.date is not None and _is_of_a_day(one.date) else (one,)


def _is_since(screen: Provenance, other: Provenance) -> bool:
    if not set(_occasions(screen)).isdisjoint(_occasions(other)):
        return True
    return (
        screen.date is not None and other.date is not None and other.date.surely_before(screen.date)
    )
