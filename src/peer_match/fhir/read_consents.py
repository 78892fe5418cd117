"""Consent resources, read so that every doubt leaves less agreed, never more.

A foreign consent seldom says which of our recipients may know what. Without codes that do, it
opens nothing; it still shows whether the person agreed or refused, and until when.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from peer_match.facts.consent import Consent, ConsentUse
from peer_match.facts.provenance import PartialDate, Provenance
from peer_match.facts.truth import Truth
from peer_match.fhir.code_systems import BASE
from peer_match.fhir.read_chart import Chart, recorded
from peer_match.fhir.read_consent_doubts import (
    USE_SYSTEM,
    Doubt,
    doubts_about,
    is_about_other_things,
    may_refuse,
    refuses,
    what_narrows,
)
from peer_match.fhir.read_element import Coded, Element
from peer_match.fhir.read_notes import NoteKind
from peer_match.fhir.read_references import Entry

RECIPIENT_SYSTEM = f"{BASE}:recipient"
CATEGORY_SYSTEM = f"{BASE}:disclosure-category"

_DISCLOSURE = frozenset({"patient-privacy", "IDSCL", "INFA", "INFAO", "42CFRPart2"})
# What a consent document is called where nothing else says what it is for: a consent document, a
# release of information, a privacy policy acknowledgement (LOINC).
_CONSENT_DOCUMENTS = frozenset({"59284-0"})
_DISCLOSURE_DOCUMENTS = frozenset({"64292-6", "57016-8"})
_NO_LONGER = frozenset({"inactive"})
_NOT_SIGNED = frozenset({"draft", "proposed"})


class _Word(NamedTuple):
    """What a consent says about one use."""

    use: ConsentUse
    agreed: bool | None
    doubts: tuple[Doubt, ...]


def read_consent(chart: Chart, entry: Entry) -> None:
    """A Consent of the person."""
    consent = entry.resource
    whose = chart.whose(entry, "patient")
    if whose is Truth.NO or consent["status"].text() == "entered-in-error":
        return
    words = [_word(chart, consent, use) for use in _uses(consent)]
    if whose is Truth.UNKNOWN:
        words = _of_somebody(consent, words)
        if not words:
            chart.note_whose_is_unknown(entry, "patient")
    elif not words:
        _note_other_use(chart, consent)
    for word in words:
        id = entry.source if len(words) == 1 else f"{entry.source}#{word.use.value}"
        chart.consents.append(_consent(chart, entry, id, word))
        if word.agreed is None:
            _note_doubts(chart, word)


def _word(chart: Chart, consent: Element, use: ConsentUse) -> _Word:
    doubts = (*doubts_about(consent, use), *_of_who_agreed(chart, consent))
    if refuses(consent):
        doubts = (*doubts, *_of_its_use(consent, use))
        perhaps = any(one.why == _PERHAPS_OF_ANOTHER_USE for one in doubts)
        return _Word(use, None if perhaps else False, doubts)
    return _Word(use, None if doubts else True, doubts)


_PERHAPS_OF_ANOTHER_USE = "it is a no to passing on information, and may be one to more"


def _of_its_use(consent: Element, use: ConsentUse) -> Iterator[Doubt]:
    """A no about information, of a kind that says no more, may be a no to what tells of a person:
    that they are in a group, or have a mentor."""
    if use is ConsentUse.DISCLOSURE or use.value in _stated_uses(consent):
        return
    about_information = consent["scope"].codes() & _DISCLOSURE
    if about_information or _categories_of(consent) & _DISCLOSURE_DOCUMENTS:
        yield Doubt(consent.path, _PERHAPS_OF_ANOTHER_USE)


def _of_who_agreed(chart: Chart, consent: Element) -> Iterator[Doubt]:
    """Whoever is named as agreeing, the person must be among them."""
    named = list(consent["performer"].items())
    if named and not any(chart.is_the_person(one, consent) for one in named):
        yield Doubt(consent["performer"].path, "the person is not among those who agreed to it")


def _of_somebody(consent: Element, words: Iterable[_Word]) -> list[_Word]:
    """A yes of nobody knows whom opens nothing; a no counts as the person's."""
    doubt = Doubt(consent["patient"].path, "nobody can tell whom it is about, and it may be a no")
    return [
        _Word(one.use, one.agreed, (*one.doubts, doubt)) for one in words if one.agreed is not True
    ]


def _note_doubts(chart: Chart, word: _Word) -> None:
    for doubt in word.doubts:
        chart.notes.add(
            NoteKind.DOUBTFUL,
            doubt.path,
            f"a consent is in doubt, so nothing is taken as agreed: {doubt.why}",
            "look at the consent, and ask the person again",
        )


def _consent(chart: Chart, entry: Entry, id: str, word: _Word) -> Consent:
    consent = entry.resource
    written, provision = consent["dateTime"].date(), consent["provision"]
    recipients, categories = _named(chart, provision, word)
    return Consent(
        id=id,
        use=word.use,
        provenance=Provenance(
            source=entry.source,
            stated_by=chart.stated_by(consent["performer"].items(), consent),
            date=written,
            recorded=recorded(written),
        ),
        agreed=word.agreed,
        discloser=_discloser(consent),
        recipients=recipients,
        categories=categories,
        purpose=_purpose(provision),
        signed=_signed(consent, written),
        begins=provision["period"]["start"].date(),
        expires=provision["period"]["end"].date(),
        # Nobody wrote down when it ended: from its start.
        revoked=written if consent["status"].text() in _NO_LONGER else None,
    )


def _uses(consent: Element) -> tuple[ConsentUse, ...]:
    """What a consent is for. One that does not say it, and may be a no, may be about anything."""
    own, by_category = _stated_uses(consent), _categories_of(consent)
    by_all = by_category | consent["scope"].codes() | consent["policyRule"].codes()
    told = {use for use in ConsentUse if use.value in own}
    silent = not told and _says_no_use(consent, by_category)
    if by_category & _DISCLOSURE or (not told and by_all & _DISCLOSURE):
        told.add(ConsentUse.DISCLOSURE)
    if (silent or own - {use.value for use in ConsentUse}) and may_refuse(consent):
        told.update(ConsentUse)
    return tuple(use for use in ConsentUse if use in told)


def _says_no_use(consent: Element, categories: frozenset[str]) -> bool:
    """Whether nothing says what a consent is for; of a document's kind, where it refuses."""
    if is_about_other_things(consent):
        return False
    documents = _CONSENT_DOCUMENTS | _DISCLOSURE_DOCUMENTS
    return not categories or (categories <= documents and refuses(consent))


def _stated_uses(consent: Element) -> frozenset[str]:
    """The codes of ours that say what a consent is for."""
    concepts = [consent["scope"], *consent["category"].items()]
    return frozenset(code for one in concepts for code in _own_codes(one.codings(), USE_SYSTEM))


def _categories_of(consent: Element) -> frozenset[str]:
    return frozenset(code for one in consent["category"].items() for code in one.codes())


def _named(chart: Chart, provision: Element, word: _Word) -> tuple[frozenset[str], frozenset[str]]:
    """The recipients and the kinds of fact that a consent to pass on information names.

    A no that names none, or whose names are in doubt, is a no to all of them.
    """
    nobody: frozenset[str] = frozenset()
    if word.use is not ConsentUse.DISCLOSURE or word.agreed is None:
        return nobody, nobody
    if word.agreed is False:
        return (nobody, nobody) if word.doubts else (_refused_to(provision), _refused(provision))
    recipients = _recipients(provision)
    if not recipients:
        _note_opens_nothing(chart, provision, "names nobody in the codes used here")
        return nobody, nobody
    if (narrowing := what_narrows(provision, CATEGORY_SYSTEM)) is not None:
        what = f"is narrowed by `{narrowing}`, which is not read"
        _note_opens_nothing(chart, provision[narrowing], what)
        return nobody, nobody
    return recipients, _categories(provision)


def _recipients(provision: Element) -> frozenset[str]:
    """Recipients by role. An actor that is one person or one body is less than the role."""
    return frozenset(
        role
        for actor in provision["actor"].items()
        if not actor["reference"]["reference"] and not actor["reference"]["identifier"]
        if (role := _only_own_code(actor["role"].codings(), RECIPIENT_SYSTEM)) is not None
    )


def _categories(provision: Element) -> frozenset[str]:
    """Kinds of fact, by label and by code. Where both are given, only what has both is meant."""
    labels = {_only_own_code((one,), CATEGORY_SYSTEM) for one in _labels(provision)}
    codes = {_only_own_code(one.codings(), CATEGORY_SYSTEM) for one in provision["code"].items()}
    both = labels & codes if labels and codes else labels | codes
    return frozenset(one for one in both if one is not None)


def _refused_to(provision: Element) -> frozenset[str]:
    """To whom nothing may be passed on; empty, which means everybody, if an actor is foreign."""
    roles = [
        _only_own_code(actor["role"].codings(), RECIPIENT_SYSTEM)
        for actor in provision["actor"].items()
    ]
    return frozenset(role for role in roles if role is not None and None not in roles)


def _refused(provision: Element) -> frozenset[str]:
    """What may not be passed on; empty, which means everything, if a label or code is foreign."""
    kinds = [
        *(_only_own_code((one,), CATEGORY_SYSTEM) for one in _labels(provision)),
        *(_only_own_code(one.codings(), CATEGORY_SYSTEM) for one in provision["code"].items()),
    ]
    return frozenset(kind for kind in kinds if kind is not None and None not in kinds)


def _labels(provision: Element) -> tuple[Coded, ...]:
    return tuple(one.coding() for one in provision["securityLabel"].items())


def _only_own_code(codings: tuple[Coded, ...], system: str) -> str | None:
    """The one code of ours among codings that should mean the same."""
    found = _own_codes(codings, system)
    return next(iter(found)) if len(found) == 1 else None


def _note_opens_nothing(chart: Chart, where: Element, why: str) -> None:
    chart.notes.add(
        NoteKind.NOT_UNDERSTOOD,
        where.path,
        f"a consent to pass on information {why}, so it opens nothing",
        "ask the person again with the intake, which names recipients and kinds of fact",
    )


def _signed(consent: Element, written: PartialDate | None) -> PartialDate | None:
    """The date of the consent, unless it is a draft or its verification failed."""
    if consent["status"].text() in _NOT_SIGNED:
        return None
    if any(one["verified"].boolean() is False for one in consent["verification"].items()):
        return None
    return written


def _discloser(consent: Element) -> str | None:
    for one in consent["organization"].items():
        return one["reference"].text() or one["display"].text()
    return None


def _purpose(provision: Element) -> str | None:
    for one in provision["purpose"].items():
        coded = one.coding()
        return coded.display or coded.code
    return None


def _own_codes(codings: tuple[Coded, ...], system: str) -> frozenset[str]:
    return frozenset(one.code for one in codings if one.system == system and one.code)


def _note_other_use(chart: Chart, consent: Element) -> None:
    concepts = [consent["scope"], consent["policyRule"], *consent["category"].items()]
    codes = sorted(code for one in concepts for code in one.codes())
    chart.notes.add(
        NoteKind.NOT_UNDERSTOOD,
        consent["category"].path,
        f"a consent is neither to a placement nor to passing on information: "
        f"{', '.join(codes) or 'no category'}",
        "nothing to do; ask the person for the consents that are needed here",
    )
