"""What each recipient sees, that a decision gives the same bytes, and what is asked next."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest

from facts.stated import AS_OF, group, level, many, mentor, one, patient, place, said, stated
from peer_match import project, suggest
from peer_match.decide.canonical import canonical, digest
from peer_match.decide.decision import Decision, Suggestion
from peer_match.facts.catalogue import CATALOGUE
from peer_match.facts.conflict import RecordedConflict
from peer_match.facts.consent import Consent, ConsentUse
from peer_match.facts.fact import Fact, FactSet
from peer_match.facts.patient import Priority
from peer_match.facts.provenance import PartialDate
from peer_match.facts.zones import TZDATA_VERSION
from peer_match.policy.policy import Policy

from .packs import Pack, words_of

RECIPIENTS = (
    "clinician", "point-of-contact", "patient", "mentor", "group", "payer", "researcher",
)  # fmt: skip


def consent(recipient: str, *categories: str, **other: Any) -> Consent:
    values: dict[str, Any] = {
        "id": "c1",
        "use": ConsentUse.DISCLOSURE,
        "provenance": said("2026-01-01"),
        "recipients": frozenset({recipient}),
        "categories": frozenset(categories),
        "signed": PartialDate("2026-01-01"),
        "expires": PartialDate("2026-12-31"),
    }
    return Consent(**{**values, **other})


@pytest.fixture
def policy(pack: Pack) -> Policy:
    pack.prefer("by-goal", dimension="goals", when="patient.goals shares any with group.topics")
    pack.prefer("by-concern", dimension="experience",
                when="patient.concerns shares any with group.concerns")  # fmt: skip
    pack.must_not("at-high-risk", when="patient.suicide_screen is high")
    return pack.policy()


PERSON = patient(
    name="Pat Doe", goals=many("find-work"), concerns=many("alcohol"), mentor_wanted=one(True)
)
TARGETS = [
    group("g1", topics=many("find-work"), concerns=many("opioids")),
    group("g2", topics=many("housing")),
]


def text(decision: Decision) -> str:
    return canonical(decision).decode()


# -- a decision and its projections ----------------------------------------------------------------


def test_a_decision_is_complete_and_says_so_by_having_no_recipient(policy: Policy) -> None:
    """Everything is in it: the facts, the rules, every point; a projection never adds."""
    decision = suggest(policy, PERSON, TARGETS, as_of=AS_OF)
    assert decision.recipient is None
    read = {"patient.goals", "patient.concerns", "patient.suicide_screen"}
    assert read <= set(decision.facts)
    for recipient in policy.recipients:
        seen = project(decision, policy, recipient)
        assert seen.recipient == recipient
        assert set(seen.facts) <= set(decision.facts)
        assert set(seen.rules) <= set(decision.rules)


def test_only_the_complete_decision_can_be_projected(policy: Policy) -> None:
    decision = suggest(policy, PERSON, TARGETS, as_of=AS_OF)
    seen = project(decision, policy, "clinician")
    with pytest.raises(ValueError, match="cannot be projected again"):
        project(seen, policy, "safety")


def test_denied_by_default(policy: Policy) -> None:
    """A recipient that is not listed gets nothing at all; one that is not treating and has no
    consent gets not even that the person is known here."""
    decision = suggest(policy, PERSON, TARGETS, as_of=AS_OF)
    with pytest.raises(KeyError):
        project(decision, policy, "neighbour")
    for recipient in ("mentor", "group", "payer", "researcher"):
        seen = project(decision, policy, recipient)
        assert seen.facts == {}
        assert seen.rules == {}
        assert seen.groups.eligible == seen.groups.blocked == ()
        for word in ("pat", "Pat Doe", "Find work", "g1"):
            assert f'"{word}"' not in text(seen)


def test_each_fact_is_withheld_or_shown_by_its_kind_recipient_and_consent(policy: Policy) -> None:
    """The point of contact sees goals; mental health only with the person's consent."""
    decision = suggest(policy, PERSON, TARGETS, as_of=AS_OF)
    without = project(decision, policy, "point-of-contact")
    assert without.facts["patient.goals"] == decision.facts["patient.goals"]
    hidden = without.facts["patient.suicide_screen"]
    assert hidden.withheld is not None
    assert (hidden.values, hidden.sources, hidden.unknown) == ((), (), None)
    with_consent = project(
        decision, policy, "point-of-contact", [consent("point-of-contact", "mental-health")]
    )
    assert with_consent.facts["patient.suicide_screen"].withheld is None


@pytest.mark.parametrize("recipient", ["payer", "researcher", "mentor", "group"])
@pytest.mark.parametrize(
    "secret",
    [
        {"suicide_screen": level("moderate")},
        {"suicide_screen": Fact()},
        {"readiness": many("life-crisis")},
        {"legal_limits": many("curfew")},
        {"identities": many("woman")},
    ],
    ids=["screen", "no-screen", "readiness", "legal", "identity"],
)
def test_not_even_that_a_withheld_fact_mattered_is_told(
    policy: Policy, recipient: str, secret: dict[str, Any]
) -> None:
    """Whoever is not treating the person sees the same whether or not it blocks, asks or is known,
    as long as the same is proposed."""
    plain = suggest(policy, PERSON, TARGETS, as_of=AS_OF)
    told = suggest(policy, PERSON.model_copy(update=secret), TARGETS, as_of=AS_OF)
    consents = [consent(recipient, "participation")]
    own = (*plain.plan.proposed_groups, None)[0]
    same = replace(
        told,
        plan=replace(told.plan, proposed_groups=plain.plan.proposed_groups),
        groups=replace(
            told.groups,
            eligible=tuple(sorted(everything(told), key=lambda one: one.target)),
            eligible_with_support=(), waiting=(), blocked=(),
        ),
    )  # fmt: skip
    one, other = (
        project(decision, policy, recipient, consents, target=own) for decision in (plain, same)
    )
    assert one.facts == other.facts
    assert one.questions == other.questions == ()
    assert one.groups.waiting == one.groups.blocked == ()
    for each in (one, other):
        assert all(
            screening.rule != "withheld" for s in everything(each) for screening in s.screening
        )
    assert [s.outcome for s in everything(one)] == [s.outcome for s in everything(other)]


def everything(decision: Decision) -> list[Suggestion]:
    lists = decision.groups
    return [*lists.eligible, *lists.eligible_with_support, *lists.waiting, *lists.blocked]


@pytest.mark.parametrize("recipient", ["mentor", "group", "payer", "researcher"])
def test_who_may_not_know_that_the_person_takes_part_is_told_nothing(
    policy: Policy, recipient: str
) -> None:
    """Any word of a plan tells of recovery support, whatever kinds a consent names beside."""
    decision = suggest(policy, PERSON, TARGETS, as_of=AS_OF)
    everything_else = frozenset(policy.disclosure_categories - {"participation"})
    consents = [consent(recipient, "health", categories=everything_else)]
    own = (*decision.plan.proposed_groups, None)[0]
    seen = project(decision, policy, recipient, consents, target=own)
    assert (seen.patient.id, seen.facts, seen.plan.tasks) == ("withheld", {}, ())
    for word in ("pat", "Pat Doe", "Find work", "g1"):
        assert f'"{word}"' not in text(seen)


@pytest.mark.parametrize(
    "other",
    [
        {"agreed": False},
        {"signed": None},
        {"signed": PartialDate("2026-03-02")},
        {"expires": PartialDate("2026-02-28")},
        {"revoked": PartialDate("2026-02-28")},
        {"recipients": frozenset({"payer"})},
        {"categories": frozenset({"identity"})},
        {"use": ConsentUse.GROUP_PLACEMENT},
        {"provenance": said("2026-01-01", recorded="2026-03-02T00:00:00Z")},
    ],
)
def test_a_consent_counts_only_as_of_the_moment_for_its_recipient_use_and_kind(
    policy: Policy, other: dict[str, Any]
) -> None:
    decision = suggest(policy, PERSON, TARGETS, as_of=AS_OF)
    changed = consent("point-of-contact", "mental-health", **other)
    seen = project(decision, policy, "point-of-contact", [changed])
    assert seen.facts["patient.suicide_screen"].withheld is not None


def test_every_fact_belongs_to_a_category_of_the_table(policy: Policy) -> None:
    """So that a new fact is seen by nobody until somebody decided who may see it."""
    assert {fact.privacy for fact in CATALOGUE.values()} <= policy.disclosure_categories


# -- other people ----------------------------------------------------------------------------------

CONFLICT = RecordedConflict(
    id="k1",
    between=("pat", "bob"),
    kind="recorded-conflict",
    provenance=said("2025-01-01"),
    start=PartialDate("2025-01-01"),
)


@pytest.fixture
def private(pack: Pack) -> Policy:
    """A conflict and a full group each keep a person out, as unavailability."""
    pack.prefer("by-goal", when="patient.goals shares any with group.topics")
    pack.must_not("kept-apart", when="pair.ties includes recorded-conflict",
                  shown_as="unavailable", asks="safety")  # fmt: skip
    pack.must_not("full", when="group.free_seats is less than 1 seat",
                  shown_as="unavailable", asks="programme-manager")  # fmt: skip
    pack.plan("propose", include={"proposals": {"groups": 3, "mentors": 0}})
    return pack.policy()


def conflict_and_full(policy: Policy) -> tuple[Decision, Decision]:
    """The same person and groups: the first group has their opponent, or has no seat."""
    common = {"topics": many("find-work"), "members": frozenset({"bob"})}
    other = group("g2", topics=many("housing"), free_seats=one(5))
    has_seats = group("g1", free_seats=one(5), **common)
    is_full = group("g1", free_seats=one(0), **common)
    conflict = suggest(policy, PERSON, [has_seats, other], as_of=AS_OF, conflicts=[CONFLICT])
    full = suggest(policy, PERSON, [is_full, other], as_of=AS_OF)
    return conflict, full


@pytest.mark.parametrize("recipient", RECIPIENTS)
def test_a_conflict_and_a_full_group_are_the_same_bytes_to_everyone_but_safety(
    private: Policy, recipient: str
) -> None:
    """One neutral code; counts, questions, changes and tasks are the same as well."""
    conflict, full = conflict_and_full(private)
    consents = [
        consent(recipient, *private.disclosure_categories - {"another-person", "mentor-private"})
    ]
    for target in (None, "g1", "g2"):
        one_way = project(conflict, private, recipient, consents, target=target)
        other_way = project(full, private, recipient, consents, target=target)
        assert canonical(one_way) == canonical(other_way)
        assert "kept-apart" not in text(one_way)
        assert "bob" not in text(one_way)
    if recipient == "clinician":
        seen = project(conflict, private, recipient)
        assert [one.target for one in seen.groups.blocked] == ["g1"]
        (screening,) = seen.groups.blocked[0].screening
        assert (screening.rule, screening.facts) == ("unavailable", ())


def test_the_rule_about_another_person_is_visible_to_the_safety_role(private: Policy) -> None:
    conflict, full = conflict_and_full(private)
    safety = project(conflict, private, "safety")
    assert [one.rule for one in safety.groups.blocked[0].screening] == ["kept-apart"]
    assert "kept-apart" in safety.rules
    assert canonical(safety) != canonical(project(full, private, "safety"))


def test_a_rule_about_another_person_or_free_places_must_be_shown_as_unavailable(
    pack: Pack,
) -> None:
    for id, when in (
        ("by-tie", "pair.ties includes household"),
        ("by-seats", "group.free_seats is less than 1 seat"),
        ("by-status", "group.status is closed"),
    ):
        pack.must_not(id, when=when)
    assert {code for code, _ in words_of(pack.problems())} == {"PM315"}
    assert len(pack.problems()) == 3


def test_points_findings_supports_and_plans_may_not_read_another_person(pack: Pack) -> None:
    tie = "pair.ties includes household"
    task = {"title": "Ask", "role": "clinician", "within": "1 day"}
    pack.prefer("points", when=tie)
    pack.finding("named", when=tie)
    pack.support("help", offered_when=tie, provides=["patient.home becomes group.place"])
    pack.prefer("strained", folder="mentor/prefer", when="mentor.strain is none")
    pack.plan("plan", when="patient.goals includes find-work", include={"task": task})
    found = [one for one in pack.problems() if one.code == "PM316"]
    assert {one.position.file.rpartition("/")[2] for one in found} == {
        "points.yaml", "named.yaml", "help.yaml", "strained.yaml",
    }  # fmt: skip


# -- the same bytes --------------------------------------------------------------------------------


def decide(policy: Policy, **other: Any) -> Decision:
    values: dict[str, Any] = {"patient": PERSON, "groups": TARGETS, "as_of": AS_OF, **other}
    return suggest(policy, values.pop("patient"), values.pop("groups"), **values)


def test_the_same_inputs_give_the_same_bytes(policy: Policy) -> None:
    assert canonical(decide(policy)) == canonical(decide(policy))
    assert digest(decide(policy)) == digest(decide(policy))


def test_every_input_that_matters_is_in_the_bytes(policy: Policy, pack: Pack) -> None:
    """Facts, pack, moment, what was known, priorities, and the versions of engine and zones."""
    plain = decide(policy)
    pack.edit("group/prefer/by-goal.yaml", "weight: 10", "weight: 20")
    important = FactSet(statements=(stated(Priority(dimension="goals", level="important")),))
    changed = {
        "facts": decide(policy, groups=[replace_topics(TARGETS[0]), TARGETS[1]]),
        "pack": decide(pack.policy()),
        "moment": decide(policy, as_of=AS_OF + timedelta(minutes=1)),
        "known": decide(policy, known_at=AS_OF - timedelta(days=1)),
        "priorities": decide(policy, patient=PERSON.model_copy(update={"priorities": important})),
        "engine": replace(plain, engine_version="0.0.0"),
        "zones": replace(plain, tzdata_version="1970a"),
        "notes": decide(policy, notes=["something was not read"]),
    }
    digests = {name: digest(one) for name, one in changed.items()}
    assert len({digest(plain), *digests.values()}) == len(changed) + 1
    assert plain.tzdata_version == TZDATA_VERSION
    assert plain.policy.digest == policy.digest


def replace_topics(target: Any) -> Any:
    return target.model_copy(update={"topics": many("housing")})


def test_the_wall_clock_and_the_machine_are_not_in_the_bytes(policy: Policy) -> None:
    """A decision of long ago has its own moment in it and nothing of today."""
    decision = decide(policy, as_of=datetime.fromisoformat("2024-05-06T07:08:09+00:00"))
    written = text(decision)
    assert str(datetime.now(tz=AS_OF.tzinfo).date()) not in written
    names = set(orjson.loads(written))
    assert not names & {"created", "now", "request", "request_id", "duration", "host", "status"}


def test_the_order_of_rules_files_and_inputs_never_matters(
    new_pack: Callable[[], Pack],
) -> None:
    """The same rules written in another order and under other folders, the same groups reversed."""
    rules: list[tuple[str, dict[str, Any]]] = [
        ("a-rule", {"when": "patient.goals shares any with group.topics"}),
        ("b-rule", {"when": "patient.concerns shares any with group.concerns"}),
        ("c-rule", {"when": "group.formats includes online"}),
    ]
    first, second = new_pack(), new_pack()
    for id, keys in rules:
        first.prefer(id, **keys)
    for id, keys in reversed(rules):
        second.prefer(id, folder="group/other/deeper", **keys)
    one_policy, other_policy = first.policy(), second.policy()
    assert one_policy.digest == other_policy.digest
    targets = [*TARGETS, group("g3"), group("g4", formats=many("online"))]
    mentors = [mentor("m1"), mentor("m2")]
    straight = suggest(one_policy, PERSON, targets, mentors, as_of=AS_OF)
    turned = suggest(other_policy, PERSON, targets[::-1], mentors[::-1], as_of=AS_OF)
    places = {rule.id: rule.file for rule in straight.rules.values()}
    assert places != {rule.id: rule.file for rule in turned.rules.values()}
    same_places = replace(
        turned, rules={id: replace(one, file=places[id]) for id, one in turned.rules.items()}
    )
    assert canonical(straight) == canonical(same_places)


def test_extending_another_pack_is_refused_by_name_of_its_key(pack: Pack) -> None:
    """Site packs come later: until then no pack can look as if it built on another."""
    pack.edit("pack.yaml", "version: ", "extends: peer-core@1\nversion: ")
    assert words_of(pack.problems()) == [("PM133", "`extends` is not yet supported")]


def test_byte_identical_means_the_canonical_decision_and_its_digest(policy: Policy) -> None:
    """UTF-8 JSON with sorted keys and no white space; its SHA-256."""
    decision = decide(policy)
    written = canonical(decision)
    assert orjson.dumps(orjson.loads(written), option=orjson.OPT_SORT_KEYS) == written
    assert len(digest(decision)) == 64
    assert digest(decision) != digest(replace(decision, notes=("x",)))


# -- the next best question ------------------------------------------------------------------------


def test_the_next_best_question_is_the_answer_that_could_change_the_top_most(pack: Pack) -> None:
    """Questions come by how many points their answer can move at the top; the rest by reach."""
    pack.prefer("heavy", weight=30, when="group.topics includes find-work")
    pack.prefer("light", weight=10, when="group.concerns includes alcohol")
    pack.prefer("known", weight=60, when="group.formats includes online")
    policy = pack.policy()
    online = {"formats": many("online")}
    targets = [
        group("top", **online),
        group("hopeless", formats=many("in-person"), topics=many(), place=place(0, 0)),
    ]
    found = suggest(policy, patient(), targets, as_of=AS_OF).questions
    assert [(one.fact, one.about, one.swing, one.reach) for one in found] == [
        ("group.topics", "top", 3_000, 1),
        ("group.concerns", "top", 1_000, 1),
    ]


def test_a_question_that_cannot_change_the_top_is_not_asked(pack: Pack) -> None:
    """The unknown of a target whose best is below the worst of the first is left alone."""
    pack.prefer("by-topic", when="group.topics includes find-work")
    pack.prefer("by-concern", when="group.concerns includes alcohol")
    targets = [
        group("top", topics=many("find-work"), concerns=many("alcohol")),
        group("behind", topics=many()),
    ]
    assert suggest(pack.policy(), patient(), targets, as_of=AS_OF).questions == ()


def test_what_could_keep_everything_apart_is_asked_before_any_points(pack: Pack) -> None:
    """A screen that was not done could take every group away; a preference only moves points."""
    pack.must_not("unsafe", when="patient.suicide_screen is high", if_unknown="ask",
                  asks="clinician")  # fmt: skip
    pack.prefer("heavy", weight=90, when="group.topics includes find-work")
    pack.prefer("known", weight=10, when="group.formats includes online")
    targets = [group(id, formats=many("online")) for id in ("g1", "g2")]
    first, second = suggest(pack.policy(), patient(), targets, as_of=AS_OF).questions
    assert (first.fact, first.swing, first.reach) == ("patient.suicide_screen", 10_000, 2)
    assert (second.fact, second.swing) == ("group.topics", 9_000)


def test_what_could_keep_only_the_first_apart_weighs_what_that_would_cost(pack: Pack) -> None:
    """The next one would be first, so the answer moves the difference."""
    pack.must_not("opposed", when="group.medication_stance is opposed", if_unknown="ask",
                  asks="programme-manager")  # fmt: skip
    pack.prefer("by-topic", weight=40, when="group.topics includes find-work")
    pack.prefer("by-format", weight=60, when="group.formats includes online")
    targets = [
        group("first", formats=many("online"), topics=many("find-work")),
        group("second", formats=many("online"), topics=many(), medication_stance=one("welcoming")),
    ]
    (question,) = suggest(pack.policy(), patient(), targets, as_of=AS_OF).questions
    assert (question.about, question.swing) == ("first", 4_000)


def test_no_question_tells_of_another_person(private: Policy) -> None:
    """What a hidden rule lacks is not asked, and ties are never a question."""
    target = group("g1", topics=many("find-work"))
    decision = suggest(private, PERSON, [target], as_of=AS_OF)
    assert decision.groups.waiting
    assert decision.questions == ()
    assert decision.groups.waiting[0].changes == ()
