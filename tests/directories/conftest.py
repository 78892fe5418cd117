"""Vocabularies made for these tests, and short ways to read rows."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from peer_match.directories import DirectoryReading, FeedSettings, Format, read_directory
from peer_match.facts.vocabulary import Coding, Term, Vocabularies, Vocabulary

DATA = Path(__file__).parents[1] / "data" / "directories"

Read = Callable[..., DirectoryReading]


def term(code: str, *codings: str, **implies: tuple[str, ...]) -> Term:
    """A term with codings written as `system:code`."""
    return Term(
        code=code,
        label=code,
        codings=tuple(
            Coding(system=system, code=foreign)
            for system, _, foreign in (one.rpartition(":") for one in codings)
        ),
        implies=implies,
    )


def vocabulary(id: str, *terms: Term) -> Vocabulary:
    return Vocabulary(id=id, title=id, terms=terms)


VOCABULARIES = Vocabularies(
    [
        vocabulary(
            "language",
            term("english", "meeting-guide:EN", "urn:ietf:bcp:47:en"),
            term("spanish", "meeting-guide:S", "bmlt:ES", "urn:ietf:bcp:47:es"),
            term("urdu", "urn:ietf:bcp:47:ur"),
            term("american-sign-language", "meeting-guide:ASL"),
        ),
        vocabulary(
            "preference",
            term("women-group", "meeting-guide:W", "bmlt:W"),
            term("men-group", "meeting-guide:M", "bmlt:M"),
            term("lgbtq-group", "meeting-guide:LGBTQ", "meeting-guide:G", "bmlt:GL"),
            term("newcomer-group", "meeting-guide:BE", "bmlt:B"),
            term("young-people-group", "meeting-guide:Y", "bmlt:YP"),
        ),
        vocabulary(
            "identity",
            term("woman", "meeting-guide:W", "bmlt:W"),
            term("man", "meeting-guide:M", "bmlt:M"),
            # Coded on purpose: what a code means is not who alone may come.
            term("lgbtq", "meeting-guide:LGBTQ", "meeting-guide:G", "bmlt:GL"),
            term("young-adult", "meeting-guide:Y", "bmlt:YP"),
        ),
        vocabulary(
            "accessibility",
            term("wheelchair", "meeting-guide:X", "bmlt:WC"),
            term("sign-language", "meeting-guide:ASL"),
            term("childcare-on-site", "meeting-guide:BA"),
        ),
        vocabulary("belief", term("secular", "meeting-guide:A"), term("spiritual")),
        vocabulary(
            "concern", term("alcohol"), term("opioids"), term("mental-health", "meeting-guide:DD")
        ),
        vocabulary("culture", term("indigenous", "meeting-guide:NDG")),
        vocabulary("setting", term("prison")),
        vocabulary("experience", term("grief")),
        vocabulary("goal", term("stay-sober"), term("rebuild-trust")),
        vocabulary("pathway", term("twelve-step"), term("secular")),
        vocabulary("purpose", term("own-substance-use"), term("someone-elses-use")),
        vocabulary("medication-stance", term("supportive"), term("hostile")),
        vocabulary("format", term("in-person"), term("online"), term("phone")),
        vocabulary("group-kind", term("programme"), term("community")),
        vocabulary("group-status", term("open"), term("temporarily-closed"), term("closed")),
        vocabulary("staff-status", term("active"), term("suspended")),
        vocabulary("incident-severity", term("minor"), term("severe")),
        vocabulary(
            "fellowship",
            term(
                "aa",
                purposes=("own-substance-use",),
                concerns=("alcohol",),
                pathways=("twelve-step",),
                belief=("spiritual",),
            ),
            term("al-anon", purposes=("someone-elses-use",), pathways=("twelve-step",)),
        ),
    ]
)


@pytest.fixture(scope="session")
def vocabularies() -> Vocabularies:
    return VOCABULARIES


@pytest.fixture(scope="session")
def read() -> Read:
    """Reads rows (anything JSON can hold) or bytes, with settings as keywords."""

    def read_rows(
        rows: Any, format: Format | None = None, name: str = "feed", **settings: Any
    ) -> DirectoryReading:
        data = rows if isinstance(rows, bytes) else orjson.dumps(rows)
        return read_directory(
            data,
            name=name,
            format=format,
            settings=FeedSettings(**settings),
            vocabularies=VOCABULARIES,
        )

    return read_rows


@pytest.fixture(scope="session")
def data() -> Path:
    return DATA
