"""One request: bounded in time and size, to the address that was checked, under its own name."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from peer_match.delivery import exchange as exchange_module
from peer_match.delivery.addresses import Reach
from peer_match.delivery.exchange import Answer, Limits, exchange
from peer_match.delivery.failures import TemporaryError

Talk = Callable[[socket.socket], None]
SHORT = Limits(seconds=0.5, connect_seconds=0.5)
LONG = Limits(seconds=20, connect_seconds=20)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@contextmanager
def talking(
    talk: Talk, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1"
) -> Generator[int]:
    """A port where every connection is talked to in this way after it was asked something."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.create_server((host, 0), family=family)

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(connection,), daemon=True).start()

    def answer(connection: socket.socket) -> None:
        try:
            if tls is not None:
                connection = tls.wrap_socket(connection, server_side=True)
            with connection:
                connection.recv(65536)
                talk(connection)
        except OSError:
            connection.close()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listening.getsockname()[1]
    finally:
        # Closing alone leaves a thread that waits for a connection waiting.
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()


def ask(port: int, limits: Limits = SHORT, path: str = "/fhir/metadata") -> Answer:
    base = f"http://127.0.0.1:{port}"
    return exchange(Reach(bases=(base,), loopback=True), limits, "GET", base + path)


def failure(port: int, limits: Limits = SHORT) -> TemporaryError:
    began = time.monotonic()
    with pytest.raises(TemporaryError) as error:
        ask(port, limits)
    assert time.monotonic() - began < 10 * SHORT.seconds
    return error.value


def test_an_answer_is_given_as_it_is() -> None:
    def talk(connection: socket.socket) -> None:
        connection.sendall(HEAD + b'X-Odd: a\r\nContent-Length: 7\r\n\r\n{"a":1}')

    with talking(talk) as port:
        answer = ask(port, LONG)
    assert (answer.status, answer.json(), answer.headers["x-odd"]) == (200, {"a": 1}, "a")


def test_a_redirect_is_an_answer_and_not_followed() -> None:
    asked: list[int] = []

    def talk(connection: socket.socket) -> None:
        asked.append(1)
        connection.sendall(
            b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"
        )

    with talking(talk) as port:
        assert ask(port, LONG).status == 302
    assert asked == [1]


# --- bounded -----------------------------------------------------------------------------------


def drip(connection: socket.socket, start: bytes, piece: bytes) -> None:
    """Send a piece now and then, sooner than any wait for a single read would end."""
    connection.sendall(start)
    while True:
        connection.sendall(piece)
        time.sleep(0.05)


@pytest.mark.parametrize(
    "talk",
    [
        lambda connection: time.sleep(5),
        lambda connection: drip(connection, HEAD, b"X-More: a\r\n"),
        lambda connection: drip(connection, HEAD + b"Content-Length: 9999\r\n\r\n", b"a"),
        lambda connection: drip(connection, b"HTTP/1.1 100 Continue\r\n\r\n" * 2, b"H"),
    ],
    ids=["nothing", "headers", "body", "not-yet"],
)
def test_an_answer_that_does_not_end_is_given_up(talk: Talk) -> None:
    with talking(talk) as port:
        error = failure(port)
    assert error.ends_round or error.code.startswith("the connection broke off")


@pytest.mark.parametrize("start", [b"Content-Length: 99999999\r\n\r\n", b"\r\n"])
def test_an_answer_that_is_too_large_is_given_up(start: bytes) -> None:
    def talk(connection: socket.socket) -> None:
        connection.sendall(HEAD + start)
        while True:
            connection.sendall(b" " * 65536)

    limits = Limits(seconds=20, connect_seconds=20, answer_bytes=300_000)
    with talking(talk) as port:
        assert failure(port, limits).code == "the answer is too large"


def test_a_compressed_answer_is_not_unpacked() -> None:
    def talk(connection: socket.socket) -> None:
        connection.sendall(HEAD + b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b{}")

    with talking(talk) as port:
        answer = ask(port, LONG)
    assert answer.body == b"\x1f\x8b{}"
    assert answer.json() is None


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        HEAD + b"Content-Length: 99\r\n\r\n{",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"SSH-2.0-OpenSSH_9.0\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        HEAD + b"X-Many: " + b"a" * 300_000 + b"\r\n\r\n",
    ],
    ids=["nothing", "half-head", "half-body", "chunks", "not-http", "no-status", "huge-head"],
)
def test_half_an_answer_or_none_is_a_failure_for_now(said: bytes) -> None:
    with talking(lambda connection: connection.sendall(said)) as port:
        assert "broke off" in failure(port, LONG).code


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as one:
        port = one.getsockname()[1]
    error = failure(port)
    assert (error.code, error.ends_round) == ("no connection", True)


def test_a_name_that_is_not_known() -> None:
    base = "https://nobody.invalid/fhir"
    with pytest.raises(TemporaryError, match="no connection"):
        exchange(Reach(bases=(base,)), LONG, "GET", base)


# --- under its own name ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for `localhost`, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "localhost.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


def over_tls(certificate: Path, host: str, trusted: bool) -> tuple[Answer, list[str | None]]:
    """Ask a server with this certificate under a name; gives the names that it was asked for."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate)
    named: list[str | None] = []
    server.sni_callback = lambda _, name, __: named.append(name)
    trust = ssl.create_default_context(cafile=str(certificate)) if trusted else None

    def talk(connection: socket.socket) -> None:
        connection.sendall(HEAD + b"Content-Length: 2\r\n\r\n{}")

    with talking(talk, server) as port:
        base = f"https://{host}:{port}/fhir"
        reach = Reach(bases=(base,), loopback=True)
        limits = Limits(seconds=20, connect_seconds=20, tls=trust)
        return exchange(reach, limits, "GET", base), named


def test_the_certificate_is_that_of_the_name_and_not_of_the_address(certificate: Path) -> None:
    answer, named = over_tls(certificate, "localhost", trusted=True)
    assert answer.json() == {}
    assert named == ["localhost"]


def test_a_certificate_of_another_name_is_refused(certificate: Path) -> None:
    with pytest.raises(TemporaryError, match="no connection"):
        over_tls(certificate, "127.0.0.1", trusted=True)


def test_a_certificate_that_nobody_vouches_for_is_refused(certificate: Path) -> None:
    with pytest.raises(TemporaryError, match="no connection"):
        over_tls(certificate, "localhost", trusted=False)


def test_the_next_address_of_a_name_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    async def resolved(url: object) -> tuple[str, ...]:
        return ("127.0.0.2", "127.0.0.1")

    monkeypatch.setattr(exchange_module, "_resolved", resolved)

    def talk(connection: socket.socket) -> None:
        connection.sendall(HEAD + b"Content-Length: 2\r\n\r\n{}")

    with talking(talk) as port:
        assert ask(port, LONG).status == 200


def test_the_environment_leads_nowhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    seen: list[bytes] = []

    def talk(connection: socket.socket) -> None:
        seen.append(b"asked")
        connection.sendall(HEAD + b"Content-Length: 2\r\n\r\n{}")

    with talking(talk) as port:
        assert ask(port, LONG).status == 200
    assert seen == [b"asked"]
