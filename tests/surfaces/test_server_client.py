"""`peer-match worker --server`: who may be called, and as whom, with a real server of tokens."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from joserfc.jwk import ECKey

from delivery import receiver as receivers
from delivery.receiver import Receiver, Registered

from .in_process import done, peer_match, words

KEY = ECKey.generate_key("P-384")
SERVER = ("--server", "https://ehr.example/fhir")


@pytest.fixture(autouse=True)
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEER_MATCH_DATABASE", f"sqlite:///{tmp_path / 'records.db'}")


@pytest.fixture
def guarded() -> Iterator[Receiver]:
    """A server that answers nothing without a token."""
    with receivers.running() as one:
        one.registered = Registered("peer-match", {"key-1": KEY}, "ES384")
        yield one


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "key.json"
    path.write_bytes(orjson.dumps({**KEY.as_dict(private=True), "kid": "key-1"}))
    path.chmod(0o600)
    return path


def call(key: Path, guarded: Receiver, *more: str) -> str:
    """A disclosure, and a round of a worker that is registered; gives what it said."""
    peer_match("event", "add", "disclosure", "--subject", "ann", "--source", "form", "--id", "1",
               "--when", "2026-03-01T19:30:00-08:00", "--severity", "severe",
               "--now", "2026-03-01T20:00:00-08:00")  # fmt: skip
    result = peer_match("worker", "--once", "--server", guarded.base, "--loopback",
                        "--client-id", "peer-match", "--key", key, *more)  # fmt: skip
    return words(result.output)


def test_it_sends_as_the_client_that_it_is_registered_as(key: Path, guarded: Receiver) -> None:
    said = call(key, guarded, "--allow", f"{guarded.origin}/auth")
    assert "sent Task|" in said
    assert guarded.kept("Task")


def test_the_key_is_called_by_another_name(tmp_path: Path, guarded: Receiver) -> None:
    pem = tmp_path / "key.pem"
    pem.write_bytes(KEY.as_pem(private=True))
    pem.chmod(0o600)
    allow = ("--allow", f"{guarded.origin}/auth")
    assert "sent Task|" not in call(pem, guarded, *allow)
    again = peer_match("worker", "--once", "--server", guarded.base, "--loopback", "--client-id",
                       "peer-match", "--key", pem, *allow, "--key-id", "key-1")  # fmt: skip
    assert again.exit_code == 0


def test_a_server_of_tokens_that_is_not_allowed_is_not_called(key: Path, guarded: Receiver) -> None:
    assert "sent Task|" not in call(key, guarded)
    assert guarded.asked("POST", "/auth/token") == []
    assert guarded.kept("Task") == []


def test_a_key_that_others_may_read_is_refused(key: Path, guarded: Receiver) -> None:
    key.chmod(0o640)
    said = call(key, guarded)
    assert "others than its owner may use this key" in said
    assert guarded.requests == []


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--network", "10.20.0.0/40"), "`10.20.0.0/40` is no network"),
        (("--network", "10.20.0.1/16"), "`10.20.0.1/16` is no network"),
        (("--allow", "http://tokens.example"), "--server or --allow"),
        (("--client-id", "x"), "--client-id and --key belong together"),
        (("--key-id", "x"), "--client-id and --key belong together"),
        (("--client-id", "x", "--key", "nowhere.json"), "nowhere.json: no such file"),
    ],
)
def test_what_cannot_be_used_is_told(more: tuple[str, ...], said: str) -> None:
    result = peer_match("worker", "--once", *SERVER, *more)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in words(result.stderr)


def test_everything_is_told_at_once(tmp_path: Path) -> None:
    wrong = tmp_path / "key.json"
    wrong.write_bytes(b"{}")
    wrong.chmod(0o600)
    result = peer_match("worker", "--once", *SERVER, "--network", "x", "--network", "y",
                        "--client-id", "z", "--key", wrong)  # fmt: skip
    for text in ("`x` is no network", "`y` is no network", "not a private key"):
        assert text in words(result.stderr)


def test_a_server_in_a_private_network_is_called_only_where_that_was_said() -> None:
    """Else nothing is sent, and it is said why: in words, and in the status."""
    peer_match("event", "add", "overdose", "--subject", "ann", "--source", "form", "--id", "1",
               "--when", "2026-03-01", "--now", "2026-03-01T20:00:00-08:00")  # fmt: skip
    refused = peer_match("worker", "--once", "--server", "https://10.20.30.40/fhir")
    why = "refused to call a host in a private network that is not on the list"
    assert f"not sent yet, and tried again: 1 ({why})" in words(refused.stderr)


# -- the audit chain -------------------------------------------------------------------------------


def test_the_head_of_the_chain_is_exported_and_found_again() -> None:
    peer_match("event", "add", "overdose", "--subject", "ann", "--source", "form", "--id", "1",
               "--when", "2026-03-01", "--now", "2026-03-01T20:00:00-08:00")  # fmt: skip
    head = done("audit", "head").strip()
    assert len(head) == 64
    assert "whole" in done("audit", "check", "--head", head)
    assert "needs an earlier --head" in words(done("audit", "check"))
    result = peer_match("audit", "check", "--head", "0" * 63 + "1")
    assert result.exit_code == 1
    assert "rows were cut off" in words(result.output)
