"""Consent resources, read so that every doubt leaves less agreed, never more.

A foreign consent seldom says which of our recipients may know what. Without codes that do, it
opens nothing; it still shows whether the person agreed or refused, and until when.
"""

from __future__ import annotations

from peer_match.facts.consent import Consent, ConsentUse
from peer_match.facts.provenance import PartialDate, Provenance
from peer_match.fhir.code_systems import BASE
from peer_match.fhir.read_chart import Chart, recorded
from peer_match.fhir.read_element import Coded, Element
from peer_match.fhir.read_notes import NoteKind
from peer_match.fhir.read_references import Entry

USE_SYSTEM = f"{BASE}:consent-use"
RECIPIENT_SYSTEM = f"{BASE}:recipient"
CATEGORY_SYSTEM = f"{BASE}:disclosure-category"

_DISCLOSURE = frozenset({"patient-privacy", "IDSCL", "INFA", "INFAO", "42CFRPart2"})
_REFUSING = frozenset({"OPTOUT", "OPTOUTE", "EMRGONLY", "DISSENT"})
_NO_LONGER = frozenset({"inactive"})
_NOT_SIGNED = frozenset({"draft", "proposed"})


def read_consent(chart: Chart, entry: Entry) -> None:
    """A Consent of the person."""
    consent = entry.resource
    if not chart.is_about_the_person(entry, "patient"):
        return
    status = consent["status"].text()
    if status == "entered-in-error":
        return
    codes = _codes(consent)
    use = _use(consent, codes)
    if use is None:
        chart.notes.add(
            NoteKind.NOT_UNDERSTOOD,
            consent["category"].path,
            f"a consent is neither to a placement nor to passing on information: "
            f"{', '.join(sorted(codes)) or 'no category'}",
            "nothing to do; ask the person for the consents that are needed here",
        )
        return
    written = consent["dateTime"].date()
    provision = consent["provision"]
    chart.consents.append(
        Consent(
            id=entry.source,
            use=use,
            provenance=Provenance(
                source=entry.source,
                stated_by=chart.stated_by(consent["performer"].items(), consent),
                date=written,
                recorded=recorded(written),
            ),
            agreed=_agreed(chart, consent, status, provision),
            discloser=_discloser(consent),
            recipients=frozenset(_own_codes(_actors(provision), RECIPIENT_SYSTEM)),
            categories=frozenset(_own_codes(_about(provision), CATEGORY_SYSTEM)),
            purpose=_purpose(provision),
            signed=_signed(consent, status, written),
            expires=provision["period"]["end"].date(),
            revoked=_ended(written, provision) if status in _NO_LONGER else None,
        )
    )
    if use is ConsentUse.DISCLOSURE and not chart.consents[-1].recipients:
        chart.notes.add(
            NoteKind.NOT_UNDERSTOOD,
            provision.path,
            "a consent to pass on information names nobody in the codes used here, so it opens "
            "nothing",
            "ask the person again with the intake, which names recipients and kinds of fact",
        )


def _codes(consent: Element) -> frozenset[str]:
    concepts = [consent["scope"], consent["policyRule"], *consent["category"].items()]
    return frozenset(code for one in concepts for code in one.codes())


def _use(consent: Element, codes: frozenset[str]) -> ConsentUse | None:
    concepts = [consent["scope"], *consent["category"].items()]
    own = {code for one in concepts for code in _own_codes(one.codings(), USE_SYSTEM)}
    for use in ConsentUse:
        if use.value in own:
            return use
    return ConsentUse.DISCLOSURE if codes & _DISCLOSURE else None


def _agreed(chart: Chart, consent: Element, status: str | None, provision: Element) -> bool:
    """Agreed unless anything refuses: exceptions in the person's favour cannot be told apart."""
    refusing = consent["policyRule"].codes() & _REFUSING or any(
        one.codes() & _REFUSING for one in consent["category"].items()
    )
    refused = status == "rejected" or provision["type"].text() == "deny" or bool(refusing)
    if not refused and _denies_inside(provision):
        chart.notes.add(
            NoteKind.DOUBTFUL,
            provision.path,
            "a consent makes exceptions, which are not read",
            "look at the consent before anything is passed on",
        )
    return not refused


def _denies_inside(provision: Element) -> bool:
    waiting = list(provision["provision"].items())
    while waiting:
        one = waiting.pop()
        if one["type"].text() == "deny":
            return True
        waiting.extend(one["provision"].items())
    return False


def _signed(
    consent: Element, status: str | None, written: PartialDate | None
) -> PartialDate | None:
    """The date of the consent, unless it is a draft or its verification failed."""
    if status is None or status in _NOT_SIGNED:
        return None
    if any(one["verified"].boolean() is False for one in consent["verification"].items()):
        return None
    return consent["provision"]["period"]["start"].date() or written


def _ended(written: PartialDate | None, provision: Element) -> PartialDate:
    """When a consent that is no longer in force ended. Nobody wrote it down: from its start."""
    return written or provision["period"]["start"].date() or PartialDate("0001")


def _discloser(consent: Element) -> str | None:
    for one in consent["organization"].items():
        return one["reference"].text() or one["display"].text()
    return None


def _purpose(provision: Element) -> str | None:
    for one in provision["purpose"].items():
        coded = one.coding()
        return coded.display or coded.code
    return None


def _actors(provision: Element) -> tuple[Coded, ...]:
    return tuple(coded for one in provision["actor"].items() for coded in one["role"].codings())


def _about(provision: Element) -> tuple[Coded, ...]:
    labels = tuple(one.coding() for one in provision["securityLabel"].items())
    return labels + tuple(coded for one in provision["code"].items() for coded in one.codings())


def _own_codes(codings: tuple[Coded, ...], system: str) -> tuple[str, ...]:
    return tuple(one.code for one in codings if one.system == system and one.code)
