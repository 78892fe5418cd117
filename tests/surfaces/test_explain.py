"""`peer-match explain`: what it says of one group, and what of nobody."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from peer_match.decide.decision import Score
from peer_match.surfaces.explanation import explanation

from .command_line import Inputs, whole_inputs
from .examples import decision as by_hand
from .in_process import done, in_json, peer_match

FITS, FITS_NOT = "feed/harbour-lights", "feed/second-wind"
SAID_BY_EVERY_OUTPUT = ("as_of", "safety", "policy", "tzdata_version", "recipient", "patient")


@pytest.fixture
def inputs(tmp_path: Path) -> Inputs:
    return whole_inputs(tmp_path)


# -- as JSON -------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", [FITS, FITS_NOT])
def test_json_says_what_every_output_says(inputs: Inputs, target: str) -> None:
    found = in_json("explain", target, *inputs.arguments())
    decision = in_json("suggest", *inputs.arguments())
    for name in SAID_BY_EVERY_OUTPUT:
        assert found[name] == decision[name]
    assert found["recipient"] == "clinician"
    assert found["policy"]["signed"] is False
    assert found["safety"] == "safety not assessed"
    lists = decision["groups"]
    assert found["suggestion"] in (*lists["eligible"], *lists["blocked"])
    assert found["suggestion"]["target"] == target


@pytest.mark.parametrize("target", [FITS, FITS_NOT])
def test_json_holds_what_the_suggestion_refers_to_and_no_more(inputs: Inputs, target: str) -> None:
    found = in_json("explain", target, *inputs.arguments())
    decision = in_json("suggest", *inputs.arguments())
    one = found["suggestion"]
    said = (*one["screening"], *one["points"])
    facts = {key for line in said for key in (*line["facts"], *line["unknown_facts"])}
    facts |= {key for change in one["changes"] for key in change["answers"]}
    rules = {*(line["rule"] for line in said), *one["passed"], *one["supports"]}
    rules |= {id for change in one["changes"] for id in change["supports"]}
    assert found["facts"] == {key: decision["facts"][key] for key in facts}
    assert found["rules"] == {id: decision["rules"][id] for id in rules}
    other = FITS_NOT if target == FITS else FITS
    assert facts
    assert not any(other in key for key in found["facts"])


def test_rules_that_lift_limit_or_change_are_among_them() -> None:
    whole = by_hand()
    for one, expected in (
        (whole.groups.eligible_with_support[0], {"ride", "near-enough"}),
        (replace(whole.groups.eligible[0], score=Score(1, 1, 1, 1, 1, ("seats",))), {"seats"}),
    ):
        rules: Any = explanation(whole, one)["rules"]
        assert rules.keys() >= expected


def test_what_a_recipient_is_not_told_of_is_in_neither(inputs: Inputs) -> None:
    found = in_json("explain", FITS_NOT, *inputs.arguments(), "--recipient", "point-of-contact")
    decision = in_json("suggest", *inputs.arguments(), "--recipient", "point-of-contact")
    assert found["recipient"] == "point-of-contact"
    assert found["facts"].items() <= decision["facts"].items()
    assert found["rules"].items() <= decision["rules"].items()


# -- to somebody who is told nothing -------------------------------------------------------------


@pytest.mark.parametrize("target", [FITS, "feed/nowhere"])
@pytest.mark.parametrize("more", [(), ("--json",)])
def test_who_is_told_nothing_is_told_so(inputs: Inputs, target: str, more: tuple[str, ...]) -> None:
    result = peer_match("explain", target, *inputs.arguments(), "--recipient", "payer", *more)
    assert (result.exit_code, result.stdout, result.stderr) == (
        2,
        "",
        "the recipient `payer` is told nothing about this person without a consent\n",
    )


def test_nothing_is_said_of_a_point_of_contact_to_them(inputs: Inputs) -> None:
    assert "Point of contact: none" in done("suggest", *inputs.arguments())
    assert "contact" not in done("suggest", *inputs.arguments(), "--recipient", "payer").lower()
