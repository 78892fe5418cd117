"""The events of a pack: every name is known, is used once, and says the same everywhere."""

from collections.abc import Callable
from typing import Any

import pytest

from peer_match.policy.events import EventKind, Events, Obligation
from peer_match.policy.policy import Policy
from peer_match.policy.units import Span

from .packs import OF_SAFETY, Pack, as_lines, where_in

MISSED: dict[str, Any] = {
    "kind": "missed", "label": "Missed", "counts_as": "risk", "privacy": "participation",
}  # fmt: skip
HELD: dict[str, Any] = {
    "kind": "held", "label": "Held", "counts_as": "protective", "privacy": "participation",
}  # fmt: skip
DUE: dict[str, Any] = {
    "obligation": "due", "label": "Due", "privacy": "participation",
    "begun_by": ["held"], "met_by": ["held"], "within": "14 days",
}  # fmt: skip


def write(pack: Pack, kinds: list[Any], obligations: list[Any] | None = None) -> str:
    """The events of a pack, and their text."""
    keys = {"events": "of-a-test", "kinds": kinds, "obligations": obligations or []}
    pack.write("events.yaml", as_lines(keys))
    return as_lines(keys)


def told(pack: Pack, *kinds: Any, due: tuple[Any, ...] = ()) -> list[tuple[str, str, str]]:
    """The code, the message and the marked words of each problem."""
    write(pack, list(kinds), list(due))
    return [
        (one.code, one.message,
         one.source_line[one.position.column - 1 : one.position.end_column - 1].strip('"'))
        for one in pack.problems()
    ]  # fmt: skip


# -- what is read ----------------------------------------------------------------------------------


def test_a_kind_that_is_not_graded_has_no_severities(pack: Pack) -> None:
    write(pack, [MISSED])
    assert pack.policy().safety.events == Events(
        {"missed": EventKind("missed", "Missed", "patient", "risk", "participation")}
    )


def test_a_kind_is_graded_by_a_rising_vocabulary_from_least_to_most(pack: Pack) -> None:
    write(pack, [{**MISSED, "severity": "harm-severity", "about": "mentor"}])
    found = pack.policy().safety.events.kinds["missed"]
    assert found.scale == ("mild", "moderate", "severe", "immediate")
    assert found.scale_labels["severe"] == "Severe"
    assert found.about == "mentor"


def test_a_kind_is_graded_by_the_bands_of_its_instrument(pack: Pack) -> None:
    pack.instrument("screen", signals={"daily": {"a": ["daily"]}})
    signal = {"instrument": "screen", "signal": "daily"}
    write(pack, [
        {**MISSED, "kind": "screen-result", "instrument": "screen", "points": "higher is worse"},
        {**MISSED, "signal": signal},
    ])  # fmt: skip
    kinds = pack.policy().safety.events.kinds
    result, daily = kinds["screen-result"], kinds["missed"]
    assert (result.scale, result.points) == (("low", "high"), "higher is worse")
    assert (result.instrument, result.signal) == ("screen", None)
    assert (daily.scale, daily.instrument, daily.signal) == ((), "screen", "daily")


def test_an_obligation_says_what_begins_it_what_meets_it_and_by_when(pack: Pack) -> None:
    write(pack, [HELD, MISSED], [{**DUE, "begun_by": ["missed", "held", "missed"]}])
    assert pack.policy().safety.events.obligations == {
        "due": Obligation(
            "due", "Due", "patient", "participation", ("held", "missed"), ("held",), Span(14, "day")
        )
    }


@pytest.mark.parametrize(
    ("within", "span"),
    [
        ("90 minutes", Span(90, "minute")),
        ("1 hour", Span(1, "hour")),
        ("24 hours", Span(24, "hour")),
        ("12 months", Span(12, "month")),
    ],
)
def test_what_is_due_can_be_due_within_minutes(pack: Pack, within: str, span: Span) -> None:
    write(pack, [HELD], [{**DUE, "within": within}])
    assert pack.policy().safety.events.obligations["due"].within == span


def test_a_pack_without_events_is_whole(pack: Pack) -> None:
    """It counts nothing, and needs no table for that."""
    (pack.root / "events.yaml").unlink()
    assert pack.policy().safety.events == Events()


# -- what is refused -------------------------------------------------------------------------------

SCREEN = {"instrument": "screen", "signal": "daily"}
FAULTS: list[tuple[list[Any], tuple[Any, ...], tuple[str, str, str]]] = [
    # a name
    ([MISSED, MISSED], (), ("PM218", "`missed` is listed twice", "missed")),
    ([HELD], (DUE, DUE), ("PM218", "`due` is listed twice", "due")),
    ([{**MISSED, "kind": "travel", "points": "higher is worse"}], (),
     ("PM219", "`travel` is a word of sentences, so no rule can name it", "travel")),
    ([HELD], ({**DUE, "obligation": "travel"},),
     ("PM219", "`travel` is a word of sentences, so no rule can name it", "travel")),
    # how a kind is graded
    ([{**MISSED, "severity": "harm"}], (),
     ("PM210", "the pack has no vocabulary `harm`", "harm")),
    ([{**MISSED, "severity": "goal"}], (),
     ("PM328", "`goal` is not in a rising order", "goal")),
    ([{**MISSED, "severity": "harm-severity", "instrument": "screen"}], (),
     ("PM328", "`missed` is graded twice", "harm-severity")),
    ([{**MISSED, "severity": "harm-severity", "signal": SCREEN}], (),
     ("PM328", "`missed` is graded twice", "harm-severity")),
    ([{**MISSED, "instrument": "scren"}], (),
     ("PM220", "no instrument is called `scren`", "scren")),
    ([{**MISSED, "signal": {**SCREEN, "instrument": "scren"}}], (),
     ("PM220", "no instrument is called `scren`", "scren")),
    ([{**MISSED, "signal": {**SCREEN, "signal": "dayly"}}], (),
     ("PM220", "`screen` has no signal `dayly`", "dayly")),
    # what a kind counts as
    ([{**MISSED, "instrument": "screen"}, {**HELD, "counts_as": "context", "signal": SCREEN}], (),
     ("PM328", "`held` follows from answers that count as risk", "context")),
    ([{**MISSED, "instrument": "screen"},
      {**HELD, "kind": "asked", "counts_as": "context", "instrument": "screen"},
      {**HELD, "counts_as": "context", "signal": SCREEN}], (),
     ("PM328", "`held` follows from answers that count as risk", "context")),
    # who sees it
    ([{**MISSED, "privacy": "particpation"}], (),
     ("PM217", "`particpation` is not one of the `categories` of facts", "particpation")),
    ([HELD], ({**DUE, "privacy": "secret"},),
     ("PM217", "`secret` is not one of the `categories` of facts", "secret")),
    # what is due
    ([HELD], ({**DUE, "begun_by": ["hold"]},),
     ("PM221", "no kind of event is called `hold`", "hold")),
    ([HELD], ({**DUE, "met_by": ["hold"]},),
     ("PM221", "no kind of event is called `hold`", "hold")),
    ([HELD, MISSED], ({**DUE, "met_by": ["held", "missed"]},),
     ("PM328", "`missed` counts as risk, and would meet what is due", "missed")),
    ([HELD, {**MISSED, "about": "group"}], ({**DUE, "begun_by": ["missed"]},),
     ("PM328", "`missed` is about a group", "missed")),
    ([HELD], ({**DUE, "about": "mentor", "begun_by": ["held"], "met_by": ["seen"]},),
     ("PM328", "`held` is about a patient", "held")),
    ([HELD], ({**DUE, "within": "soon"},),
     ("PM204", "expected a span of time, found `soon`", "soon")),
    ([HELD], ({**DUE, "within": "0 days"},),
     ("PM204", "expected a span of time, found `0 days`", "0 days")),
    # words that are none of a closed list
    ([{**MISSED, "counts_as": "danger"}], (), ("PM123", "", "danger")),
    ([{**MISSED, "about": "clinic"}], (), ("PM123", "", "clinic")),
    ([{**MISSED, "points": "higher"}], (), ("PM123", "", "higher")),
]  # fmt: skip


@pytest.mark.parametrize(("kinds", "due", "problem"), FAULTS)
def test_what_contradicts_itself_is_told_at_its_word(
    pack: Pack, kinds: list[Any], due: tuple[Any, ...], problem: tuple[str, str, str]
) -> None:
    pack.instrument("screen", signals={"daily": {"a": ["daily"]}})
    seen = {**HELD, "kind": "seen", "about": "mentor"}
    found = told(pack, *kinds, *([seen] if "mentor" in str(due) else []), due=due)
    code, message, words = problem
    assert [(one[0], one[2]) for one in found] == [(code, words)]
    assert message in found[0][1]


def test_the_second_of_two_entries_is_marked(pack: Pack) -> None:
    text = write(pack, [MISSED, {**MISSED, "label": "Again"}])
    (problem,) = pack.problems()
    first, _ = where_in(text, '"label": "Missed"')
    assert problem.position.line == first
    assert problem.position.column > text.split("\n")[first - 1].index('"Missed"')


@pytest.mark.parametrize("name", ["within", "travel", "severity", "overdue", "fell", "at-least"])
def test_a_kind_may_be_called_by_a_word_that_its_sentences_can_tell_apart(
    pack: Pack, name: str
) -> None:
    write(pack, [{**MISSED, "kind": name}])
    pack.escalate("counted", when=f"at least 2 {name} within 7 days")
    assert pack.codes() == []


def test_all_problems_are_told_together(pack: Pack) -> None:
    assert [code for code, _, _ in told(
        pack,
        {**MISSED, "severity": "goal", "privacy": "secret"},
        {**HELD, "instrument": "scren"},
        due=({**DUE, "begun_by": ["hold"], "met_by": ["missed"], "within": "soon"},),
    )] == ["PM217", "PM328", "PM220", "PM221", "PM328", "PM204"]  # fmt: skip


# -- one fault, one diagnostic ---------------------------------------------------------------------


def test_an_instrument_at_fault_is_not_told_again(pack: Pack) -> None:
    pack.instrument("screen", bands={"low": "0..1", "high": "3..4"})
    write(pack, [{**MISSED, "instrument": "screen"}])
    assert {one[0] for one in pack.places()} == {"instruments/screen.yaml"}


def uses(pack: Pack) -> None:
    """Rules that name a kind and an obligation."""
    pack.finding("missed-often", folder=OF_SAFETY, when="at least 3 missed within 14 days",
                 examples=[{"events": [{"missed": "1 day ago"}], "expect": "unknown"}])  # fmt: skip
    pack.escalate("nobody-came", when={"all": ["missed-often holds", "due is overdue by 1 day"]},
                  examples=[{"covered": {"held": "30 days"}, "expect": "unknown"}])  # fmt: skip


def test_what_names_an_entry_at_fault_is_no_second_fault(new_pack: Callable[[], Pack]) -> None:
    right = [HELD, MISSED], [DUE]
    broken: list[tuple[list[Any], list[Any], str]] = [
        ([HELD, {**MISSED, "severity": "goal"}], [DUE], "PM328"),
        (right[0], [{**DUE, "within": "soon"}], "PM204"),
        ([HELD, {**MISSED, "counts_as": "danger"}], [DUE], "PM123"),
        ([HELD, {**MISSED, "kind": ["missed"]}], [DUE], "PM122"),
    ]
    pack = new_pack()
    write(pack, *right)
    uses(pack)
    assert pack.codes() == []
    for kinds, due, code in broken:
        pack = new_pack()
        write(pack, kinds, due)
        uses(pack)
        assert [(one[0], one[3]) for one in pack.places()] == [("events.yaml", code)]
        assert [one.code for one in pack.examples().diagnostics if one.code == "PM501"] == []


def test_events_that_are_no_yaml_are_told_once(pack: Pack) -> None:
    pack.write("events.yaml", "events: [\n")
    uses(pack)
    assert {one[0] for one in pack.places()} == {"events.yaml"}


def test_a_second_file_of_events_is_refused(pack: Pack) -> None:
    pack.write("old/events.yaml", (pack.root / "events.yaml").read_text("utf-8"))
    assert pack.codes() == ["PM211"]


def test_what_is_named_in_a_pack_without_events_is_told(pack: Pack) -> None:
    (pack.root / "events.yaml").unlink()
    uses(pack)
    assert [(one.code, one.message, one.help) for one in pack.problems()] == [
        ("PM221", "no obligation is called `due`", "the pack has no obligations"),
        ("PM221", "no kind of event is called `missed`", "the pack has no kinds of event"),
    ]


def test_the_events_that_ship_begin_and_meet_each_obligation(
    shipped_policy: Policy,
) -> None:
    """Nothing that ships is due without an event that begins it and one that can meet it."""
    events = shipped_policy.safety.events
    for one in events.obligations.values():
        kinds = [events.kinds[name] for name in one.met_by]
        assert all(kind.counts_as != "risk" for kind in kinds), one.code
        assert {events.kinds[name].about for name in (*one.begun_by, *one.met_by)} == {one.about}
