"""PM324: a preference takes no points from people it is not about."""

from collections.abc import Callable

import pytest

from peer_match.policy.load import PackReading

from .faults import told_without_files, write
from .packs import Pack

BARRIER = "patient.barriers includes work-schedule"
FITS = (
    "share of group.meetings within patient.availability travelling from patient.home to "
    "group.place at 30 km an hour is at least 80 percent"
)
THERE = "group.accessibility includes children-welcome"


def test_a_barrier_in_the_all_of_a_preference_is_told_at_its_sentence(pack: Pack) -> None:
    write(pack, "prefer", f"weight: 5\nwhen:\n  all:\n    - {BARRIER}\n    - {THERE}\n")
    assert (
        told_without_files(pack)
        == """\
:15:7: PM324 warning: whoever this is not true of loses the points, whatever the group is like
  15 |     - patient.barriers includes work-schedule
     |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  help: if it says for whom the rule counts, write it in `applies_when`
"""
    )
    assert pack.policy().prefers, "a warning does not stop a pack"


@pytest.mark.parametrize(
    ("when", "warnings"),
    [
        ({"all": [BARRIER, FITS]}, 1),
        ({"all": [{"not": BARRIER}, THERE]}, 1),
        ({"all": [{"any": [BARRIER, "patient.barriers includes cost"]}, THERE]}, 1),
        ({"all": [THERE, {"all": [BARRIER, "hard-to-get-there holds"]}]}, 2),
        ({"all": [FITS, THERE]}, 0),
        ({"all": [THERE, "group.kind is community"]}, 0),
        ({"all": [{"any": [BARRIER, THERE]}, THERE]}, 0),
        ({"any": [{"all": [BARRIER, THERE]}, {"all": [{"not": BARRIER}, FITS]}]}, 0),
        (BARRIER, 0),
        (THERE, 0),
    ],
)
def test_when_it_is_told(whole_pack: Pack, when: object, warnings: int) -> None:
    whole_pack.prefer("the-rule", weight=5, when=when)
    assert whole_pack.codes() == ["PM324"] * warnings


def test_the_barrier_in_applies_when_is_right(new_pack: Callable[[], Pack]) -> None:
    for when in (FITS, {"all": [FITS, THERE]}):
        pack = new_pack()
        assert pack.prefer("the-rule", applies_when=BARRIER, when=when).codes() == []


def test_other_kinds_of_rule_may_say_it_so(pack: Pack) -> None:
    when = {"all": [BARRIER, THERE]}
    assert pack.must_not("the-rule", when=when).finding("other", when=when).codes() == []


def test_no_rule_of_the_shipped_pack_is_told(shipped: PackReading) -> None:
    assert shipped.diagnostics == ()
