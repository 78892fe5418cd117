"""What rules may not mean: a cap that tells of others or looks like a block, one weight for all."""

from collections.abc import Callable
from typing import Any

import pytest

from .faults import told, told_without_files, write
from .packs import Pack

# -- PM319: weights --------------------------------------------------------------------------------

AGREE = "when: group.kind is community\n"


def weights(pack: Pack, *given: int, folder: str = "group/prefer", **keys: Any) -> Pack:
    for number, weight in enumerate(given):
        pack.prefer(
            f"rule-{number}", folder=folder, weight=weight, when="patient.new_to_groups is yes",
            **keys,
        )  # fmt: skip
    return pack


def test_a_weight_that_outvotes_all_others(pack: Pack) -> None:
    weights(pack, 10, 10)
    write(pack, "prefer", f"weight: 21\n{AGREE}")
    assert (
        told_without_files(pack)
        == """\
:12:9: PM319 warning: the weight 21 outvotes all other preferences together
  12 | weight: 21
     |         ^^
  help: lower it, or make it a `must_not` if nothing may offset it
"""
    )
    assert pack.policy().prefers, "a warning does not stop a pack"


@pytest.mark.parametrize(
    ("others", "weight", "status", "warned"),
    [
        ((10, 10), 20, "active", False),  # exactly as much as all others together
        ((10, 10), 21, "active", True),
        ((10,), 90, "active", False),  # of two, one nearly always outweighs the other
        ((), 90, "active", False),
        ((10, 10), 90, "draft", False),  # not in force, so it outvotes nobody
        ((10, 10), 90, "retired", False),
    ],
)
def test_when_a_weight_is_told(
    pack: Pack, others: tuple[int, ...], weight: int, status: str, warned: bool
) -> None:
    weights(pack, *others)
    pack.prefer("heavy", weight=weight, when="group.kind is community", status=status)
    assert pack.codes() == (["PM319"] if warned else [])


def test_each_side_is_weighed_on_its_own(new_pack: Callable[[], Pack]) -> None:
    """A mentor's side is not outvoted by the person's, nor groups by mentors."""
    pack = weights(new_pack(), 30, 30, 30)
    for number in range(3):
        weight = 10 if number else 21
        pack.prefer(
            f"side-{number}", folder="mentor/prefer", side="mentor", weight=weight,
            when="patient.new_to_groups is yes",
        )  # fmt: skip
    assert [place[0] for place in pack.places()] == ["mentor/prefer/side-0.yaml"]


# -- PM316: caps that read another person ----------------------------------------------------------


def test_a_cap_may_not_read_another_persons_facts(new_pack: Callable[[], Pack]) -> None:
    """A limit that is seen on a score tells of what set it, as points would."""
    text = "when: pair.ties includes recorded-conflict\ncap: 40 percent\nif_unknown: widen\n"
    for shown_as in ("", "shown_as: unavailable\n"):
        pack = write(new_pack(), "must_not", text + shown_as)
        assert (
            told_without_files(pack)
            == """\
:1:1: PM316 error: a rule with a `cap` may not read another person's facts
  1 | must_not: the-rule
    | ^^^^^^^^
  help: only a `must_not` without a `cap` may, since its outcome can be hidden
"""
        )
    block = "when: pair.ties includes recorded-conflict\nshown_as: unavailable\n"
    assert told(write(new_pack(), "must_not", block)) == "\n"
    cap = "when: patient.goals includes none of group.topics\ncap: 40 percent\nif_unknown: widen\n"
    assert told(write(new_pack(), "must_not", cap)) == "\n"


def test_a_cap_by_way_of_a_finding_is_no_way_round(pack: Pack) -> None:
    pack.finding("in-conflict", when="patient.goals includes housing")
    pack.must_not("a-cap", when="in-conflict holds", cap="40 percent", if_unknown="widen")
    assert pack.codes() == []
    pack.finding("in-conflict", when="pair.ties includes recorded-conflict")
    assert {(one.code, one.position.file.split("/")[-1]) for one in pack.problems()} == {
        ("PM316", "a-cap.yaml"),
        ("PM316", "in-conflict.yaml"),
    }


# -- PM323: what does nothing beside a cap ---------------------------------------------------------

CAP = "when: patient.goals includes none of group.topics\ncap: 40 percent\nif_unknown: widen\n"


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("outcome: hold", "outcome"),
        ("outcome: block", "outcome"),
        ("scope: {community: caution}", "scope"),
        ("applies_to: new and existing", "applies_to"),
        ("asks: programme-manager", "asks"),
        ("override: {all_of: [patient], at_most: 90 days}", "override"),
    ],
)
def test_what_says_how_to_keep_apart_does_nothing_beside_a_cap(
    new_pack: Callable[[], Pack], line: str, key: str
) -> None:
    pack = write(new_pack(), "must_not", f"{CAP}{line}\n")
    assert told_without_files(pack).splitlines() == [
        f":13:1: PM323 error: `{key}` does nothing in a rule with a `cap`",
        f"  13 | {line}",
        f"     | {'^' * len(key)}",
        "  help: a cap only limits the score; take this out, or write a second rule for it",
    ]
    assert pack.codes() == ["PM323"]
    without = f"when: patient.goals includes none of group.topics\nif_unknown: hold\n{line}\n"
    assert told(write(new_pack(), "must_not", without)) == "\n"


def test_a_cap_that_nobody_may_set_aside_is_fine(pack: Pack) -> None:
    assert told(write(pack, "must_not", f"{CAP}override: nobody\n")) == "\n"
