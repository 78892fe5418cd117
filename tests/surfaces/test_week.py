"""The week as a picture: what of the facts is taken, and that the drawing keeps to them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peer_match.decide.decision import Decision, Shortlist
from peer_match.facts.fact import Fact, Statement
from peer_match.facts.group import Group
from peer_match.facts.offsets import DAY, WEEK
from peer_match.facts.patient import Patient
from peer_match.facts.provenance import PartialDate, Provenance, StatedBy
from peer_match.facts.week import Availability, Meeting, Window
from peer_match.facts.week_text import parse_meeting, parse_window
from peer_match.surfaces.report import WeekPicture, week_picture
from peer_match.surfaces.report.week import (
    Block,
    MeetingTime,
    Stretch,
    drawing,
    times_words,
)

from .examples import FREE, decision, reading

SAID = Provenance(source="intake", stated_by=StatedBy.SELF, date=PartialDate("2023-08-01"))
PACIFIC = "America/Los_Angeles"


def availability(*free: str, busy: tuple[str, ...] = (), zone: str = PACIFIC) -> Availability:
    return Availability(
        zone=zone,
        free=tuple(parse_window(one) for one in free),
        busy=tuple(parse_window(one) for one in busy),
    )


def patient(free: Availability | None, id: str = "p1") -> Patient:
    statements = () if free is None else (Statement(value=free, provenance=SAID),)
    return Patient(id=id, availability=Fact(statements=statements))


def group(id: str, *meetings: Meeting) -> Group:
    fact = Fact(statements=(Statement(value=meetings, provenance=SAID),))
    return Group(id=id, name=id, meetings=fact)


def shown(whole: Decision) -> Decision:
    """The same decision, with the person's free time among what its recipient sees."""
    free = reading(FREE, "when the person is free", "free Tue 18:00-22:00")
    return replace(whole, facts={**whole.facts, FREE: free})


GROUPS = {
    "g1": group("g1", parse_meeting(f"Tue 19:00 60 minutes {PACIFIC} in-person")),
    "g2": group("g2", parse_meeting("Tue 22:30 90 minutes America/New_York online")),
    "g5": group("g5", parse_meeting(f"Fri 12:00 60 minutes {PACIFIC}")),
    "g6": group("g6", parse_meeting(f"Sat 12:00 60 minutes {PACIFIC}")),
}


def picture(whole: Decision, person: Patient) -> WeekPicture:
    found = week_picture(whole, person, GROUPS)
    assert found is not None
    return found


# -- what is taken -------------------------------------------------------------------------------


def test_meetings_are_on_the_persons_clock() -> None:
    found = picture(shown(decision()), patient(availability("Tue 18:00-22:00")))
    assert (found.zone, found.is_persons_zone) == (PACIFIC, True)
    assert times_words(found) == {
        "g1": "Tue 19:00–20:00, in person",
        "g2": "Tue 19:30–21:00, online",
    }


def test_only_groups_that_fit_are_drawn() -> None:
    found = picture(shown(decision()), patient(availability("Tue 18:00-22:00")))
    assert {one.target for one in found.meetings} == {"g1", "g2"}


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {FREE: replace(decision().facts[FREE], withheld="needs consent")},
    ],
)
def test_free_time_that_the_recipient_may_not_see_is_not_drawn(facts: dict[str, object]) -> None:
    whole = replace(decision(), facts=facts)  # pyright: ignore[reportArgumentType]
    found = picture(whole, patient(availability("Tue 18:00-22:00", zone="Pacific/Auckland")))
    assert found.free is None
    assert found.busy == ()
    assert (found.zone, found.is_persons_zone) == ("America/Los_Angeles", False)


def test_another_persons_free_time_is_never_drawn() -> None:
    found = picture(shown(decision()), patient(availability("Tue 18:00-22:00"), id="p2"))
    assert found.free is None


def test_without_anything_to_draw_there_is_no_picture() -> None:
    nothing = Shortlist((), (), (), (), None)
    assert week_picture(replace(decision(), groups=nothing), patient(None), GROUPS) is None
    assert week_picture(decision(), patient(None), {}) is None


def test_a_meeting_without_a_zone_is_named_and_not_placed() -> None:
    groups = {"g1": group("g1", parse_meeting("Tue 19:00 60 minutes"))}
    found = week_picture(shown(decision()), patient(availability("Tue 18:00-22:00")), groups)
    assert found is not None
    assert (found.meetings, found.without_zone) == ((), ("g1",))


def test_what_was_not_known_at_the_moment_is_not_drawn() -> None:
    later = Provenance(source="intake", stated_by=StatedBy.SELF, date=PartialDate("2023-10"))
    free = Statement(value=availability("Tue 18:00-22:00"), provenance=later)
    person = Patient(id="p1", availability=Fact(statements=(free,)))
    assert picture(shown(decision()), person).free is None


def test_busy_time_wins_over_free_time() -> None:
    person = patient(availability("Tue 18:00-22:00", busy=("Tue 19:00-20:00",)))
    found = picture(shown(decision()), person)
    assert found.free == (Stretch(1, 1080, 1140), Stretch(1, 1200, 1320))
    assert found.busy == (Stretch(1, 1140, 1200),)


windows = st.builds(
    Window,
    weekday=st.integers(0, 6),
    start_minute=st.integers(0, DAY - 1),
    minutes=st.one_of(st.integers(1, WEEK), st.integers(1, 180)),
)


@given(st.lists(windows, max_size=5), st.lists(windows, max_size=5))
def test_free_time_is_free_and_not_busy_minute_by_minute(
    free: list[Window], busy: list[Window]
) -> None:
    if not free and not busy:
        return

    def minutes(some: list[Window]) -> set[int]:
        starts = ((one.weekday * DAY + one.start_minute, one.minutes) for one in some)
        return {(start + at) % WEEK for start, length in starts for at in range(length)}

    person = patient(Availability(zone=PACIFIC, free=tuple(free), busy=tuple(busy)))
    found = picture(shown(decision()), person)
    assert found.free is not None
    drawn = [
        one.weekday * DAY + minute for one in found.free for minute in range(one.start, one.end)
    ]
    expected = (minutes(free) if free else set(range(WEEK))) - minutes(busy)
    assert len(drawn) == len(set(drawn))
    assert set(drawn) == expected


# -- the drawing ---------------------------------------------------------------------------------

meeting_times = st.builds(
    MeetingTime,
    target=st.sampled_from(["g1", "g2", "g3"]),
    weekday=st.integers(0, 6),
    start=st.integers(0, DAY - 1),
    minutes=st.integers(5, 600),
    formats=st.just(()),
    length_assumed=st.booleans(),
    weekly=st.just(True),
)


def overlap(one: Block, other: Block) -> bool:
    return (
        one.x < other.x + other.width
        and other.x < one.x + one.width
        and one.y < other.y + other.height - 1
        and other.y < one.y + one.height - 1
    )


@given(st.lists(meeting_times, max_size=8))
def test_meetings_never_cover_each_other_and_lie_inside_the_picture(
    meetings: list[MeetingTime],
) -> None:
    drawn = drawing(
        WeekPicture(PACIFIC, True, (), (), tuple(meetings), ()), {"g1": 1, "g2": 2, "g3": 3}
    )
    blocks = drawn.meetings
    assert len(blocks) >= len(meetings)
    for at, one in enumerate(blocks):
        assert one.x >= 0 and one.x + one.width <= drawn.width
        assert one.y >= 0 and one.y + one.height <= drawn.height
        assert not any(overlap(one, other) for other in blocks[at + 1 :])


def test_a_group_that_is_not_shown_in_full_is_not_drawn() -> None:
    found = picture(shown(decision()), patient(availability("Tue 18:00-22:00")))
    assert {block.number for block in drawing(found, {"g1": 1}).meetings} == {1}


def test_a_meeting_past_midnight_goes_on_in_the_next_column() -> None:
    late = MeetingTime("g1", 6, 23 * 60, 120, (), False, True)
    drawn = drawing(WeekPicture(PACIFIC, True, (), (), (late,), ()), {"g1": 1})
    assert [block.x < drawn.width // 2 for block in drawn.meetings] == [True, False]
    assert "meets Sun 23:00 to 24:00." in drawn.words
    assert "meets Mon 00:00 to 01:00." in drawn.words


def test_the_picture_is_also_there_in_words() -> None:
    person = patient(availability("Tue 18:00-22:00", busy=("Mon 08:00-17:00",)))
    found = picture(shown(decision()), person)
    assert drawing(found, {"g1": 1}).words == (
        "Times on the clock of America/Los_Angeles. Free: Tue 18:00 to 22:00. "
        "Busy: Mon 08:00 to 17:00. Suggestion 1 meets Tue 19:00 to 20:00."
    )


@pytest.mark.parametrize(
    ("meetings", "words"),
    [
        (
            [MeetingTime("g1", day, 780, 60, ("online",), False, True) for day in range(7)],
            "every day 13:00–14:00, online",
        ),
        (
            [
                MeetingTime("g1", 4, 720, 60, (), True, True),
                MeetingTime("g1", 0, 720, 60, (), True, True),
            ],
            "Mon, Fri 12:00–about 13:00",
        ),
        (
            [MeetingTime("g1", 1, 1380, 60, ("in-person", "online"), False, None)],
            "Tue 23:00–24:00, in person and online, may not be every week",
        ),
    ],
)
def test_times_read_as_people_say_them(meetings: list[MeetingTime], words: str) -> None:
    found = WeekPicture(PACIFIC, True, (), (), tuple(meetings), ())
    assert times_words(found) == {"g1": words}
