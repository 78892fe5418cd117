"""SMART backend services: a token for this program itself, which no person has to log in for.

https://hl7.org/fhir/smart-app-launch/backend-services.html. This program signs who it is (a JWT
that is good for a few minutes and one use) and gets an access token for it. The signed statement
goes to the token endpoint alone, which must be on the list of addresses, and the access token to
the FHIR server alone.
"""

from __future__ import annotations

import math
import threading
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal, Protocol, cast
from urllib.parse import urlencode
from uuid import uuid4

import orjson
from joserfc import jwt
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, RSAKey

from peer_match.delivery.addresses import Reach
from peer_match.delivery.answers import is_success
from peer_match.delivery.exchange import Answer, Json, Limits, exchange
from peer_match.delivery.failures import TemporaryError

Algorithm = Literal["RS384", "ES384"]

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_CONFIGURATION = "/.well-known/smart-configuration"
_ASSERTION_LASTS = timedelta(minutes=4)  # the specification allows five
_MARGIN_SECONDS = 30.0
"""A token is left this long before its end: it must still be good when the request arrives."""
_UNSAID_SECONDS = 300.0  # the longest that the specification recommends
_LONGEST_SECONDS = 3600.0
_CURVE = "P-384"
_NO_KEY = "not a private key that can sign by"


class TokenSource(Protocol):
    """Where the client of a FHIR server gets its tokens from."""

    def token(self) -> str:
        """A token that is good now. Raises TemporaryError where there is none to be had."""
        ...

    def forget(self, token: str) -> None:
        """Get another one next time: the server did not take this one."""
        ...


@dataclass(frozen=True, slots=True)
class Registration:
    """How this program is known to an authorization server. `key_id` names the public key there."""

    client_id: str
    key_id: str
    key: RSAKey | ECKey
    algorithm: Algorithm
    scope: str


def signing_key(data: bytes) -> tuple[RSAKey | ECKey, Algorithm]:
    """The private key in a file, PEM or JWK, and the algorithm that it signs by.

    Raises ValueError where it can sign by neither, with the reason of the one that it is nearer to,
    and without a word of the key.
    """
    reasons: list[str] = []
    algorithms: tuple[Algorithm, ...] = ("RS384", "ES384")
    for algorithm in algorithms:
        try:
            return key_from(data, algorithm), algorithm
        except ValueError as problem:
            reasons.append(str(problem))
    near = [one for one in reasons if not one.startswith(_NO_KEY)]
    raise ValueError((near or ["not a private key of RSA or of an elliptic curve, PEM or JWK"])[0])


def key_from(data: bytes, algorithm: Algorithm) -> RSAKey | ECKey:
    """The private key in a file, PEM or JWK. Raises ValueError where it cannot sign by the
    algorithm: a server would refuse every statement, long after whoever gave the key has gone."""
    kind = RSAKey if algorithm == "RS384" else ECKey
    try:
        with warnings.catch_warnings():
            # What the library only warns of, no server takes.
            warnings.simplefilter("error", SecurityWarning)
            key = kind.import_key(_as_jwk(data) or data)
    except (ValueError, KeyError, TypeError, JoseError, SecurityWarning):
        raise ValueError(f"{_NO_KEY} {algorithm}") from None
    if not key.is_private:
        raise ValueError("a public key, which cannot sign")
    if isinstance(key, ECKey) and key.curve_name != _CURVE:
        raise ValueError(f"a key on another curve than {_CURVE}, which {algorithm} needs")
    return key


def _as_jwk(data: bytes) -> dict[str, Any] | None:
    try:
        found: Any = orjson.loads(data)
    except orjson.JSONDecodeError:
        return None
    return cast("dict[str, Any]", found) if isinstance(found, dict) else None


class BackendServices:
    """Tokens of one FHIR server. Safe to share between threads."""

    def __init__(
        self,
        base: str,
        reach: Reach,
        registration: Registration,
        limits: Limits | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._base = base.rstrip("/")
        self._reach = reach
        self._registration = registration
        self._limits = limits or Limits()
        self._clock = clock
        self._lock = threading.Lock()
        self._known: tuple[float, str] | None = None

    def token(self) -> str:
        """A token that is good for some time yet. Raises TemporaryError where none is given: being
        unknown to the server is nothing that a row of the outbox could help."""
        with self._lock:
            if self._known is None or self._clock() >= self._known[0]:
                self._known = self._fetched()
            return self._known[1]

    def forget(self, token: str) -> None:
        """Get another one next time, unless another thread has got one already."""
        with self._lock:
            if self._known is not None and self._known[1] == token:
                self._known = None

    def _fetched(self) -> tuple[float, str]:
        endpoint = self._endpoint()
        form = urlencode(
            {
                "grant_type": "client_credentials",
                "scope": self._registration.scope,
                "client_assertion_type": ASSERTION_TYPE,
                "client_assertion": self._assertion(endpoint),
            }
        )
        headers = {
            "content-type": "application/x-www-form-urlencoded",
            "accept": "application/json",
        }
        asked = self._clock()
        answer = exchange(
            self._reach, self._limits, "POST", endpoint, headers, form.encode("ascii")
        )
        granted = _object(answer, "a token")
        token, kind = granted.get("access_token"), granted.get("token_type")
        if not isinstance(token, str) or not isinstance(kind, str) or kind.lower() != "bearer":
            raise TemporaryError("the token endpoint gave no bearer token", ends_round=True)
        if not token.isascii() or not token.isprintable() or " " in token or not token:
            raise TemporaryError("the token endpoint gave no usable token", ends_round=True)
        return asked + _lasting(granted.get("expires_in")) - _MARGIN_SECONDS, token

    def _endpoint(self) -> str:
        address = self._base + _CONFIGURATION
        accept = {"accept": "application/json"}
        answer = exchange(self._reach, self._limits, "GET", address, accept)
        endpoint = _object(answer, "the SMART configuration").get("token_endpoint")
        if not isinstance(endpoint, str):
            raise TemporaryError("the SMART configuration names no token endpoint", ends_round=True)
        return endpoint

    def _assertion(self, endpoint: str) -> str:
        now = int(self._clock())
        registration = self._registration
        header = {"alg": registration.algorithm, "kid": registration.key_id, "typ": "JWT"}
        claims = {
            "iss": registration.client_id,
            "sub": registration.client_id,
            "aud": endpoint,
            "jti": str(uuid4()),
            "iat": now,
            "exp": now + int(_ASSERTION_LASTS.total_seconds()),
        }
        return jwt.encode(header, claims, registration.key, algorithms=[registration.algorithm])


def _object(answer: Answer, what: str) -> Json:
    if not is_success(answer):
        raise TemporaryError(f"{what} was refused with {answer.status}", ends_round=True)
    value = answer.json()
    if value is None:
        raise TemporaryError(f"{what} is not JSON", ends_round=True)
    return value


def _lasting(said: object) -> float:
    """For how many seconds a token is good."""
    if isinstance(said, bool) or not isinstance(said, int | float | str):
        return _UNSAID_SECONDS
    try:
        seconds = float(said)
    except ValueError:
        return _UNSAID_SECONDS
    # What is no number compares with nothing, so that the token would never be replaced.
    return _UNSAID_SECONDS if math.isnan(seconds) else min(max(seconds, 0.0), _LONGEST_SECONDS)
