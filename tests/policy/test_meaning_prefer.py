"""What a `prefer` means: ranges, applicability, the score, priorities, ranking and both sides."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facts.stated import AS_OF, at_least, group, many, mentor, one, patient, place, stated
from peer_match import suggest
from peer_match.decide.decision import Decision, Shortlist, Suggestion
from peer_match.facts.catalogue import CATALOGUE
from peer_match.facts.fact import Fact, FactSet, Statement
from peer_match.facts.patient import Patient, Priority
from peer_match.facts.provenance import PartialDate, Provenance, StatedBy
from peer_match.policy.condition import facts_read, sentences
from peer_match.policy.policy import Policy
from peer_match.policy.reads import all_facts

from .packs import Pack, words_of

GOALS_MET = "patient.goals shares any with group.topics"
SAME_CONCERN = "patient.concerns shares any with group.concerns"


def every(lists: Shortlist) -> tuple[Suggestion, ...]:
    return (*lists.eligible, *lists.eligible_with_support, *lists.waiting, *lists.blocked)


def only(decision: Decision) -> Suggestion:
    (found,) = every(decision.groups)
    return found


def range_of(suggestion: Suggestion) -> tuple[int, int]:
    assert suggestion.score is not None
    return suggestion.score.low, suggestion.score.high


def matters(**levels: str) -> FactSet[Any]:
    """Priorities: how much each dimension matters to the person."""
    return FactSet(
        statements=tuple(
            stated(Priority(dimension=dimension, level=level))
            for dimension, level in levels.items()
        )
    )


@pytest.mark.parametrize(
    ("topics", "low", "high"),
    [(many("find-work"), 10_000, 10_000), (many("housing"), 0, 0), (FactSet(), 0, 10_000)],
)
def test_a_preference_gives_a_range_of_points(
    pack: Pack, topics: FactSet[str], low: int, high: int
) -> None:
    """All, none, or anything between where it is unknown."""
    pack.prefer("by-goal", when=GOALS_MET)
    person = patient(goals=many("find-work"))
    found = only(suggest(pack.policy(), person, [group(topics=topics)], as_of=AS_OF))
    assert range_of(found) == (low, high)
    (points,) = found.points
    assert (points.grade_low, points.grade_high) == (low, high)
    assert points.unknown_facts == (("group.topics@g1",) if low != high else ())


@pytest.mark.parametrize("word", ["hold", "ask", "allow", "widenn", "0"])
def test_the_only_if_unknown_of_a_preference_is_widen(pack: Pack, word: str) -> None:
    pack.prefer("by-goal", when=GOALS_MET, if_unknown=word)
    assert pack.codes() == ["PM123"]


def test_a_preference_must_say_what_an_unknown_does(pack: Pack) -> None:
    pack.prefer("by-goal", when=GOALS_MET, if_unknown=None)
    assert words_of(pack.problems()) == [("PM121", "`if_unknown` is missing")]


def test_applies_when_reads_one_side_only(new_pack: Callable[[], Pack]) -> None:
    """Else each target would be measured against another total; also through a finding."""
    refused = [("PM317", "`applies_when` reads one side only")]
    for sentence, problems in (
        ("patient.preferences includes small-group", []),
        ("group.formats includes in-person", []),
        ({"all": ["group.kind is programme", "facilitator.status is active"]}, []),
        (GOALS_MET, refused),
        ({"any": ["patient.goals includes find-work", "group.kind is community"]}, refused),
        ("both-sides holds", refused),
        ("pair.declined is no", refused),
    ):
        pack = new_pack()
        pack.finding("both-sides", when={"all": [GOALS_MET]})
        pack.prefer("by-concern", when=SAME_CONCERN, applies_when=sentence)
        assert words_of(pack.problems()) == problems, sentence


@pytest.mark.parametrize(
    ("formats", "home", "expected"),
    [
        (many("in-person"), place(33.7, -117.8), (5_000, 5_000)),
        (many("online"), place(33.7, -117.8), (0, 0)),
        (FactSet(), place(33.7, -117.8), (0, 5_000)),
        (many("in-person"), Fact(), (0, 5_000)),
        (FactSet(), Fact(), (0, 5_000)),
    ],
)
def test_unknown_applicability_counts_as_applying_with_nothing_to_the_whole_weight(
    pack: Pack, formats: FactSet[str], home: Fact[Any], expected: tuple[int, int]
) -> None:
    """Beside a rule of equal weight that gives nothing; where it surely does not apply it is out
    of the total."""
    pack.prefer(
        "by-way",
        measure="travel distance from patient.home to group.place",
        grade={"2 km": 100, "40 km": 0},
        applies_when="group.formats includes in-person",
    )
    pack.prefer("by-concern", when="patient.concerns includes alcohol")
    target = group(formats=formats, place=place(33.7, -117.8))
    person = patient(home=home, concerns=many())
    found = only(suggest(pack.policy(), person, [target], as_of=AS_OF))
    assert range_of(found) == expected
    applies = {one.rule: one.applies for one in found.points}
    assert applies["by-way"] == {
        "in-person": "yes", "online": "no", None: "unknown"
    }[next(iter(one.value for one in formats.statements), None)]  # fmt: skip


def test_the_score_is_rounded_once_at_the_end_and_shows_its_numerators(pack: Pack) -> None:
    """floor(10,000 x points / weights of the rules that apply), from whole numbers."""
    # Two thirds, four sevenths and nothing: each alone would round down, and so would the sum.
    pack.prefer("two-thirds", weight=3, measure="share of patient.goals met by group.topics",
                grade={"0 percent": 0, "100 percent": 100})  # fmt: skip
    pack.prefer("by-way", weight=7, measure="travel distance from patient.home to group.place",
                grade={"0 km": 100, "7 km": 0})  # fmt: skip
    pack.prefer("nothing", weight=4, when="patient.concerns includes alcohol")
    pack.prefer("not-applying", weight=90, when="patient.goals includes housing",
                applies_when="patient.concerns includes alcohol")  # fmt: skip
    person = patient(
        goals=many("find-work", "housing", "money"), home=place(0, 0), concerns=many("opioids")
    )
    target = group(topics=many("find-work", "housing"), place=place(0, 0.026979646))  # 3000 m
    found = only(suggest(pack.policy(), person, [target], as_of=AS_OF))
    score = found.score
    assert score is not None
    given = {one.rule: one.low for one in found.points}
    usual = 100  # percent of a weight, where no priority was stated
    assert given == {
        "two-thirds": 3 * usual * 6_600,  # 66 percent: the measure is in whole percents
        "by-way": 7 * usual * 5_714,  # 4 of 7 km: the grade is in whole ten-thousandths
        "nothing": 0,
        "not-applying": 0,
    }
    assert score.denominator == (3 + 7 + 4) * usual
    assert score.numerator_low == score.numerator_high == sum(given.values())
    assert score.low == score.high == Fraction(score.numerator_low, score.denominator) // 1 == 4_271


def test_rounding_each_rule_would_give_another_score(pack: Pack) -> None:
    """Two rules that each give a third: rounded one by one they would lose a point."""
    for number in range(2):
        pack.prefer(f"rule-{number}", weight=5, dimension="reach",
                    measure="travel distance from patient.home to group.place",
                    grade={"0 km": 100, "3 km": 0})  # fmt: skip
    person = patient(home=place(0, 0))
    target = group(place=place(0, 0.017986))  # 2000 m: 3333 ten-thousandths each
    score = only(suggest(pack.policy(), person, [target], as_of=AS_OF)).score
    assert score is not None
    assert score.low == 2 * 5 * 3_333 // 10 == 3_333
    assert score.low != 2 * (5 * 3_333 // 10)


def test_priorities_scale_weights_by_the_factor_of_the_pack_and_unstated_is_one(
    pack: Pack,
) -> None:
    """`essential` doubles here because the pack says 200 percent; a priority nobody stated is 1."""
    pack.prefer("by-goal", dimension="goals", when=GOALS_MET)
    pack.prefer("by-concern", dimension="experience", when=SAME_CONCERN)
    policy = pack.policy()
    factors = policy.pack.priorities
    assert factors["usual"] == 100
    target = group(topics=many("find-work"), concerns=many("opioids"))

    def low(**levels: str) -> int:
        person = patient(
            goals=many("find-work"), concerns=many("alcohol"), priorities=matters(**levels)
        )
        return range_of(only(suggest(policy, person, [target], as_of=AS_OF)))[0]

    assert low() == low(goals="usual", experience="usual") == 5_000
    for level, factor in factors.items():
        assert low(goals=level) == 10_000 * factor // (factor + 100)
        assert low(experience=level) == 10_000 * 100 // (factor + 100)
        assert low(goals=level, experience=level) == 5_000


def test_two_priorities_for_one_dimension_of_which_none_is_later_count_as_unstated(
    pack: Pack,
) -> None:
    pack.prefer("by-goal", dimension="goals", when=GOALS_MET)
    pack.prefer("by-concern", dimension="experience", when=SAME_CONCERN)
    policy = pack.policy()
    target = group(topics=many("find-work"), concerns=many("opioids"))

    def low(*levels: tuple[str, str | None]) -> int:
        said = FactSet(
            statements=tuple(
                stated(Priority(dimension="goals", level=level), date) for level, date in levels
            )
        )
        person = patient(goals=many("find-work"), concerns=many("alcohol"), priorities=said)
        return range_of(only(suggest(policy, person, [target], as_of=AS_OF)))[0]

    assert low(("less", None), ("essential", None)) == 5_000
    assert low(("less", "2026-01-01"), ("essential", "2026-02-01")) == 6_666


# -- learning only narrows -------------------------------------------------------------------------

CODES = {
    "patient.goals": ("find-work", "housing", "money"),
    "group.topics": ("find-work", "housing", "money"),
    "patient.concerns": ("alcohol", "opioids", "cannabis"),
    "group.concerns": ("alcohol", "opioids", "cannabis"),
    "group.formats": ("in-person", "online"),
}
CORNERS = ((33.70, -117.80), (33.75, -117.80), (33.95, -117.70))


@pytest.fixture(scope="module")
def narrowing(tmp_path_factory: pytest.TempPathFactory) -> Policy:
    """Every operator that a preference can use on sets, codes, places and findings."""
    pack = Pack(tmp_path_factory.mktemp("narrowing") / "pack")
    pack.finding("works-on-work", when="group.topics includes find-work")
    pack.prefer("any", when=GOALS_MET, weight=7)
    pack.prefer("all", when="group.topics includes all of patient.goals", weight=5)
    pack.prefer("none", when="group.concerns includes none of patient.concerns", weight=3)
    pack.prefer("share", measure="share of patient.goals met by group.topics", weight=11,
                grade={"0 percent": 0, "50 percent": 100, "100 percent": 40})  # fmt: skip
    pack.prefer("way", measure="travel distance from patient.home to group.place", weight=13,
                grade={"2 km": 100, "10 km": 60, "40 km": 0}, dimension="reach",
                applies_when="group.formats includes in-person")  # fmt: skip
    pack.prefer("nested", weight=17, when={"any": [
        {"all": ["works-on-work holds", {"not": "group.kind is community"}]},
        "group.medication_stance is one of welcoming, mixed"]})  # fmt: skip
    pack.must_not("capped", when="patient.goals includes none of group.topics", cap="40 percent",
                  if_unknown="widen")  # fmt: skip
    return pack.policy()


def _sets(name: str) -> st.SearchStrategy[FactSet[str]]:
    values = st.lists(st.sampled_from(CODES[name]), unique=True, max_size=3)
    return st.builds(lambda codes, complete: many(*codes, complete=complete), values, st.booleans())


def _singles(*values: Any) -> st.SearchStrategy[Fact[Any]]:
    return st.sampled_from([Fact(), *(one(value) for value in values)])


places = st.sampled_from([Fact(), *(place(*corner) for corner in CORNERS)])
worlds = st.fixed_dictionaries(
    {
        **{name: _sets(name) for name in CODES},
        "patient.home": places,
        "group.place": places,
        "group.kind": _singles("community", "programme"),
        "group.medication_stance": _singles("welcoming", "mixed", "opposed"),
    }
)


def _learnt(draw: st.DrawFn, name: str, fact: Fact[Any] | FactSet[Any]) -> Any:
    """The same fact after learning something: never what contradicts what was known."""
    if isinstance(fact, FactSet):
        if fact.complete:
            return fact
        known = [statement.value for statement in fact.statements]
        more = draw(st.lists(st.sampled_from(CODES[name]), unique=True))
        return many(*dict.fromkeys([*known, *more]), complete=draw(st.booleans()))
    if fact.statements:
        return fact
    strategies = {
        "patient.home": places,
        "group.place": places,
        "group.kind": _singles("community", "programme"),
        "group.medication_stance": _singles("welcoming", "mixed", "opposed"),
    }
    return draw(strategies[name])


@st.composite
def learning(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    known = draw(worlds)
    return known, {name: _learnt(draw, name, fact) for name, fact in known.items()}


def _score(policy: Policy, facts: dict[str, Any], levels: dict[str, str]) -> tuple[int, int] | None:
    sides: dict[str, dict[str, Any]] = {"patient": {}, "group": {}}
    for name, fact in facts.items():
        subject, _, field = name.partition(".")
        sides[subject][field] = fact
    person = patient(**sides["patient"], priorities=matters(**levels))
    found = only(suggest(policy, person, [group(**sides["group"])], as_of=AS_OF))
    return None if found.score is None else range_of(found)


@given(
    learning(),
    st.fixed_dictionaries({}, optional={"goals": st.sampled_from(["less", "essential"])}),
)
def test_learning_only_narrows_the_range_for_fixed_priorities(
    narrowing: Policy,
    before_and_after: tuple[dict[str, Any], dict[str, Any]],
    levels: dict[str, str],
) -> None:
    """Whatever is learnt of an unknown, the new range lies within the old one."""
    before, after = before_and_after
    wide, narrow = _score(narrowing, before, levels), _score(narrowing, after, levels)
    assert wide is not None
    assert narrow is not None
    assert wide[0] <= narrow[0] <= narrow[1] <= wide[1]


def test_targets_are_ranked_by_low_and_high_together_then_by_low_then_by_id(pack: Pack) -> None:
    """A wide range ranks by its middle; at equal middles the surer target comes first."""
    pack.prefer("by-goal", weight=2, when="group.topics includes find-work")
    pack.prefer("by-concern", weight=2, when="group.concerns includes alcohol")
    yes_both = {"topics": many("find-work"), "concerns": many("alcohol")}
    targets = [
        group("d-unknown"),  # 0..10000
        group("c-half", topics=many("find-work"), concerns=many()),  # 5000
        group("b-half", topics=many(), concerns=many("alcohol")),  # 5000
        group("a-half-or-more", topics=many("find-work")),  # 5000..10000
        group("z-full", **yes_both),
        group("e-none", topics=many(), concerns=many()),
        group("f-half-or-less", topics=many()),  # 0..5000
    ]
    found = suggest(pack.policy(), patient(), targets, as_of=AS_OF).groups
    assert [(one.target, range_of(one)) for one in found.eligible] == [
        ("z-full", (10_000, 10_000)),
        ("a-half-or-more", (5_000, 10_000)),
        ("b-half", (5_000, 5_000)),
        ("c-half", (5_000, 5_000)),
        ("d-unknown", (0, 10_000)),
        ("f-half-or-less", (0, 5_000)),
        ("e-none", (0, 0)),
    ]
    assert found.runner_up == "a-half-or-more"


def test_a_mentor_has_two_scores_and_the_smaller_is_shown(pack: Pack) -> None:
    """Never blended: a mentor who fits the person but not the other way round is shown as such."""
    folder = "mentor/prefer"
    pack.prefer("shared", folder=folder, dimension="experience",
                when="patient.concerns shares any with mentor.concerns")  # fmt: skip
    pack.prefer("has-room", folder=folder, side="mentor",
                dimension="mentor-availability",
                when="mentor.mentees is less than 3 people")  # fmt: skip
    policy = pack.policy()

    def scores(concern: str, mentees: int) -> tuple[Any, ...]:
        target = mentor(concerns=many(concern), mentees=one(mentees))
        person = patient(concerns=many("alcohol"))
        (found,) = suggest(policy, person, (), [target], as_of=AS_OF).mentors.eligible
        assert found.novice_score is not None
        assert found.mentor_score is not None
        assert found.score is not None
        return found.novice_score.low, found.mentor_score.low, found.score.low

    assert scores("alcohol", 1) == (10_000, 10_000, 10_000)
    assert scores("alcohol", 5) == (10_000, 0, 0)
    assert scores("opioids", 1) == (0, 10_000, 0)
    assert scores("opioids", 5) == (0, 0, 0)


def test_a_group_has_one_side(pack: Pack) -> None:
    pack.prefer("by-goal", when=GOALS_MET)
    found = only(suggest(pack.policy(), patient(), [group()], as_of=AS_OF))
    assert found.score is not None
    assert (found.novice_score, found.mentor_score) == (None, None)


IDENTITY = ("patient.belief", "patient.cultures", "patient.identities")


def test_the_facts_of_identity_are_those_that_only_the_person_states() -> None:
    stated_alone = {
        name
        for name, fact in CATALOGUE.items()
        if fact.subject == "patient" and fact.self_stated and fact.privacy == "identity"
    }
    assert stated_alone == set(IDENTITY)


def test_identity_scores_only_when_the_person_asked_for_it(shipped_policy: Policy) -> None:
    """Every shipped preference that reads who the person is counts only for those who asked.

    Belief is asked about as a wish ("what place should faith have in your recovery?"), and "no
    preference" is one of its answers, so that stating it is asking for it.
    """
    wishes = {"patient.preferences", "patient.belief"}
    reading = [
        rule
        for rule in shipped_policy.prefers
        if set(IDENTITY) & set(all_facts(rule, shipped_policy.findings))
    ]
    assert {rule.id for rule in reading} >= {"rooted-in-a-culture-of-the-person"}
    for rule in reading:
        assert rule.applies_when is not None, rule.id
        asked = {fact for one in sentences(rule.applies_when) for fact in facts_read(one)}
        assert asked, rule.id
        assert asked <= wishes, rule.id


def test_likeness_alone_earns_nothing(shipped_policy: Policy) -> None:
    """Being alike, with nothing asked for, changes no score by one point."""
    alike: dict[str, Any] = {"identities": many("woman", "veteran"), "cultures": many("latino")}
    target = group(
        focuses=many("women-group", "veterans-group"),
        cultures=many("latino"),
        belief=one("secular"),
        limited_to=many(),
    )
    with_likeness = _points(shipped_policy, patient(preferences=many(), **alike), target)
    without = _points(shipped_policy, patient(preferences=many()), target)
    assert with_likeness == without
    asked = patient(preferences=many("same-culture"), **alike)
    gained = _points(shipped_policy, asked, target)["rooted-in-a-culture-of-the-person"]
    assert gained[0] > 0


def _points(policy: Policy, person: Patient, target: Any) -> dict[str, tuple[int, int, int]]:
    found = only(suggest(replace(policy, must_nots=()), person, [target], as_of=AS_OF))
    return {one.rule: (one.low, one.high, one.weight) for one in found.points}


def test_identity_counts_only_as_the_person_stated_it() -> None:
    """Nobody else's word about who somebody is becomes a fact."""
    said_by_a_clinician = Statement(
        value="woman", provenance=Provenance(source="a note", stated_by=StatedBy.CLINICIAN)
    )
    with pytest.raises(ValueError, match="counts only when the person stated it"):
        Patient(id="pat", identities=FactSet(statements=(said_by_a_clinician,)))


@pytest.mark.parametrize("fact", IDENTITY)
def test_the_mentors_side_may_not_read_protected_traits(pack: Pack, fact: str) -> None:
    """It knows availability, experience, load and boundaries; the pack refuses anything else."""
    type = CATALOGUE[fact]
    sentence = (
        "patient.belief is secular"
        if fact == "patient.belief"
        else f"{fact} includes {'woman' if type.vocabulary == 'identity' else 'latino'}"
    )
    pack.finding("trait", when=sentence)
    for id, when in (("direct", sentence), ("reached", "trait holds")):
        pack.prefer(id, folder="mentor/prefer", side="mentor", when=when)
    assert words_of(pack.problems()) == [
        ("PM320", f"the mentor's side may not read `{fact}`") for _ in range(2)
    ]


def test_the_shipped_mentors_side_reads_no_protected_trait(shipped_policy: Policy) -> None:
    sides = [rule for rule in shipped_policy.prefers if rule.side == "mentor"]
    assert sides
    for rule in sides:
        assert not set(IDENTITY) & set(all_facts(rule, shipped_policy.findings)), rule.id


def test_the_moment_of_a_partial_priority_counts(pack: Pack) -> None:
    """A priority that the person states for the future does not count yet."""
    pack.prefer("by-goal", dimension="goals", when=GOALS_MET)
    pack.prefer("by-concern", dimension="experience", when=SAME_CONCERN)
    later = FactSet(
        statements=(stated(Priority(dimension="goals", level="essential"), "2026-06-01"),)
    )
    assert later.statements[0].provenance.date == PartialDate("2026-06-01")
    person = patient(goals=many("find-work"), concerns=at_least("alcohol"), priorities=later)
    target = group(topics=many("find-work"), concerns=many("opioids"))
    policy = pack.policy()
    assert range_of(only(suggest(policy, person, [target], as_of=AS_OF)))[0] == 5_000
    then = datetime.fromisoformat("2026-07-01T00:00:00Z")
    assert range_of(only(suggest(policy, person, [target], as_of=then)))[0] == 6_666
