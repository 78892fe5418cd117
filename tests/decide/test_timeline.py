"""What a history amounts to at a moment, to the second: windows, doubts, and what is overdue."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from peer_match.decide.timeline import ALWAYS, NEVER, Timeline, bounds, considered, timeline
from peer_match.facts.event import Coverage, Event, History, Reassessment, Retraction
from peer_match.facts.patient import Person
from peer_match.facts.provenance import Moment, PartialDate
from peer_match.facts.truth import Truth
from peer_match.policy.condition import EventSentence

from .made import SHIPPED
from .made_safety import made_condition, made_events

NOW = datetime.fromisoformat("2026-03-01T12:00:00-08:00")
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
KINDS = {
    "told": {"counts_as": "risk", "scale": ["mild", "moderate", "severe"], "points": None},
    "missed": {"counts_as": "risk", "scale": [], "points": None},
    "seen": {"counts_as": "protective", "scale": [], "points": None},
    "hope": {"counts_as": "context", "scale": [], "points": "higher is better"},
}
EVENTS = made_events({
    "kinds": KINDS,
    "obligations": {"call": {"begun_by": ["told"], "met_by": ["seen"], "within": (2, "days")}},
})  # fmt: skip
TWO_MISSED = ("at least", 2, "missed", None, 7, "days")
SEVERE = ("at least", 1, "told", "severe", 7, "days")
FELL = ("fell", "hope", 10, 30, "days")
OVERDUE = ("call", "is overdue by", 1, "days")


def event(kind: str, ago: timedelta | str | None, id: str | None = "1", **other: Any) -> Event:
    if isinstance(ago, timedelta):
        date, recorded = PartialDate.of(NOW - ago), max(NOW - ago, NOW)
    else:
        date, recorded = None if ago is None else PartialDate(ago), NOW
    told: dict[str, Any] = {"source": "form", "recorded": recorded}
    return Event(kind=kind, id=id, date=date, **told | other)


def line(*events: Event, covered: bool = True, as_of: datetime = NOW, **other: Any) -> Timeline:
    begins = NOW - 365 * DAY
    coverage = tuple(Coverage(kind=one, begins=begins) for one in KINDS) if covered else ()
    history = History(subject="p", events=events, coverage=other.pop("coverage", coverage), **other)
    return timeline(history, EVENTS, {}, Moment.at(as_of))


def truth(sentence: Any, *events: Event, **other: Any) -> str:
    return line(*events, **other).truth(read(sentence)).value


def read(sentence: Any) -> EventSentence:
    found = made_condition(sentence)
    assert isinstance(found, EventSentence)
    return found


# -- windows ---------------------------------------------------------------------------------------


def test_a_window_begins_after_its_far_edge_and_ends_with_the_moment() -> None:
    second = event("missed", DAY, "2")
    for ago, expected in ((7 * DAY, "no"), (7 * DAY - SECOND, "yes"), (timedelta(0), "yes")):
        assert truth(TWO_MISSED, event("missed", ago), second) == expected


def test_a_day_that_may_lie_outside_is_not_known() -> None:
    assert truth(TWO_MISSED, event("missed", "2026-02-22"), event("missed", DAY, "2")) == "unknown"
    assert truth(TWO_MISSED, event("missed", "2026-02-25"), event("missed", DAY, "2")) == "yes"
    assert truth(TWO_MISSED, event("missed", "2026-02-20"), event("missed", DAY, "2")) == "no"


def test_what_happened_was_no_later_than_it_was_recorded() -> None:
    known = event("missed", None, recorded=NOW - 8 * DAY)
    assert truth(TWO_MISSED, known, event("missed", DAY, "2")) == "no"


def test_a_date_after_its_recording_may_be_any_time() -> None:
    wrong = event("missed", "2026-06-01", recorded=NOW - DAY)
    [one] = line(wrong).occurrences["missed"]
    assert (one.first, one.last, one.surely) == (ALWAYS, NEVER, False)
    assert truth(TWO_MISSED, wrong, event("missed", DAY, "2")) == "unknown"


def test_a_day_is_as_long_as_it_lasts_anywhere_on_earth() -> None:
    first, last = bounds(PartialDate("2026-02-28"))
    assert first.isoformat() == "2026-02-28T00:00:00+14:00"
    assert last.isoformat() == "2026-02-28T23:59:59.999999-12:00"
    moment = PartialDate("2026-02-28T10:00:00Z")
    assert bounds(moment) == (moment.instant, moment.instant)


# -- how many, how severe --------------------------------------------------------------------------


def test_one_that_is_told_twice_counts_once_and_as_the_most_severe() -> None:
    twice = event("missed", DAY), event("missed", 2 * DAY)
    assert truth(TWO_MISSED, *twice) == "no"
    told = event("told", DAY, severity="mild"), event("told", DAY, severity="severe")
    for order in (told, told[::-1]):
        assert truth(SEVERE, *order) == "yes"


def test_alike_ones_without_an_id_may_be_one() -> None:
    assert truth(TWO_MISSED, event("missed", DAY, None), event("missed", DAY, None)) == "unknown"
    assert truth(TWO_MISSED, event("missed", DAY, None), event("missed", 2 * DAY, None)) == "yes"


@pytest.mark.parametrize("severity", [None, "a-word-of-nobody"])
def test_a_severity_that_nobody_knows_may_be_any(severity: str | None) -> None:
    assert truth(SEVERE, event("told", DAY, severity=severity)) == "unknown"
    assert truth(SEVERE, event("told", DAY, severity="moderate")) == "no"


# -- what would have been recorded -----------------------------------------------------------------


def test_nothing_is_surely_absent_where_nobody_would_have_recorded_it() -> None:
    assert truth(TWO_MISSED) == "no"
    assert truth(TWO_MISSED, covered=False) == "unknown"


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([(8, None)], "no"),
        ([(7, 0)], "no"),
        ([(7, 3), (3, None)], "no"),
        ([(3, None), (8, 3)], "no"),
        ([(8, 4), (3, None)], "unknown"),
        ([(6, None)], "unknown"),
        ([(8, 1)], "unknown"),
    ],
)
def test_coverage_reaches_over_the_whole_window(
    spans: list[tuple[int, int | None]], expected: str
) -> None:
    coverage = tuple(
        Coverage(kind="missed", begins=NOW - begins * DAY,
                 ends=None if ends is None else NOW - ends * DAY)
        for begins, ends in spans
    )  # fmt: skip
    assert truth(TWO_MISSED, coverage=coverage) == expected


# -- changes ---------------------------------------------------------------------------------------


def test_a_fall_is_from_an_earlier_value_to_a_later_one() -> None:
    high, low = event("hope", 9 * DAY, points=40), event("hope", DAY, "2", points=30)
    assert truth(FELL, high, low) == "yes"
    assert truth(FELL, high, low.model_copy(update={"points": 31})) == "no"
    rose = event("hope", 9 * DAY, points=30), event("hope", DAY, "2", points=40)
    assert truth(FELL, *rose) == "no"
    assert truth(FELL, event("hope", 40 * DAY, points=40), low) == "no"


def test_a_fall_between_values_that_nobody_can_order_is_not_known() -> None:
    one = event("hope", "2026-02-20", points=40), event("hope", "2026-02-20", "2", points=30)
    assert truth(FELL, *one) == "unknown"


# -- obligations -----------------------------------------------------------------------------------


def test_something_is_overdue_from_the_second_on() -> None:
    limit = 3 * DAY
    assert truth(OVERDUE, event("told", limit)) == "yes"
    assert truth(OVERDUE, event("told", limit - SECOND)) == "no"


def test_what_was_met_is_not_overdue_and_what_may_have_been_is_not_known() -> None:
    told = event("told", 5 * DAY)
    assert truth(OVERDUE, told, event("seen", 4 * DAY, "2")) == "no"
    assert truth(OVERDUE, told, event("seen", 6 * DAY, "2")) == "yes"
    assert truth(OVERDUE, told, event("seen", None, "2")) == "unknown"
    assert truth(OVERDUE, told, covered=False) == "unknown"


def test_one_that_was_met_is_no_answer_to_another() -> None:
    first, met = event("told", 9 * DAY), event("seen", 8 * DAY, "s")
    again = event("told", 5 * DAY, "2")
    assert truth(OVERDUE, first, met, again) == "yes"


# -- what is not looked at -------------------------------------------------------------------------


def test_what_was_not_known_then_or_taken_back_is_not_there() -> None:
    both = event("missed", DAY), event("missed", 2 * DAY, "2")
    doctor = Person(id="d", name="D", role="clinician")
    back = Retraction(event="form#1", by=doctor, recorded=NOW, reason="wrong")
    looked = Reassessment(id="r", by=doctor, recorded=NOW, considered=("form#2",))
    assert truth(TWO_MISSED, *both) == "yes"
    assert truth(TWO_MISSED, *both, retractions=(back,)) == "no"
    assert truth(TWO_MISSED, *both, reassessments=(looked,)) == "no"
    later = both[0].model_copy(update={"recorded": NOW + SECOND})
    assert truth(TWO_MISSED, later, both[1]) == "no"


def test_a_reassessment_counts_from_its_own_moment() -> None:
    doctor = Person(id="d", name="D", role="clinician")
    looked = Reassessment(id="r", by=doctor, recorded=NOW, considered=("a", "b"))
    history = History(subject="p", reassessments=(looked,))
    assert considered(history, Moment.at(NOW)) == {"a", "b"}
    assert considered(history, Moment.at(NOW - SECOND, NOW)) == frozenset()
    assert considered(history, Moment.at(NOW, NOW - SECOND)) == frozenset()


def test_of_no_kind_that_there_is_a_note_is_made_and_no_occurrence() -> None:
    found = line(event("misssed", DAY))
    assert found.occurrences == {}
    assert found.notes == ("an event is of no kind that this pack knows",)
    assert Truth.NO is found.truth(read(TWO_MISSED))


# -- to the second, once more ----------------------------------------------------------------------

ONE_MISSED = ("at least", 1, "missed", None, 7, "days")


def test_a_day_that_is_not_over_may_be_after_the_moment() -> None:
    day = event("missed", "2026-03-01", recorded=NOW)
    assert truth(ONE_MISSED, day) == "yes"  # recorded by now, so it was by now
    later = History(subject="p", events=(event("missed", "2026-03-01", recorded=NOW + DAY),))
    found = timeline(later, EVENTS, {}, Moment.at(NOW, NOW + DAY))
    assert found.truth(read(ONE_MISSED)) is Truth.UNKNOWN


def test_the_occurrences_behind_each_kind_of_sentence() -> None:
    high, low = event("hope", 9 * DAY, points=40), event("hope", DAY, "2", points=30)
    found = line(high, low, event("told", 5 * DAY, "3"), event("missed", DAY, "4"))
    for sentence, keys in (
        (FELL, ["form#1", "form#2"]), (OVERDUE, ["form#3"]), (ONE_MISSED, ["form#4"]),
    ):  # fmt: skip
        assert [one.key for one in found.evidence(read(sentence))] == keys
    assert line().evidence(read(FELL)) == ()


def test_of_many_values_any_two_may_show_the_fall() -> None:
    values = [event("hope", days * DAY, str(days), points=points)
              for days, points in ((20, 35), (10, 42), (5, 33), (1, 32))]  # fmt: skip
    assert truth(FELL, *values) == "yes"
    assert [one.key for one in line(*values).evidence(read(FELL))] == ["form#10", "form#1"]


def test_a_value_that_was_told_twice_is_no_fall() -> None:
    """Somebody mistyped it once; who knows which is right."""
    assert truth(FELL, event("hope", DAY, points=40), event("hope", DAY, points=30)) == "no"
    unnamed = [
        event("hope", days * DAY, None, points=points) for days, points in ((9, 40), (1, 30))
    ]
    assert truth(FELL, *unnamed) == "yes"


def test_a_fall_outside_of_what_is_recorded_may_have_been() -> None:
    assert truth(FELL, event("hope", DAY, points=40), covered=False) == "unknown"


def test_something_begun_of_which_nobody_knows_when_may_be_overdue() -> None:
    told = event("told", None)
    assert truth(OVERDUE, told) == "unknown"
    wrong = event("told", "2027-01-01", recorded=NOW - 9 * DAY)
    assert truth(OVERDUE, wrong) == "unknown"


def test_whoever_records_nothing_of_what_begins_it_cannot_say_that_nothing_is_overdue() -> None:
    def covers(*spans: tuple[timedelta, timedelta | None]) -> str:
        seen = Coverage(kind="seen", begins=NOW - 99 * DAY)
        told = [
            Coverage(kind="told", begins=NOW - begins, ends=None if ends is None else NOW - ends)
            for begins, ends in spans
        ]
        return truth(OVERDUE, coverage=(seen, *told))

    limit = 3 * DAY
    assert covers((limit, None)) == "no"
    assert covers((limit - SECOND, None)) == "unknown"
    assert covers((9 * DAY, limit)) == "no"
    assert covers((9 * DAY, limit + SECOND)) == "unknown"
    assert covers() == "unknown"


def test_it_is_met_from_the_moment_that_began_it_and_by_what_surely_was() -> None:
    told = event("told", 5 * DAY)
    assert truth(OVERDUE, told, event("seen", 5 * DAY, "2")) == "no"
    assert truth(OVERDUE, told, event("seen", 5 * DAY + SECOND, "2")) == "yes"
    assert truth(OVERDUE, told, event("seen", timedelta(0), "2")) == "no"
    to_come = event("seen", "2026-04-01", "2", recorded=NOW)
    assert truth(OVERDUE, told, to_come) == "unknown"
    day = event("told", "2026-02-24")
    assert truth(OVERDUE, day, event("seen", "2026-02-24", "2")) == "unknown"


# -- instruments -----------------------------------------------------------------------------------

MODERATE = ("at least", 1, "phq-9", "moderate", 7, "days")
SEVERE_PHQ = ("at least", 1, "phq-9", "severe", 7, "days")
ITEM_9 = ("at least", 1, "phq-9-self-harm", None, 7, "days")
HIGH = ("at least", 1, "c-ssrs-screener", "high", 7, "days")
DRINKS = ("at least", 1, "audit-c", "positive", 7, "days")
PHQ_9 = [one.id for one in SHIPPED.instruments["phq-9"].items]


def shipped(sentence: Any, *events: Event) -> str:
    kinds = SHIPPED.safety.events.kinds
    coverage = tuple(Coverage(kind=one, begins=NOW - 99 * DAY) for one in kinds)
    history = History(subject="p", events=events, coverage=coverage)
    found = timeline(history, SHIPPED.safety.events, SHIPPED.instruments, Moment.at(NOW))
    return found.truth(read(sentence)).value


def phq9(said: str = "not-at-all", **other: Any) -> Event:
    answers = dict.fromkeys(PHQ_9, said) | other.pop("answers", {})
    return event("phq-9", DAY, answers=answers, **other)


@pytest.mark.parametrize(
    ("points", "moderate", "severe"),
    [(0, "no", "no"), (9, "no", "no"), (10, "yes", "no"), (19, "yes", "no"), (20, "yes", "yes"),
     (27, "yes", "yes")],
)  # fmt: skip
def test_a_total_is_in_its_band(points: int, moderate: str, severe: str) -> None:
    screen = event("phq-9", DAY, points=points)
    assert (shipped(MODERATE, screen), shipped(SEVERE_PHQ, screen)) == (moderate, severe)
    # What the total is made of is not known.
    assert shipped(ITEM_9, screen) == "unknown"


def test_answers_are_scored_and_the_ninth_item_is_an_event_of_its_own() -> None:
    assert (shipped(MODERATE, phq9()), shipped(ITEM_9, phq9())) == ("no", "no")
    thoughts = phq9(answers={"self-harm": "several-days"})
    assert (shipped(MODERATE, thoughts), shipped(ITEM_9, thoughts)) == ("no", "yes")
    assert shipped(SEVERE_PHQ, phq9("nearly-every-day")) == "yes"
    assert shipped(ITEM_9, phq9(answers={"self-harm": "refused"})) == "unknown"


def test_a_missing_answer_leaves_a_range() -> None:
    some = event("phq-9", DAY, answers={"interest": "nearly-every-day"})
    assert (shipped(MODERATE, some), shipped(ITEM_9, some)) == ("unknown", "unknown")
    assert shipped(MODERATE, event("phq-9", DAY)) == "unknown"


def test_of_a_total_and_answers_that_disagree_the_more_severe_counts() -> None:
    assert shipped(SEVERE_PHQ, phq9(points=25)) == "yes"
    assert shipped(SEVERE_PHQ, phq9("nearly-every-day", points=0)) == "yes"
    assert shipped(MODERATE, phq9(severity="severe")) == "yes"


def test_a_signal_of_what_may_not_have_been_is_not_known() -> None:
    wrong = phq9(answers={"self-harm": "several-days"}).model_copy(
        update={"date": PartialDate("2027-01-01")}
    )
    assert shipped(ITEM_9, wrong) == "unknown"


def test_a_level_alone_is_one_and_points_say_nothing_where_nothing_is_added_up() -> None:
    assert shipped(HIGH, event("c-ssrs-screener", DAY, severity="high")) == "yes"
    assert shipped(HIGH, event("c-ssrs-screener", DAY, severity="moderate")) == "no"
    assert shipped(HIGH, event("c-ssrs-screener", DAY, points=6)) == "unknown"


def test_where_the_cut_differs_by_sex_the_lower_one_counts() -> None:
    """A history says nothing of whose sex."""
    assert shipped(DRINKS, event("audit-c", DAY, points=3)) == "yes"
    assert shipped(DRINKS, event("audit-c", DAY, points=2)) == "no"


def test_answers_that_fit_no_item_are_noted_and_leave_everything_open() -> None:
    wrong = event("phq-9", DAY, answers={"nonsense": "yes"})
    found = timeline(History(subject="p", events=(wrong,)), SHIPPED.safety.events,
                     SHIPPED.instruments, Moment.at(NOW))  # fmt: skip
    assert found.notes == ("answers of `form` fit no item of `phq-9`",)
    assert shipped(MODERATE, wrong) == "unknown"


def test_a_fall_of_points_is_read_from_scored_answers_too() -> None:
    [one] = line(event("hope", DAY, points=30)).occurrences["hope"]
    assert one.points == (30, 30)
    history = History(subject="p", events=(phq9("several-days"),))
    found = timeline(history, SHIPPED.safety.events, SHIPPED.instruments, Moment.at(NOW))
    assert [one.points for one in found.occurrences["phq-9"]] == [(9, 9)]
    assert "phq-9-self-harm" in found.occurrences
    [signal] = found.occurrences["phq-9-self-harm"]
    assert (signal.severity, signal.points, signal.surely) == ((0, 0), None, True)


def test_after_a_value_of_this_very_moment_there_is_none_in_the_span() -> None:
    """Though one whose date is wrong may have been at any time."""
    now, wrong = (
        event("hope", timedelta(0), points=20),
        event("hope", "2026-06-01", "2", points=9, recorded=NOW - DAY),
    )
    assert truth(FELL, now, wrong) == "no"
    before = now.model_copy(update={"date": PartialDate.of(NOW - SECOND)})
    assert truth(FELL, before, wrong) == "unknown"
