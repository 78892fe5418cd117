"""A pack to write rules into, and the shipped pack read once."""

from collections.abc import Callable
from pathlib import Path

import pytest

from peer_match.policy.events import Events
from peer_match.policy.load import PackReading, read_pack
from peer_match.policy.policy import Policy

from .packs import RULES, Pack


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    """A pack without rules, on the shipped vocabularies, sources and tables."""
    return Pack(tmp_path / "pack")


@pytest.fixture
def new_pack(tmp_path: Path) -> Callable[[], Pack]:
    """As many packs without rules as a test needs."""
    made: list[Pack] = []

    def make() -> Pack:
        made.append(Pack(tmp_path / f"number-{len(made)}" / "pack"))
        return made[-1]

    return make


@pytest.fixture
def whole_pack(tmp_path: Path) -> Pack:
    """A copy of the shipped pack with all its rules."""
    return Pack(tmp_path / "pack", whole=True)


@pytest.fixture(scope="session")
def shipped() -> PackReading:
    return read_pack(RULES)


@pytest.fixture(scope="session")
def shipped_policy(shipped: PackReading) -> Policy:
    assert shipped.policy is not None
    return shipped.policy


@pytest.fixture(scope="session")
def events(tmp_path_factory: pytest.TempPathFactory) -> Events:
    """The kinds of event and the obligations of small packs."""
    return Pack(tmp_path_factory.mktemp("events") / "pack").policy().safety.events
