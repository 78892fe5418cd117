"""Only addresses on the list are called, over https, and none that leads into a private network."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peer_match.delivery import exchange as exchange_module
from peer_match.delivery.addresses import Reach, RefusedAddressError, is_loopback_name
from peer_match.delivery.exchange import Limits, exchange
from peer_match.delivery.failures import TemporaryError

BASE = "https://ehr.example/fhir/R4"
REACH = Reach(bases=(BASE,))
LOCAL = Reach(bases=("http://127.0.0.1:8080/fhir",), loopback=True)


@pytest.mark.parametrize(
    "address",
    [
        BASE,
        f"{BASE}/",
        f"{BASE}/Task",
        f"{BASE}/Task?identifier=urn:a|b%2Fc",
        "https://EHR.example/fhir/R4/Task",
        "https://ehr.example:443/fhir/R4/Task",
    ],
)
def test_what_lies_below_a_base_may_be_called(address: str) -> None:
    assert REACH.check(address).host == "ehr.example"


@pytest.mark.parametrize(
    "address",
    [
        "https://ehr.example/fhir",
        "https://ehr.example/fhir/R4B/Task",
        "https://ehr.example/fhir/r4/Task",
        "https://ehr.example:8443/fhir/R4/Task",
        "https://other.example/fhir/R4/Task",
        "https://ehr.example.evil.example/fhir/R4/Task",
        "https://evil.example/?https://ehr.example/fhir/R4",
        "https://ehr.example\uff0eevil.example/fhir/R4",
        "https://\u0435hr.example/fhir/R4",
    ],
)
def test_what_is_not_on_the_list_is_refused(address: str) -> None:
    with pytest.raises(RefusedAddressError, match="not on the list"):
        REACH.check(address)


@pytest.mark.parametrize(
    "path",
    [
        "/fhir/R4/../admin",
        "/fhir/R4/%2e%2e/admin",
        "/fhir/R4/%2E%2e/admin",
        "/fhir/R4/.%2e/admin",
        "/fhir/R4/..%2fadmin",
        "/fhir/R4//evil.example",
        "/fhir/R4/%5c..%5cadmin",
        "/fhir/R4\\..\\admin",
        "/fhir/R4/Task%2F..%2F..",
    ],
)
def test_a_path_that_leads_elsewhere_is_refused(path: str) -> None:
    with pytest.raises(RefusedAddressError):
        REACH.check(f"https://ehr.example{path}")


@pytest.mark.parametrize(
    "address",
    [
        "http://ehr.example/fhir/R4",
        "ftp://ehr.example/fhir/R4",
        "file:///fhir/R4",
        "//ehr.example/fhir/R4",
        "/fhir/R4/Task",
        "https:///fhir/R4",
        "https://user@ehr.example/fhir/R4",
        "https://user:password@ehr.example/fhir/R4",
        "https://ehr.example@evil.example/fhir/R4",
        "https://ehr.example/fhir/R4#part",
        "https://ehr.example:port/fhir/R4",
        "https://[::1/fhir/R4",
        "https://ehr.example/fhir/R4\r\nHost: evil.example",
        "",
        " ",
    ],
)
def test_an_address_in_a_form_that_is_not_called_is_refused(address: str) -> None:
    with pytest.raises(RefusedAddressError):
        REACH.check(address)
    with pytest.raises(RefusedAddressError):
        Reach(bases=(address,))


def test_a_refusal_does_not_quote_the_address() -> None:
    with pytest.raises(RefusedAddressError) as refused:
        REACH.check("https://ana:secret@ehr.example/fhir/R4")
    assert "ana" not in str(refused.value) and "secret" not in str(refused.value)


@given(st.text(max_size=40))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    for address in (text, f"https://{text}", f"{BASE}/{text}"):
        try:
            url = REACH.check(address)
        except RefusedAddressError:
            continue
        assert (url.scheme, url.host) == ("https", "ehr.example")
        assert url.path.startswith("/fhir/R4")
        assert ".." not in url.path


# --- this machine ------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "localhost", "[::1]"])
def test_this_machine_is_called_over_http_where_that_is_allowed(host: str) -> None:
    base = f"http://{host}:8080/fhir"
    assert Reach(bases=(base,), loopback=True).check(f"{base}/Task")
    with pytest.raises(RefusedAddressError, match="without https"):
        Reach(bases=(base,))


@pytest.mark.parametrize("host", ["10.0.0.1", "ehr.example", "localhost.evil.example", "0.0.0.0"])
def test_another_machine_is_never_called_over_http(host: str) -> None:
    with pytest.raises(RefusedAddressError, match="without https"):
        Reach(bases=(f"http://{host}/fhir",), loopback=True)


def test_which_names_are_this_machine() -> None:
    assert all(map(is_loopback_name, ("localhost", "127.0.0.1", "::1")))
    assert not any(map(is_loopback_name, ("", "ehr.example", "10.0.0.1", "::", "0x7f.1")))


# --- what a name resolves to -------------------------------------------------------------------

PRIVATE = [
    *("10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "0.0.0.0", "255.255.255.255"),
    *("169.254.169.254", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "::"),
    *("224.0.0.1", "ff02::1", "192.0.2.1", "2001:db8::1", "240.0.0.1"),
    # Addresses of IPv6 that lead to one of IPv4.
    *("::ffff:10.0.0.1", "::ffff:169.254.169.254", "2002:a00:1::", "64:ff9b::a00:1", "::a00:1"),
    *("64:ff9b:1::a00:1", "fec0::1", "3fff::1", "5f00::1", "2001:0:a00:1::"),
]
LOOPBACK = ["127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "::7f00:1"]
PUBLIC = ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "64:ff9b::5db8:d822"]


@pytest.mark.parametrize("resolved", [*PRIVATE, *LOOPBACK])
def test_a_private_address_is_refused(resolved: str) -> None:
    with pytest.raises(RefusedAddressError, match="private network"):
        REACH.check_resolved((resolved,))


@pytest.mark.parametrize("resolved", PUBLIC)
def test_a_public_address_may_be_called(resolved: str) -> None:
    REACH.check_resolved((resolved,))


def test_one_private_address_among_public_ones_is_refused() -> None:
    with pytest.raises(RefusedAddressError):
        REACH.check_resolved((PUBLIC[0], "10.0.0.1"))


@pytest.mark.parametrize("resolved", LOOPBACK)
def test_this_machine_may_be_called_where_that_is_allowed(resolved: str) -> None:
    LOCAL.check_resolved((resolved,))


@pytest.mark.parametrize("resolved", PRIVATE)
def test_this_machine_does_not_stand_for_its_network(resolved: str) -> None:
    with pytest.raises(RefusedAddressError):
        LOCAL.check_resolved((resolved,))


def test_a_private_network_on_the_list_may_be_called() -> None:
    reach = Reach(bases=(BASE,), networks=(ip_network("10.1.0.0/16"), ip_network("fd00::/16")))
    reach.check_resolved(("10.1.2.3",))
    reach.check_resolved(("::ffff:10.1.2.3",))
    reach.check_resolved(("fd00::7",))
    for other in ("10.2.0.1", "169.254.169.254", "127.0.0.1", "fd01::1"):
        with pytest.raises(RefusedAddressError):
            reach.check_resolved((other,))


# --- in a request ------------------------------------------------------------------------------


def test_a_name_that_resolves_into_a_private_network_is_not_called(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    async def resolved(url: object) -> tuple[str, ...]:
        return ("93.184.216.34", "169.254.169.254")

    async def ask(*_: object) -> None:
        asked.append("asked")

    monkeypatch.setattr(exchange_module, "_resolved", resolved)
    monkeypatch.setattr(exchange_module, "_ask", ask)
    with pytest.raises(TemporaryError, match="refused to call a host in a private network") as it:
        exchange(REACH, Limits(), "GET", f"{BASE}/metadata")
    assert it.value.ends_round
    assert asked == []


def test_an_address_off_the_list_is_not_even_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    async def resolved(url: object) -> tuple[str, ...]:
        raise AssertionError("looked up")

    monkeypatch.setattr(exchange_module, "_resolved", resolved)
    with pytest.raises(TemporaryError, match="not on the list"):
        exchange(REACH, Limits(), "GET", "https://evil.example/fhir")
