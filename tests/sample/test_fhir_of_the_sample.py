"""The sample's records and answers are valid R4, by the reference validator."""

import os
from collections.abc import Iterator

import orjson
import pytest

from peer_match import sample

from ..fhir.hapi import ROOT, Validator, why_not


@pytest.fixture(scope="module")
def validator() -> Iterator[Validator]:
    reason = why_not()
    if reason and os.environ.get("CI") == "true":
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)
    with Validator([ROOT / "fhir_profiles"]) as open_validator:
        yield open_validator


def test_every_record_and_every_answer_is_valid(validator: Validator) -> None:
    files = [*sample.patients(), *sample.intakes().values(), *sample.clinical_intakes().values()]
    assert len(files) > 100
    faults = {
        f"{path.parent.name}/{path.name}": validator.errors(orjson.loads(path.read_bytes()))
        for path in files
    }
    assert {name: found for name, found in faults.items() if found} == {}
