"""Overrides: what binds one, and why one is of no use."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from facts.stated import AS_OF, NOW, facilitator, free, many, meets, one, place
from facts.stated import group as a_group
from facts.stated import patient as person
from peer_match import suggest
from peer_match.decide.case import Case, view
from peer_match.decide.evaluate import World
from peer_match.decide.overrides import facts_digest, why_not_valid
from peer_match.decide.screen import Pairing, said_of, screen_rule, why_void
from peer_match.facts.fact import Fact
from peer_match.facts.override import Override as Granted
from peer_match.facts.patient import Goal
from peer_match.policy.policy import MustNot, Override
from peer_match.policy.reads import all_facts
from peer_match.policy.units import Span

from .made import SHIPPED, edit, must_not, policy, screening

BOTH = Override(frozenset({"supervisor", "clinician", "patient"}), Span(90, "day"))
RULE = must_not("r", "patient.goals includes find-work", override=BOTH)
LED = must_not("led", "facilitator.status is suspended", override=BOTH)


def granted(**other: Any) -> Granted:
    values: dict[str, Any] = {
        "id": "o1",
        "patient": "pat",
        "target": "g1",
        "rule": "r",
        "rule_digest": "digest of r",
        "facts_digest": "the facts",
        "granted_by": {"patient": "Pat", "clinician": "Dr Lee", "supervisor": "Sam"},
        "granted": AS_OF,
        "until": AS_OF + timedelta(days=90),
    }
    return Granted(**values | other)


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({}, None),
        ({"granted": AS_OF + timedelta(seconds=1)}, "it is not yet granted"),
        ({"until": AS_OF}, "its time is over"),
        (
            {"until": AS_OF + timedelta(days=90, seconds=1)},
            "it was granted for longer than 90 days",
        ),
        ({"rule_digest": "another"}, "the rule was changed since"),
        ({"facts_digest": "others"}, "what is known has changed since"),
        ({"granted_by": {"patient": "Pat"}}, "nobody is named for: clinician, supervisor"),
        (
            {"granted_by": {"patient": "Pat", "clinician": " ", "supervisor": "Sam"}},
            "nobody is named for: clinician",
        ),
        (
            {"granted_by": {"patient": "Pat", "clinician": "Sam ", "supervisor": "Sam"}},
            "one person stands for several roles",
        ),
    ],
)
def test_why_an_override_is_not_valid(other: dict[str, Any], why: str | None) -> None:
    assert why_not_valid(granted(**other), RULE, "the facts", AS_OF) == why


def test_what_nobody_may_override_has_no_valid_override() -> None:
    rule = must_not("r", "patient.goals includes find-work")
    assert why_not_valid(granted(), rule, "the facts", AS_OF) == "nobody may override this rule"


# -- for a pairing ---------------------------------------------------------------------------------


def pairing(rule: MustNot, *statuses: str, **facts: Any) -> Pairing:
    cases = [
        Case(
            {
                "patient": view(person("pat", **facts), NOW, SHIPPED.vocabularies),
                "facilitator": view(
                    facilitator(f"f{number}", status=one(status) if status else Fact()),
                    NOW,
                    SHIPPED.vocabularies,
                ),
            }
        )
        for number, status in enumerate(statuses or ("active",))
    ]
    worlds = tuple(World(case, SHIPPED.findings, AS_OF) for case in cases)
    reads = {rule.id: all_facts(rule, SHIPPED.findings)}
    return Pairing("g1", "pat", worlds, False, (), reads)


@pytest.mark.parametrize(
    ("other", "said", "why"),
    [
        ({"patient": "bob"}, {}, "it is for another person"),
        ({"target": "g2"}, {}, "it is for another target or another rule"),
        ({"rule": "s"}, {}, "it is for another target or another rule"),
        ({}, {"truth": "error"}, "the rule could not be evaluated, and that holds"),
        ({}, {"outcome": "allowed"}, "the rule says nothing against this target now"),
        ({}, {"facts_digest": "others"}, "what is known has changed since"),
        ({}, {}, None),
    ],
)
def test_why_an_override_does_not_set_a_rule_aside(
    other: dict[str, Any], said: dict[str, Any], why: str | None
) -> None:
    values: dict[str, Any] = {"outcome": "blocked", "facts_digest": "the facts"}
    found = screening("r", **values | said)
    assert why_void(granted(**other), RULE, found, pairing(RULE)) == why


def test_an_override_is_of_use_where_it_is_for_one_of_the_facilitators() -> None:
    """Else the reason is that of the one who is worst, wherever they stand."""
    mixed = pairing(LED, "active", "suspended")
    digest = screen_rule(LED, mixed).facts_digest
    assert digest is not None
    mine = granted(rule="led", rule_digest="digest of led", facts_digest=digest)
    assert said_of(mine, LED, mixed) is None
    unsure = pairing(LED, "active", "")
    both = pairing(LED, "suspended", "")
    of_the_unsure = screen_rule(LED, unsure).facts_digest
    assert of_the_unsure not in (None, digest)
    other = granted(rule="led", rule_digest="digest of led", facts_digest=of_the_unsure)
    assert said_of(other, LED, both) is None
    stale = granted(rule="led", rule_digest="digest of led", facts_digest="others")
    for statuses in (("active", "suspended"), ("suspended", "active")):
        assert said_of(stale, LED, pairing(LED, *statuses)) == "what is known has changed since"
    assert said_of(stale, LED, pairing(LED, "active")) == (
        "the rule says nothing against this target now"
    )


# -- notes -----------------------------------------------------------------------------------------


def notes(*overrides: Granted, rules: tuple[MustNot, ...] = (RULE,), **facts: Any) -> list[str]:
    about = person("pat", **{"goals": many("find-work"), **facts})
    groups = [a_group("g1"), a_group("g2")]
    return list(suggest(policy(*rules), about, groups, as_of=AS_OF, overrides=overrides).notes)


def test_an_override_that_sets_nothing_aside_is_noted_with_the_reason() -> None:
    old = must_not("old", "patient.goals includes find-work", override=BOTH, status="draft")
    of_mentors = must_not("m", "patient.goals includes find-work", target="mentor", override=BOTH)
    given = (
        granted(id="o3", rule="old"),
        granted(),
        granted(id="o5", rule="m"),
        granted(id="o4", target="g9"),
        granted(id="o2", rule="no-such-rule"),
    )
    found = notes(*given, rules=(old, of_mentors, RULE))
    assert found == [
        "override `o1` of `r` for `g1`: what is known has changed since",
        "override `o2` of `no-such-rule` for `g1`: no rule of that name is in force",
        "override `o3` of `old` for `g1`: no rule of that name is in force",
        "override `o4` of `r` for `g9`: the rule looked at no such target",
        "override `o5` of `m` for `g1`: the rule looked at no such target",
    ]


def test_an_override_that_is_of_use_is_not_noted() -> None:
    about = person("pat", goals=many("find-work"))
    bare = suggest(policy(RULE), about, [a_group("g1")], as_of=AS_OF)
    (blocked,) = bare.groups.blocked
    mine = granted(facts_digest=blocked.screening[0].facts_digest)
    assert notes(mine) == []
    assert notes(mine, goals=many("money")) == [
        "override `o1` of `r` for `g1`: the rule says nothing against this target now"
    ]


def test_a_rule_says_who_is_asked_and_who_may_set_it_aside_for_how_long() -> None:
    asking = must_not("r", "patient.goals includes find-work", override=BOTH, asks="supervisor")
    final = must_not("s", "patient.goals includes find-work")
    rules = suggest(policy(asking, final), person("pat"), as_of=AS_OF).rules
    told = [(rules[id].asks, rules[id].override, rules[id].override_at_most) for id in "rs"]
    assert told == [
        ("supervisor", ("clinician", "patient", "supervisor"), "90 days"),
        (None, (), None),
    ]


# -- the digest of facts ---------------------------------------------------------------------------


def digest(**facts: Any) -> str:
    fields = {"meetings": "group", "place": "group"}
    mine = {name: fact for name, fact in facts.items() if name not in fields}
    theirs = {name: fact for name, fact in facts.items() if name in fields}
    case = Case(
        {
            "patient": view(person("pat", **mine), NOW, SHIPPED.vocabularies),
            "group": view(a_group("g1", **theirs), NOW, SHIPPED.vocabularies),
        }
    )
    return facts_digest([f"{fields.get(name, 'patient')}.{name}" for name in facts], case)


@pytest.mark.parametrize(
    ("name", "fact", "others"),
    [
        ("home", place(1, 2), [place(1, 3), place(2, 2)]),
        (
            "availability",
            free("Mon 18:00-21:00"),
            [free("Mon 18:00-21:01"), free("Tue 18:00-21:00"), free("Mon 18:00-21:00", zone="UTC")],
        ),
        (
            "meetings",
            meets("Tue 19:00 60 minutes"),
            [
                meets("Tue 19:00 61 minutes"),
                meets("Tue 19:00 60 minutes", "Wed 19:00 60 minutes"),
                meets("Tue 19:00 60 minutes", formats=frozenset({"online"})),
                meets("Tue 19:00 60 minutes", formats=frozenset({"online", "in-person"})),
            ],
        ),
        ("mentor_wanted", one(True), [one(False)]),
    ],
)
def test_any_change_of_a_fact_changes_the_digest(name: str, fact: Any, others: list[Any]) -> None:
    every = [digest(**{name: each}) for each in (fact, *others)]
    assert len(set(every)) == len(every)
    assert digest(**{name: fact}) == every[0]


def test_the_name_of_the_fact_is_in_the_digest() -> None:
    said = many("alcohol")
    assert digest(concerns=said) != digest(goals=many(), concerns=said)


# -- and supports ----------------------------------------------------------------------------------

GAINS = edit("patient.goals gains find-work")
LOOKS = must_not("r", "patient.goals includes find-work", override=BOTH)
OTHER = edit("patient.barriers gains transport")


def looking(*goals: str, override: Granted | None = None) -> Pairing:
    found = pairing(LOOKS, goals=many(*(Goal(code=one) for one in goals)))
    return replace(found, overrides=() if override is None else (override,))


def test_an_override_is_for_the_facts_as_they_are_and_not_as_a_support_would_make_them() -> None:
    """Granted while the person wanted work. They do not any more; a support that would bring that
    back brings back no consent."""
    then = screen_rule(LOOKS, looking("find-work")).facts_digest
    assert then is not None
    old = granted(facts_digest=then)
    assert screen_rule(LOOKS, looking("find-work", override=old)).outcome == "caution"
    again = screen_rule(LOOKS, looking(override=old), (GAINS,))
    assert (again.truth, again.outcome, again.facts_digest) == ("yes", "blocked", None)


def test_a_support_that_changes_nothing_of_what_the_rule_reads_takes_no_override_away() -> None:
    then = screen_rule(LOOKS, looking("find-work")).facts_digest
    found = looking("find-work", override=granted(facts_digest=then))
    assert screen_rule(LOOKS, found, (OTHER,)).outcome == "caution"
