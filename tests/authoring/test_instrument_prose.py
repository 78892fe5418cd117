"""An instrument read aloud says all that its table does."""

import pytest

from peer_match import load_policy
from peer_match.authoring.prose import prose
from peer_match.policy.policy import Policy


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy()


def test_a_table_with_its_questions_refusals_and_rows(policy: Policy) -> None:
    lines = prose(policy.instruments["asq"], policy).splitlines()
    assert lines[0] == "ASQ, suicide risk in five questions (asq)"
    start = lines.index("It asks, by short names:")
    assert lines[start + 1 : start + 3] == [
        "  - wish-to-be-dead: no, yes",
        "    a refusal counts as yes",
    ]
    assert (
        "    only after wish-to-be-dead: yes or better-off-without: yes or thoughts-this-week: yes "
        "or attempt-ever: yes"
    ) in lines
    assert "Nothing is added up; the most severe of these that holds counts:" in lines
    assert "  - acute-positive: thoughts-now: yes" in lines
    assert "When none of them holds: negative." in lines


def test_a_sum_with_its_totals_for_all_and_for_a_sex(policy: Policy) -> None:
    lines = prose(policy.instruments["audit-c"], policy).splitlines()
    start = lines.index("The points in brackets are added up, and the total gives:")
    assert lines[start + 1 : start + 6] == [
        "  - 0 to 2: negative",
        "  - 3 to 12: positive",
        "For whoever is known to be male:",
        "  - 0 to 3: negative",
        "  - 4 to 12: positive",
    ]


def test_a_band_of_one_total_and_a_signal(policy: Policy) -> None:
    assert "  - 0: none-reported" in prose(policy.instruments["dast-10"], policy).splitlines()
    assert (
        "Whatever the result, it signals thoughts-of-self-harm after self-harm: "
        "more-than-half-the-days or nearly-every-day or several-days."
    ) in prose(policy.instruments["phq-9"], policy)


def test_each_says_that_what_is_missing_leaves_a_range(policy: Policy) -> None:
    for one in policy.instruments.values():
        text = prose(one, policy)
        assert "What is not answered may be any answer" in text
        assert f"Source: {one.sources[0].cite} (" in text
        assert all(f"  - {item.id}: " in text for item in one.items)
