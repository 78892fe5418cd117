"""The examples of instruments, run as tests: answers, and the total, band and signals expected.

`every` in `given` is the answer to each item that is not named and has that answer. An instrument
has an example for both ends of each band (and for each sex that changes it) or for each row, and
one that a missing answer leaves open.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast, get_args

from peer_match.authoring.example_reader import ExampleResult
from peer_match.decide.instruments import (
    REFUSED,
    AnswerError,
    InstrumentScore,
    holds_surely,
    is_asked,
    score_instrument,
)
from peer_match.facts.truth import Truth
from peer_match.policy.diagnostics import Diagnostic, Position, did_you_mean, error, listed, quote
from peer_match.policy.instrument import Instrument
from peer_match.policy.instrument_files import Sex
from peer_match.policy.nodes import Mapping, Node, Scalar, Sequence
from peer_match.policy.pack_files import PackFileRead

EVERY = "every"
SEXES: tuple[Sex, ...] = get_args(Sex)
_KEYS = ("given", "sex", "expect")
_EXPECTED = ("total", "band", "signals")


@dataclass(frozen=True, slots=True)
class _Scored:
    """An example with its score."""

    answers: dict[str, str]
    sex: Sex | None
    score: InstrumentScore


def run_instrument_examples(
    instrument: Instrument, file: PackFileRead, problems: list[Diagnostic]
) -> list[ExampleResult]:
    """Every example of an instrument; what is wrong with them or missing is added."""
    before = len(problems)
    nodes = file.node.get("examples")
    results: list[ExampleResult] = []
    scored: list[_Scored] = []
    for number, node in enumerate(nodes.items if isinstance(nodes, Sequence) else (), 1):
        one = _scored(instrument, node, problems) if isinstance(node, Mapping) else None
        if one is None or not isinstance(node, Mapping):
            continue
        scored.append(one)
        expected, got = _compared(node, one.score, problems)
        truth = Truth.YES if one.score.is_settled else Truth.UNKNOWN
        results.append(ExampleResult(instrument.id, number, node.position, expected, got, truth))
    if len(problems) == before:
        key = file.node.key("examples")
        position = instrument.position if key is None else key.position
        problems.extend(
            error("PM502", f"{quote(instrument.id)} has no example {what}", position, help)
            for what, help in _missing(instrument, scored)
        )
    return results


def _scored(instrument: Instrument, node: Mapping, problems: list[Diagnostic]) -> _Scored | None:
    def tell(message: str, position: Position, help: str = "") -> None:
        problems.append(error("PM501", message, position, help))

    for key, _ in node.entries:
        if key.text not in _KEYS:
            tell(f"unknown key {quote(key.text)}", key.position,
                 did_you_mean(key.text, _KEYS) or f"an example has {listed(_KEYS)}")  # fmt: skip
    given, sex = node.get("given"), node.get("sex")
    if not isinstance(given, Mapping) or not isinstance(node.get("expect"), Mapping):
        tell("an example has blocks `given` and `expect`", node.position,
             "write for example `{given: {}, expect: {band: low}}`")  # fmt: skip
        return None
    if sex is not None and _text(sex) not in SEXES:
        tell(f"expected {listed(SEXES)}", sex.position, did_you_mean(_text(sex), SEXES))
        return None
    answers = _answers(instrument, given)
    known_sex = cast("Sex | None", _text(sex) or None)
    try:
        return _Scored(answers, known_sex, score_instrument(instrument, answers, sex=known_sex))
    except AnswerError as problem:
        for one in problem.problems:
            tell(one, given.position, "mend the answer, or the item that it is given to")
        return None


def _answers(instrument: Instrument, given: Mapping) -> dict[str, str]:
    """The answers that an example names, and those that `every` gives to the rest that is asked."""
    answers = {key.text: _text(value) for key, value in given.entries if key.text != EVERY}
    every = _text(given.get(EVERY))
    for item in instrument.items if every else ():
        codes = {code for code, _ in item.answers} | {REFUSED}
        if every in codes and is_asked(instrument, item.id, answers) is Truth.YES:
            answers.setdefault(item.id, every)
    return answers


def _text(node: Node | None) -> str:
    return " ".join(node.text.split()) if isinstance(node, Scalar) else ""


def _compared(node: Mapping, score: InstrumentScore, problems: list[Diagnostic]) -> tuple[str, str]:
    """What is expected and what came out, of the keys that the example names."""
    expect = node.get("expect")
    assert isinstance(expect, Mapping)
    expected: list[str] = []
    got: list[str] = []
    for key, value in expect.entries:
        if key.text == "total":
            expected.append(f"total {_text(value)}")
            got.append(f"total {_range(score.total) if score.total is not None else 'none'}")
        elif key.text == "band":
            expected.append(f"band {_text(value)}")
            got.append(f"band {_range(score.band)}")
        elif key.text == "signals" and isinstance(value, Mapping):
            for name, truth in value.entries:
                expected.append(f"{name.text} {_text(truth)}")
                found = score.signals.get(name.text)
                got.append(f"{name.text} {'is no signal' if found is None else found.value}")
        else:
            problems.append(
                error("PM501", f"unknown key {quote(key.text)}", key.position,
                      did_you_mean(key.text, _EXPECTED) or f"expect {listed(_EXPECTED)}")
            )  # fmt: skip
    if not expected:
        problems.append(error("PM501", "the example expects nothing", node.position,
                              "say which `band` follows"))  # fmt: skip
    return ", ".join(expected), ", ".join(got)


def _range(pair: tuple[object, object]) -> str:
    low, high = pair
    return f"{low}" if low == high else f"{low}..{high}"


def _missing(instrument: Instrument, scored: list[_Scored]) -> Iterator[tuple[str, str]]:
    """What no example shows, with what to add."""
    if all(one.score.is_settled for one in scored):
        yield "that a missing answer leaves open", "leave out an answer that counts"
    for number, row in enumerate(instrument.rows, 1):
        alone = any(
            holds_surely(instrument, row, one.answers) and one.score.band[0] == one.score.band[1]
            and one.score.band[0] == instrument.bands[row.band]
            for one in scored
        )  # fmt: skip
        if not alone:
            yield f"in which row {number} decides", "give the answers that this row is about"
    if instrument.rows and not any(
        one.score.band == (instrument.bands[0], instrument.bands[0]) for one in scored
    ):
        yield "in which no row holds", "give the answers after which nothing follows"
    if instrument.method == "collect sum":
        yield from _missing_edges(instrument, scored, None, instrument.starts)
        for sex, starts in instrument.starts_for:
            yield from _missing_edges(instrument, scored, sex, starts)


def _missing_edges(
    instrument: Instrument, scored: list[_Scored], sex: Sex | None, starts: tuple[int, ...]
) -> Iterator[tuple[str, str]]:
    """The ends of bands that no example has; `sex` is None for those without bands of their own."""
    apart = {one for one, _ in instrument.starts_for}
    shown = {
        one.score.total
        for one in scored
        if one.sex == sex or (sex is None and one.sex not in apart)
    }
    whose = "" if sex is None else f" for `{sex}`"
    for band, start, end in instrument.totals(starts):
        for edge in sorted({start, end}):
            if (edge, edge) not in shown:
                yield (
                    f"with a total of {edge}, the edge of {quote(band)}{whose}",
                    "add one; both ends of every band are tried",
                )
