"""A list that a row or an annotation closes is closed from their date on, and not before."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from peer_match.directories import DirectoryReading, annotate, read_annotations
from peer_match.directories.roster import read_roster
from peer_match.facts.catalogue import CATALOGUE
from peer_match.facts.fact import Unknown
from peer_match.facts.group import Group
from peer_match.facts.observed import Observed, observe
from peer_match.facts.provenance import Moment
from peer_match.facts.truth import Truth

from .conftest import VOCABULARIES

Read = Callable[..., DirectoryReading]

ROW: dict[str, Any] = {
    "slug": "dawn",
    "name": "Dawn",
    "day": 1,
    "time": "07:00",
    "types": ["O"],
    "attendance_option": "online",
    "updated": "2023-08-20",
}
BEFORE, AFTER = datetime(2023, 8, 15, tzinfo=UTC), datetime(2023, 9, 15, tzinfo=UTC)


def only(read: Read, *, fellowship: str | None = None, **changes: Any) -> Group:
    [group] = read([ROW | changes], name="feed", fellowship=fellowship).groups
    return group


def seen(group: Any, field: str, as_of: datetime = AFTER, subject: str = "group") -> Observed:
    fact = CATALOGUE[f"{subject}.{field}"]
    vocabulary = VOCABULARIES[fact.vocabulary] if fact.vocabulary else None
    return observe(getattr(group, field), fact, vocabulary, Moment.at(as_of))


def annotated(*groups: Group, date: str = "2023-08-25", **facts: Any) -> Group:
    said = {"group": "feed/dawn", "source": "call", "date": date, "facts": facts}
    content = orjson.dumps({"peer_match_annotations": 1, "groups": [said]})
    read = read_annotations(content, vocabularies=VOCABULARIES)
    assert read.problems == ()
    [found] = annotate(groups, read).groups
    return found


ONLINE = {"are": ["online"], "complete": True}


def test_a_row_closes_its_lists_from_its_date_on(read: Read) -> None:
    group = only(read)
    assert seen(group, "formats").holds("in-person") is Truth.NO
    assert seen(group, "formats", BEFORE).holds("in-person") is Truth.UNKNOWN
    assert seen(group, "limited_to", BEFORE).holds("woman") is Truth.UNKNOWN


def test_a_row_without_a_date_closes_its_lists_from_when_it_was_fetched(read: Read) -> None:
    group = only(read, updated=None)
    assert seen(group, "formats", BEFORE).holds("in-person") is Truth.NO
    fetched = datetime(2023, 9, 1, tzinfo=UTC).date()
    [group] = read([ROW | {"updated": None}], name="feed", retrieved=fetched).groups
    assert seen(group, "formats", BEFORE).holds("in-person") is Truth.UNKNOWN
    assert seen(group, "formats").holds("in-person") is Truth.NO


@pytest.mark.parametrize(("date", "as_of"), [("2023-08-25", BEFORE), ("2023-09", AFTER)])
def test_an_annotation_closes_a_list_from_its_date_on(
    read: Read, date: str, as_of: datetime
) -> None:
    group = annotated(only(read, attendance_option=None), date=date, formats=ONLINE)
    assert seen(group, "formats", as_of).holds("in-person") is Truth.UNKNOWN
    later = datetime(2023, 10, 1, tzinfo=UTC)
    assert seen(group, "formats", later).holds("in-person") is Truth.NO


def test_a_row_that_is_later_than_the_annotation_opens_the_list_again(read: Read) -> None:
    group = annotated(only(read, types=["W"]), date="2023-08-01", limited_to={"complete": True})
    limits = seen(group, "limited_to")
    assert limits.holds("woman") is Truth.YES
    assert limits.holds("man") is Truth.UNKNOWN


def test_a_row_of_the_same_day_gives_way(read: Read) -> None:
    whole = {"are": ["in-person"], "complete": True}
    group = annotated(only(read), date="2023-08-20", formats=whole)
    assert seen(group, "formats").values == ("in-person",)
    assert seen(group, "formats").holds("online") is Truth.NO


def test_what_is_added_later_opens_a_list_that_a_row_closed(read: Read) -> None:
    group = annotated(only(read), formats=["phone"])
    assert seen(group, "formats").holds("online") is Truth.YES
    assert seen(group, "formats").holds("in-person") is Truth.UNKNOWN


@pytest.mark.parametrize(
    ("date", "unknown"), [("2023-08-01", Unknown.UNREADABLE), ("2023-08-25", None)]
)
def test_what_cannot_be_read_gives_way_to_a_later_word_alone(
    read: Read, date: str, unknown: Unknown | None
) -> None:
    group = only(read, types=["W", "M"])
    assert group.limited_to.unreadable
    whole = {"are": ["woman"], "complete": True}
    assert seen(annotated(group, date=date, limited_to=whole), "limited_to").unknown is unknown


class TestWhatAFellowshipSettles:
    def test_it_is_settled_by_definition(self, read: Read) -> None:
        group = only(read, fellowship="aa")
        assert group.purposes.closed is None
        assert seen(group, "purposes", BEFORE).holds("someone-elses-use") is Truth.NO

    def test_it_is_not_known_before_somebody_said_which_fellowship_it_is(self, read: Read) -> None:
        group = self.named_on("2023-08-18", read)
        assert seen(group, "purposes", BEFORE).holds("someone-elses-use") is Truth.UNKNOWN
        assert seen(group, "purposes", BEFORE).holds("own-substance-use") is Truth.UNKNOWN
        assert seen(group, "purposes").holds("someone-elses-use") is Truth.NO

    @pytest.mark.parametrize("date", ["2023-08-18", "2023-08-25"])
    def test_a_row_that_adds_to_it_does_not_open_it(self, read: Read, date: str) -> None:
        group = self.named_on(date, read, types=["DD"])
        assert set(seen(group, "concerns").values) == {"alcohol", "mental-health"}
        assert seen(group, "concerns").holds("opioids") is Truth.NO
        assert seen(group, "concerns", BEFORE).holds("opioids") is Truth.UNKNOWN

    @staticmethod
    def named_on(date: str, read: Read, **changes: Any) -> Group:
        feed = {"feed": "feed", "source": "the intergroup", "date": date, "fellowship": "aa"}
        content = orjson.dumps({"peer_match_annotations": 1, "feeds": [feed]})
        [said] = read_annotations(content, vocabularies=VOCABULARIES).feeds
        [group] = read(
            [ROW | changes], name="feed", fellowship="aa", fellowship_source=said.provenance
        ).groups
        return group


def test_a_mentor_closes_a_list_from_the_date_of_the_file_on() -> None:
    one = {
        "id": "m-1",
        "name": "Ruth",
        "source": "mentor file",
        "date": "2023-08-20",
        "says": {"languages": {"are": ["english"], "complete": True}},
    }
    content = orjson.dumps({"peer_match_mentors": 1, "mentors": [one]})
    found = read_roster(content, vocabularies=VOCABULARIES)
    assert found.problems == ()
    [mentor] = found.mentors
    assert seen(mentor, "languages", subject="mentor").holds("spanish") is Truth.NO
    assert seen(mentor, "languages", BEFORE, "mentor").holds("spanish") is Truth.UNKNOWN
