"""What a consent says, yes or no, and every reason to doubt it.

In R4 a consent is a base rule (`policyRule`, `status`, the type of the outermost provision) with
exceptions nested in it, and conditions (who, what, why, which data) that narrow it. A doubt is
anything that may make the yes a no, or a smaller yes than it looks: then nobody can tell whether
the person agreed, and nothing is taken as agreed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from peer_match.facts.consent import ConsentUse
from peer_match.fhir.code_systems import BASE, V3_ACT_CODE
from peer_match.fhir.read_element import Coded, Element
from peer_match.fhir.read_modifiers import modifier_in
from peer_match.fhir.read_shapes import COMMON, Children, faults

USE_SYSTEM = f"{BASE}:consent-use"

TYPES: Mapping[str, Children] = {
    **COMMON,
    "Consent": {
        **dict.fromkeys(
            (
                "resourceType", "meta", "implicitRules", "language", "text", "contained",
                "identifier", "sourceAttachment", "sourceReference", "policy",
            ),
            "anything",
        ),
        "status": "text",
        "scope": "CodeableConcept",
        "category": "CodeableConcept*",
        "patient": "Reference",
        "dateTime": "date",
        "performer": "Reference*",
        "organization": "Reference*",
        "policyRule": "CodeableConcept",
        "verification": "Verification*",
        "provision": "Provision",
    },
    "Verification": {
        "verified": "yes or no",
        "verifiedWith": "Reference",
        "verificationDate": "date",
    },
    "Provision": {
        "type": "text",
        "period": "Period",
        "actor": "Actor*",
        "action": "CodeableConcept*",
        "securityLabel": "Coding*",
        "purpose": "Coding*",
        "class": "Coding*",
        "code": "CodeableConcept*",
        "dataPeriod": "Period",
        "data": "Data*",
        "provision": "Provision*",
    },
    "Actor": {"role": "CodeableConcept", "reference": "Reference"},
    "Data": {"meaning": "text", "reference": "Reference"},
}  # fmt: skip
"""The children of an R4 Consent, as far as they bear on what was agreed."""

_SCOPES = "http://terminology.hl7.org/CodeSystem/consentscope"
_POLICIES = "http://terminology.hl7.org/CodeSystem/consentpolicycodes"
_ACTIONS = "http://terminology.hl7.org/CodeSystem/consentaction"
_REASONS = "http://terminology.hl7.org/CodeSystem/v3-ActReason"

_STATUSES = frozenset({"active", "draft", "inactive", "proposed", "rejected"})
_REFUSING = frozenset({"OPTOUT", "OPTOUTE", "EMRGONLY", "DISSENT"})
# A base rule that agrees to everything which the exceptions do not take out.
_AGREEING = frozenset({"OPTIN", "42CFRPart2", "hipaa-auth"})
_OUR_SCOPES = frozenset({"patient-privacy", "treatment"})
_OTHER_SCOPES = frozenset({"adr", "research"})
# Why somebody may be told: treatment, its coordination, the person's wish, those who support them.
_OUR_PURPOSES = frozenset({"TREAT", "CAREMGT", "COC", "PATRQT", "SUPNWK"})
# What narrows a provision. A period does not: it only begins and ends it.
_CONDITIONS = (
    "actor", "action", "securityLabel", "purpose", "class", "code", "dataPeriod", "data",
)  # fmt: skip


class Doubt(NamedTuple):
    """Why nobody can tell what was agreed, and where it stands."""

    path: str
    why: str


def refuses(consent: Element) -> bool:
    """Whether anything in a consent says no."""
    concepts = [consent["policyRule"], *consent["category"].items()]
    return (
        consent["status"].text() == "rejected"
        or consent["provision"]["type"].text() == "deny"
        or any(one.codes() & _REFUSING for one in concepts)
    )


def may_refuse(consent: Element) -> bool:
    """Whether a consent says no, or may say it, whatever it is about."""
    return refuses(consent) or any(True for _ in _of_its_answer(consent))


def doubts_about(consent: Element, use: ConsentUse) -> tuple[Doubt, ...]:
    """Every doubt about whether a consent agrees to a use."""
    return (
        *_of_its_answer(consent),
        *_of_its_scope(consent["scope"]),
        *_of_its_reach(consent["provision"], use),
    )


def is_about_other_things(consent: Element) -> bool:
    """Whether the scope says that a consent is to something that nobody here needs."""
    return bool(consent["scope"].codes() & _OTHER_SCOPES)


def _of_its_answer(consent: Element) -> Iterator[Doubt]:
    """Doubts whether it is a yes or a no."""
    for fault in faults(consent.value, consent.path, "Consent", TYPES):
        yield Doubt(fault.path, f"it is not as R4 has it, which expects {fault.expected} there")
    yield from _about_the_whole(consent)
    yield from _about_the_rule(consent["policyRule"])
    yield from _about_exceptions(consent["provision"])


def _about_the_whole(consent: Element) -> Iterator[Doubt]:
    if (modifier := modifier_in(consent)) is not None:
        yield Doubt(modifier.path, f"{modifier.what} may change its meaning, and is not read")
    status = consent["status"].text()
    if status not in _STATUSES:
        yield Doubt(consent["status"].path, "its status is missing or was not understood")
    if status == "inactive" and consent["dateTime"].date() is None:
        yield Doubt(consent["dateTime"].path, "it has ended, and it has no date")
    for one in consent["verification"].items():
        if one["verified"].boolean() is None:
            yield Doubt(one.path, "it does not say whether it was verified")


def _about_the_rule(rule: Element) -> Iterator[Doubt]:
    agreeing = any(
        _is(coded, V3_ACT_CODE, _AGREEING) or _is(coded, _POLICIES, _AGREEING)
        for coded in rule.codings()
    )
    if rule and not agreeing:
        yield Doubt(rule.path, "its policy rule was not understood")


def _about_exceptions(provision: Element) -> Iterator[Doubt]:
    type = provision["type"].text()
    if type not in (None, "permit", "deny"):
        yield Doubt(provision["type"].path, "its type is neither permit nor deny")
    if type is None and (condition := _first_condition(provision)) is not None:
        yield Doubt(condition.path, "it has conditions, and does not say what they permit or deny")
    if any(one["type"].text() != "permit" for one in _nested(provision)):
        yield Doubt(provision["provision"].path, "it makes exceptions, which are not read")


def _of_its_scope(scope: Element) -> Iterator[Doubt]:
    understood = any(
        coded.system == USE_SYSTEM or _is(coded, _SCOPES, _OUR_SCOPES) for coded in scope.codings()
    )
    if not understood or scope.codes() & _OTHER_SCOPES:
        yield Doubt(scope.path, "its scope is missing, or is none of a consent that is used here")


def _of_its_reach(provision: Element, use: ConsentUse) -> Iterator[Doubt]:
    """A placement or a pairing is agreed to as a whole: who agrees to less did not agree to it.

    A consent to pass on information is narrowed by what it names; see `what_narrows`.
    """
    if use is ConsentUse.DISCLOSURE:
        return
    for name in _CONDITIONS:
        if provision[name] and not (name == "purpose" and _is_for_us(provision[name])):
            yield Doubt(provision[name].path, f"it is narrowed by `{name}`, which is not read")
    if provision["provision"]:
        yield Doubt(provision["provision"].path, "it is narrowed by provisions that are not read")


def what_narrows(provision: Element, own_labels: str) -> str | None:
    """What narrows a consent to pass on information in a way that is not read, or None.

    `own_labels` is the system of the labels that are read.
    """
    for name in ("class", "dataPeriod", "data", "provision"):
        if provision[name]:
            return name
    actions = [coded for one in provision["action"].items() for coded in one.codings()]
    if provision["action"] and not any(_is(one, _ACTIONS, {"disclose"}) for one in actions):
        return "action"
    if provision["purpose"] and not _is_for_us(provision["purpose"]):
        return "purpose"
    if any(one.coding().system != own_labels for one in provision["securityLabel"].items()):
        return "securityLabel"
    return None


def _is_for_us(purposes: Element) -> bool:
    return any(_is(one.coding(), _REASONS, _OUR_PURPOSES) for one in purposes.items())


def _first_condition(provision: Element) -> Element | None:
    return next((provision[name] for name in _CONDITIONS if provision[name]), None)


def _nested(provision: Element) -> Iterator[Element]:
    """Every provision inside another, however deep."""
    waiting = list(provision["provision"].items())
    while waiting:
        one = waiting.pop()
        yield one
        waiting.extend(one["provision"].items())


def _is(coded: Coded, system: str, codes: frozenset[str] | set[str]) -> bool:
    """Whether a coding is one of these codes, of their system or of none that is named."""
    return coded.code in codes and coded.system in (None, system)
