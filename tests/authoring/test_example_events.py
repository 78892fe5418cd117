"""Histories in examples: short forms of events, read strictly, each problem told at its word."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from peer_match.authoring.example_events import ExampleEvents
from peer_match.facts.event import Event, History
from peer_match.facts.provenance import PartialDate
from peer_match.policy.diagnostics import Diagnostic, as_text
from peer_match.policy.events import Events
from peer_match.policy.nodes import Mapping
from peer_match.policy.policy import Policy
from peer_match.policy.source import read_yaml
from policy.packs import OF_SAFETY, Pack

AS_OF = datetime(2026, 3, 1, 12, tzinfo=UTC)
DISCLOSED = "at least 1 disclosure of severity at least severe within 7 days"
EXAMPLES: list[dict[str, Any]] = [
    {"events": [{"disclosure": "1 day ago", "severity": "severe"}], "expect": "yes"},
    {"events": [{"disclosure": "1 day ago", "severity": "mild"}],
     "covered": {"disclosure": "8 days"}, "expect": "no"},
    {"events": [], "expect": "unknown"},
]  # fmt: skip


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> Events:
    """The events of small packs, and those of a screen that is scored."""
    pack = Pack(tmp_path_factory.mktemp("events") / "pack")
    pack.instrument("screen", signals={"daily": {"a": ["daily"]}})
    with (pack.root / "events.yaml").open("r+", encoding="utf-8") as file:
        text = file.read()
        file.seek(0)
        file.write(text.replace("obligations:", SCREENS + "obligations:"))
    policy: Policy = pack.policy()
    return policy.safety.events


SCREENS = (
    "  - {kind: screen-result, label: A screen, counts_as: risk, privacy: mental-health, "
    "instrument: screen, points: higher is worse}\n"
    "  - {kind: daily-signal, label: A signal, counts_as: risk, privacy: mental-health, "
    "signal: {instrument: screen, signal: daily}}\n"
)


def read(events: Events, text: str) -> tuple[History, list[Diagnostic]]:
    """The history of an example, written in YAML, and its problems."""
    node, problems = read_yaml(text, "rule.yaml")
    assert isinstance(node, Mapping), as_text(problems)
    history = ExampleEvents(events, AS_OF, problems).read(node.get("events"), node.get("covered"))
    return history, problems


def one(events: Events, event: str) -> Event:
    history, problems = read(events, f"events:\n  - {event}\n")
    assert problems == [], as_text(problems)
    (found,) = history.events
    return found


def told(events: Events, text: str) -> list[tuple[str, str]]:
    """The message of each problem, and the words at which it is told."""
    _, problems = read(events, text)
    assert {one.code for one in problems} <= {"PM501"}
    return [
        (one.message,
         one.source_line[one.position.column - 1 : one.position.end_column - 1])
        for one in problems
    ]  # fmt: skip


# -- what an event can say -------------------------------------------------------------------------


def test_an_event_is_its_kind_and_when_it_was(events: Events) -> None:
    assert one(events, "{missed-meeting: 3 days ago}") == Event(
        kind="missed-meeting",
        source="example",
        id="1",
        date=PartialDate.of(AS_OF - timedelta(days=3)),
        recorded=AS_OF - timedelta(days=3),
    )


@pytest.mark.parametrize(
    ("written", "ago"),
    [
        ("now", timedelta(0)),
        ("1 minute ago", timedelta(minutes=1)),
        ("90 minutes ago", timedelta(minutes=90)),
        ("1 hour ago", timedelta(hours=1)),
        ("2 weeks ago", timedelta(days=14)),
        ("1 month ago", timedelta(days=28)),
        ("1 year ago", timedelta(days=365)),
    ],
)
def test_when_it_was_is_counted_back_from_the_moment(
    events: Events, written: str, ago: timedelta
) -> None:
    found = one(events, f"{{missed-meeting: {written}}}")
    assert found.date is not None
    assert found.date.instant == AS_OF - ago


@pytest.mark.parametrize("written", ["2026-02-01", "2026-02", "2026", "2026-02-01T09:00:00-05:00"])
def test_a_date_may_be_as_coarse_as_people_know_it(events: Events, written: str) -> None:
    found = one(events, f'{{missed-meeting: "{written}"}}')
    assert found.date == PartialDate(written)


def test_what_is_dated_by_a_day_was_known_by_the_moment(events: Events) -> None:
    assert one(events, '{missed-meeting: "2026-02-01"}').recorded == AS_OF
    at_nine = one(events, '{missed-meeting: "2026-02-01T09:00:00-05:00"}')
    assert at_nine.recorded == datetime(2026, 2, 1, 14, tzinfo=UTC)


def test_severity_points_recorded_id_and_source_are_kept(events: Events) -> None:
    found = one(
        events,
        "{disclosure: 3 days ago, severity: severe, recorded: 1 day ago, id: note-7, source: form}",
    )
    assert (found.severity, found.id, found.source) == ("severe", "note-7", "form")
    assert found.recorded == AS_OF - timedelta(days=1)
    assert one(events, "{hope: 3 days ago, points: 12}").points == 12


def test_events_have_an_id_each_unless_they_say_that_they_have_none(events: Events) -> None:
    """So that two alike are two, and an example can say that nobody knows whether they are one."""
    history, problems = read(
        events, "events: [{loss: now}, {loss: now}, {loss: now, id: ''}]\ncovered: {}\n"
    )
    assert problems == []
    assert [one.id for one in history.events] == ["1", "2", None]


def test_answers_are_kept_by_their_item(events: Events) -> None:
    found = one(events, "{screen-result: now, answers: {a: never, b: daily}}")
    assert found.answers == {"a": "never", "b": "daily"}


def test_what_is_covered_begins_so_long_ago_and_goes_on(events: Events) -> None:
    history, problems = read(events, "covered: {disclosure: 30 days, loss: 90 minutes}\n")
    assert problems == []
    assert [(one.kind, one.begins, one.ends) for one in history.coverage] == [
        ("disclosure", AS_OF - timedelta(days=30), None),
        ("loss", AS_OF - timedelta(minutes=90), None),
    ]


def test_nothing_said_is_an_empty_history(events: Events) -> None:
    assert read(events, "expect: yes\n") == (History(subject="example"), [])


# -- what is refused -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "message", "words"),
    [
        ("{disclosre: now}", "no kind of event is called `disclosre`", "disclosre"),
        ("{check-in: now}", "no kind of event is called `check-in`", "check-in"),
        ("{loss: yesterday}", "cannot read when this was: `yesterday`", "yesterday"),
        ("{loss: 0 days ago}", "cannot read when this was: `0 days ago`", "0 days ago"),
        ("{loss: 3 fortnights ago}", "cannot read when this was: `3 fortnights ago`",
         "3 fortnights ago"),
        ("{loss: in 3 days}", "cannot read when this was: `in 3 days`", "in 3 days"),
        ("{loss: '2026-02-30'}", "cannot read when this was: `2026-02-30`", "'2026-02-30'"),
        ("{loss: [now]}", "cannot read when this was: ``", "[now]"),
        ("{disclosure: now, severity: sevre}", "`sevre` is not a severity of `disclosure`",
         "sevre"),
        ("{loss: now, severity: severe}", "`severe` is not a severity of `loss`", "severe"),
        ("{disclosure: now, severity: [mild]}", "`` is not a severity of `disclosure`", "[mild]"),
        ("{disclosure: now, severty: mild}", "unknown key `severty`", "severty"),
        ("{loss: now, recorded: later}", "cannot read when this was: `later`", "later"),
        ("{hope: now, points: many}", "`many` is not a number of points", "many"),
        ("{hope: now, points: 1.5}", "`1.5` is not a number of points", "1.5"),
        ("{screen-result: now, answers: daily}", "`answers` is a block of items", "daily"),
        ("{loss: now, answers: {a: daily}}", "`loss` has no answers", "{a: daily}"),
        ("{daily-signal: now, answers: {a: daily}}", "`daily-signal` has no answers",
         "{a: daily}"),
        ("loss", "an event is a block that begins with its kind", "loss"),
        ("[loss, now]", "an event is a block that begins with its kind", "[loss, now]"),
        ("{}", "an event is a block that begins with its kind", "{}"),
    ],
)  # fmt: skip
def test_what_no_event_can_say_is_told_at_its_word(
    events: Events, event: str, message: str, words: str
) -> None:
    assert told(events, f"events:\n  - {event}\n") == [(message, words)]


@pytest.mark.parametrize(
    ("text", "message", "words"),
    [
        ("events: now\n", "`events` is a list", "now"),
        ("events: {loss: now}\n", "`events` is a list", "{loss: now}"),
        ("covered: 30 days\n", "`covered` is a block of kinds", "30 days"),
        ("covered: [loss]\n", "`covered` is a block of kinds", "[loss]"),
        ("covered: {los: 30 days}\n", "no kind of event is called `los`", "los"),
        ("covered: {loss: always}\n", "expected a span of time", "always"),
        ("covered: {loss: 0 days}\n", "expected a span of time", "0 days"),
        ("covered: {loss: 30 days ago}\n", "expected a span of time", "30 days ago"),
    ],
)
def test_what_is_not_of_its_shape_is_told_at_its_word(
    events: Events, text: str, message: str, words: str
) -> None:
    assert told(events, text) == [(message, words)]


def test_all_problems_of_a_history_are_told_together(events: Events) -> None:
    text = "events: [{los: now}, {loss: then}, {loss: now, point: 1}]\ncovered: {hop: 1 day}\n"
    assert [message for message, _ in told(events, text)] == [
        "no kind of event is called `los`",
        "cannot read when this was: `then`",
        "unknown key `point`",
        "no kind of event is called `hop`",
    ]


def test_the_word_that_was_meant_is_offered(events: Events) -> None:
    for text, help in (
        ("events: [{disclosre: now}]\n", "did you mean `disclosure`?"),
        ("events: [{disclosure: now, severity: sevre}]\n", "did you mean `severe`?"),
        ("events: [{loss: now, severity: mild}]\n", "events of this kind are not graded"),
        ("events: [{loss: then}]\n", "write `3 days ago`, `now`, or a date such as 2026-03-01"),
        ("covered: {loss: long}\n", "write for example `30 days`: recorded from then until now"),
    ):
        (problem,) = read(events, text)[1]
        assert problem.help == help


# -- what is run -----------------------------------------------------------------------------------


def run(pack: Pack, *examples: dict[str, Any], **keys: Any) -> list[tuple[str, str]]:
    """What is told of the examples of one finding below `safety/`."""
    when = keys.pop("when", DISCLOSED)
    pack.finding("told", when=when, folder=OF_SAFETY, examples=list(examples), **keys)
    assert pack.codes() == []
    every = pack.examples().diagnostics
    return [(one.code, one.message) for one in every if one.position.file.endswith("/told.yaml")]


def test_one_example_for_yes_for_no_and_for_unknown_is_enough(pack: Pack) -> None:
    assert run(pack, *EXAMPLES) == []


@pytest.mark.parametrize(
    ("left_out", "missing"),
    [
        (0, "in which it fires"),
        (1, "in which it does not fire"),
        (2, "that an unknown leaves open"),
    ],
)
def test_a_case_that_no_history_shows_is_missing(pack: Pack, left_out: int, missing: str) -> None:
    rest = [one for number, one in enumerate(EXAMPLES) if number != left_out]
    assert run(pack, *rest) == [("PM502", f"`told` has no example {missing}")]


def test_without_coverage_nobody_can_say_that_nothing_happened(pack: Pack) -> None:
    assert run(pack, *EXAMPLES, {"events": [], "expect": "no"}) == [
        ("PM503", "expected `no`, the rule gives `unknown`")
    ]


def test_coverage_shorter_than_the_window_leaves_it_open(pack: Pack) -> None:
    shorter = {"covered": {"disclosure": "10079 minutes"}, "expect": "unknown"}
    whole = {"covered": {"disclosure": "7 days"}, "expect": "no"}
    assert run(pack, *EXAMPLES, shorter, whole) == []


def test_a_window_ends_at_the_minute(pack: Pack) -> None:
    """What is as old as the window is out of it; a minute less is in it."""

    def at(ago: str, expect: str) -> dict[str, Any]:
        return {
            "events": [{"disclosure": ago, "severity": "severe"}],
            "covered": {"disclosure": "30 days"}, "expect": expect,
        }  # fmt: skip

    assert run(pack, *EXAMPLES, at("7 days ago", "no"), at("10079 minutes ago", "yes")) == []


def test_what_was_recorded_later_than_the_moment_was_not_known(pack: Pack) -> None:
    later = {
        "as_of": "2026-03-01T12:00:00+00:00",
        "events": [{"disclosure": "2026-02-28", "severity": "severe",
                    "recorded": "2026-03-02T00:00:00+00:00"}],
        "covered": {"disclosure": "30 days"}, "expect": "no",
    }  # fmt: skip
    assert run(pack, *EXAMPLES, later) == []


def test_facts_and_a_history_stand_in_one_example(pack: Pack) -> None:
    when = {"all": [DISCLOSED, "patient.concerns includes opioids"]}
    given = {"patient.concerns": ["opioids"]}
    assert run(
        pack,
        {**EXAMPLES[0], "given": given},
        {**EXAMPLES[0], "given": {"patient.concerns": {"exactly": []}}, "expect": "no"},
        {**EXAMPLES[0], "expect": "unknown"},
        when=when,
    ) == []  # fmt: skip


def test_an_event_that_the_rule_does_not_read_is_most_often_a_slip(pack: Pack) -> None:
    example = {**EXAMPLES[0], "events": [*EXAMPLES[0]["events"], {"missed-meeting": "now"}]}
    assert run(pack, example, *EXAMPLES) == [("PM501", "`told` does not read `missed-meeting`")]
    covered = {**EXAMPLES[1], "covered": {"disclosure": "8 days", "loss": "8 days"}}
    assert run(pack, *EXAMPLES, covered) == [("PM501", "`told` does not read `loss`")]


def test_what_begins_and_what_meets_an_obligation_is_read(pack: Pack) -> None:
    """Placed three weeks ago, and due within two; a meeting attended since meets it."""
    covered = {"group-placement": "60 days", "attended-meeting": "60 days"}
    placed = {"group-placement": "21 days ago"}
    assert run(
        pack,
        {"events": [placed], "covered": covered, "expect": "yes"},
        {"events": [placed, {"attended-meeting": "8 days ago"}], "covered": covered,
         "expect": "no"},
        {"events": [placed], "expect": "unknown"},
        when="attendance is overdue by 7 days",
    ) == []  # fmt: skip


def test_what_a_finding_reads_may_stand_in_the_examples_of_who_uses_it(pack: Pack) -> None:
    pack.finding("told", when=DISCLOSED, folder=OF_SAFETY, examples=EXAMPLES)
    pack.finding("told-or-lost", when={"any": ["told holds", "at least 1 loss within 7 days"]},
                 folder=OF_SAFETY, examples=[
                     EXAMPLES[0],
                     {"events": [{"loss": "1 day ago"}], "expect": "yes"},
                     {"covered": {"loss": "8 days", "disclosure": "8 days"}, "expect": "no"},
                     {"covered": {"loss": "8 days"}, "expect": "unknown"},
                 ])  # fmt: skip
    assert pack.codes() == []
    assert pack.examples().diagnostics == ()


def fallen(*points: tuple[str, int]) -> list[dict[str, Any]]:
    return [{"hope": ago, "points": number} for ago, number in points]


def test_a_fall_is_shown_by_two_totals(pack: Pack) -> None:
    covered = {"hope": "60 days"}
    assert run(
        pack,
        {"events": fallen(("20 days ago", 14), ("1 day ago", 10)), "expect": "yes"},
        {"events": fallen(("20 days ago", 14), ("1 day ago", 11)), "covered": covered,
         "expect": "no"},
        {"events": fallen(("20 days ago", 10), ("1 day ago", 14)), "covered": covered,
         "expect": "no"},
        {"events": fallen(("1 day ago", 10)), "expect": "unknown"},
        when="hope fell by at least 4 points within 30 days",
    ) == []  # fmt: skip


@pytest.fixture
def screened(pack: Pack) -> Pack:
    """A pack with a screen whose answers are scored."""
    pack.instrument("screen", signals={"daily": {"a": ["daily"]}})
    text = (pack.root / "events.yaml").read_text("utf-8")
    pack.write("events.yaml", text.replace("obligations:", SCREENS + "obligations:"))
    return pack


def test_answers_are_scored_to_a_band_and_a_signal(screened: Pack) -> None:
    def answered(expect: str, kind: str = "screen-result", **answers: str) -> dict[str, Any]:
        return {
            "events": [{"screen-result": "1 day ago", "answers": answers}],
            "covered": {kind: "30 days"}, "expect": expect,
        }  # fmt: skip

    assert run(
        screened,
        answered("yes", a="daily", b="never"),
        answered("no", a="never", b="never"),
        answered("unknown", b="never"),
        when="at least 1 screen-result of severity at least high within 7 days",
    ) == []  # fmt: skip
    assert run(
        screened,
        answered("yes", "daily-signal", a="daily"),
        answered("no", "daily-signal", a="never"),
        answered("unknown", "daily-signal", b="daily"),
        when="at least 1 daily-signal within 7 days",
    ) == []  # fmt: skip


@pytest.mark.parametrize("answers", [{"c": "daily"}, {"a": "hourly"}])
def test_answers_that_the_instrument_does_not_have_are_told(
    screened: Pack, answers: dict[str, str]
) -> None:
    """They would be left out in silence, and the example would show nothing."""
    when = "at least 1 screen-result of severity at least high within 7 days"
    example = {
        "events": [{"screen-result": "1 day ago", "answers": answers}], "expect": "unknown",
    }  # fmt: skip
    found = run(screened, example, when=when)
    assert [code for code, _ in found] == ["PM501"]


@pytest.mark.parametrize("kind", ["escalate", "always"])
def test_the_rules_of_safety_show_their_histories_too(pack: Pack, kind: str) -> None:
    pack.escalate("another", when=DISCLOSED, examples=EXAMPLES)
    pack.rule(kind, "told", when=DISCLOSED, examples=EXAMPLES)
    assert pack.codes() == []
    assert pack.examples().diagnostics == ()
    results = [one for one in pack.examples().results if one.rule == "told"]
    assert [one.got for one in results] == ["yes", "no", "unknown"]


def test_a_rule_of_a_match_has_no_history_in_its_examples(new_pack: Callable[[], Pack]) -> None:
    for key, value in (("events", []), ("covered", {})):
        pack = new_pack()
        example = {"given": {}, key: value, "expect": "unknown"}
        pack.finding("told", when="patient.goals includes housing", examples=[example])
        found = [one.message for one in pack.examples().diagnostics if one.code == "PM501"]
        assert found == [f"this rule reads no history, so that `{key}` says nothing"]


def test_an_example_of_a_history_says_something(pack: Pack) -> None:
    found = run(pack, {"expect": "unknown"})
    assert found == [
        ("PM501", "an example has `expect`, and `given`, `events` or `covered`")
    ]  # fmt: skip
