"""What a more severe rule already sees to: whom one and the same evidence calls.

For a disclosure of severe distress the rule for severe distress holds, and the one for mild
distress as well. Where the milder rule says `seen_to_by`, it calls somebody only for what the other
one does not see to. Its alert stands all the same, with its severity and its evidence.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from peer_match.decide.assessment import Alert
from peer_match.facts.event import EarlierEscalation
from peer_match.policy.safety import Escalate
from peer_match.policy.safety_files import SEVERITIES


@dataclass(frozen=True, slots=True)
class SeenTo:
    """What was escalated for a rule before (`mine`), and for those that see to its evidence before
    (`earlier`) and now (`now`, the most severe first)."""

    mine: tuple[EarlierEscalation, ...]
    earlier: tuple[EarlierEscalation, ...]
    now: tuple[Alert, ...]

    @property
    def evidence(self) -> frozenset[str]:
        """The keys of the evidence for which somebody was called, or is called now."""
        before = (one.evidence for one in (*self.mine, *self.earlier))
        return frozenset[str]().union(*before, *(_keys(one) for one in self.now))

    @property
    def is_open(self) -> bool:
        """Whether somebody is called for it now, or nobody has closed it since."""
        before = (*self.mine, *self.earlier)
        return any(one.is_new for one in self.now) or any(one.is_open for one in before)

    def stands_under(self, evidence: Collection[str]) -> tuple[str, str]:
        """The rule and the id of the escalation under which evidence stands that calls nobody anew.

        One that somebody is called for still comes first, of these the rule's own, then the most
        severe: so the answer is the same once this one's escalations are among the earlier ones.
        All are of the same evidence, but for one of its own that is open, and for a rule that holds
        for want of any. Raises IndexError where there is none.
        """
        keys = frozenset(evidence)
        called = [_opened_by(one) for one in self.now if one.is_new]
        known = [*self.mine, *self.earlier, *called]
        of_its_own = [one for one in self.mine if one.is_open or not keys]
        may = [one for one in known if one in of_its_own or one.evidence & keys]
        may.sort(key=lambda one: (not one.is_open, one not in self.mine,
                                  -SEVERITIES.index(one.severity), one.rule, one.id))  # fmt: skip
        return may[0].rule, may[0].id


def seen_to(
    rule: Escalate, earlier: Collection[EarlierEscalation], told: Mapping[str, Alert]
) -> SeenTo:
    """Who sees to the evidence of a rule; `told` are the alerts of those that come before it."""
    return SeenTo(
        mine=tuple(one for one in earlier if one.rule == rule.id),
        earlier=tuple(one for one in earlier if one.rule in rule.seen_to_by),
        now=tuple(told[id] for id in sorted(rule.seen_to_by) if id in told),
    )


def _keys(alert: Alert) -> frozenset[str]:
    return frozenset(one.key for one in alert.evidence)


def _opened_by(alert: Alert) -> EarlierEscalation:
    """What an alert that calls somebody will be to the assessments after it."""
    return EarlierEscalation(
        id=alert.escalation,
        rule=alert.rule,
        severity=alert.severity,
        evidence=_keys(alert),
        is_open=True,
    )
