"""What the tests of the FHIR output share: one running reference validator."""

import os
from collections.abc import Iterator

import pytest

from .hapi import Validator, why_not


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
    with Validator() as validator:
        yield validator
