"""A rule leaves its evidence only to one that surely sees to it."""

from peer_match.policy.policy import Policy

from .packs import Pack

MILD = "at least 1 disclosure of severity at least mild within 30 days"
SEVERE = "at least 1 disclosure of severity at least severe within 30 days"


def told(pack: Pack) -> list[str]:
    """Each problem: its code, the marked word, its message."""
    found: list[str] = []
    for one in pack.problems():
        marked = one.source_line[one.position.column - 1 : one.position.end_column - 1]
        found.append(f"{one.code} at {marked.strip(chr(34))}: {one.message}")
    return found


def severe(pack: Pack, **more: object) -> None:
    pack.escalate("severe", when=SEVERE, severity="urgent", if_unknown="review",
                  asks="clinician", **more)  # fmt: skip


def mild(pack: Pack, *by: str, **more: object) -> None:
    pack.escalate("mild", **{"when": MILD, "severity": "routine", "seen_to_by": [*by], **more})


def test_a_milder_rule_leaves_its_evidence_to_a_more_severe_one(pack: Pack) -> None:
    severe(pack)
    mild(pack, "severe")
    rules = {one.id: one for one in pack.policy().safety.escalates}
    assert rules["mild"].seen_to_by == {"severe"}
    assert rules["severe"].seen_to_by == frozenset()


def test_what_sees_to_it_is_seen_to_by_others_as_well(pack: Pack) -> None:
    severe(pack)
    mild(pack, "severe")
    pack.escalate("any", when=MILD, severity="routine", seen_to_by=["mild"])
    rules = {one.id: one for one in pack.policy().safety.escalates}
    assert rules["any"].seen_to_by == {"mild", "severe"}


def test_a_rule_that_is_not_there_is_told_with_what_was_meant(pack: Pack) -> None:
    severe(pack)
    mild(pack, "sever")
    [problem] = pack.problems()
    assert told(pack) == ["PM224 at sever: no rule of safety is called `sever`"]
    assert "severe" in (problem.help or "")


def test_a_milder_rule_sees_to_nothing_more_severe(pack: Pack) -> None:
    severe(pack, seen_to_by=["mild"])
    mild(pack)
    assert told(pack) == ["PM341 at mild: `mild` is milder: routine, not urgent"]


def test_rules_do_not_see_to_each_other(pack: Pack) -> None:
    severe(pack, seen_to_by=["other"])
    pack.escalate("other", when=MILD, severity="urgent", if_unknown="review", asks="clinician",
                  seen_to_by=["severe"])  # fmt: skip
    [found] = told(pack)
    assert [one.code for one in pack.problems()] == ["PM341"]
    assert found.startswith("PM341 at severe: the rules see to each other: ")
    assert "other → severe → other" in found


def test_a_rule_does_not_see_to_itself(pack: Pack) -> None:
    mild(pack, "mild")
    assert told(pack) == ["PM341 at mild: the rules see to each other: mild → mild"]


def test_a_rule_that_is_at_fault_itself_is_no_second_fault(pack: Pack) -> None:
    severe(pack, pathway=None)
    mild(pack, "severe")
    assert [one.code for one in pack.problems()] == ["PM121"]


def test_a_rule_about_another_subject_sees_to_nothing(pack: Pack) -> None:
    pack.escalate("of-a-group", when="at least 1 group-incident within 7 days", severity="urgent",
                  if_unknown="review", asks="clinician")  # fmt: skip
    mild(pack, "of-a-group")
    assert told(pack) == ["PM341 at of-a-group: `of-a-group` is about a group, not about a patient"]


def test_what_stands_between_two_people_sees_to_nothing_that_others_may_know(
    whole_pack: Pack,
) -> None:
    """Else a call would be one that whoever may see the alert may not see."""
    whole_pack.edit("safety/escalate/distress-moderate.yaml", "seen_to_by: [distress-severe]",
                    "seen_to_by: [in-confidence-today]")  # fmt: skip
    assert "PM341 at in-confidence-today: `in-confidence-today` reads what stands between two " \
        "people" in told(whole_pack)  # fmt: skip


def test_every_shipped_rule_leaves_its_evidence_to_one_that_is_in_force(
    shipped_policy: Policy,
) -> None:
    rules = {one.id: one for one in shipped_policy.safety.escalates}
    left = [one for one in rules.values() if one.seen_to_by]
    assert left
    for one in left:
        assert all(rules[id].status == "active" for id in one.seen_to_by)
