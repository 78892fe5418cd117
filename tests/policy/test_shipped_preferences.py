"""What no preference of the shipped pack may rest on."""

from peer_match.policy.load import load_policy
from peer_match.policy.policy import MustNot
from peer_match.policy.reads import all_facts


def test_a_refusal_keeps_apart_and_lowers_no_score() -> None:
    policy = load_policy()
    found = [rule for rule in policy.rules() if "pair.declined" in all_facts(rule, policy.findings)]
    assert [rule.id for rule in found] == ["declined-before", "mentor-declined-before"]
    assert all(isinstance(rule, MustNot) and rule.cap is None for rule in found)
