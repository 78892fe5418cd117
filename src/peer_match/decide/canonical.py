"""The one form of a decision as bytes, and its digest.

The same facts, policy and moment give the same bytes on every surface.
"""

from __future__ import annotations

import hashlib

import orjson

from peer_match.decide.assessment import Assessment
from peer_match.decide.decision import Decision
from peer_match.decide.plan_review import PlanReview


def canonical(decision: Decision) -> bytes:
    """UTF-8 JSON with sorted keys and no white space, without how the engine of safety fared."""
    # A dataclass is written in the order of its fields, whatever the options say; a mapping is not.
    found = orjson.loads(orjson.dumps(decision))
    if found["assessment"] is not None:
        del found["assessment"]["engine"]
    return orjson.dumps(found, option=orjson.OPT_SORT_KEYS)


def canonical_assessment(assessment: Assessment) -> bytes:
    """As `canonical`, without how the engine fared: the same facts give the same bytes."""
    found = orjson.loads(orjson.dumps(assessment))
    del found["engine"]
    return orjson.dumps(found, option=orjson.OPT_SORT_KEYS)


def canonical_review(review: PlanReview) -> bytes:
    """A review of a safety plan, as `canonical`."""
    return orjson.dumps(orjson.loads(orjson.dumps(review)), option=orjson.OPT_SORT_KEYS)


def digest(decision: Decision) -> str:
    """The SHA-256 of the canonical form, in hexadecimal."""
    return hashlib.sha256(canonical(decision)).hexdigest()
