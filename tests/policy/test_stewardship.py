"""Reviews that are overdue on a day are told, whatever else is wrong with the pack."""

from datetime import date
from pathlib import Path

import pytest

from peer_match.policy.diagnostics import as_text
from peer_match.policy.load import PackReading, read_pack
from peer_match.policy.stewardship import overdue_reviews

from .faults import write
from .packs import Pack

WHEN = "when: group.kind is community\n"


def overdue(pack: Pack, day: str) -> list[str]:
    return [one.code for one in overdue_reviews(pack.read(), date.fromisoformat(day))]


def test_an_overdue_review_is_told_at_its_date(pack: Pack) -> None:
    write(pack, "must_not", f"review_by: 2026-06-30\n{WHEN}")
    found = overdue_reviews(pack.read(), date(2026, 7, 1))
    assert (
        as_text(found)
        == """\
pack/group/must_not/the-rule.yaml:10:12: PM404 error: the review of `the-rule` was due on 2026-06-30
  10 | review_by: 2026-06-30
     |            ^^^^^^^^^^
  help: read the rule again, and set a new `review_by`"""
    )
    assert pack.policy().must_nots, "the engine keeps running with the rule"


@pytest.mark.parametrize(
    ("day", "status", "told"),
    [
        ("2026-06-29", "active", False),
        ("2026-06-30", "active", False),  # it may still be done on the day
        ("2026-07-01", "active", True),
        ("2026-07-01", "draft", False),
        ("2026-07-01", "retired", False),
    ],
)
def test_a_review_is_overdue_from_the_day_after(
    pack: Pack, day: str, status: str, told: bool
) -> None:
    pack.must_not("the-rule", when="group.kind is community", review_by="2026-06-30", status=status)
    assert overdue(pack, day) == (["PM404"] if told else [])


def test_reviews_are_told_of_a_pack_with_other_problems(pack: Pack) -> None:
    pack.must_not("late", when="group.kind is community", review_by="2024-06-30")
    pack.finding("wrong", when="group.kind is comunity", review_by="2024-06-30")
    assert pack.codes() == ["PM202"]
    assert overdue(pack, "2026-01-01") == ["PM404", "PM404"]


def test_no_review_of_the_shipped_pack_is_overdue_before_it_is_due(shipped: PackReading) -> None:
    assert shipped.policy is not None
    first = min(rule.review_by for rule in shipped.policy.rules() if rule.status == "active")
    owed = overdue_reviews(shipped, first)
    assert [one for one in owed if one.code != "PM406"] == []
    assert len(overdue_reviews(shipped, date(2100, 1, 1))) > len(owed)


def test_each_shipped_line_waits_for_a_person_who_verifies_it(shipped: PackReading) -> None:
    """Nobody has called these numbers for this pack, so none is said to be verified."""
    assert shipped.policy is not None
    lines = shipped.policy.safety.lines
    owed = [one for one in overdue_reviews(shipped, date(2026, 1, 1)) if one.code == "PM406"]
    assert lines
    assert len(owed) == len([one for one in lines if one.verified_by is None])


def test_a_folder_that_is_no_pack_owes_no_review(tmp_path: Path) -> None:
    assert overdue_reviews(read_pack(tmp_path / "nowhere"), date(2100, 1, 1)) == []
