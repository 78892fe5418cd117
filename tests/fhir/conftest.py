"""What the tests of the FHIR output share: one running reference validator."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from .hapi import ROOT, Validator, why_not

# Our own profiles, and what the validator's own tests are written against.
CONFORMANCE = (ROOT / "fhir_profiles", Path(__file__).with_name("good"))


@pytest.fixture(scope="session")
def fhir_validator() -> Iterator[Validator]:
    """The reference R4 validator, started once; `fhir_validator.errors(resource)` is a list.

    Where it cannot be had the test is skipped and says why; under CI it fails.
    """
    reason = why_not()
    if reason and os.environ.get("CI") == "true":
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)
    with Validator(CONFORMANCE) as validator:
        yield validator
