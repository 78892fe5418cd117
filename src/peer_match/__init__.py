"""Rules-based matching of people in recovery with peer-led groups and mentors.

The public API: load a policy, decide, and project the decision for whoever is to see it.
"""

from __future__ import annotations

from peer_match.decide.project import project
from peer_match.decide.suggest import suggest
from peer_match.decide.version import __version__
from peer_match.policy.load import PolicyError, load_policy

__all__ = ["PolicyError", "__version__", "load_policy", "project", "suggest"]
