"""What the acceptance tests share: where the corpora are, and the reference FHIR validator."""

import os
from pathlib import Path

import pytest

from ..fhir.conftest import fhir_validator

__all__ = ["corpus", "fhir_validator"]


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of the corpora; without it a test is skipped, which fails under CI."""
    folder = os.environ.get("PEER_MATCH_CORPUS")
    if not folder:
        pytest.skip("PEER_MATCH_CORPUS does not name the folder of the corpora")
    return Path(folder)
