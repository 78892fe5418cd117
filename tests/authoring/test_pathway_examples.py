"""Examples of pathways: whose turn it is after so much silence, and every step is shown once."""

from datetime import timedelta
from typing import Any

import pytest

from peer_match.authoring.pathway_examples import step_after
from policy.packs import DEFAULTS, Pack

FIRST: dict[str, Any] = {
    "severity": "urgent", "silent_for": "0 minutes", "expect": {"step": "message"},
}  # fmt: skip
SECOND: dict[str, Any] = {
    "severity": "urgent", "silent_for": "4 hours", "expect": {"step": "call"},
}  # fmt: skip


def told(pack: Pack, *examples: Any, **keys: Any) -> list[tuple[str, str]]:
    """The code and the message of each problem of a pathway's examples."""
    pack.pathway("a-way", examples=list(examples), **keys)
    return [(one.code, one.message) for one in pack.examples().diagnostics]


def marked(pack: Pack) -> list[str]:
    """The words at which each problem is told."""
    return [
        one.source_line[one.position.column - 1 : one.position.end_column - 1]
        for one in pack.examples().diagnostics
    ]


def test_one_example_for_each_step_is_enough(pack: Pack) -> None:
    assert told(pack, FIRST, SECOND) == []
    found = [one for one in pack.examples().results if one.rule == "a-way"]
    assert [(one.number, one.expected, one.got, one.passed) for one in found] == [
        (1, "step message", "step message", True),
        (2, "step call", "step call", True),
    ]


@pytest.mark.parametrize(
    ("left", "missing"), [(FIRST, "call"), (SECOND, "message")], ids=["first", "second"]
)
def test_a_step_that_no_example_reaches_is_told(
    pack: Pack, left: dict[str, Any], missing: str
) -> None:
    assert told(pack, left) == [("PM502", f"`a-way` has no example that reaches `{missing}`")]


def test_an_example_that_comes_out_otherwise_is_told_with_what_comes_out(pack: Pack) -> None:
    wrong = {**SECOND, "silent_for": "239 minutes"}
    assert told(pack, FIRST, SECOND, wrong) == [
        ("PM503", "expected `step call`, the rule gives `step message`")
    ]


def test_role_and_time_can_be_expected_too(pack: Pack) -> None:
    full = {**SECOND, "expect": {"step": "call", "role": "clinician", "within": "15 minutes"}}
    assert told(pack, FIRST, full) == []
    found = [one for one in pack.examples().results if one.rule == "a-way"]
    assert found[1].expected == "role clinician, step call, within 15 minutes"
    assert told(pack, FIRST, {**full, "expect": {"step": "call", "role": "supervisor"}}) == [
        ("PM503", "expected `role supervisor, step call`, the rule gives "
         "`role clinician, step call`")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("silent_for", "step"),
    [
        ("0 minutes", "message"),
        ("0 hours", "message"),
        ("0 days", "message"),
        ("3 hours", "message"),
        ("239 minutes", "message"),
        ("240 minutes", "call"),
        ("4 hours", "call"),
        ("1 week", "call"),
        ("1 year", "call"),
    ],
)
def test_the_next_is_called_when_the_time_is_up_and_the_last_again_and_again(
    pack: Pack, silent_for: str, step: str
) -> None:
    shown = {"severity": "urgent", "silent_for": silent_for, "expect": {"step": step}}
    assert told(pack, FIRST, SECOND, shown) == []


def test_a_severity_begins_where_it_enters(pack: Pack) -> None:
    at_once = {"severity": "emergent", "silent_for": "0 minutes", "expect": {"step": "call"}}
    assert told(pack, FIRST, at_once) == []


@pytest.mark.parametrize(
    ("example", "message", "words"),
    [
        ({**FIRST, "severity": "severe"},
         "expected `routine`, `soon`, `urgent` or `emergent`", '"severe"'),
        ({"silent_for": "0 minutes", "expect": {"step": "message"}},
         "expected `routine`, `soon`, `urgent` or `emergent`", None),
        ({**FIRST, "silent_for": "soon"}, "expected how long nobody has answered", '"soon"'),
        ({**FIRST, "silent_for": "0 weeks"}, "expected how long nobody has answered", '"0 weeks"'),
        ({"severity": "urgent", "expect": {"step": "message"}},
         "expected how long nobody has answered", None),
        ({**FIRST, "expect": "message"}, "an example expects a step", '"message"'),
        ({**FIRST, "expect": {}}, "an example expects a step", None),
        ({"severity": "urgent", "silent_for": "0 minutes"}, "an example expects a step", None),
        ({**FIRST, "expect": {"stp": "message"}}, "unknown key `stp`", '"stp"'),
        ({**FIRST, "given": {}}, "unknown key `given`", '"given"'),
        ({**FIRST, "events": []}, "unknown key `events`", '"events"'),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_at_its_word_and_alone(
    pack: Pack, example: dict[str, Any], message: str, words: str | None
) -> None:
    """An example that could not be read may be the one that seems to be missing."""
    assert told(pack, example) == [("PM501", message)]
    assert words is None or marked(pack) == [words]


def test_an_unknown_key_is_told_with_the_one_that_was_meant(pack: Pack) -> None:
    told(pack, {"severty": "urgent", **FIRST}, SECOND)
    (problem,) = pack.examples().diagnostics
    assert problem.help == "did you mean `severity`?"


def test_only_severities_that_enter_are_offered(pack: Pack) -> None:
    assert told(pack, {**FIRST, "severity": "routine"}, SECOND, enters_at={"urgent": "message"}
                ) == [("PM501", "expected `urgent`")]  # fmt: skip


def test_all_that_is_wrong_with_an_example_is_told_together(pack: Pack) -> None:
    example = {"severity": "bad", "silent_for": "long", "expect": {"stp": "call"}}
    assert [message for _, message in told(pack, example)] == [
        "expected `routine`, `soon`, `urgent` or `emergent`",
        "expected how long nobody has answered",
        "unknown key `stp`",
    ]


def test_a_pathway_at_fault_runs_no_example(pack: Pack) -> None:
    pack.pathway("a-way", enters_at={"urgent": "nowhere"})
    assert [one for one in pack.examples().results if one.rule == "a-way"] == []
    assert pack.examples().diagnostics == ()


@pytest.mark.parametrize(
    ("silence", "step"),
    [(0, "a"), (9, "a"), (10, "b"), (29, "b"), (30, "c"), (34, "c"), (35, "c"), (10**6, "c")],
)
def test_silence_goes_from_step_to_step(pack: Pack, silence: int, step: str) -> None:
    steps = [
        {"step": name, "title": "A step", "role": "clinician", "within": within, "if_silent": then}
        for name, within, then in (
            ("a", "10 minutes", "b"), ("b", "20 minutes", "c"), ("c", "5 minutes", "repeat"),
        )
    ]  # fmt: skip
    pack.pathway("a-way", steps=steps, enters_at={"urgent": "a"})
    pathway = pack.policy().safety.pathways["a-way"]
    assert step_after(pathway, "urgent", timedelta(minutes=silence)).id == step


def test_the_pathway_of_small_packs_shows_its_own_steps(pack: Pack) -> None:
    pack.pathway("a-way")
    assert pack.examples().diagnostics == ()
    assert {one["step"] for one in DEFAULTS["pathway"]["steps"]} == {
        one.got.removeprefix("step ") for one in pack.examples().results if one.rule == "a-way"
    }
