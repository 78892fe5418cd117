"""`peer-match delivery`: what a server refused is seen, and sent again once that is mended."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from delivery import receiver as receivers
from delivery.receiver import Failure, Receiver

from .in_process import peer_match

WHO = "ann"


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'records.db'}"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receivers.running() as one:
        yield one


def work(url: str, receiver: Receiver) -> str:
    server = ("--server", receiver.base, "--loopback")
    return peer_match("worker", "--once", *server, "--database", url).output


def given_up(url: str) -> list[dict[str, Any]]:
    # Not `in_json`: a warning about dead letters belongs on the other stream meanwhile.
    return orjson.loads(peer_match("delivery", "list", "--json", "--database", url).stdout)


def test_what_was_refused_is_seen_and_reaches_the_server_once(url: str, receiver: Receiver) -> None:
    told = ("event", "add", "suicide-attempt", "--subject", WHO, "--source", "form", "--id", "1")
    assert peer_match(*told, "--when", "unknown", "--database", url).exit_code == 0
    with receiver.failing(Failure.INVALID):
        work(url, receiver)
    assert receiver.kept("Task") == []
    listed = given_up(url)
    numbers = [str(one["seq"]) for one in listed]
    assert {one["subject"] for one in listed} == {WHO}
    assert all(one["error"].startswith("the server answered 4") for one in listed)
    shown = peer_match("delivery", "list", "--database", url)
    assert f"{numbers[0]}: " in shown.stdout
    assert "`peer-match delivery list`" in peer_match("status", "--database", url).output

    again = ("delivery", "resend", *numbers, "--by", "Dana Ruiz", "--database", url)
    assert peer_match(*again).stdout.count("to be sent again") == len(numbers)
    for _ in range(3):
        work(url, receiver)
    sent = [one["identifier"][0]["value"] for one in receiver.kept()]
    assert len(sent) == len(set(sent)) >= len(numbers)
    assert given_up(url) == []
    refused = peer_match(*again)
    assert refused.exit_code == 2
    assert f"no dead letter with the number {numbers[0]}" in refused.output


def test_which_is_said(url: str) -> None:
    for arguments in ((), ("3", "--all")):
        found = peer_match("delivery", "resend", *arguments, "--by", "Dana", "--database", url)
        assert found.exit_code == 2
        assert "say which" in found.output
    everything = peer_match("delivery", "resend", "--all", "--by", "Dana", "--database", url)
    assert everything.stdout == "Nothing was given up.\n"
