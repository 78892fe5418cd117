"""This program signs who it is, gets a token for it, and shows the token to one server alone."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from urllib.parse import parse_qs

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from peer_match.delivery.addresses import Reach
from peer_match.delivery.backend_services import (
    ASSERTION_TYPE,
    Algorithm,
    BackendServices,
    Registration,
    key_from,
    signing_key,
)
from peer_match.delivery.client import FhirClient, Server
from peer_match.delivery.exchange import Limits
from peer_match.delivery.failures import TemporaryError
from peer_match.records.store import Store

from .made import PATIENT_ONCE, QUICK, deliver, names, put, states, task
from .receiver import Failure, Receiver, Registered, running

SCOPE = "system/Task.cru"
RSA, EC = RSAKey.generate_key(2048), ECKey.generate_key("P-384")
SHORT = rsa.generate_private_key(65537, 1024).private_bytes(
    Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
)
KEYS: dict[Algorithm, RSAKey | ECKey] = {"RS384": RSA, "ES384": EC}
EVERYTHING = ("GET", "POST", "PUT")


@pytest.fixture
def guarded(receiver: Receiver) -> Iterator[Receiver]:
    """A server that answers nothing without a token, and knows this program."""
    receiver.registered = registered("RS384")
    yield receiver
    # No token and no signed statement ever stands in an address.
    for request in receiver.requests:
        assert "token-" not in request.path and "assertion" not in request.path


def registered(algorithm: Algorithm) -> Registered:
    return Registered("peer-match", {"key-1": KEYS[algorithm]}, algorithm)


def registration(algorithm: Algorithm = "RS384", client_id: str = "peer-match") -> Registration:
    return Registration(client_id, "key-1", KEYS[algorithm], algorithm, SCOPE)


class Clock:
    """A clock that goes on when it is told to, for the server as well."""

    def __init__(self, receiver: Receiver) -> None:
        self.now = time.time()
        receiver.clock = self

    def __call__(self) -> float:
        return self.now


def tokens_of(
    receiver: Receiver,
    clock: Clock | None = None,
    known: Registration | None = None,
    limits: Limits = PATIENT_ONCE,
) -> BackendServices:
    reach = Reach(bases=(receiver.base, f"{receiver.origin}/auth"), loopback=True)
    # The FHIR server's address is the base of its configuration; the tokens come from beside it.
    return BackendServices(
        receiver.base, reach, known or registration(), limits, clock or Clock(receiver)
    )


def client_of(receiver: Receiver, tokens: BackendServices) -> FhirClient:
    reach = Reach(bases=(receiver.base,), loopback=True)
    return FhirClient(Server(receiver.base, reach, PATIENT_ONCE), tokens)


def asked_for_tokens(receiver: Receiver) -> int:
    return len(receiver.asked("POST", "/auth/token"))


# --- the signed statement ----------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", ["RS384", "ES384"])
def test_a_token_is_given_for_a_signed_statement(receiver: Receiver, algorithm: Algorithm) -> None:
    receiver.registered = registered(algorithm)
    tokens = tokens_of(receiver, known=registration(algorithm))
    assert tokens.token() == "token-1"
    [request] = receiver.asked("POST", "/auth/token")
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert "authorization" not in request.headers
    form = parse_qs(request.body.decode())
    assert set(form) == {
        "grant_type",
        "scope",
        "client_assertion_type",
        "client_assertion",
    }
    assert (form["scope"], form["client_assertion_type"]) == ([SCOPE], [ASSERTION_TYPE])
    [assertion] = form["client_assertion"]
    signed = jwt.decode(assertion, KEYS[algorithm], algorithms=[algorithm])
    assert signed.header == {"alg": algorithm, "kid": "key-1", "typ": "JWT"}
    assert set(signed.claims) == {"iss", "sub", "aud", "jti", "iat", "exp"}


def test_no_statement_is_used_twice(guarded: Receiver) -> None:
    tokens = tokens_of(guarded)
    for number in range(3):
        token = tokens.token()
        assert token == f"token-{number + 1}"
        tokens.forget(token)


@pytest.mark.parametrize(
    "known",
    [
        registration(client_id="another"),
        Registration("peer-match", "key-2", RSA, "RS384", SCOPE),
        Registration("peer-match", "key-1", RSAKey.generate_key(2048), "RS384", SCOPE),
        Registration("peer-match", "key-1", EC, "ES384", SCOPE),
    ],
    ids=["client", "name of the key", "key", "algorithm"],
)
def test_who_is_not_registered_gets_none(guarded: Receiver, known: Registration) -> None:
    with pytest.raises(TemporaryError, match="a token was refused with 400") as refused:
        tokens_of(guarded, known=known).token()
    assert refused.value.ends_round


def test_a_key_is_read_from_a_file() -> None:
    assert isinstance(key_from(RSA.as_pem(private=True), "RS384"), RSAKey)
    assert isinstance(key_from(EC.as_pem(private=True), "ES384"), ECKey)


def test_a_key_is_read_whatever_it_is_written_as() -> None:
    for key, algorithm in ((RSA, "RS384"), (EC, "ES384")):
        jwk = orjson.dumps({**key.as_dict(private=True), "kid": "k-7"})
        assert signing_key(key.as_pem(private=True))[1] == algorithm
        found, by = signing_key(jwk)
        assert (by, found.kid) == (algorithm, "k-7")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "not a private key of RSA or of an elliptic curve"),
        (b"{}", "not a private key of RSA or of an elliptic curve"),
        (b'{"kty": "RSA"}', "not a private key of RSA or of an elliptic curve"),
        (b"[1]", "not a private key of RSA or of an elliptic curve"),
        (orjson.dumps(RSA.as_dict(private=False)), "a public key"),
        (ECKey.generate_key("P-256").as_pem(private=True), "another curve"),
        (orjson.dumps({"kty": "oct", "k": "c2VjcmV0"}), "not a private key of RSA"),
    ],
)
def test_what_is_no_key_is_told_without_a_word_of_it(data: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why) as refused:
        signing_key(data)
    assert "c2VjcmV0" not in str(refused.value)


@pytest.mark.parametrize(
    ("pem", "algorithm"),
    [
        (b"", "RS384"),
        (b"no key", "ES384"),
        (EC.as_pem(private=True), "RS384"),
        (RSA.as_pem(private=True), "ES384"),
        (RSA.as_pem(private=False), "RS384"),
        (ECKey.generate_key("P-256").as_pem(private=True), "ES384"),
        (SHORT, "RS384"),
    ],
    ids=["empty", "no key", "of EC", "of RSA", "public", "another curve", "too short"],
)
def test_a_key_that_cannot_sign_is_refused(pem: bytes, algorithm: Algorithm) -> None:
    with pytest.raises(ValueError) as refused:
        key_from(pem, algorithm)
    assert pem.decode() not in str(refused.value) or not pem


# --- how long a token is good ------------------------------------------------------------------


def test_a_token_is_used_until_shortly_before_its_end(guarded: Receiver) -> None:
    clock = Clock(guarded)
    tokens = tokens_of(guarded, clock)
    guarded.expires_in = 100
    assert tokens.token() == "token-1"
    clock.now += 69
    assert tokens.token() == "token-1"
    clock.now += 2
    assert tokens.token() == "token-2"
    assert asked_for_tokens(guarded) == 2


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        (None, 270),
        ("", 270),
        (True, 270),
        ([300], 270),
        ("300", 270),
        (300.5, 270.5),
        (10**9, 3570),
        ("nan", 270),
        ("inf", 3570),
    ],
)
def test_what_a_server_says_of_a_token_in_an_odd_way(
    guarded: Receiver, said: object, seconds: float
) -> None:
    clock = Clock(guarded)
    tokens = tokens_of(guarded, clock)
    guarded.expires_in = said
    tokens.token()
    clock.now += seconds - 1
    assert tokens.token() == "token-1"
    clock.now += 2
    assert tokens.token() == "token-2"


@pytest.mark.parametrize("said", [0, -5, 20])
def test_a_token_that_is_over_at_once_is_got_for_each_request(
    guarded: Receiver, said: object
) -> None:
    guarded.expires_in = said
    tokens = tokens_of(guarded)
    assert [tokens.token(), tokens.token()] == ["token-1", "token-2"]


def test_threads_share_one_token(guarded: Receiver) -> None:
    tokens = tokens_of(guarded)
    got: list[str] = []
    threads = [threading.Thread(target=lambda: got.append(tokens.token())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == ["token-1"] * 8


def test_a_token_that_was_replaced_already_is_not_forgotten_again(guarded: Receiver) -> None:
    tokens = tokens_of(guarded)
    old = tokens.token()
    tokens.forget(old)
    new = tokens.token()
    tokens.forget(old)
    assert tokens.token() == new


# --- where it goes -----------------------------------------------------------------------------


def test_a_token_endpoint_off_the_list_is_sent_nothing(guarded: Receiver) -> None:
    with running() as other:
        guarded.endpoint = f"{other.origin}/auth/token"
        with pytest.raises(TemporaryError, match="not on the list"):
            tokens_of(guarded).token()
        assert other.requests == []


@pytest.mark.parametrize("endpoint", ["/auth/token", "http://10.0.0.1/token", "javascript:0"])
def test_a_token_endpoint_that_is_no_address_is_refused(guarded: Receiver, endpoint: str) -> None:
    guarded.endpoint = endpoint
    with pytest.raises(TemporaryError, match="refused to call"):
        tokens_of(guarded).token()


def test_a_redirect_of_the_endpoint_is_not_followed(guarded: Receiver) -> None:
    with (
        guarded.failing(Failure.REDIRECT, containing="/auth/token"),
        pytest.raises(TemporaryError, match="a token was refused with 307"),
    ):
        tokens_of(guarded).token()
    assert not any("elsewhere" in one.path for one in guarded.requests)


@pytest.mark.parametrize("where", ["/auth/token", "/.well-known/smart-configuration"])
@pytest.mark.parametrize("failure", Failure, ids=lambda one: one.name.lower())
def test_whatever_goes_wrong_is_for_now(guarded: Receiver, failure: Failure, where: str) -> None:
    tokens = tokens_of(guarded, limits=QUICK)
    with (
        guarded.failing(failure, on=EVERYTHING, containing=where),
        pytest.raises(TemporaryError) as error,
    ):
        tokens.token()
    assert "Ana" not in str(error.value)
    assert tokens_of(guarded).token()


# --- in a request ------------------------------------------------------------------------------


def test_rows_are_sent_with_a_token(store: Store, guarded: Receiver) -> None:
    put(store, task("a1"))
    put(store, task("b1", "ben"), subject="ben")
    assert deliver(store, client_of(guarded, tokens_of(guarded))).failed == ()
    assert names(guarded.kept()) == ["a1", "b1"]
    assert asked_for_tokens(guarded) == 1
    assert {one.headers["authorization"] for one in guarded.asked("POST", "/Task")} == {
        "Bearer token-1"
    }


def test_a_token_that_is_not_taken_is_replaced_once(store: Store, guarded: Receiver) -> None:
    client = client_of(guarded, tokens_of(guarded))
    client.capabilities()
    guarded.revoke()
    put(store, task("a1"))
    assert deliver(store, client).failed == ()
    assert names(guarded.kept()) == ["a1"]
    assert asked_for_tokens(guarded) == 2


def test_a_single_401_does_not_fail_a_row(store: Store, guarded: Receiver) -> None:
    client = client_of(guarded, tokens_of(guarded))
    put(store, task("a1"))
    with guarded.failing(Failure.UNAUTHORIZED, containing='"a1"', times=1):
        assert deliver(store, client).failed == ()
    assert states(store) == {"a1": "sent"}


def test_a_server_that_takes_no_token_is_asked_twice_and_left_alone(
    store: Store, guarded: Receiver
) -> None:
    client = client_of(guarded, tokens_of(guarded))
    for name, subject in (("a1", "ana"), ("b1", "ben")):
        put(store, task(name, subject), subject=subject)
    with guarded.failing(Failure.UNAUTHORIZED, containing='"identifier"'):
        done = deliver(store, client)
    assert (done.failed, done.dead) == (("Task|urn:peer-match:task|a1",), ())
    assert len(guarded.asked("POST", "/Task")) == 2


def test_without_a_token_nothing_is_sent(store: Store, guarded: Receiver) -> None:
    put(store, task("a1"))
    client = client_of(guarded, tokens_of(guarded))
    with guarded.failing(Failure.ERROR, containing="/auth/token"):
        done = deliver(store, client)
    assert (done.failed, done.dead) == (("Task|urn:peer-match:task|a1",), ())
    assert guarded.asked("POST", "/Task") == guarded.asked("GET", "/metadata") == []
