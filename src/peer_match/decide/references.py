"""How a decision refers to the pack and to the rules behind it."""

from __future__ import annotations

from peer_match.decide.decision import PolicyRef, RuleRef
from peer_match.policy.policy import AnyRule, MustNot, Policy

SIGNED = "clinically approved"
UNSIGNED = "not clinically approved"


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
