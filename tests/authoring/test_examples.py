"""Examples are read strictly, run on their own facts, and each problem is told where it stands."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peer_match.authoring.example_values import ExampleFacts
from peer_match.authoring.examples import run_examples
from peer_match.facts.catalogue import CATALOGUE
from peer_match.facts.fact import Unknown
from peer_match.facts.observed import Observed
from peer_match.facts.place import Place
from peer_match.facts.provenance import PartialDate
from peer_match.facts.truth import Truth
from peer_match.facts.week import Availability
from peer_match.policy.diagnostics import Diagnostic, has_errors
from peer_match.policy.load import PackReading
from peer_match.policy.nodes import Mapping
from peer_match.policy.policy import Policy
from peer_match.policy.source import read_yaml
from policy.packs import Pack, words_of

AS_OF = datetime.fromisoformat("2026-03-01T12:00:00+00:00")


def read(policy: Policy, text: str) -> tuple[dict[str, Observed], list[Diagnostic]]:
    """The facts of a `given` block, and its problems."""
    node, problems = read_yaml(text + "\n", "rule.yaml")
    assert isinstance(node, Mapping), problems
    facts = ExampleFacts(policy.vocabularies, AS_OF, problems).read(node)
    return facts, problems


def value(policy: Policy, name: str, written: str) -> Observed:
    facts, problems = read(policy, f"{name}: {written}")
    assert problems == []
    return facts[name]


class TestValues:
    @pytest.mark.parametrize(
        ("name", "written", "values"),
        [
            ("group.medication_stance", "opposed", ("opposed",)),
            ("patient.new_to_groups", "yes", (True,)),
            ("patient.new_to_groups", "no", (False,)),
            ("patient.phq9", "12 points", (12,)),
            ("group.free_seats", "3 people", (3,)),
            ("group.free_seats", "1 seat", (1,)),
            ("group.last_confirmed", "2025-03-01", (PartialDate("2025-03-01"),)),
            ("group.last_confirmed", "2025-03", (PartialDate("2025-03"),)),
            ("group.last_confirmed", "40 days ago", (PartialDate("2026-01-20"),)),
            ("group.last_confirmed", "3 months ago", (PartialDate("2025-12-01"),)),
            ("group.last_confirmed", "in 40 days", (PartialDate("2026-04-10"),)),
            ("group.last_confirmed", "in 1 year", (PartialDate("2027-03-01"),)),
            ("patient.home", '"33.70, -117.80"', (Place.at(33.7, -117.8),)),
            ("patient.home", '"-1,2"', (Place.at(-1, 2),)),
        ],
    )
    def test_single_values(
        self, shipped_policy: Policy, name: str, written: str, values: tuple[Any, ...]
    ) -> None:
        seen = value(shipped_policy, name, written)
        assert (seen.values, seen.unknown) == (values, None)

    def test_a_distance_in_time_is_counted_from_the_moment_of_the_example(
        self, shipped_policy: Policy
    ) -> None:
        for days in (0 + 1, 30, 400):
            seen = value(shipped_policy, "group.last_confirmed", f"{days} days ago")
            assert seen.value == PartialDate.of((AS_OF - timedelta(days=days)).date())

    @pytest.mark.parametrize(
        ("written", "values", "complete", "unknown"),
        [
            ("[methadone, disulfiram]", ("disulfiram", "methadone"), True, None),
            ("[]", (), True, None),
            ("{exactly: [methadone]}", ("methadone",), True, None),
            ("{exactly: []}", (), True, None),
            ("{at_least: [methadone]}", ("methadone",), False, Unknown.INCOMPLETE),
            ("{at_least: []}", (), False, Unknown.INCOMPLETE),
        ],
    )
    def test_a_bare_list_is_complete_and_at_least_leaves_it_open(
        self,
        shipped_policy: Policy,
        written: str,
        values: tuple[str, ...],
        complete: bool,
        unknown: Unknown | None,
    ) -> None:
        seen = value(shipped_policy, "patient.medications", written)
        assert (seen.values, seen.complete, seen.unknown) == (values, complete, unknown)
        absent = seen.holds("acamprosate")
        assert absent is (Truth.NO if complete else Truth.UNKNOWN)

    @pytest.mark.parametrize("name", sorted(CATALOGUE))
    def test_unknown_is_a_reserved_word_for_every_fact(
        self, shipped_policy: Policy, name: str
    ) -> None:
        seen = value(shipped_policy, name, "unknown")
        assert (seen.values, seen.unknown) == ((), Unknown.NOT_RECORDED)

    def test_free_time_and_meetings(self, shipped_policy: Policy) -> None:
        free = value(
            shipped_policy,
            "patient.availability",
            '{zone: America/Los_Angeles, free: ["Mon 18:00-21:00"], busy: ["Tue 08:00-17:00"]}',
        ).value
        assert isinstance(free, Availability)
        assert (len(free.free), len(free.busy)) == (1, 1)
        (meeting,) = value(
            shipped_policy,
            "group.meetings",
            '{zone: America/Los_Angeles, formats: [in-person], at: ["Tue 19:00 60 minutes"]}',
        ).values[0]
        assert (meeting.weekday, meeting.start_minute, meeting.minutes) == (1, 19 * 60, 60)
        assert meeting.formats == frozenset({"in-person"})

    @pytest.mark.parametrize(
        ("written", "column", "help"),
        [
            ("patient.medicatons: [methadone]", 1, "did you mean `patient.medications`?"),
            ("patient.medications: [methadon]", 22, "did you mean `methadone`?"),
            ("patient.medications: methadone", 22, "expected a list in square brackets"),
            ("patient.medications: {some: [methadone]}", 22, "expected `exactly` or `at_least`"),
            ("patient.medications: [[methadone]]", 22, "expected one value"),
            ("group.medication_stance: oposed", 26, "did you mean `opposed`?"),
            ("group.medication_stance: zzz", 26, "use `welcoming`, `mixed` or `opposed`"),
            ("group.medication_stance: [opposed]", 26, "expected one value"),
            ("patient.new_to_groups: maybe", 24, "expected yes or no"),
            ("patient.new_to_groups: true", 24, "expected yes or no"),
            ("patient.phq9: 12", 15, "expected a whole number of points"),
            ("patient.phq9: 12 people", 15, "expected a whole number of points"),
            ("patient.phq9: 1.5 points", 15, "expected a whole number of points"),
            ("patient.phq9: " + "9" * 5_000 + " points", 15, "expected a whole number of points"),
            ("patient.phq9: ٣ points", 15, "expected a whole number of points"),
            ("patient.home: here", 15, 'expected latitude and longitude, such as "33.70, -117.80"'),
            ('patient.home: "95.0, 0"', 15, "Input should be less than or equal to 90000000"),
            ("patient.availability: always", 23, "expected busy, free, zone"),
            ("patient.availability: {free: []}", 23, "name the zone, such as America/Los_Angeles"),
            ("patient.availability: {zone: UTC, fee: []}", 23, "did you mean `free`?"),
            (
                "patient.availability: {zone: UTC, free: x}",
                23,
                "expected a list in square brackets",
            ),
            (
                "group.last_confirmed: someday",
                23,
                "`someday` is not a date such as 2026, 2026-03 or",
            ),
            ("group.last_confirmed: 2026-02-30", 23, "day is out of range for month"),
            ("group.last_confirmed: 0 days ago", 23, "`0 days ago` is not a date such as 2026"),
        ],
    )
    def test_what_cannot_be_read_is_told_at_the_value(
        self, shipped_policy: Policy, written: str, column: int, help: str
    ) -> None:
        facts, (problem,) = read(shipped_policy, written)
        assert facts == {}
        assert (problem.code, problem.position.line, problem.position.column) == (
            "PM501", 1, column,
        )  # fmt: skip
        assert problem.help.startswith(help)

    @pytest.mark.parametrize(
        "written",
        [
            "group.last_confirmed: in 999999999 days",
            "group.last_confirmed: 999999999 years ago",
            "group.last_confirmed: in 999999999 years",
        ],
    )
    def test_no_distance_in_time_leaves_the_calendar(
        self, shipped_policy: Policy, written: str
    ) -> None:
        facts, problems = read(shipped_policy, written)
        assert problems == []
        date = facts["group.last_confirmed"].value
        assert isinstance(date, PartialDate)
        assert date.earliest.year in (1, 9999)

    @settings(max_examples=60)
    @given(
        st.sampled_from(sorted(CATALOGUE)),
        st.recursive(
            st.sampled_from(["yes", "12 points", "1 day ago", "in 2 years", "1,2", "UTC", "opposed",
                             "Mon 1:00-2:00", "", "2026-02", "methadone", "Tue 9:00 1 minute"]),
            lambda inner: st.lists(inner, max_size=2) | st.dictionaries(
                st.sampled_from(["exactly", "at_least", "zone", "free", "busy", "formats", "at"]),
                inner, max_size=3),
            max_leaves=5,
        ),
    )  # fmt: skip
    def test_any_value_is_read_or_told_and_never_raises(
        self, shipped_policy: Policy, name: str, tree: object
    ) -> None:

        facts, problems = read(shipped_policy, f"{name}: {json.dumps(tree)}")
        assert (name in facts) != bool(problems)


HOSTILE = {
    "when": {
        "all": [
            "patient.medications includes methadone",
            "group.medication_stance is opposed",
        ]
    },
    "if_unknown": "ask",
    "asks": "programme-manager",
}


def example(expect: Any, **given: Any) -> dict[str, Any]:
    return {"given": {name.replace("__", "."): fact for name, fact in given.items()},
            "expect": expect}  # fmt: skip


FIRES = example("blocked", patient__medications=["methadone"], group__medication_stance="opposed")
DOES_NOT = example("allowed", patient__medications=[], group__medication_stance="opposed")
OPEN = example("ask", patient__medications=["methadone"])


def run(pack: Pack, *examples: Any, **keys: Any) -> tuple[list[tuple[str, str, bool]], list[Any]]:
    """What each example expects and gives, and the problems as code and message."""
    pack.must_not("the-rule", **{**HOSTILE, **keys}, examples=list(examples))
    found = pack.examples()
    own = [one for one in found.results if one.rule == "the-rule"]
    return [(one.expected, one.got, one.passed) for one in own], words_of(list(found.diagnostics))


class TestRunning:
    def test_the_three_cases(self, pack: Pack) -> None:
        assert run(pack, FIRES, DOES_NOT, OPEN) == (
            [("blocked", "blocked", True), ("allowed", "allowed", True), ("ask", "ask", True)],
            [],
        )

    def test_what_is_omitted_is_unknown(self, pack: Pack) -> None:
        said_unknown = example("ask", patient__medications=["methadone"],
                               group__medication_stance="unknown")  # fmt: skip
        results, problems = run(pack, FIRES, DOES_NOT, said_unknown, example("ask"))
        assert [one[1] for one in results[2:]] == ["ask", "ask"]
        assert problems == []

    @pytest.mark.parametrize(
        ("kept", "missing"),
        [
            ((DOES_NOT, OPEN), "`the-rule` has no example in which it fires"),
            ((FIRES, OPEN), "`the-rule` has no example in which it does not fire"),
            ((FIRES, DOES_NOT), "`the-rule` has no example that an unknown leaves open"),
        ],
    )
    def test_each_missing_case_is_told(self, pack: Pack, kept: Any, missing: str) -> None:
        _, problems = run(pack, *kept)
        assert problems == [("PM502", missing)]
        (problem,) = pack.examples().diagnostics
        assert problem.source_line.startswith("examples:")
        assert problem.position.column == 1

    def test_a_wrong_example_is_told_where_it_stands(self, pack: Pack) -> None:
        wrong = {**DOES_NOT, "expect": "blocked"}
        results, problems = run(pack, FIRES, DOES_NOT, OPEN, wrong)
        assert results[3] == ("blocked", "allowed", False)
        assert problems == [("PM503", "expected `blocked`, the rule gives `allowed`")]
        (problem,) = pack.examples().diagnostics
        line = problem.source_line
        assert line[problem.position.column - 1 :].startswith('{"given"')
        assert line[: problem.position.column - 1].count('"expect"') == 3

    @pytest.mark.parametrize(
        ("wrong", "message"),
        [
            ({"given": {}}, "an example has `given` and `expect`"),
            ({"expect": "ask"}, "an example has `given` and `expect`"),
            ({"given": [], "expect": "ask"}, "`given` is a block of facts"),
            ({**OPEN, "expekt": "x"}, "unknown key `expekt`"),
            (
                {**OPEN, "events": []},
                "this rule reads no history, so that `events` says nothing",
            ),
            (
                {**OPEN, "covered": {}},
                "this rule reads no history, so that `covered` says nothing",
            ),
            (
                {**OPEN, "expect": "blokced"},
                "expected `allowed`, `caution`, `ask`, `hold` or `blocked`",
            ),
            (
                {**OPEN, "expect": {"points": 5}},
                "expected `allowed`, `caution`, `ask`, `hold` or `blocked`",
            ),
            ({**OPEN, "as_of": "yesterday"}, "`as_of` is a date and a time with an offset"),
            ({**OPEN, "as_of": "2026-03-01"}, "`as_of` is a date and a time with an offset"),
            (
                {**OPEN, "as_of": "2026-03-01T09:00:00"},
                "`as_of` is a date and a time with an offset",
            ),
            (
                example("ask", patient__concerns=["alcohol"]),
                "`the-rule` does not read `patient.concerns`",
            ),
        ],
    )
    def test_what_cannot_be_read_is_told_once(
        self, pack: Pack, wrong: dict[str, Any], message: str
    ) -> None:
        """One fault, one diagnostic: an unread example does not also count as missing."""
        results, problems = run(pack, FIRES, DOES_NOT, wrong)
        assert problems == [("PM501", message)]
        assert len(results) == 2

    def test_the_moment_is_noon_of_the_day_the_rule_begins_unless_said(self, pack: Pack) -> None:
        rule = {"when": "group.last_confirmed is before today", "if_unknown": "hold", "asks": None,
                "shown_as": None}  # fmt: skip
        on_the_day = example("allowed", group__last_confirmed="2023-01-01")
        later = {**example("blocked", group__last_confirmed="2023-01-01"),
                 "as_of": "2023-01-02T00:00:00+00:00"}  # fmt: skip
        results, problems = run(pack, on_the_day, later, example("hold"), **rule)
        assert [passed for _, _, passed in results] == [True, True, True]
        assert problems == []

    def test_facts_of_the_scope_may_be_given(self, pack: Pack) -> None:
        in_community = {**FIRES, "given": {**FIRES["given"], "group.kind": "community"},
                        "expect": "caution"}  # fmt: skip
        results, problems = run(
            pack, FIRES, in_community, DOES_NOT, OPEN, scope={"community": "caution"}
        )
        assert problems == []
        assert [one[1] for one in results] == ["blocked", "caution", "allowed", "ask"]

    def test_every_kind_says_what_it_gives(self, pack: Pack) -> None:
        goals = {"patient.goals": ["find-work"]}
        both = {**goals, "group.topics": ["find-work"]}
        neither = {**goals, "group.topics": ["housing"]}
        pack.must_not(
            "cap", when="patient.goals includes none of group.topics", cap="40 percent",
            if_unknown="widen", examples=[
                {"given": neither, "expect": "capped"},
                {"given": both, "expect": "not capped"},
                {"given": goals, "expect": "may be capped"},
            ])  # fmt: skip
        pack.prefer(
            "points", weight=15, when="patient.goals shares any with group.topics",
            applies_when="patient.goals includes none of housing", examples=[
                {"given": both, "expect": {"points": 15}},
                {"given": neither, "expect": {"points": 0}},
                {"given": goals, "expect": {"points": "0..15"}},
                {"given": {"patient.goals": ["housing"]}, "expect": "not applicable"},
            ])  # fmt: skip
        pack.finding("named", when="patient.goals includes find-work", examples=[
            {"given": goals, "expect": "yes"},
            {"given": {"patient.goals": []}, "expect": "no"},
            {"given": {}, "expect": "unknown"},
        ])  # fmt: skip
        task = {"title": "Ask", "role": "clinician", "within": "1 day"}
        pack.plan("planned", when="named holds", include={"task": task}, examples=[
            {"given": goals, "expect": "yes"},
            {"given": {"patient.goals": []}, "expect": "no"},
            {"given": {}, "expect": "unknown"},
        ])  # fmt: skip
        found = pack.examples()
        assert words_of(list(found.diagnostics)) == []
        ids = {"cap", "points", "named", "planned"}
        assert len([one for one in found.results if one.rule in ids]) == 13

    def test_points_are_out_of_the_rules_weight_and_rounded_down(self, pack: Pack) -> None:
        pack.prefer(
            "way", weight=15, measure="travel distance from patient.home to group.place",
            grade={"0 km": 100, "40 km": 0}, examples=[
                {"given": {"patient.home": "0, 0", "group.place": "0, 0"},
                 "expect": {"points": 15}},
                {"given": {"patient.home": "0, 0", "group.place": "0, 0.1"},
                 "expect": {"points": 10}},  # 11.1 km: 10.8 of 15 points
                {"given": {"patient.home": "0, 0", "group.place": "1, 0"}, "expect": {"points": 0}},
                {"given": {}, "expect": {"points": "0..15"}},
            ])  # fmt: skip
        assert words_of(list(pack.examples().diagnostics)) == []

    def test_a_rule_that_cannot_be_evaluated_on_an_example_says_so(self, pack: Pack) -> None:
        """54 weeks after June 9999 there is no calendar left."""
        given = {
            "group.meetings": {
                "zone": "UTC",
                "formats": ["online"],
                "at": ["Tue 19:00 60 minutes"],
            },
            "patient.availability": {"zone": "UTC", "free": ["Mon 18:00-21:00"]},
            "patient.home": "0, 0",
            "group.place": "0, 0",
        }
        pack.must_not(
            "too-late", if_unknown="hold",
            when="share of group.meetings within patient.availability travelling from "
            "patient.home to group.place at 30 km an hour is less than 10 percent",
            examples=[{"given": given, "as_of": "9999-06-01T00:00:00+00:00",
                       "expect": "hold"}])  # fmt: skip
        ((code, message),) = words_of(list(pack.examples().diagnostics))
        assert code == "PM501"
        assert message.startswith("the rule cannot be evaluated with these facts")

    def test_a_rule_at_fault_is_not_run_and_the_others_are(self, pack: Pack) -> None:
        whole = {one.rule for one in pack.examples().results}
        pack.must_not("the-rule", when="patient.goals includes find-wrk", examples=[FIRES])
        found = pack.examples()
        assert {one.rule for one in found.results} == whole != set()
        assert found.diagnostics == ()

    def test_running_the_shipped_examples_twice_gives_the_same(self, shipped: PackReading) -> None:
        first, second = run_examples(shipped), run_examples(shipped)
        assert first == second
        assert not has_errors(first.diagnostics)
        assert len(first.results) > 300
