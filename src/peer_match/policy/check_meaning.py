"""What a rule may not mean: what could never matter, would tell of others, or would be unfair."""

from __future__ import annotations

from collections.abc import Iterable

from peer_match.facts.catalogue import CATALOGUE
from peer_match.facts.fact_type import FactType
from peer_match.policy.assembly import Assembly
from peer_match.policy.condition import AllOf, Condition, Holds, IsKnown, facts_read, sentences
from peer_match.policy.diagnostics import Diagnostic, Position, error, quote, warning
from peer_match.policy.nodes import Scalar, node_at
from peer_match.policy.policy import AnyRule, MustNot, Prefer, Support
from peer_match.policy.reads import all_facts, conditions_of, sentences_reached

CONFIDENTIAL = frozenset({"another-person", "mentor-private"})
UNAVAILABILITY = CONFIDENTIAL | {"availability"}
IDENTITY = "identity"
DOMINANT_SHARE = 2  # a weight above half of all the weights of its side outvotes the rest
FEWEST_TO_COMPARE = 3  # of two preferences one nearly always outweighs the other
TARGET = "target"
SIDES: dict[str, frozenset[str]] = {
    "patient": frozenset({"patient"}),
    "group": frozenset({TARGET}),
    "facilitator": frozenset({TARGET}),
    "mentor": frozenset({TARGET}),
    "pair": frozenset({"patient", TARGET}),
}
IDLE_BESIDE_A_CAP = frozenset({"outcome", "scope", "applies_to", "asks"})
# What help can change about a person: where they are, when, and in what ways they take part.
# Never their treatment, their health, what the law asks of them, or who they are.
CHANGEABLE = frozenset({"location", "schedule", "preference", "social"})


def check_meaning(assembly: Assembly, problems: list[Diagnostic]) -> None:
    """Add every problem of what single rules mean, and of how much they weigh together."""
    for rule in assembly.rules():
        _check_knowing(rule, assembly, problems)
        _check_privacy(rule, assembly, problems)
    for rule in assembly.must_nots:
        _check_question(rule, assembly, problems)
        _check_cap(rule, assembly, problems)
    for rule in assembly.prefers:
        _check_applies_when(rule, assembly, problems)
        _check_mentors_side(rule, assembly, problems)
        _check_for_whom(rule, assembly, problems)
    for rule in assembly.supports.values():
        _check_edits(rule, problems)
    _check_weights(assembly.prefers, assembly, problems)


def _check_knowing(rule: AnyRule, assembly: Assembly, problems: list[Diagnostic]) -> None:
    """Asking whether a fact is known breaks "learning only narrows", so matching rules may not."""
    if not isinstance(rule, MustNot | Prefer):
        return
    for condition in conditions_of(rule):
        for sentence in sentences(condition):
            if isinstance(sentence, IsKnown):
                said = f"{quote(rule.id)} may not ask whether a fact is known"
            elif isinstance(sentence, Holds) and _asks_what_is_known(sentence, assembly):
                said = f"{quote(sentence.finding)} asks whether a fact is known; this rule may not"
            else:
                continue
            problems.append(
                error(
                    "PM314",
                    said,
                    sentence.position,
                    "say what the fact must be, and let `if_unknown` say what an unknown does",
                )
            )


def _asks_what_is_known(sentence: Holds, assembly: Assembly) -> bool:
    reached = sentences_reached([sentence], assembly.findings)
    return any(isinstance(one, IsKnown) for one in reached)


def _check_privacy(rule: AnyRule, assembly: Assembly, problems: list[Diagnostic]) -> None:
    privacies = {CATALOGUE[name].privacy for name in all_facts(rule, assembly.findings)}
    keeps_apart = isinstance(rule, MustNot) and rule.cap is None
    if privacies & CONFIDENTIAL and not keeps_apart:
        kind = "rule with a `cap`" if isinstance(rule, MustNot) else f"{_kind(rule, assembly)} rule"
        problems.append(
            error(
                "PM316",
                f"a {kind} may not read another person's facts",
                rule.position,
                "only a `must_not` without a `cap` may, since its outcome can be hidden",
            )
        )
    elif isinstance(rule, MustNot):
        if privacies & UNAVAILABILITY and not rule.shown_as_unavailable:
            problems.append(
                error(
                    "PM315",
                    "a rule that reads another person's facts or free places must be "
                    "`shown_as: unavailable`",
                    _at(rule, assembly, "shown_as"),
                    "so that nobody can tell a conflict from a full group",
                )
            )
        if privacies & CONFIDENTIAL and rule.if_unknown == "allow" and not rule.floor:
            problems.append(
                error(
                    "PM302",
                    "a rule about another person cannot allow what is unknown",
                    _at(rule, assembly, "if_unknown"),
                    "use `hold`",
                )
            )


def _kind(rule: AnyRule, assembly: Assembly) -> str:
    return assembly.files[rule.id].kind


def _check_question(rule: MustNot, assembly: Assembly, problems: list[Diagnostic]) -> None:
    """A question that goes to nobody is not asked."""
    if rule.asks is None and rule.cap is None and "ask" in (rule.if_unknown, rule.outcome):
        key = "if_unknown" if rule.if_unknown == "ask" else "outcome"
        problems.append(
            error(
                "PM322",
                "the rule asks, but does not say whom",
                _at(rule, assembly, key),
                "add a line such as `asks: programme-manager`",
            )
        )


def _check_cap(rule: MustNot, assembly: Assembly, problems: list[Diagnostic]) -> None:
    """A cap keeps nobody apart, so what says how to keep apart does nothing beside it."""
    if rule.cap is None:
        return
    file = assembly.files[rule.id].node
    for key, value in file.entries:
        sets_aside = key.text == "override" and not isinstance(value, Scalar)
        if key.text in IDLE_BESIDE_A_CAP or (sets_aside and not rule.lifted_by):
            problems.append(
                error(
                    "PM323",
                    f"`{key.text}` does nothing in a rule with a `cap`",
                    key.position,
                    "a cap only limits the score; take this out, or write a second rule for it",
                )
            )


def _sides_of(condition: Condition, assembly: Assembly) -> frozenset[str]:
    """Whom a condition is about, with the findings that it uses."""
    reached = sentences_reached([condition], assembly.findings)
    subjects = {CATALOGUE[name].subject for one in reached for name in facts_read(one)}
    return frozenset[str]().union(*(SIDES[subject] for subject in subjects))


def _check_applies_when(rule: Prefer, assembly: Assembly, problems: list[Diagnostic]) -> None:
    if rule.applies_when is None:
        return
    if len(_sides_of(rule.applies_when, assembly)) > 1:
        problems.append(
            error(
                "PM317",
                "`applies_when` reads one side only",
                _at(rule, assembly, "applies_when"),
                "move what is about both sides into `when`",
            )
        )


def _check_for_whom(rule: Prefer, assembly: Assembly, problems: list[Diagnostic]) -> None:
    """Part of an `all:` about the person alone takes the points from all of whom it is not so."""
    for part in _all_parts(rule.when):
        if _sides_of(part, assembly) == SIDES["patient"]:
            problems.append(
                warning(
                    "PM324",
                    "whoever this is not true of loses the points, whatever the "
                    f"{rule.target} is like",
                    next(sentences(part)).position,
                    "if it says for whom the rule counts, write it in `applies_when`",
                )
            )


def _all_parts(condition: Condition | None) -> tuple[Condition, ...]:
    """What must hold together for a condition to hold; none where it is no `all:`."""
    if not isinstance(condition, AllOf):
        return ()
    return tuple(one for part in condition.parts for one in _all_parts(part) or (part,))


def _check_mentors_side(rule: Prefer, assembly: Assembly, problems: list[Diagnostic]) -> None:
    """A mentor's side is about time, experience, load and boundaries, never about who one is."""
    if rule.side != "mentor":
        return
    traits = sorted(
        name for name in all_facts(rule, assembly.findings) if _is_identity(CATALOGUE[name])
    )
    if traits:
        problems.append(
            error(
                "PM320",
                f"the mentor's side may not read `{traits[0]}`",
                _at(rule, assembly, "side"),
                "take it out, or make the rule one of the person's own side",
            )
        )


def _is_identity(fact: FactType) -> bool:
    return fact.subject == "patient" and fact.privacy == IDENTITY and fact.self_stated


def _check_edits(rule: Support, problems: list[Diagnostic]) -> None:
    """What would change a decision is help or an answer, never the person."""
    for edit in rule.provides:
        fact = CATALOGUE[edit.fact]
        personal = fact.subject == "patient" and (
            fact.self_stated or fact.privacy not in CHANGEABLE
        )
        if personal or fact.subject == "pair" or fact.privacy in CONFIDENTIAL:
            problems.append(
                error(
                    "PM321",
                    f"no support changes `{fact.name}`",
                    edit.position,
                    "a support changes how, when or where people take part",
                )
            )


def _check_weights(
    prefers: Iterable[Prefer], assembly: Assembly, problems: list[Diagnostic]
) -> None:
    sides: dict[tuple[str, str], list[Prefer]] = {}
    for rule in prefers:
        if rule.status == "active":
            sides.setdefault((rule.target, rule.side), []).append(rule)
    for rules in sides.values():
        total = sum(rule.weight for rule in rules)
        for rule in rules:
            if len(rules) >= FEWEST_TO_COMPARE and rule.weight * DOMINANT_SHARE > total:
                problems.append(
                    warning(
                        "PM319",
                        f"the weight {rule.weight} outvotes all other preferences together",
                        _at(rule, assembly, "weight"),
                        "lower it, or make it a `must_not` if nothing may offset it",
                    )
                )


def _at(rule: AnyRule, assembly: Assembly, key: str) -> Position:
    """The value of a key of the rule's file, or the rule's first line without it."""
    found = node_at(assembly.files[rule.id].node, (key,))
    return rule.position if found is None else found.position
