"""What a pack owes people in danger: every silence ends, in time, with somebody who answers."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

from peer_match.policy.check_safety import graph_of, in_words, length, time_to_human
from peer_match.policy.policy import Policy
from peer_match.policy.safety_files import SEVERITIES
from peer_match.policy.stewardship import overdue_reviews
from peer_match.policy.units import Span
from peer_match.surfaces.cli import app

from .packs import LADDER, OF_SAFETY, Pack, words_of
from .test_bind_safety import LINE, lines

COUNT = "at least 2 missed-meeting within 14 days"


def steps(*every: tuple[str, str, str, str]) -> list[dict[str, str]]:
    """Steps, each as its name, its role, its time and what follows silence."""
    return [
        {"step": step, "title": f"The step {step}", "role": role, "within": within,
         "if_silent": then}
        for step, role, within, then in every
    ]  # fmt: skip


def told(pack: Pack, enters_at: dict[str, str], *every: tuple[str, str, str, str]) -> list[str]:
    """Each problem of a pathway: its code, the marked word, its message."""
    pack.pathway("a-way", enters_at=enters_at, steps=steps(*every))
    found: list[str] = []
    for one in pack.problems():
        marked = one.source_line[one.position.column - 1 : one.position.end_column - 1]
        found.append(f"{one.code} at {marked.strip(chr(34))}: {one.message}")
    return found


# -- a ladder as a graph ---------------------------------------------------------------------------

CALL = ("call", "clinician", "15 minutes", "repeat")


def test_a_ladder_that_ends_in_time_with_somebody_is_right(pack: Pack) -> None:
    assert told(pack, {"emergent": "call", "urgent": "ask"},
                ("ask", "point-of-contact", "20 hours", "call"), CALL) == []  # fmt: skip


def test_a_circle_is_told_as_the_way_that_comes_back(pack: Pack) -> None:
    assert told(
        pack, {"urgent": "ask"},
        ("ask", "point-of-contact", "1 hour", "tell"),
        ("tell", "supervisor", "1 hour", "call"),
        ("call", "clinician", "1 hour", "ask"),
    ) == ["PM332 at tell: the steps come back to themselves: ask → tell → call → ask"]  # fmt: skip


def test_a_step_that_is_followed_by_itself_is_a_circle(pack: Pack) -> None:
    """`repeat` says so openly; the name of the step would say it by mistake."""
    assert told(pack, {"urgent": "call"}, ("call", "clinician", "1 hour", "call")) == [
        "PM332 at call: the steps come back to themselves: call → call"
    ]


def test_a_circle_that_nothing_enters_is_a_circle_all_the_same(pack: Pack) -> None:
    found = told(
        pack, {"urgent": "call"}, CALL,
        ("this", "clinician", "1 hour", "that"),
        ("that", "clinician", "1 hour", "this"),
    )  # fmt: skip
    assert found == ["PM332 at this: the steps come back to themselves: that → this → that"]


def test_who_goes_by_a_circle_is_not_at_fault_and_its_examples_end(pack: Pack) -> None:
    told(pack, {"urgent": "this"}, ("this", "clinician", "1 hour", "that"),
         ("that", "clinician", "1 hour", "this"))  # fmt: skip
    pack.escalate("raised", when=COUNT, pathway="a-way")
    assert pack.codes() == ["PM332"]
    assert {one.rule for one in pack.examples().results} == {"record-out-of-use", "raised"}


@pytest.mark.parametrize("role", ["patient", "mentor", "facilitator", "legal-authority"])
def test_a_way_that_ends_with_somebody_who_cannot_act_is_a_dead_end(pack: Pack, role: str) -> None:
    assert told(pack, {"urgent": "ask"}, ("ask", "clinician", "1 hour", "tell"),
                ("tell", role, "1 hour", "repeat")) == [
        f"PM333 at {role}: the pathway ends with `{role}`"
    ]  # fmt: skip


def test_each_dead_end_is_told_once_however_many_severities_lead_there(pack: Pack) -> None:
    assert told(
        pack, {"soon": "ask", "urgent": "ask", "routine": "tell"},
        ("ask", "clinician", "1 hour", "end"), ("end", "mentor", "1 hour", "repeat"),
        ("tell", "clinician", "1 hour", "other-end"), ("other-end", "patient", "1 hour", "repeat"),
    ) == [
        "PM333 at mentor: the pathway ends with `mentor`",
        "PM333 at patient: the pathway ends with `patient`",
    ]  # fmt: skip


def test_a_step_that_nothing_leads_to_is_told(pack: Pack) -> None:
    """Neither an entry nor a silence; a step that only such a step leads to is none either."""
    assert told(
        pack, {"urgent": "call"}, CALL,
        ("forgotten", "supervisor", "1 hour", "also-forgotten"),
        ("also-forgotten", "supervisor", "1 hour", "call"),
    ) == [
        "PM335 at forgotten: nothing leads to the step `forgotten`",
        "PM335 at also-forgotten: nothing leads to the step `also-forgotten`",
    ]  # fmt: skip


# -- who may be called ----------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["mentor", "facilitator", "legal-authority"])
def test_nobody_is_called_who_may_not_know_whom_it_is_about(pack: Pack, role: str) -> None:
    found = told(pack, {"urgent": "ask"}, ("ask", role, "1 hour", "call"), CALL)
    assert found == [f"PM340 at {role}: `{role}` is called, and may not know whom it is about"]
    (problem,) = pack.problems()
    assert problem.help.startswith("those who may: `safety`, `clinician`, `supervisor`")


def test_the_last_role_must_treat_the_person_too(pack: Pack) -> None:
    pack.edit("pack.yaml", "final_roles: [", "final_roles: [mentor, ")
    found = told(pack, {"urgent": "ask"}, ("ask", "mentor", "1 hour", "repeat"))
    assert [one[:5] for one in found] == ["PM340"]


def test_who_treats_the_person_is_for_the_pack_to_say(pack: Pack) -> None:
    pack.edit("disclosure.yaml", "label: A mentor\n", "label: A mentor\n    treating: yes\n")
    assert told(pack, {"urgent": "ask"}, ("ask", "mentor", "1 hour", "call"), CALL) == []


def test_a_disclosure_that_cannot_be_read_makes_no_fault_of_a_step(pack: Pack) -> None:
    pack.write("disclosure.yaml", "disclosure: 1")
    found = told(pack, {"urgent": "ask"}, ("ask", "mentor", "1 hour", "call"), CALL)
    assert found
    assert not [one for one in found if one.startswith("PM340")]


# -- how long a person may wait --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("severity", "within", "is_too_long"),
    [
        ("emergent", "30 minutes", False),
        ("emergent", "31 minutes", True),
        ("urgent", "24 hours", False),
        ("urgent", "1441 minutes", True),
        ("soon", "72 hours", False),
        ("soon", "3 days", False),
        ("soon", "4 days", True),
        ("routine", "1 week", False),
        ("routine", "1 month", True),
        ("routine", "999999999 years", True),
    ],
)
def test_a_wait_before_the_last_person_is_bounded_by_the_severity(
    pack: Pack, severity: str, within: str, is_too_long: bool
) -> None:
    found = told(pack, {severity: "ask"}, ("ask", "clinician", within, "call"), CALL)
    assert [one.partition("` may wait")[0] for one in found] == [
        f"PM334 at ask: `{severity}"
    ] * is_too_long


def test_the_times_of_all_steps_but_the_last_add_up(pack: Pack) -> None:
    """The last person is called when the last but one was silent."""
    found = told(
        pack, {"emergent": "first"},
        ("first", "clinician", "20 minutes", "second"),
        ("second", "clinician", "11 minutes", "third"),
        ("third", "clinician", "30 minutes", "repeat"),
    )  # fmt: skip
    assert [one.partition(": `")[2] for one in found] == [
        "emergent` may wait 31 minutes for the last person"
    ]
    (problem,) = pack.problems()
    assert problem.help == "the pack allows 30 minutes; shorten a step, or enter further up"


def test_the_last_person_is_called_again_in_time(pack: Pack) -> None:
    """Nobody comes after the last: so long may their silence last before they are called again."""
    found = told(
        pack, {"emergent": "first"},
        ("first", "clinician", "20 minutes", "second"),
        ("second", "clinician", "30 days", "repeat"),
    )  # fmt: skip
    assert [one.partition(": `")[2] for one in found] == [
        "emergent` may wait 30 days for the last person"
    ]


def test_each_severity_is_bounded_by_its_own_time(pack: Pack) -> None:
    """One slow step is too slow for what enters below it, and for nothing that enters above."""
    found = told(
        pack, {"emergent": "call", "urgent": "ask", "soon": "ask", "routine": "ask"},
        ("ask", "clinician", "2 days", "call"), CALL,
    )  # fmt: skip
    assert [one.partition(": `")[2] for one in found] == [
        "urgent` may wait 2 days for the last person"
    ]


def test_a_wait_without_any_bound_cannot_be_written(pack: Pack) -> None:
    """Each step has a time; no word stands for none."""
    for within in ("never", "forever", "-1 hours", "0 minutes"):
        assert [
            one[:5] for one in told(pack, {"urgent": "call"}, (*CALL[:2], within, "repeat"))
        ] == ["PM204"]


def test_without_its_times_a_pack_is_told_so_and_nothing_is_measured(pack: Pack) -> None:
    text = (pack.root / "pack.yaml").read_text("utf-8")
    pack.write("pack.yaml", text[: text.index("\nsafety:") + 1])
    found = told(pack, {"emergent": "ask"}, ("ask", "mentor", "9 years", "repeat"))
    assert [one[:5] for one in found] == ["PM225"]


# -- escalations and their pathways ----------------------------------------------------------------


def test_a_severity_at_which_the_pathway_is_not_entered_is_told(pack: Pack) -> None:
    pack.pathway("a-way", enters_at={"emergent": "call", "soon": "message"})
    pack.escalate("raised", when=COUNT, severity="urgent", pathway="a-way")
    (problem,) = pack.problems()
    assert (problem.code, problem.message, problem.help) == (
        "PM339",
        "`a-way` has no step at which `urgent` enters",
        "it is entered at `soon` or `emergent`; add a line to its `enters_at`",
    )
    line = problem.source_line
    assert line[problem.position.column - 1 : problem.position.end_column - 1] == "a-way"


@pytest.mark.parametrize("severity", SEVERITIES)
def test_every_severity_that_enters_can_be_used(pack: Pack, severity: str) -> None:
    pack.escalate("raised", when=COUNT, severity=severity)
    assert pack.codes() == []


def test_an_unknown_pathway_is_told_with_those_that_there_are(pack: Pack) -> None:
    pack.escalate("raised", when=COUNT, pathway="to-a-clinican")
    assert [(one.code, one.message, one.help) for one in pack.problems()] == [
        ("PM224", "no pathway is called `to-a-clinican`", "the pack has no pathways")
    ]
    pack.pathway(LADDER)
    (problem,) = pack.problems()
    assert problem.help == "did you mean `to-a-clinician`?"


@pytest.mark.parametrize(
    ("keys", "is_told"),
    [
        ({"status": "draft"}, True),
        ({"status": "retired"}, True),
        ({"effective": "2023-01-02"}, True),
        ({"until": "2029-12-31"}, True),
        ({"effective": "2022-01-01"}, False),
    ],
)
def test_a_pathway_is_in_force_as_long_as_what_goes_by_it(
    pack: Pack, keys: dict[str, Any], is_told: bool
) -> None:
    pack.pathway(LADDER, **keys)
    pack.escalate("raised", when=COUNT)
    assert pack.codes() == ["PM214"] * is_told
    pack.escalate("raised", when=COUNT, status="draft")
    assert pack.codes() == []


def test_a_finding_is_in_force_as_long_as_the_escalation_that_uses_it(pack: Pack) -> None:
    pack.finding("missed", when=COUNT, folder=OF_SAFETY, until="2028-01-01")
    pack.escalate("raised", when="missed holds")
    assert pack.codes() == ["PM214"]


# -- crisis lines ----------------------------------------------------------------------------------


def stale(pack: Pack, day: str) -> list[tuple[str, str, str]]:
    return [
        (one.code, one.message, one.help)
        for one in overdue_reviews(pack.read(), date.fromisoformat(day))
        if one.code == "PM406"
    ]


def test_a_line_that_was_not_verified_for_too_long_fails_the_check(pack: Pack) -> None:
    """A year is a year: the day itself is in time, the next is not."""
    lines(pack, LINE, {**LINE, "line": "other", "verified": "2026-02-01"})
    assert stale(pack, "2027-01-01") == []
    assert stale(pack, "2027-01-02") == [
        ("PM406", "`A lifeline` was last verified on 2026-01-01",
         "the pack asks for it within 12 months, by a named person")
    ]  # fmt: skip
    assert len(stale(pack, "2027-02-02")) == 2


@pytest.mark.parametrize("missing", ["verified", "verified_by"])
def test_a_line_that_no_named_person_verified_fails_the_check_on_any_day(
    pack: Pack, missing: str
) -> None:
    lines(pack, {key: value for key, value in LINE.items() if key != missing})
    assert stale(pack, "2026-01-02") == [
        ("PM406", "`A lifeline` has been verified by nobody",
         "the pack asks for it within 12 months, by a named person")
    ]  # fmt: skip


def test_the_day_on_which_it_was_verified_is_marked(pack: Pack) -> None:
    lines(pack, LINE)
    (problem,) = [
        one for one in overdue_reviews(pack.read(), date(2028, 1, 1)) if one.code == "PM406"
    ]
    line = problem.source_line
    marked = line[problem.position.column - 1 : problem.position.end_column - 1]
    assert marked.strip('"') == "2026-01-01"


def test_a_stale_line_fails_rules_check_with_a_day_and_no_running_engine(pack: Pack) -> None:
    lines(pack, LINE)
    folder = str(pack.root)
    runner = CliRunner()
    late = runner.invoke(app, ["rules", "check", folder, "--as-of", "2028-01-01"])
    assert late.exit_code == 1
    assert "PM406 error: `A lifeline` was last verified on 2026-01-01" in late.output
    in_time = runner.invoke(app, ["rules", "check", folder, "--as-of", "2026-06-01"])
    assert "PM406" not in in_time.output
    assert "PM406" not in runner.invoke(app, ["rules", "check", folder]).output
    assert pack.policy().safety.lines[0].verified == date(2026, 1, 1)


def test_lines_are_not_stale_in_a_pack_that_says_nothing_of_safety(pack: Pack) -> None:
    lines(pack, LINE)
    text = (pack.root / "pack.yaml").read_text("utf-8")
    pack.write("pack.yaml", text[: text.index("\nsafety:") + 1])
    assert stale(pack, "2040-01-01") == []


# -- times -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (0, "no time"), (1, "1 minute"), (59, "59 minutes"), (60, "1 hour"),
        (90, "1 hour 30 minutes"), (1440, "1 day"), (1501, "1 day 1 hour 1 minute"),
        (20160, "14 days"),
    ],
)  # fmt: skip
def test_a_time_is_said_in_days_hours_and_minutes(minutes: int, said: str) -> None:
    assert in_words(timedelta(minutes=minutes)) == said


def test_spans_are_compared_by_how_long_they_are() -> None:
    assert length(Span(24, "hour")) == length(Span(1, "day")) == timedelta(days=1)
    assert length(Span(7, "day")) == length(Span(1, "week"))
    assert length(Span(1, "month")) == timedelta(days=31)
    assert length(Span(1, "year")) < length(Span(366, "day"))


# -- the shipped pathways --------------------------------------------------------------------------


def ladders(policy: Policy) -> Iterator[tuple[str, Any, Any]]:
    for pathway in policy.safety.pathways.values():
        for severity in pathway.enters_at:
            yield pathway.id, severity, pathway.ladder(severity)


def test_every_shipped_ladder_ends_with_somebody_in_time(shipped_policy: Policy) -> None:
    times = shipped_policy.safety.times
    assert times is not None
    every = list(ladders(shipped_policy))
    assert every
    for id, severity, ladder in every:
        assert ladder[-1].role in times.final_roles, id
        assert ladder[-1].then is None
        assert time_to_human(ladder) <= length(times.time_to_human[severity]), (id, severity)


def test_the_graph_of_a_pathway_has_an_edge_for_each_silence(
    new_pack: Callable[[], Pack],
) -> None:
    pack = new_pack().pathway(LADDER)
    graph = graph_of(pack.policy().safety.pathways[LADDER])
    assert sorted(graph.edges) == [("message", "call")]
    assert sorted(graph.nodes) == ["call", "message"]


def test_all_faults_of_safety_are_told_in_one_run(pack: Pack) -> None:
    """A circle, a dead end, a wait, a step that nothing leads to, and an entry that is missing."""
    pack.pathway(
        "circle",
        enters_at={"urgent": "a"},
        steps=steps(("a", "clinician", "1 hour", "b"), ("b", "clinician", "1 hour", "a")),
    )
    pack.pathway(
        "dead-end", enters_at={"urgent": "a"}, steps=steps(("a", "mentor", "1 hour", "repeat"))
    )
    pack.pathway(
        "slow",
        enters_at={"emergent": "a"},
        steps=steps(
            ("a", "clinician", "2 days", "b"),
            ("b", "clinician", "1 hour", "repeat"),
            ("c", "clinician", "1 hour", "b"),
        ),
    )
    pack.escalate("raised", when=COUNT, severity="soon", pathway="slow")
    assert words_of(pack.problems()) == [
        ("PM332", "the steps come back to themselves: a → b → a"),
        ("PM333", "the pathway ends with `mentor`"),
        ("PM334", "`emergent` may wait 2 days for the last person"),
        ("PM335", "nothing leads to the step `c`"),
        ("PM339", "`slow` has no step at which `soon` enters"),
    ]
