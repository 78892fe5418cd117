"""The codes of a safety assessment: how severe, what a task is for, and which rule holds.

The first two lie in `fhir_profiles/codesystems`. The code of a rule is its id, and its code system
is drawn from the pack (`write_code_systems`).
"""

from __future__ import annotations

from peer_match.decide.project_assessment import CONCERN
from peer_match.decide.references import RuleRef
from peer_match.fhir.code_systems import BASE
from peer_match.fhir.write_code_systems import SAFETY_RULE, display_of
from peer_match.fhir.write_elements import Json, coded, plain
from peer_match.policy.file_header import TaskPriority
from peer_match.policy.safety_files import Severity

SEVERITY = f"{BASE}:code:severity"
SAFETY_TASK = f"{BASE}:code:safety-task"
EMERGENCY_DISCLOSURE = f"{BASE}:code:emergency-disclosure"

PRIORITY_OF: dict[Severity, TaskPriority] = {
    "emergent": "stat",
    "urgent": "asap",
    "soon": "urgent",
    "routine": "routine",
}
"""The priority of a task for which the pack names none, by how severe its answer could be."""


def severity_words(severity: Severity) -> str:
    """`Emergent: somebody must act now`."""
    return display_of(SEVERITY, severity)


def severity_concept(severity: Severity) -> Json:
    """A severity and its words; never a number, least of all a probability."""
    words = severity_words(severity)
    return coded(SEVERITY, severity, words, words)


def rule_concept(rule: RuleRef | None, text: str | None = None) -> Json:
    """A safety rule by its id, with its title or a text of one's own as its words."""
    if rule is None:
        return {"text": plain(text or CONCERN)}
    return coded(SAFETY_RULE, rule.id, rule.title, text or plain(rule.title) or rule.id)


def coded_of(system: str, code: str) -> Json:
    """A code of `fhir_profiles/codesystems`, with its words."""
    return coded(system, code, display_of(system, code))


def safety_task(code: str) -> Json:
    """What a task is for."""
    return coded_of(SAFETY_TASK, code)
