"""Under which escalation evidence stands for which nobody is called anew."""

import pytest

from peer_match.decide.assessment import Alert, Evidence
from peer_match.decide.seen_to import SeenTo
from peer_match.facts.event import EarlierEscalation


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
