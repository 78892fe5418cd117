"""Cases in which a careless engine would suggest what may do harm."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pytest

from peer_match import load_policy, suggest
from peer_match.decide.consented import consented_categories
from peer_match.decide.decision import Decision
from peer_match.decide.evaluate import World
from peer_match.decide.pairings import Rulebook, with_supports_given
from peer_match.decide.screen import Pairing, screen_rule
from peer_match.facts.catalogue import CATALOGUE
from peer_match.facts.conflict import RecordedConflict
from peer_match.facts.consent import Consent, ConsentState, ConsentUse, standing
from peer_match.facts.fact import Fact, FactSet, Statement
from peer_match.facts.group import Group
from peer_match.facts.mentor import Mentor
from peer_match.facts.observed import Observed, observe
from peer_match.facts.patient import Goal, Patient, ScreenResult
from peer_match.facts.provenance import Moment, PartialDate, Provenance, StatedBy
from peer_match.facts.truth import Truth
from peer_match.policy.condition import AllOf, Includes, Quantifier, sentences
from peer_match.policy.reads import all_facts

AS_OF = datetime.fromisoformat("2026-03-02T12:00:00+00:00")
POLICY = load_policy()


@dataclass(frozen=True)
class Seen:
    """Facts by name; what is not given is unknown."""

    facts: dict[str, Observed]

    def observed(self, name: str) -> Observed:
        return self.facts[name]

    def key(self, name: str) -> str:
        return name


def said(date: str | None = "2026-01-01", by: StatedBy = StatedBy.RECORD) -> Provenance:
    return Provenance(source="test", stated_by=by, date=None if date is None else PartialDate(date))


def stated(value: Any, date: str | None = "2026-01-01") -> Statement[Any]:
    return Statement(value=value, provenance=said(date))


def one(value: Any, date: str | None = "2026-01-01") -> Fact[Any]:
    return Fact(statements=(stated(value, date),))


def agreed(id: str, signed: str, **rest: Any) -> Consent:
    dates = {key: PartialDate(one) if type(one) is str else one for key, one in rest.items()}
    told: dict[str, Any] = {
        "use": ConsentUse.GROUP_PLACEMENT,
        "provenance": said(None),
        "signed": PartialDate(signed),
        **dates,
    }
    return Consent(id=id, **told)


def person(**facts: Any) -> Patient:
    told: dict[str, Any] = {
        "record_status": one("active"),
        "birth_date": one(PartialDate("1980-05-05")),
        "goals": FactSet(statements=(stated(Goal(code="stay-stopped")),), complete=True),
        "consents": (agreed("c1", "2026-01-01"),),
        **facts,
    }
    return Patient(id="p1", **told)


def group(id: str = "g1", **facts: Any) -> Group:
    return Group(id=id, name=id, **facts)


def outcomes(decision: Decision) -> dict[str, str]:
    """The rule's truth for every rule that said something, whatever the target's list."""
    lists = (decision.groups, decision.mentors)
    return {
        screening.rule: screening.truth
        for part in lists
        for names in (part.eligible, part.eligible_with_support, part.waiting, part.blocked)
        for suggestion in names
        for screening in suggestion.screening
    }


def moment() -> Moment:
    return Moment.at(AS_OF)


@pytest.mark.parametrize("moment", ["9999-12-31T23:00:00Z", "0001-01-01T00:00:00+14:00",
                                    "1972-12-31T00:00:00Z", "2026-03-02T12:00:00"])  # fmt: skip
@pytest.mark.parametrize("which", ["as_of", "known_at"])
def test_nothing_is_decided_at_a_moment_out_of_the_calendar(which: str, moment: str) -> None:
    when: dict[str, Any] = {"as_of": AS_OF, which: datetime.fromisoformat(moment)}
    with pytest.raises(ValueError, match=r"is not between the years 1973 and 9000|no offset"):
        suggest(POLICY, person(), [], **when)


def test_nothing_is_decided_before_the_pack_takes_effect() -> None:
    early = datetime.fromisoformat("2022-12-31T12:00:00+00:00")
    with pytest.raises(ValueError, match="take effect on 2023-01-01"):
        suggest(POLICY, person(), [group()], as_of=early)


@pytest.mark.parametrize("no", [{"agreed": False}, {"revoked": "2026-02-01"}])
def test_a_later_no_outvotes_an_older_yes(no: dict[str, Any]) -> None:
    consents = (agreed("old", "2025-06-01"), agreed("new", "2026-02-01", **no))
    assert standing(consents, moment()) == ()
    decision = suggest(POLICY, person(consents=consents), [group()], as_of=AS_OF)
    assert outcomes(decision)["no-valid-consent-to-a-group"] == "yes"


def test_a_no_that_a_later_yes_takes_back_does_not_outvote_it() -> None:
    consents = (agreed("no", "2025-06-01", agreed=False), agreed("yes", "2026-02-01"))
    assert [one.id for one in standing(consents, moment())] == ["yes"]


def test_a_later_refusal_to_pass_on_closes_what_was_open() -> None:
    use = ConsentUse.DISCLOSURE
    yes = agreed(
        "yes", "2025-06-01", use=use, recipients=frozenset({"mentor"}),
        categories=frozenset({"schedule", "health"}),
    )  # fmt: skip
    no = agreed("no", "2026-02-01", use=use, agreed=False, categories=frozenset({"health"}))
    assert consented_categories([yes], "mentor", moment()) == {"schedule", "health"}
    assert consented_categories([yes, no], "mentor", moment()) == {"schedule"}


@pytest.mark.parametrize(
    ("dates", "state"),
    [
        ({"revoked": "2026-03-03T00:30:00+14:00"}, ConsentState.REVOKED),
        ({"expires": "2026-03-02T08:00:00+00:00"}, ConsentState.EXPIRED),
        ({"expires": "2026-03-02"}, ConsentState.VALID),
        ({"expires": "2026-03-01"}, ConsentState.EXPIRED),
        ({"revoked": "2026-03-02"}, ConsentState.REVOKED),
        ({"revoked": "2026-03-03"}, ConsentState.VALID),
    ],
)
def test_consent_is_read_to_the_instant(dates: dict[str, str], state: ConsentState) -> None:
    assert agreed("c", "2026-01-01", **dates).state(moment()) is state


def test_a_consent_signed_later_today_is_not_yet_valid() -> None:
    assert agreed("c", "2026-03-02T23:00:00+00:00").state(moment()) is ConsentState.NOT_YET


@pytest.mark.parametrize("kind", ["protective-order", "recorded-conflict", "sponsor"])
def test_no_agreement_lifts_an_order_or_a_conflict(kind: str) -> None:
    conflict = RecordedConflict(
        id="x", between=("p1", "p2"), kind=kind, provenance=said(), both_agree=True
    )
    decision = suggest(
        POLICY, person(), [group(members=frozenset({"p2"}))], as_of=AS_OF, conflicts=[conflict]
    )
    facts = decision.facts.get("pair.ties@p1+g1")
    rules = {"protective-order", "recorded-conflict"}
    assert (kind in rules) == (facts is not None and bool(facts.values))


def test_a_conflict_with_a_mentor_counts_by_either_id() -> None:
    mentor = Mentor(id="m1", person="x9", name="Ruth")
    for named in ("m1", "x9"):
        conflict = RecordedConflict(
            id="x", between=("p1", named), kind="protective-order", provenance=said()
        )
        decision = suggest(POLICY, person(), [], [mentor], as_of=AS_OF, conflicts=[conflict])
        assert outcomes(decision)["kept-apart-from-the-mentor"] == "yes"


def screened(*statements: tuple[str, str], unreadable: tuple[str | None, ...] = ()) -> Patient:
    return person(
        suicide_screen=Fact(
            statements=tuple(
                stated(ScreenResult(instrument="c-ssrs-screener", level=level), date)
                for level, date in statements
            ),
            unreadable=tuple(said(date) for date in unreadable),
        )
    )


HIGH = "high-suicide-risk-before-a-new-group"


def test_a_day_that_has_begun_somewhere_counts() -> None:
    patient = screened(("low", "2026-02-25"), ("high", "2026-03-03"))
    assert outcomes(suggest(POLICY, patient, [group()], as_of=AS_OF))[HIGH] == "yes"


def test_a_later_low_screen_takes_no_high_one_back() -> None:
    patient = screened(("high", "2026-02-20"), ("low", "2026-02-28"))
    assert outcomes(suggest(POLICY, patient, [group()], as_of=AS_OF))[HIGH] == "yes"


@pytest.mark.parametrize("date", ["2026-02-28", None])
def test_a_screen_that_could_not_be_read_leaves_the_risk_open(date: str | None) -> None:
    patient = screened(("low", "2026-02-25"), unreadable=(date,))
    assert outcomes(suggest(POLICY, patient, [group()], as_of=AS_OF))[HIGH] == "unknown"
    older = screened(("low", "2026-02-25"), unreadable=("2025-12-01",))
    assert HIGH not in outcomes(suggest(POLICY, older, [group()], as_of=AS_OF))


def test_a_list_with_something_unreadable_is_never_complete() -> None:
    fact: FactSet[str] = FactSet(complete=True, unreadable=(said(),))
    type = CATALOGUE["patient.medications"]
    seen: Observed = observe(fact, type, POLICY.vocabularies["medication"], moment())
    assert seen.holds("methadone") is Truth.UNKNOWN


def test_a_death_is_not_outdated_by_a_later_entry() -> None:
    status = Fact(statements=(stated("deceased", "2020-01-01"), stated("active", "2026-02-01")))
    decision = suggest(POLICY, person(record_status=status), [group()], as_of=AS_OF)
    assert outcomes(decision)["record-not-active"] == "yes"
    assert [task.title for task in decision.plan.tasks] == ["Correct or close the record"]


def test_one_id_means_one_target() -> None:
    with pytest.raises(ValueError, match="to a group and to a mentor: 7"):
        suggest(POLICY, person(), [group("7")], [Mentor(id="7", name="Ruth")], as_of=AS_OF)


def test_a_placement_that_was_denied_later_does_not_stand() -> None:
    placements = FactSet(
        statements=(stated("g1", "2025-01-01"),), denied=(stated("g1", "2026-01-01"),)
    )
    decision = suggest(POLICY, person(placements=placements), [group()], as_of=AS_OF)
    every = (*decision.groups.eligible, *decision.groups.waiting, *decision.groups.blocked)
    assert [suggestion.existing for suggestion in every] == [False]


def test_a_refusal_known_only_later_is_not_yet_known() -> None:
    later = Provenance(
        source="test",
        stated_by=StatedBy.SELF,
        recorded=datetime.fromisoformat("2026-03-05T00:00:00+00:00"),
    )
    refused = FactSet(statements=(Statement(value="g1", provenance=later),))
    decision = suggest(POLICY, person(declined_targets=refused), [group()], as_of=AS_OF)
    assert "declined-before" not in outcomes(decision)


def test_a_support_may_not_break_a_rule_that_does_not_name_it() -> None:
    """A virtual seat makes up for a stair, and would breach a court's limit on the internet."""

    def screened_with_a_virtual_seat(*limits: str) -> str:
        facts = {
            "patient.legal_limits": limits,
            "group.formats": ("in-person",),
        }
        shipped = next(one for one in POLICY.must_nots if one.id == "court-limit-on-the-internet")
        online = Includes("", shipped.position, "group.formats", Quantifier.ANY, ("online",), None)
        limited = next(iter(sentences(shipped.when)))
        assert isinstance(limited, Includes)
        rule = replace(shipped, when=AllOf((limited, online)))
        view = {
            name: Observed(
                CATALOGUE[name], POLICY.vocabularies[CATALOGUE[name].vocabulary or ""]
            ).known_as(*values)
            for name, values in facts.items()
        }
        world = World(Seen(view), POLICY.findings, AS_OF)
        reads = {rule.id: all_facts(rule, POLICY.findings)}
        book = Rulebook("group", (rule,), (), POLICY.supports, reads, {})
        pairing = Pairing("g1", "p1", (world,), False, (), reads)
        before = screen_rule(rule, pairing)
        assert before.outcome == "allowed"
        return with_supports_given(book, pairing, before, ("virtual-seat",)).outcome

    assert screened_with_a_virtual_seat() == "allowed"
    assert screened_with_a_virtual_seat("internet-restriction") == "blocked"
