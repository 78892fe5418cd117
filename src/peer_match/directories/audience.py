"""What a name or a note says about whom a meeting is for, where no code says it.

A name that says "Women's" without a code for it does not mean that everybody may come. Texts are
searched and then forgotten: what they say is never read as a fact, it only leaves one open. English
wording, and the commonest of Spanish and French. A note must say it outright ("women only"): notes
speak of the Women's Club next door too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum

WOMEN, MEN, YOUNG = "women", "men", "young people"

_WORDS = {
    WOMEN: r"(wom[ae]n|lad(y|ies)|gals?|girls?|sisters?|mujer(es)?|damas?|femmes?)",
    MEN: r"(m[ae]n|gent(s|lem[ae]n)|guys?|stag|brothers?|hombres?|caballeros?|hommes?)",
    YOUNG: r"(young\s+(people|persons?|adults?)|youths?|teen(s|agers?)?|j[oó]venes|jeunes)",
}
_OTHERS = (
    r"(lgbt\w*\+?|gays?|lesbians?|trans\w*|queers?|non-?binary|bipoc|poc|veterans?|lawyers?"
    r"|attorneys?|doctors?|nurses?|pilots?|clergy|professionals?|first\s+responders?|seniors?"
    r"|under\s+\d+|over\s+\d+|\d+\s+and\s+(under|over|older|younger))"
)
_S = r"['’`´]?s?['’`´]?"
_NAMED = {who: re.compile(rf"\b{words}{_S}\b", re.IGNORECASE) for who, words in _WORDS.items()}


def _outright(words: str) -> re.Pattern[str]:
    return re.compile(
        rf"\b{words}{_S}[\s-]+only\b|\bonly\s+(for\s+|open\s+to\s+)?{words}\b"
        rf"|\b(for|closed|solo(\s+para)?)\s+{words}{_S}(?=\s*([.,;:!)|]|$|only\b|meeting\b))"
        rf"|\b{words}{_S}\s+(meeting|group|stag)\b",
        re.IGNORECASE,
    )


_SAID = {who: _outright(words) for who, words in _WORDS.items()}
_SAID_OF_OTHERS = re.compile(
    rf"\b{_OTHERS}{_S}[\s-]+only\b|\bonly\s+(for\s+|open\s+to\s+)?{_OTHERS}\b", re.IGNORECASE
)
_OUTSIDERS = re.compile(
    r"\b(inmates?|jails?|prisons?|penitentiar(y|ies)|remand|correction(s|al)\s+(\w+\s+)?"
    r"(facilit(y|ies)|institutions?|cent(er|re)s?|complex)|detention\s+cent(er|re)s?"
    r"|institutional\s+(meeting|group)"
    r"|(residents?|clients?|patients?|students?|employees?|staff)[\s-]+only"
    r"|only\s+(for\s+|open\s+to\s+)?(the\s+)?(residents|clients|patients|students|employees|staff)"
    r"|(not\s+open|closed)\s+to\s+(the\s+)?(public|outsiders?|outside\s+\w+)"
    r"|no\s+(outsiders|outside\s+(guests|visitors|members)))\b",
    re.IGNORECASE,
)
_FAMILY_NAME = re.compile(
    r"\b(al-?\s?anon|alateen|nar-?\s?a(non|teen)|gam-?\s?anon|family\s+groups?|afg"
    r"|families\s+anonymous|adult\s+children|acoa|grupos?\s+de\s+familia)\b",
    re.IGNORECASE,
)
_FAMILY_NOTE = re.compile(
    r"\b((al-?\s?anon|nar-?\s?anon)\s+family\s+groups?"
    r"|(this\s+is|we\s+are)\s+an?\s+((open|closed)\s+)?"
    r"(al-?\s?anon|alateen|nar-?\s?anon|gam-?\s?anon|family)\s+(meeting|group))\b",
    re.IGNORECASE,
)


class Said(StrEnum):
    """What a text leaves open: whom a meeting is limited to, a setting, or what it is for."""

    LIMIT = "limited_to"
    SETTING = "closed_to_outsiders"
    FAMILY = "purposes"


def said_of_audience(
    name: object, notes: Iterable[object], explained: frozenset[str]
) -> frozenset[Said]:
    """What the name and the notes say that no code explains.

    `explained` holds who is known from codes: `WOMEN`, `MEN`, `YOUNG`. A name that speaks of women
    and of men speaks of everybody; one that speaks of others than the code does contradicts it.
    """
    title = name if isinstance(name, str) else ""
    texts = [title, *(one for one in notes if isinstance(one, str))]
    named = {who for who, words in _NAMED.items() if words.search(title)}
    if {WOMEN, MEN} <= named:
        named -= {WOMEN, MEN}
    named |= {who for who, words in _SAID.items() if any(words.search(one) for one in texts)}
    found: set[Said] = set()
    if named - explained or any(_SAID_OF_OTHERS.search(one) for one in texts):
        found.add(Said.LIMIT)
    if any(_OUTSIDERS.search(one) for one in texts):
        found.add(Said.SETTING)
    if _FAMILY_NAME.search(title) or any(_FAMILY_NOTE.search(one) for one in texts):
        found.add(Said.FAMILY)
    return frozenset(found)
