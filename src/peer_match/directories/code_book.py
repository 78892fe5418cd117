"""From the codes of a feed to the codes of our vocabularies.

The mapping is data: the codings of the vocabularies' terms. What no vocabulary maps is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from peer_match.directories.audience import Said, said_of_audience
from peer_match.directories.listing import Row
from peer_match.directories.reading import FeedNote
from peer_match.directories.reasons import Reason
from peer_match.directories.wording import is_named_closed, shown_code
from peer_match.facts.catalogue import CATALOGUE
from peer_match.facts.vocabulary import Vocabularies

LANGUAGE_TAGS = "urn:ietf:bcp:47"

# Terms that the readers state themselves.
OPEN = "open"
TEMPORARILY_CLOSED = "temporarily-closed"
CLOSED = "closed"
COMMUNITY = "community"
PHONE = "phone"
FAMILY = "someone-elses-use"

# Fields of Group that a feed's codes may fill. `limited_to` is not among them: a code such as
# "Gay" names a focus, and only the codes that a format reads as limits may keep anyone out.
FIELDS = (
    "languages",
    "focuses",
    "accessibility",
    "cultures",
    "belief",
    "concerns",
    "topics",
    "pathways",
    "experiences",
    "closed_to_outsiders",
)


def vocabulary_of(field: str) -> str:
    """The id of the vocabulary that a field of Group takes its codes from."""
    return CATALOGUE[f"group.{field}"].vocabulary or ""


@dataclass(frozen=True, slots=True)
class Convention:
    """How a format uses its type codes.

    `limits` keep everyone else out, and no two of them go together. None of `not_with_a_limit`
    goes with a limit. `understood` are codes that the format's reader uses itself. `signed` are
    languages that are signed beside whatever is spoken. `known` are all the codes that the format
    defines, and `audience` says whom some of them name. `closed` is a meeting for its kind alone.
    """

    limits: frozenset[str]
    not_with_a_limit: frozenset[str]
    understood: frozenset[str]
    signed: frozenset[str]
    known: frozenset[str]
    audience: Mapping[str, str]
    closed: str


class CodeBook:
    """The codings of one system (`meeting-guide`, `bmlt`, …), and what they did not cover."""

    def __init__(self, vocabularies: Vocabularies, system: str) -> None:
        self._vocabularies = vocabularies
        self._system = system
        self._not_mapped: Counter[str] = Counter()
        self._missing: Counter[str] = Counter()

    def lookup(self, vocabulary: str, code: str) -> str | None:
        """Our code for a code of the system, or None."""
        return self._vocabularies.code_for(vocabulary, self._system, code)

    def own(self, vocabulary: str, code: str) -> str | None:
        """One of our own codes that the reader itself states, or None where the pack lacks it."""
        if vocabulary in self._vocabularies and code in self._vocabularies[vocabulary].codes:
            return code
        self._missing[f"{vocabulary}:{code}"] += 1
        return None

    def read(
        self,
        codes: Iterable[str],
        *,
        limits: frozenset[str] = frozenset(),
        understood: frozenset[str] = frozenset(),
    ) -> dict[str, frozenset[str]]:
        """Our codes by field of Group, for the codes of one row.

        `limits` are the codes that keep everyone else out. `understood` are codes that the format's
        reader uses itself.
        """
        found: dict[str, set[str]] = {}
        for code in sorted(set(codes)):
            known = code in understood
            fields = (*FIELDS, "limited_to") if code in limits else FIELDS
            for field in fields:
                own = self.lookup(vocabulary_of(field), code)
                if own is not None:
                    found.setdefault(field, set()).add(own)
                    known = True
            if not known:
                self._not_mapped[shown_code(code)] += 1
        return {field: frozenset(own) for field, own in found.items()}

    def language(self, tag: str) -> str | None:
        """Our code for a language tag such as `ur` or `en-US`."""
        for code in (tag, tag.split("-", maxsplit=1)[0].casefold()):
            found = self._vocabularies.code_for("language", LANGUAGE_TAGS, code)
            if found is not None:
                return found
        self._not_mapped[shown_code(tag)] += 1
        return None

    def notes(self) -> tuple[FeedNote, ...]:
        """The codes that no vocabulary maps, and the terms that were missing, with row counts."""
        return tuple(
            FeedNote(reason=reason, detail=code, count=count)
            for reason, counter in (
                (Reason.CODE_NOT_MAPPED, self._not_mapped),
                (Reason.TERM_MISSING, self._missing),
            )
            for code, count in sorted(counter.items(), key=lambda item: (-item[1], item[0]))
        )


def lists_languages(book: CodeBook, codes: Iterable[str], convention: Convention) -> bool:
    """Whether a row says what is spoken; a bilingual meeting then has both languages listed."""
    spoken = set(codes) - convention.signed
    return any(book.lookup(vocabulary_of("languages"), code) is not None for code in spoken)


def read_status(row: Row, book: CodeBook, *, meets: bool, cancelled: bool) -> str | None:
    """Whether the group meets, by the directory; unknown where its text speaks of cancelling."""
    own = book.own("group-status", OPEN if meets else TEMPORARILY_CLOSED)
    status = None if meets and cancelled else own
    if status is None:
        row.unreadable.add("status")
    return status


def named_closed(row: Row, name: object, types: frozenset[str], convention: Convention) -> bool:
    """Whether the name says "closed" of the door: no code says that it is a closed meeting."""
    closed = convention.closed not in types and is_named_closed(name)
    if closed:
        row.doubt(Reason.MAY_BE_CANCELLED)
    return closed


def read_types(
    row: Row, book: CodeBook, types: frozenset[str], convention: Convention
) -> dict[str, frozenset[str]]:
    """Our codes for the type codes of a row; what contradicts itself is left unknown."""
    found = book.read(types, limits=convention.limits, understood=convention.understood)
    limits = types & convention.limits
    if len(limits) > 1 or (limits and types & convention.not_with_a_limit):
        found.pop("limited_to", None)
        row.unreadable.add("limited_to")
        row.doubt(Reason.LIMITS_UNCLEAR)
    if len(found.get("belief", ())) > 1:
        found.pop("belief")
        row.unreadable.add("belief")
        row.doubt(Reason.BELIEF_UNCLEAR)
    return found


def read_audience(
    row: Row, name: object, notes: Iterable[object], types: frozenset[str], convention: Convention
) -> None:
    """Leaves open whom the meeting is for where a text says what no code does."""
    explained = frozenset(who for code, who in convention.audience.items() if code in types)
    said_in_text(row, name, notes, explained)
    if types - convention.known:
        row.doubt(Reason.TYPE_NOT_KNOWN)
        row.unreadable.add("limited_to")


def said_in_text(
    row: Row, name: object, notes: Iterable[object], explained: frozenset[str] = frozenset()
) -> None:
    """Leaves open what a name or a note speaks of, with the reason."""
    said = said_of_audience(name, notes, explained)
    if row.purposes is not None and FAMILY in row.purposes:
        said -= {Said.FAMILY}
    for one in sorted(said):
        row.doubt(_REASONS[one])
        row.unreadable.add(one.value)


_REASONS = {
    Said.LIMIT: Reason.TEXT_SPEAKS_OF_A_LIMIT,
    Said.SETTING: Reason.TEXT_SPEAKS_OF_A_SETTING,
    Said.FAMILY: Reason.NAME_OF_A_FAMILY_GROUP,
}
