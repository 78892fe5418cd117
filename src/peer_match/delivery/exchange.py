"""One request and its answer, bounded in time and size, to an address that may be called.

Every request has a connection of its own: nothing is shared between threads, no cookie and no
connection outlives a request, and a few messages a minute do not need more. No proxy and no
credentials are taken from the environment, since either would lead the request elsewhere.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

import httpx
import orjson

from peer_match.delivery.addresses import Reach, RefusedAddressError
from peer_match.delivery.failures import TemporaryError

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a whole request may take, from looking up the name to the last byte, and how many
    bytes an answer may have. A lease of the outbox must outlast about ten requests."""

    seconds: float = 10
    connect_seconds: float = 5
    answer_bytes: int = 4_000_000
    tls: ssl.SSLContext | None = None
    """Whom to trust; None for what this machine trusts."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered. Names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Json | None:
        """The body if it says that it is JSON and is one object; None otherwise."""
        if "json" not in self.headers.get("content-type", "").lower():
            return None
        try:
            value: object = orjson.loads(self.body)
        except orjson.JSONDecodeError:
            return None
        return cast("Json", value) if isinstance(value, dict) else None


def exchange(
    reach: Reach,
    limits: Limits,
    method: str,
    address: str,
    headers: Mapping[str, str] | None = None,
    content: bytes | None = None,
) -> Answer:
    """Send one request and read its answer. Redirects are answers like any other.

    Raises TemporaryError where the address may not be called, since whoever runs this program can
    mend that, and where there is no whole answer. Not to be called from within an event loop.
    """
    try:
        return asyncio.run(_exchange(reach, limits, method, address, headers or {}, content))
    except RefusedAddressError as refused:
        raise TemporaryError(f"refused to call {refused}", ends_round=True) from None
    except (TimeoutError, httpx.TimeoutException):
        raise TemporaryError("no answer in time", ends_round=True) from None
    except (httpx.ConnectError, socket.gaierror):
        raise TemporaryError("no connection", ends_round=True) from None
    except httpx.TransportError:
        raise TemporaryError("the connection broke off before the answer ended") from None


async def _exchange(
    reach: Reach,
    limits: Limits,
    method: str,
    address: str,
    headers: Mapping[str, str],
    content: bytes | None,
) -> Answer:
    url = reach.check(address)
    async with asyncio.timeout(limits.seconds):
        addresses = await _resolved(url)
        reach.check_resolved(addresses)
        transport = httpx.AsyncHTTPTransport(verify=limits.tls or _trusted(), trust_env=False)
        timeout = httpx.Timeout(limits.seconds, connect=limits.connect_seconds)
        async with httpx.AsyncClient(
            transport=transport, timeout=timeout, follow_redirects=False, trust_env=False
        ) as client:
            *others, last = addresses
            for one in others:
                try:
                    return await _ask(client, limits, method, url, one, headers, content)
                except (httpx.ConnectError, httpx.ConnectTimeout):
                    # Nothing was sent yet, so the next address cannot make it twice.
                    continue
            return await _ask(client, limits, method, url, last, headers, content)


async def _ask(
    client: httpx.AsyncClient,
    limits: Limits,
    method: str,
    url: httpx.URL,
    resolved: str,
    headers: Mapping[str, str],
    content: bytes | None,
) -> Answer:
    # To the address that was checked, under the name that the server and its certificate have. A
    # compressed answer is not asked for: its size would be known too late.
    named = {**headers, "host": url.netloc.decode("ascii"), "accept-encoding": "identity"}
    request = client.build_request(
        method,
        url.copy_with(host=resolved),
        headers=named,
        content=content,
        extensions={"sni_hostname": url.host},
    )
    response = await client.send(request, stream=True)
    try:
        body = bytearray()
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > limits.answer_bytes:
                raise TemporaryError("the answer is too large")
    finally:
        await response.aclose()
    lowered = {name.lower(): value for name, value in response.headers.items()}
    return Answer(response.status_code, lowered, bytes(body))


async def _resolved(url: httpx.URL) -> tuple[str, ...]:
    """The addresses of a host, each once, in the order in which they are to be tried."""
    port = url.port or {"https": 443, "http": 80}[url.scheme]
    found = await asyncio.get_running_loop().getaddrinfo(
        url.host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP
    )
    return tuple(dict.fromkeys(str(address[0]) for *_, address in found))


@cache
def _trusted() -> ssl.SSLContext:
    return ssl.create_default_context()
