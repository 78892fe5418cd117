"""The bundles of two assessments, whole, as a reviewer would read them.

After a change that is meant, write the files anew and read the difference before it is committed:

    PEER_MATCH_GOLDEN=write .venv/bin/pytest tests/fhir/test_write_assessment_golden.py
"""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from peer_match.decide.assessment import Assessment
from peer_match.fhir.write_assessment import assessment_bundle

from .assessments import emergent, errors_in, soon
from .hapi import Validator

GOLDEN = Path(__file__).parent / "golden"
CASES = {"assessment_emergent.json": emergent, "assessment_soon.json": soon}


@pytest.mark.parametrize(("file", "made"), CASES.items(), ids=CASES)
def test_the_bundle_is_the_golden_one(file: str, made: Callable[[], Assessment]) -> None:
    written = json.dumps(assessment_bundle(made()), indent=2, ensure_ascii=False) + "\n"
    if os.environ.get("PEER_MATCH_GOLDEN") == "write":
        (GOLDEN / file).write_text(written, "utf-8")
        assert os.environ.get("CI") != "true", "under CI nothing is written anew"
    assert written == (GOLDEN / file).read_text("utf-8")


@pytest.mark.parametrize("file", CASES)
def test_the_reference_validator_finds_no_error(file: str, fhir_validator: Validator) -> None:
    bundle = json.loads((GOLDEN / file).read_text("utf-8"))
    assert errors_in(fhir_validator, bundle) == []
    for entry in bundle["entry"]:
        # On its own a resource has nothing to point at inside a bundle.
        alone = json.loads(json.dumps(entry["resource"]).replace("urn:uuid:", "Basic/"))
        told = [one for one in errors_in(fhir_validator, alone) if "Basic" not in one.message]
        assert told == []
