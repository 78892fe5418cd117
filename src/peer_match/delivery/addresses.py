"""Which addresses may be called: those on a list, over https, outside private networks.

A name is checked twice: as it is written, and by the addresses that it resolves to. The request
then goes to an address that was checked, so that a name cannot resolve to another one in between.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import httpx

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# Addresses of IPv6 that stand for an address of IPv4 in their last four bytes.
_ENDS_IN_IPV4 = (ip_network("64:ff9b::/96"), ip_network("::/96"))
# What belongs to one network only, and which Python, or an older one, takes for public.
_OF_ONE_NETWORK = (
    *(ip_network("64:ff9b:1::/48"), ip_network("fec0::/10")),
    *(ip_network("3fff::/20"), ip_network("5f00::/16")),
)
_LOW_FOUR_BYTES = 0xFFFFFFFF
# What some servers read as a step upwards or as another separator, once they have decoded it.
_TRICKS = ("..", "//", "\\", "%2e", "%2f", "%5c")


class RefusedAddressError(Exception):
    """An address that may not be called. The message names the reason and not the address."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What may be called.

    `bases` are the addresses below which everything may be called, such as
    `https://ehr.example/fhir/R4`; a server of tokens needs one of its own. `networks` are the
    private networks in which a server may lie. With `loopback` a server on this machine may be
    called, over http as well: for tests and for a proxy beside this program.
    """

    bases: tuple[str, ...]
    networks: tuple[Network, ...] = ()
    loopback: bool = False

    def __post_init__(self) -> None:
        for base in self.bases:
            self._check_form(_parsed(base))

    def check(self, address: str) -> httpx.URL:
        """The address, parsed. Raises RefusedAddressError where it may not be called."""
        url = _parsed(address)
        self._check_form(url)
        if not any(_is_below(url, _parsed(base)) for base in self.bases):
            raise RefusedAddressError("an address that is not on the list")
        return url

    def check_resolved(self, addresses: tuple[str, ...]) -> None:
        """Raises RefusedAddressError where one of the addresses of a host may not be called."""
        if not all(map(self._is_reachable, addresses)):
            raise RefusedAddressError("a host in a private network that is not on the list")

    def _check_form(self, url: httpx.URL) -> None:
        if url.userinfo or url.fragment or not url.host:
            raise RefusedAddressError("an address with a user or a fragment, or without a host")
        path = url.raw_path.partition(b"?")[0].decode("ascii").lower()
        if any(trick in path for trick in _TRICKS):
            raise RefusedAddressError("an address whose path leads elsewhere")
        if url.scheme != "https" and not (
            url.scheme == "http" and self.loopback and is_loopback_name(url.host)
        ):
            raise RefusedAddressError("an address without https")

    def _is_reachable(self, text: str) -> bool:
        address = ip_address(text.partition("%")[0])
        meant = _meant(address)
        if any(meant in network or address in network for network in self.networks):
            return True
        if meant.is_loopback:
            return self.loopback
        if any(meant in network for network in _OF_ONE_NETWORK):
            return False
        return meant.is_global and not meant.is_multicast


def is_loopback_name(host: str) -> bool:
    """Whether a host, as it is written, is this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _meant(address: Address) -> Address:
    """The address of IPv4 that one of IPv6 leads to, if it leads to one."""
    if isinstance(address, IPv4Address):
        return address
    if address.is_loopback or address.is_unspecified:
        return address
    if any(address in network for network in _ENDS_IN_IPV4):
        return IPv4Address(int(address) & _LOW_FOUR_BYTES)
    return address.ipv4_mapped or address.sixtofour or address


def _parsed(address: str) -> httpx.URL:
    try:
        return httpx.URL(address)
    except (httpx.InvalidURL, TypeError):
        raise RefusedAddressError("an address that cannot be read") from None


def _is_below(url: httpx.URL, base: httpx.URL) -> bool:
    if (url.scheme, url.host, url.port) != (base.scheme, base.host, base.port):
        return False
    return f"{url.path}/".startswith(f"{base.path.rstrip('/')}/")
