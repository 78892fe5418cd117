"""Under which escalation evidence stands for which nobody is called anew."""

from dataclasses import replace
from typing import Any

import pytest

from peer_match.decide.assessment import Alert, Evidence
from peer_match.decide.seen_to import SeenTo, seen_to
from peer_match.facts.event import EarlierEscalation

from .made import SHIPPED


def escalation(rule: str, *evidence: str, is_open: bool = False, id: str = "") -> EarlierEscalation:
    return EarlierEscalation(id=id or f"of-{rule}", rule=rule, severity="urgent",
                             evidence=frozenset(evidence), is_open=is_open)  # fmt: skip


def alert(rule: str, *evidence: str, is_new: bool = True) -> Alert:
    found = tuple(Evidence(key, "something", None, None, "record", "health") for key in evidence)
    return Alert(rule, "urgent", (), found, f"of-{rule}", is_new=is_new, late=None)


def test_its_own_open_escalation_comes_first() -> None:
    handled = SeenTo((escalation("mild", "a", is_open=True),), (escalation("severe", "a"),),
                     (alert("severe", "a"),))  # fmt: skip
    assert handled.stands_under({"a"}) == ("mild", "of-mild")


def test_what_is_called_for_now_comes_before_what_was_closed() -> None:
    handled = SeenTo((escalation("mild", "a"),), (), (alert("severe", "a"),))
    assert handled.stands_under({"a"}) == ("severe", "of-severe")


def test_an_open_one_of_the_same_evidence_comes_before_its_own_that_was_closed() -> None:
    handled = SeenTo((escalation("mild", "a"),), (escalation("severe", "a", is_open=True),), ())
    assert handled.stands_under({"a"}) == ("severe", "of-severe")


def test_one_of_other_evidence_is_passed_over() -> None:
    handled = SeenTo((escalation("mild", "a"),), (escalation("severe", "b", is_open=True),), ())
    assert handled.stands_under({"a"}) == ("mild", "of-mild")


def test_a_rule_that_holds_for_want_of_evidence_stands_under_its_own() -> None:
    """Nothing of the others is the same evidence as none."""
    handled = SeenTo((escalation("mild"),), (escalation("any"),), (alert("any"),))
    assert handled.stands_under(()) == ("mild", "of-mild")
    with pytest.raises(IndexError):
        SeenTo((), (escalation("any"),), ()).stands_under(())


def test_somebody_is_called_while_one_is_new_or_not_closed() -> None:
    assert SeenTo((), (), (alert("severe", "a"),)).is_open
    assert SeenTo((), (escalation("severe", "a", is_open=True),), ()).is_open
    assert not SeenTo((escalation("mild", "a"),), (), (alert("severe", "a", is_new=False),)).is_open


def test_its_evidence_is_that_of_all_of_them() -> None:
    handled = SeenTo((escalation("mild", "a"),), (escalation("severe", "b"),), (alert("x", "c"),))
    assert handled.evidence == {"a", "b", "c"}


def rule(*by: str) -> Any:
    [any_rule] = [one for one in SHIPPED.safety.escalates if one.id == "return-to-use"]
    return replace(any_rule, id="mild", seen_to_by=frozenset(by))


def test_who_sees_to_it_is_found_by_rule() -> None:
    told = {one: alert(one, "1") for one in ("c", "b", "a")}
    before = [escalation(one, "1") for one in ("mild", "a", "c")]
    found = seen_to(rule("a", "b"), before, told)
    assert [one.rule for one in found.now] == ["a", "b"]
    assert [one.rule for one in found.mine] == ["mild"]
    assert [one.rule for one in found.earlier] == ["a"]
    assert seen_to(rule(), before, told).now == ()


def test_of_those_called_for_now_the_most_severe_comes_first_then_the_first_by_rule() -> None:
    soon, worst = (replace(alert(rule, "a"), severity=severity)
                   for rule, severity in (("a", "soon"), ("z", "emergent")))  # fmt: skip
    assert SeenTo((), (), (soon, worst)).stands_under({"a"}) == ("z", "of-z")
    both = (alert("z", "a"), alert("m", "a"))
    assert SeenTo((), (), both).stands_under({"a"}) == ("m", "of-m")
    assert SeenTo((), (), both[::-1]).stands_under({"a"}) == ("m", "of-m")


def test_one_open_escalation_among_many_is_enough() -> None:
    both = (escalation("mild", "a", id="1"), escalation("mild", "b", is_open=True, id="2"))
    assert SeenTo(both, (), ()).is_open
    assert SeenTo(both, (), ()).stands_under({"a"}) == ("mild", "2")


def test_what_was_closed_keeps_what_stood_under_it() -> None:
    """Its own comes first as it did when it was opened, though the others hold still."""
    mine, theirs = escalation("mild", "a", "b"), escalation("severe", "a")
    still = replace(alert("severe", "a"), is_new=False)
    assert SeenTo((mine,), (theirs,), (still,)).stands_under({"a", "b"}) == ("mild", "of-mild")


def test_an_alert_that_stands_under_another_is_no_escalation_of_its_own() -> None:
    under = replace(alert("severe", "a", is_new=False), escalated_as="worst", escalation="of-worst")
    worst = (escalation("worst", "a"),)
    assert SeenTo((), worst, (under,)).stands_under({"a"}) == ("worst", "of-worst")
    with pytest.raises(IndexError):
        SeenTo((), (), (under,)).stands_under({"a"})


def test_an_alert_of_other_evidence_is_passed_over() -> None:
    other = alert("severe", "b")
    assert SeenTo((escalation("mild", "a"),), (), (other,)).stands_under({"a"}) == (
        "mild", "of-mild",
    )  # fmt: skip


def test_of_several_of_its_own_that_are_closed_the_first_by_id_of_the_same_evidence() -> None:
    mine = [escalation("mild", "a", id=one) for one in ("2", "1", "3")]
    other = escalation("mild", "b", id="0")
    assert SeenTo((*mine, other), (), ()).stands_under({"a"}) == ("mild", "1")
    theirs = escalation("severe", "a", id="0")
    assert SeenTo((*mine,), (theirs,), ()).stands_under({"a"}) == ("mild", "1")
