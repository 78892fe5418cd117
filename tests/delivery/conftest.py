"""Sending is tested on both databases, against a server that listens on this machine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from records.conftest import empty_url, server, store, url

from . import receiver as receivers
from .receiver import Receiver

__all__ = ["empty_url", "receiver", "server", "store", "url"]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A server that can do everything."""
    with receivers.running() as one:
        yield one
