"""Overrides: what binds one to the rule and the facts as they were, and why one is not valid."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import cast

import orjson
from pydantic import BaseModel

from peer_match.decide.case import Facts
from peer_match.facts.override import Override
from peer_match.policy.policy import MustNot


def facts_digest(facts: Iterable[str], case: Facts) -> str:
    """The SHA-256 of what a rule's facts amount to: any change of them voids an override."""
    seen = [
        (
            name,
            [_stable(value) for value in observed.values],
            sorted(observed.denied),
            sorted(observed.doubtful),
            observed.complete,
            observed.unknown,
            observed.occasion,
        )
        for name in facts
        for observed in (case.observed(name),)
    ]
    return hashlib.sha256(orjson.dumps(seen)).hexdigest()


def _stable(value: object) -> object:
    """A value in a form whose bytes are the same in every process: sets are sorted."""
    if isinstance(value, BaseModel):
        return {name: _stable(part) for name, part in value}
    if isinstance(value, frozenset):
        return sorted(str(part) for part in cast("frozenset[object]", value))
    if isinstance(value, tuple):
        return [_stable(part) for part in cast("tuple[object, ...]", value)]
    return str(value)


def why_not_valid(
    override: Override, rule: MustNot, digest: str | None, as_of: datetime
) -> str | None:
    """Why an override of a rule is not valid at a moment, on facts of this digest; None if it is
    valid."""
    if rule.override is None:
        return "nobody may override this rule"
    if not override.granted <= as_of:
        return "it is not yet granted"
    if not as_of < override.until:
        return "its time is over"
    if rule.override.at_most.before(override.until) > override.granted:
        return f"it was granted for longer than {rule.override.at_most}"
    if override.rule_digest != rule.digest:
        return "the rule was changed since"
    if override.facts_digest != digest:
        return "what is known has changed since"
    missing = sorted(
        role for role in rule.override.all_of if not override.granted_by.get(role, "").strip()
    )
    if missing:
        return f"nobody is named for: {', '.join(missing)}"
    people = {override.granted_by[role].strip() for role in rule.override.all_of}
    if len(people) < len(rule.override.all_of):
        return "one person stands for several roles"
    return None
