"""What must always be so of a pack: proved, refuted by a case, or told to be beyond proof."""

from __future__ import annotations

from datetime import date

import pytest

from peer_match.authoring.proofs import MOST_CONTEXT, prove
from peer_match.policy.load import read_pack
from policy.packs import RULES, Pack

DAY = date(2026, 3, 1)
HEAD = """title: A rule of a test
why: So that the test has a rule.
source: [{cite: design-default, finding: a default}]
owner: clinical-safety
status: active
effective: 2023-01-01
review_by: 2030-01-01
"""
SEVERE = "at least 1 disclosure of severity at least severe within 7 days"
REFUTED = "PM336"


@pytest.fixture
def pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    found = Pack(tmp_path_factory.mktemp("pack") / "rules", whole=True)
    for folder in ("safety/escalate", "safety/findings", "always"):
        for path in (found.root / folder).glob("*.yaml"):
            path.unlink()
    return found


def escalate(pack: Pack, id: str, when: str, severity: str = "urgent") -> None:
    pack.write(
        f"safety/escalate/{id}.yaml",
        f"escalate: {id}\n{HEAD}severity: {severity}\npathway: acute-suicide-risk\n"
        "if_unknown: review\nasks: clinician\n"
        f"examples: [{{events: [], expect: unknown}}]\n{when}\n",
    )


def always(pack: Pack, when: str, severity: str = "urgent") -> None:
    pack.write(
        "always/it-is-so.yaml",
        f"always: it-is-so\n{HEAD}severity: {severity}\n"
        f"examples: [{{events: [], expect: unknown}}]\n{when}\n",
    )


def told(pack: Pack) -> list[str]:
    reading = read_pack(pack.root)
    assert reading.policy is not None, [str(one) for one in reading.diagnostics]
    return [one.code for one in prove(reading.assembly, DAY)]


@pytest.mark.parametrize(
    "always_when",
    [
        SEVERE,
        "at least 2 disclosure of severity at least severe within 7 days",
        "at least 1 disclosure of severity at least immediate within 7 days",
        "at least 1 disclosure of severity at least severe within 6 days",
        "at least 1 disclosure of severity at least severe within 1 week",
    ],
)
def test_whatever_implies_the_rule_is_proved(pack: Pack, always_when: str) -> None:
    escalate(pack, "severe", f"when: {SEVERE}")
    always(pack, f"when: {always_when}")
    assert told(pack) == []


@pytest.mark.parametrize(
    "always_when",
    [
        "at least 1 disclosure of severity at least moderate within 7 days",
        "at least 1 disclosure within 7 days",
        "at least 1 disclosure of severity at least severe within 8 days",
        "at least 1 disclosure of severity at least severe within 1 month",
        "at least 1 crisis-signal of severity at least severe within 7 days",
    ],
)
def test_whatever_does_not_imply_it_is_refuted(pack: Pack, always_when: str) -> None:
    escalate(pack, "severe", f"when: {SEVERE}")
    always(pack, f"when: {always_when}")
    assert told(pack) == [REFUTED]


def test_a_milder_rule_refutes_it_and_the_case_is_told(pack: Pack) -> None:
    escalate(pack, "severe", f"when: {SEVERE}", "soon")
    always(pack, f"when: {SEVERE}")
    [found] = prove(read_pack(pack.root).assembly, DAY)
    assert "the pack says `soon`, not `urgent`" in found.message
    assert SEVERE in found.help


def test_the_context_may_be_whatever_it_likes(pack: Pack) -> None:
    """A rule that asks for a state of the context proves nothing where that is not known."""
    both = "when:\n  any:\n    - all: [{0}, patient.mentor_wanted is yes]\n    - all: [{0}, patient.mentor_wanted is no]"  # noqa: E501
    escalate(pack, "severe", both.format(SEVERE))
    always(pack, f"when: {SEVERE}")
    assert told(pack) == [REFUTED]
    always(pack, f"when:\n  all:\n    - {SEVERE}\n    - patient.mentor_wanted is yes")
    assert told(pack) == []


def test_every_way_in_which_it_can_hold_is_looked_at(pack: Pack) -> None:
    escalate(pack, "severe", f"when: {SEVERE}")
    other = "at least 1 suicide-attempt within 7 days"
    always(pack, f"when:\n  any:\n    - {SEVERE}\n    - {other}")
    assert told(pack) == [REFUTED]
    escalate(pack, "attempt", f"when: {other}", "emergent")
    assert told(pack) == []


def test_findings_are_looked_through_on_both_sides(pack: Pack) -> None:
    pack.write(
        "safety/findings/in-distress.yaml",
        f"finding: in-distress\n{HEAD}if_unknown: pass on\nwhen: {SEVERE}\n"
        "examples: [{events: [], expect: unknown}]\n",
    )
    escalate(pack, "severe", "when: in-distress holds")
    always(pack, f"when: {SEVERE}")
    assert told(pack) == []
    always(pack, "when: in-distress holds")
    assert told(pack) == []


def test_two_rules_together_prove_what_neither_does_alone(pack: Pack) -> None:
    escalate(pack, "severe", f"when: {SEVERE}")
    escalate(pack, "missed", "when: attendance is overdue by 7 days", "soon")
    always(pack, f"when:\n  any: [{SEVERE}, attendance is overdue by 8 days]", "soon")
    assert told(pack) == []
    always(pack, f"when:\n  any: [{SEVERE}, attendance is overdue by 6 days]", "soon")
    assert told(pack) == [REFUTED]


def test_a_property_that_is_not_in_force_is_not_proved(pack: Pack) -> None:
    always(pack, f"when: {SEVERE}")
    reading = read_pack(pack.root)
    assert [one.code for one in prove(reading.assembly, DAY)] == [REFUTED]
    assert prove(reading.assembly, date(2022, 1, 1)) == []


def test_too_much_context_is_beyond_proof(pack: Pack) -> None:
    codes = ("alcohol", "opioids", "cannabis", "cocaine", "gambling")
    facts = [f"patient.concerns includes {code}" for code in codes]
    facts += [f"patient.birth_date is before 20{year}-01-01" for year in range(10, 16)]
    assert len(facts) > MOST_CONTEXT
    vocabulary = pack.root / "vocabulary" / "concern.yaml"
    text = vocabulary.read_text("utf-8")
    if "counts_as" not in text:
        vocabulary.write_text(text.replace("terms:", "counts_as: context\nterms:", 1), "utf-8")
    listed = "".join(f"\n    - {one}" for one in facts)
    escalate(pack, "severe", f"when:\n  all:\n    - {SEVERE}{listed}")
    always(pack, f"when: {SEVERE}")
    assert told(pack) == ["PM337"]


def test_every_property_of_the_shipped_pack_is_proved() -> None:
    reading = read_pack(RULES)
    assert reading.assembly.always
    assert prove(reading.assembly, DAY) == []
