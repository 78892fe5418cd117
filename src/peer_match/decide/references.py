"""How an answer refers to the person, and to the pack and the rules behind it."""

from __future__ import annotations

from dataclasses import dataclass

from peer_match.policy.policy import AnyRule, MustNot, Policy

SIGNED = "clinically approved"
UNSIGNED = "not clinically approved"
WITHHELD = "withheld"
"""Stands where a rule, a name or an id may not be seen."""


@dataclass(frozen=True, slots=True)
class PolicyRef:
    """The pack that decided. `signed` is False for a pack that no clinician approved."""

    id: str
    version: str
    digest: str
    signed: bool
    statement: str


@dataclass(frozen=True, slots=True)
class PersonRef:
    """Whom the decision is about."""

    id: str
    name: str | None


@dataclass(frozen=True, slots=True)
class RuleRef:
    """A rule as it stood: where it is written and who answers for it.

    Of a rule that keeps apart, `asks` is the role that can answer or acknowledge; `override` are
    the roles that may set it aside together, for `override_at_most`; empty where nobody may.
    """

    id: str
    kind: str
    title: str
    why: str
    file: str
    line: int
    digest: str
    owner: str
    sources: tuple[str, ...]
    confidential: bool
    asks: str | None = None
    override: tuple[str, ...] = ()
    override_at_most: str | None = None


def policy_ref(policy: Policy) -> PolicyRef:
    """The pack that decided."""
    return PolicyRef(
        policy.pack.pack,
        policy.pack.version,
        policy.digest,
        policy.signed,
        SIGNED if policy.signed else UNSIGNED,
    )


def rule_ref(rule: AnyRule) -> RuleRef:
    """A rule as it stood."""
    kind = type(rule).__name__
    override = rule.override if isinstance(rule, MustNot) else None
    return RuleRef(
        id=rule.id,
        kind={"MustNot": "must_not"}.get(kind, kind.lower()),
        title=rule.title,
        why=rule.why,
        file=rule.position.file,
        line=rule.position.line,
        digest=rule.digest,
        owner=rule.owner,
        sources=tuple(f"{one.cite} ({one.status}): {one.finding}" for one in rule.sources),
        confidential=isinstance(rule, MustNot) and rule.shown_as_unavailable,
        asks=rule.asks if isinstance(rule, MustNot) else None,
        override=() if override is None else tuple(sorted(override.all_of)),
        override_at_most=None if override is None else str(override.at_most),
    )
