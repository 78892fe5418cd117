"""The table of reasons: every code explained, and every code in use."""

import re
from pathlib import Path

import peer_match.directories
from peer_match.directories import REASONS, Reason

ROOM = Path(peer_match.directories.__file__).parent


def test_every_reason_is_explained_once() -> None:
    assert set(REASONS) == set(Reason)
    assert len(set(REASONS.values())) == len(REASONS)


def test_codes_are_stable_words() -> None:
    for reason in Reason:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", reason.value)
        assert reason.value == reason.name.lower().replace("_", "-")


def test_every_reason_can_be_given() -> None:
    used = "\n".join(
        path.read_text("utf-8") for path in ROOM.glob("*.py") if path.name != "reasons.py"
    )
    assert [reason for reason in Reason if f"Reason.{reason.name}" not in used] == []
