"""From the options of a command to a client of one FHIR server, with every fault at once."""

from __future__ import annotations

import stat
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path

from joserfc.jwk import ECKey, RSAKey

from peer_match.delivery.addresses import Network, Reach, RefusedAddressError
from peer_match.delivery.backend_services import (
    Algorithm,
    BackendServices,
    Registration,
    signing_key,
)
from peer_match.delivery.client import FhirClient, Server
from peer_match.surfaces.faults import Faults, stop
from peer_match.surfaces.files import read_whole
from peer_match.surfaces.words import clean


@dataclass(frozen=True, slots=True)
class Reaching:
    """What may be called besides the server itself."""

    loopback: bool
    allow: tuple[str, ...]
    networks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Registered:
    """How this program is known to the server, as it was given."""

    client_id: str | None
    key: Path | None
    key_id: str | None
    scope: str

    def registration(self, faults: Faults) -> Registration | None:
        """None where the server asks for nobody, or with a fault."""
        if self.client_id is None or self.key is None:
            if self.client_id is not None or self.key is not None or self.key_id is not None:
                faults.said.append("--client-id and --key belong together, and --key-id to both")
            return None
        found = _key(self.key, faults)
        if found is None:
            return None
        key, algorithm = found
        return Registration(self.client_id, self.key_id or key.kid or self.client_id, key,
                            algorithm, self.scope)  # fmt: skip


def client_of(server: str, reaching: Reaching, registered: Registered) -> FhirClient:
    """The client of a server. Every word that cannot be used is told at once."""
    faults = Faults()
    networks = [network for one in reaching.networks if (network := _network(one, faults))]
    try:
        reach = Reach((server, *reaching.allow), tuple(networks), loopback=reaching.loopback)
        place = Server(server, reach)
    except RefusedAddressError as problem:
        stop([*faults.said, f"--server or --allow: {problem}"])
    registration = registered.registration(faults)
    faults.stop_if_any()
    if registration is None:
        return FhirClient(place)
    return FhirClient(place, BackendServices(server, reach, registration))


def _network(text: str, faults: Faults) -> Network | None:
    try:
        return ip_network(text)
    except ValueError:
        faults.said.append(f"--network: `{clean(text)}` is no network such as 10.20.0.0/16")
        return None


def _key(path: Path, faults: Faults) -> tuple[RSAKey | ECKey, Algorithm] | None:
    try:
        data = read_whole(path)
        others = stat.S_IMODE(path.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO)
    except OSError as problem:
        faults.unreadable(path, problem)
        return None
    if others:
        faults.file(path, "others than its owner may use this key", "chmod 600 it")
        return None
    try:
        return signing_key(data)
    except ValueError as problem:
        faults.file(path, str(problem), "give a private key, PEM or JWK: RSA, or EC on P-384")
        return None
