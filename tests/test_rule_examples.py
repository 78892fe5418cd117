"""Every example in a rule file is a test of its own, called by its rule and its number."""

from pathlib import Path

import pytest

from peer_match.authoring.examples import ExampleResult, run_examples
from peer_match.policy.diagnostics import as_text
from peer_match.policy.load import read_pack
from policy.conftest import whole_pack
from policy.packs import RULES, Pack

__all__ = ["whole_pack"]


def examples_of(root: Path) -> list[ExampleResult]:
    """What every example of a pack expects and gives."""
    return list(run_examples(read_pack(root)).results)


def name(example: ExampleResult) -> str:
    return f"{example.rule}[{example.number}]"


@pytest.mark.parametrize("example", examples_of(RULES), ids=name)
def test_example(example: ExampleResult) -> None:
    assert example.got == example.expected, example.position


def test_the_shipped_pack_has_no_problem_and_every_rule_its_three_cases() -> None:
    reading = read_pack(RULES)
    assert as_text(reading.diagnostics) == ""
    assert as_text(run_examples(reading).diagnostics) == ""
    assert reading.policy is not None
    policy = reading.policy
    every = {rule.id for rule in policy.rules()} | policy.instruments.keys()
    assert {one.rule for one in examples_of(RULES)} == every | policy.safety.pathways.keys()


def test_a_wrong_example_fails(whole_pack: Pack) -> None:
    rule = "group/must_not/medication-hostile-group.yaml"
    whole_pack.edit(rule, "group.medication_stance: welcoming}, expect: allowed",
                    "group.medication_stance: welcoming}, expect: blocked")  # fmt: skip
    found = {name(one): one for one in examples_of(whole_pack.root)}
    wrong = found["medication-hostile-group[2]"]
    assert (wrong.expected, wrong.got, wrong.passed) == ("blocked", "allowed", False)
    assert [name(one) for one in found.values() if not one.passed] == [name(wrong)]
    with pytest.raises(AssertionError):
        test_example(wrong)
