"""Dates of a rule are in order, and its sources are there."""

import pytest

from .faults import told, told_without_files, write
from .packs import Pack

WHEN = "when: group.kind is community\n"


def test_a_rule_that_ends_before_it_begins(pack: Pack) -> None:
    write(pack, "must_not", f"effective: 2026-03-01\nuntil: 2026-02-28\n{WHEN}")
    assert (
        told_without_files(pack)
        == """\
:11:8: PM402 error: the rule ends before it begins
  11 | until: 2026-02-28
     |        ^^^^^^^^^^
  help: it begins on 2026-03-01; `until` is its last day
"""
    )
    assert pack.codes() == ["PM402"]


@pytest.mark.parametrize("until", ["2026-03-01", "2026-03-02", "2040-01-01"])
def test_a_rule_may_be_in_force_for_a_day_and_beyond_its_review(pack: Pack, until: str) -> None:
    write(pack, "must_not", f"effective: 2026-03-01\nuntil: {until}\n{WHEN}")
    assert told(pack) == "\n"


@pytest.mark.parametrize(("day", "when"), [("2026-02-28", "before"), ("2026-03-01", "on the day")])
def test_a_review_that_is_due_before_the_rule_begins(pack: Pack, day: str, when: str) -> None:
    write(pack, "must_not", f"effective: 2026-03-01\nreview_by: {day}\n{WHEN}")
    assert (
        told_without_files(pack)
        == f"""\
:10:12: PM403 error: the review is due {when} the rule begins
  10 | review_by: {day}
     |            ^^^^^^^^^^
  help: it begins on 2026-03-01; set a later day, such as a year on
"""
    )
    assert pack.codes() == ["PM403"]


def test_a_review_on_the_day_after_is_fine(pack: Pack) -> None:
    write(pack, "must_not", f"effective: 2026-03-01\nreview_by: 2026-03-02\n{WHEN}")
    assert told(pack) == "\n"


def test_both_dates_and_a_source_are_told_at_once(pack: Pack) -> None:
    """Dates are checked on rules of every kind, and on drafts."""
    text = (
        "effective: 2026-03-01\nuntil: 2026-01-01\nreview_by: 2026-01-01\nstatus: draft\n"
        f"source: [{{cite: nobody-2020, finding: something}}]\n{WHEN}"
    )
    write(pack, "finding", text)
    assert sorted(pack.codes()) == ["PM401", "PM402", "PM403"]
