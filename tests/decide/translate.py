"""Plain cases as the engine reads them, and the engine's decisions as plain data again.

Conditions are written out in words and read by the real grammar and binder, so that the words
mean in the engine what the tuples mean in the specification.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any
from unittest.mock import patch

from peer_match.decide.decision import Decision, Score, Shortlist, Suggestion
from peer_match.decide.suggest import suggest
from peer_match.facts.conflict import RecordedConflict
from peer_match.facts.fact import Fact, FactSet, Statement
from peer_match.facts.group import Facilitator, Group
from peer_match.facts.mentor import Mentor
from peer_match.facts.override import Override as Granted
from peer_match.facts.patient import Goal, Patient, Priority, ScreenResult
from peer_match.facts.place import Place
from peer_match.facts.provenance import PartialDate, Provenance, StatedBy
from peer_match.facts.vocabulary import Term, Vocabularies, Vocabulary
from peer_match.facts.week import Availability, Meeting, Window
from peer_match.policy import nodes
from peer_match.policy.bind import Binder
from peer_match.policy.condition import AnyOf, Condition
from peer_match.policy.diagnostics import Diagnostic, start_of_file
from peer_match.policy.edit import Edit
from peer_match.policy.measures import MEASURES, Interval
from peer_match.policy.policy import (
    Finding,
    Grade,
    MustNot,
    Override,
    Plan,
    Policy,
    Prefer,
    Support,
)
from peer_match.policy.rule_files import (
    IncludeShape,
    LastTaskShape,
    NoPlanShape,
    PackFile,
    PackTasks,
    TaskShape,
)
from peer_match.policy.units import Span

from .random_sentences import FACTS

HERE = start_of_file("rules/somewhere.yaml")
PHRASES = {
    "travel distance": "travel distance from {} to {}",
    "share met": "share of {} met by {}",
    "share attendable": "share of {} within {} travelling from {} to {} at {} km an hour",
    "common time": "time shared by {} and {}",
}
UNITS = {
    "travel distance": "metres",
    "share met": "percent",
    "share attendable": "percent",
    "common time": "minutes",
}


# -- words ---------------------------------------------------------------------------------------


def written(condition: Any) -> nodes.Node:
    """A condition as a rule file has it."""
    match condition:
        case ("all" | "any" as word, parts):
            items = nodes.Sequence(tuple(written(part) for part in parts), HERE)
            return nodes.Mapping(((scalar(word), items),), HERE)
        case ("not", part):
            return nodes.Mapping(((scalar("not"), written(part)),), HERE)
        case _:
            return scalar(sentence(condition))


def scalar(text: str) -> nodes.Scalar:
    return nodes.Scalar(text, "plain", HERE)


def sentence(condition: Any) -> str:
    """One sentence in the words of the rule language."""
    subject, verb, *rest = condition
    match verb:
        case "is" | "is not":
            one_of = "one of " if len(rest[0]) > 1 else ""
            return f"{subject} {verb} {one_of}{', '.join(rest[0])}"
        case "includes any of" | "includes all of" | "includes none of":
            named = rest[0] if isinstance(rest[0], str) else ", ".join(rest[0])
            return f"{subject} {verb} {named}"
        case "shares any with":
            return f"{subject} {verb} {rest[0]}"
        case "is before" | "is after":
            return f"{subject} {verb} {rest[0]}"
        case "is within":
            return f"{subject} is within {rest[0]} {rest[1]}"
        case "is at least ago" | "is less than ago":
            return f"{subject} {verb.removesuffix(' ago')} {rest[0]} {rest[1]} ago"
        case "holds" | "is known" | "is unknown":
            return f"{subject} {verb}"
        case _:
            unit = FACTS[subject][1] if isinstance(subject, str) else UNITS[subject[0]]
            return f"{phrase(subject)} {verb} {' and '.join(map(str, rest))} {unit}"


def phrase(subject: Any) -> str:
    return subject if isinstance(subject, str) else PHRASES[subject[0]].format(*subject[1:])


class Reader:
    """Reads words as the rule files' reader does; a refused word is a fault of the test."""

    def __init__(self, vocabularies: Vocabularies) -> None:
        self.problems: list[Diagnostic] = []
        subjects = frozenset(name.partition(".")[0] for name in FACTS)
        self.binder = Binder(vocabularies, subjects, self.problems)

    def condition(self, plain: Any) -> Condition:
        found = self.binder.condition(written(plain))
        assert found is not None, self.problems
        return found

    def perhaps(self, plain: Any) -> Condition | None:
        return None if plain is None else self.condition(plain)

    def grade(self, rule: dict[str, Any]) -> Grade | None:
        if rule["measure"] is None:
            return None
        found = self.binder.measure(scalar(phrase(rule["measure"])))
        assert found is not None, self.problems
        return Grade(found[0], tuple(rule["grade"]))

    def edit(self, plain: Any) -> Edit:
        fact, verb, given = plain
        named = given if isinstance(given, str) else ", ".join(given)
        found = self.binder.edit(scalar(f"{fact} {verb} {named}"))
        assert found is not None, self.problems
        return found


# -- policy --------------------------------------------------------------------------------------

TASK = TaskShape(title="Do it", role="clinician", within="7 days")
LAST = LastTaskShape(title="Find it", role="clinician", or_else=["supervisor"], within="7 days")
PACK = PackFile.model_construct(
    pack="random",
    version="1",
    title="Random rules",
    publisher="Nobody",
    effective=date(2020, 1, 1),
    jurisdiction="nowhere",
    tzdata="any",
    sign_offs=[],
    priorities={},
    no_plan_when=NoPlanShape(finding="nobody-to-plan-for", task=TASK),
    tasks=PackTasks(
        nothing_fits=LAST, no_mentor_fits=LAST, referral=TASK, introduction=TASK, question=TASK
    ),
)


def vocabularies_of(case: dict[str, Any]) -> Vocabularies:
    """The vocabularies of a case."""
    return Vocabularies(
        Vocabulary(
            id=id,
            title=id,
            terms=tuple(
                Term(code=code, label=f"{id} {code}", kind_of=one["broader"].get(code))
                for code in one["codes"]
            ),
            order="none" if one["rising_within"] is None else "rising",
            within_days=one["rising_within"],
        )
        for id, one in case["vocabularies"].items()
    )


def policy_of(case: dict[str, Any]) -> Policy:
    """The policy of a case, its conditions read from words."""
    plain, vocabularies = case["policy"], vocabularies_of(case)
    reader = Reader(vocabularies)
    return Policy(
        pack=PACK.model_copy(update={"priorities": plain["priorities"]}),
        vocabularies=vocabularies,
        sources={},
        must_nots=tuple(must_not_of(rule, reader) for rule in plain["must_not"]),
        prefers=tuple(prefer_of(rule, reader) for rule in plain["prefer"]),
        findings={
            id: Finding(**header_of(rule), when=reader.condition(rule["when"]))
            for id, rule in plain["finding"].items()
        }
        | {NEVER.id: NEVER},
        supports={
            id: Support(
                **header_of(rule),
                offered_when=reader.perhaps(rule["offered_when"]),
                provides=tuple(reader.edit(edit) for edit in rule["provides"]),
                task=TASK,
                within=Span(7, "day"),
            )
            for id, rule in plain["support"].items()
        },
        plans=tuple(
            Plan(
                **header_of(rule),
                when=reader.perhaps(rule["when"]),
                needs="nothing",
                include=IncludeShape(task=TASK),
                if_unknown_include=rule["if_unknown_include"],
            )
            for rule in plain["plan"]
        ),
        instruments={},
        intake=(),
        disclosure_categories=frozenset(),
        recipients={},
        digest="a digest",
    )


def header_of(rule: dict[str, Any]) -> dict[str, Any]:
    return {
        **{key: rule[key] for key in ("id", "status", "effective", "until", "digest")},
        "title": f"Title of {rule['id']}",
        "why": "For no reason.",
        "sources": (),
        "owner": "nobody",
        "review_by": date(2100, 1, 1),
        "position": HERE,
    }


NEVER = Finding(
    **header_of(
        {
            "id": "nobody-to-plan-for",
            "status": "active",
            "effective": date(2020, 1, 1),
            "until": None,
            "digest": "never",
        }
    ),
    when=AnyOf(()),
)


def must_not_of(rule: dict[str, Any], reader: Reader) -> MustNot:
    over = rule["override"]
    return MustNot(
        **header_of(rule),
        target=rule["target"],
        floor=False,
        when=reader.condition(rule["when"]),
        outcome=rule["outcome"],
        cap=rule["cap"],
        if_unknown=rule["if_unknown"],
        scope=tuple(sorted(rule["scope"].items())),
        applies_to_existing=rule["applies_to_existing"],
        override=over and Override(frozenset(over["all_of"]), Span(over["days"], "day")),
        lifted_by=tuple(rule["lifted_by"]),
        shown_as_unavailable=rule["unavailable"],
        asks=None,
    )


def prefer_of(rule: dict[str, Any], reader: Reader) -> Prefer:
    return Prefer(
        **header_of(rule),
        target=rule["target"],
        weight=rule["weight"],
        dimension=rule["dimension"],
        when=reader.perhaps(rule["when"]),
        grade=reader.grade(rule),
        applies_when=reader.perhaps(rule["applies_when"]),
        lifted_by=tuple(rule["lifted_by"]),
        side=rule["side"],
    )


# -- facts ---------------------------------------------------------------------------------------


def provenance(source: str, one: dict[str, Any] | None = None) -> Provenance:
    stated = None if one is None or one["date"] is None else PartialDate(one["date"])
    recorded = None if one is None else one["recorded"]
    return Provenance(source=source, stated_by=StatedBy.SELF, date=stated, recorded=recorded)


def statement_of(name: str, one: dict[str, Any], source: str) -> Statement[Any]:
    return Statement(
        value=value_of(name, one["value"]),
        provenance=provenance(source, one),
        until=None if one["until"] is None else PartialDate(one["until"]),
    )


def value_of(name: str, value: Any) -> Any:
    """A plain value as the fact's model holds it."""
    match FACTS[name][0], name:
        case _, "patient.goals":
            return Goal(code=value)
        case _, "patient.suicide_screen":
            return ScreenResult(instrument="any", level=value)
        case _, "patient.phq9":
            return ScreenResult(instrument="phq9", score=value)
        case "yes/no", _:
            return value == "yes"
        case "date", _:
            return PartialDate(value)
        case "place", _:
            return Place(latitude=value, longitude=0)
        case "availability", _:
            return Availability(zone="UTC", free=(window(*value),))
        case "meetings", _:
            start, minutes, held = value
            formats = frozenset[Any]() if held is None else frozenset({held})
            return (
                Meeting(
                    id="m", weekday=0, start_minute=start, minutes=minutes, zone="UTC",
                    formats=formats,
                ),
            )  # fmt: skip
        case _:
            return value


def window(start: int, minutes: int) -> Window:
    return Window(weekday=0, start_minute=start, minutes=minutes)


def fact_of(name: str, fact: dict[str, Any], subject: str) -> Any:
    """A fact; the source of each statement names the subject and the fact."""

    def statements(key: str) -> tuple[Statement[Any], ...]:
        return tuple(
            statement_of(
                name, one, " ".join([subject, name, key, *(str(one[part]) for part in sorted(one))])
            )
            for one in fact.get(key, ())
        )

    source = f"{subject} {name}"
    declined = provenance(f"{source} declined") if fact.get("declined") else None
    unreadable = tuple(
        provenance(f"{source} unread", {"date": one, "recorded": None})
        for one in fact.get("unreadable", ())
    )
    if FACTS[name][0] != "codes":
        return Fact(statements=statements("said"), declined=declined, unreadable=unreadable)
    closed = fact.get("closed")
    return FactSet(
        statements=statements("said"),
        denied=statements("denied"),
        perhaps=statements("perhaps"),
        complete=fact["complete"],
        closed=closed and provenance(f"{source} closed", closed),
        declined=declined,
        unreadable=unreadable,
    )


def fields_of(facts: dict[str, Any], subject: str, id: str) -> dict[str, Any]:
    return {
        name.partition(".")[2]: fact_of(name, fact, id)
        for name, fact in facts.items()
        if name.startswith(f"{subject}.")
    }


def patient_of(case: dict[str, Any], facts: dict[str, Any] | None = None) -> Patient:
    """The patient, with the targets that they said no to or go to."""
    said_no = [
        one["id"]
        for one in case["targets"]
        if one["facts"]["pair.declined"]["said"][0]["value"] == "yes"
    ]
    return Patient(
        id=case["patient"],
        name="Ann",
        placements=strings(case["placements"]),
        declined_targets=strings(said_no),
        priorities=FactSet(
            statements=tuple(
                Statement(value=Priority(dimension=one, level=level), provenance=provenance("ask"))
                for one, level in case["priorities"].items()
            )
        ),
        **fields_of(facts or case["facts"], "patient", "ann"),
    )


def strings(values: Sequence[str]) -> FactSet[str]:
    return FactSet(
        statements=tuple(Statement(value=one, provenance=provenance("list")) for one in values)
    )


def target_of(target: dict[str, Any], facts: dict[str, Any] | None = None) -> Group | Mentor:
    id, known = target["id"], facts or target["facts"]
    fields = fields_of(known, target["kind"], id)
    if target["kind"] == "mentor":
        return Mentor(id=id, name=f"Name of {id}", **fields)
    return Group(
        id=id,
        name=f"Name of {id}",
        members=frozenset({f"member of {id}"}),
        facilitators=tuple(
            Facilitator(id=leader, **fields_of(about, "facilitator", leader))
            for leader, about in target["facilitators"].items()
            if leader
        ),
        **fields,
    )


def conflicts_of(case: dict[str, Any], target: dict[str, Any], facts: Any) -> list[Any]:
    """The ties of the patient and a target, as the register has them."""
    id = target["id"]
    other = id if target["kind"] == "mentor" else f"member of {id}"
    return [
        RecordedConflict(
            id=f"{id} {one['value']}",
            between=(case["patient"], other) if one["until"] else (other, case["patient"]),
            kind=one["value"],
            provenance=provenance(f"{id} pair.ties {one['value']}", one | {"date": None}),
            start=None if one["date"] is None else PartialDate(one["date"]),
            end=None if one["until"] is None else PartialDate(one["until"]),
        )
        for one in facts["pair.ties"]["said"]
    ]


# -- deciding ------------------------------------------------------------------------------------


def decided(case: dict[str, Any]) -> Decision:
    """The engine's decision of a case."""
    policy = policy_of(case)
    with broken_measures(case["broken"]):
        overrides = [override_of(one, case, policy) for one in case["overrides"]]
        return suggest(policy, **inputs(case), overrides=overrides)


def inputs(case: dict[str, Any]) -> dict[str, Any]:
    targets = [target_of(one) for one in case["targets"]]
    return {
        "patient": patient_of(case),
        "groups": [one for one in targets if isinstance(one, Group)],
        "mentors": [one for one in targets if isinstance(one, Mentor)],
        "as_of": case["as_of"],
        "known_at": case["known_at"],
        "conflicts": [
            each for one in case["targets"] for each in conflicts_of(case, one, one["facts"])
        ],
    }


def override_of(plain: dict[str, Any], case: dict[str, Any], policy: Policy) -> Granted:
    """An override as granted on the facts that it names, with the digest the engine gave them."""
    facts = plain["facts"]
    then = [
        one | {"facts": {name: facts[name] for name in one["facts"]}}
        for one in case["targets"]
        if one["id"] == plain["target"]
    ]
    before = case | {"facts": {name: facts[name] for name in case["facts"]}, "targets": then}
    alone = tuple(rule for rule in policy.must_nots if rule.id == plain["rule"])
    shown = suggest(replace(policy, must_nots=alone, supports={}), **inputs(before))
    digests = [one.facts_digest for each in suggestions(shown) for one in each.screening]
    return Granted(
        id=f"{plain['rule']} {plain['target']}",
        facts_digest=next((one for one in digests if one is not None), "nothing was set aside"),
        **{key: value for key, value in plain.items() if key != "facts"},
    )


def suggestions(decision: Decision) -> list[Suggestion]:
    """Everything in every list."""
    return [
        one
        for part in (decision.groups, decision.mentors)
        for kept in (part.eligible, part.eligible_with_support, part.waiting, part.blocked)
        for one in kept
    ]


@contextmanager
def broken_measures(names: Sequence[str]) -> Generator[None]:
    """Some measures cannot be computed."""

    def fail(*_: object) -> Interval:
        raise ArithmeticError("this measure is broken")

    ids = [name.replace(" ", "-") for name in names]
    with patch.dict(MEASURES, {id: replace(MEASURES[id], compute=fail) for id in ids}):
        yield


# -- plain again ---------------------------------------------------------------------------------


def plain_decision(decision: Decision) -> dict[str, Any]:
    """What the specification says of a case, read off the engine's decision."""
    return {
        "group": plain_lists(decision.groups),
        "mentor": plain_lists(decision.mentors),
        "plan": sorted(decision.plan.rules),
    }


def plain_lists(lists: Shortlist) -> dict[str, list[dict[str, Any]]]:
    return {
        "eligible": [plain_suggestion(one) for one in lists.eligible],
        "with support": [plain_suggestion(one) for one in lists.eligible_with_support],
        "waiting": [plain_suggestion(one) for one in lists.waiting],
        "blocked": [plain_suggestion(one) for one in lists.blocked],
    }


def plain_suggestion(one: Suggestion) -> dict[str, Any]:
    passed = {rule: {"truth": "no", "outcome": "allowed"} for rule in one.passed}
    fired = {each.rule: {"truth": each.truth, "outcome": each.outcome} for each in one.screening}
    novice = one.score if one.kind == "group" else one.novice_score
    return {
        "target": one.target,
        "outcome": one.outcome,
        "supports": one.supports,
        "screening": passed | fired,
        "points": {
            each.rule: (each.applies, each.grade_low, each.grade_high) for each in one.points
        },
        "scores": {"novice": ends(novice), "mentor": ends(one.mentor_score)},
        "score": ends(one.score),
    }


def ends(score: Score | None) -> tuple[int, int] | None:
    return None if score is None else (score.low, score.high)
