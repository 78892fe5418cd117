"""Texts of a feed: what may be kept of them, and what they give away about the schedule.

Only names and addresses are ever kept. Notes are searched for a few words and then forgotten.
"""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata
from collections.abc import Iterable

LONGEST_NAME = 255
"""The longest name that the Meeting Guide specification allows."""
LONGEST_LABEL = 200

_SPACE = re.compile(r"\s+")
# No `~`: it joins an id to the day and time that keep it apart from its double.
_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._%-]{0,127}")
_SHOWN_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._~%-]{0,127}")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9&/+_-]{0,15}")
_FIGURES = re.compile(r"[0-9:./ -]{1,20}([AaPp][Mm])?", re.ASCII)

_DAY = r"(mon|tues|wednes|thurs|fri|satur|sun)days?"
_MONTH = (
    r"(jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?|aug(ust)?|sept?(ember)?"
    r"|oct(ober)?|nov(ember)?|dec(ember)?)"
)
_WHICH = r"(1st|2nd|3rd|4th|5th|first|second|third|fourth|fifth|last|penultimate)"
_SOME_WEEKS = re.compile(
    rf"\b({_WHICH}((\s*,\s*|\s+and\s+|\s*&\s*|\s+or\s+){_WHICH})*\s+({_DAY}|weeks?\b)"
    rf"|{_WHICH}\s+\w+\s+of\s+(the|each|every|a)\s+month"
    r"|(of|per)\s+(the|each|every)?\s*month|once\s+a\s+month|monthly"
    rf"|every\s+(other|second|2nd|third|3rd)\s+({_DAY}|week)"
    r"|(every\s+)?(two|2)\s+weeks|bi-?weekly|fortnight(ly)?"
    rf"|alternat(e|es|ing)\s+({_DAY}|weeks?)|odd\s+weeks?|even\s+weeks?"
    r"|(school|term)[\s-]+(term|time|year|holidays?)|during\s+(term|school)|academic\s+year"
    r"|seasonal(ly)?|(summer|winter)\s+(months?|only)"
    rf"|{_MONTH}\.?\s*(-|–|to|thru|through|until)\s*{_MONTH}\b)",
    re.IGNORECASE,
)

_CANCELLED = re.compile(
    r"\b(cancell?ed|suspended|(on\s+)?hiatus|disbanded|discontinued|defunct|folded|postponed"
    r"|no\s+longer\s+(meets?|meeting|active)|inactive|(on\s+pause|paused)\b"
    r"|not\s+(currently\s+|presently\s+)?meeting\s+(until|at\s+(this|the)|at\s+present|any\s?more"
    r"|currently|now|right\s+now)|(currently|temporarily|presently)\s+not\s+meeting"
    r"|(has|have|is)\s+(now\s+)?(been\s+)?(ended|over\s+for\s+good|dissolved|stopped\s+meeting)"
    r"|(meeting|group)\s+(has|is|have)\s+(now\s+|been\s+)?(closed(?!\s+(meeting|to|group))|ended)"
    r"|(closed|shut)\s+down|dark\s+(for|until|through)"
    r"|cancelad[ao]s?|suspendid[ao]s?|cerrad[ao]s?\s+(hasta|temporal\w*)|annul[ée]e?s?"
    r"|(temporarily|indefinitely|permanently)\s+closed"
    r"|closed\s+(until|indefinitely|temporarily|permanently|due|because|for\s+(now|good|repairs?"
    r"|renovations?|construction|the\s+(summer|winter|season))))\b",
    re.IGNORECASE,
)
# A name that ends with "closed", or sets it apart. With a code for a closed meeting it means that.
_NAMED_CLOSED = re.compile(r"[*(\[{<~]\s*closed\s*[*)\]}>~]|[-–—:!|]\s*closed\W*$", re.IGNORECASE)


def plain(value: object, longest: int) -> str:
    """A text on one line, without control or direction characters, cut to a length."""
    if not isinstance(value, str):
        return ""
    seen = (one for one in html.unescape(value) if one.isspace() or _is_visible(one))
    text = _SPACE.sub(" ", "".join(seen))
    return text.strip()[:longest].rstrip()


def _is_visible(character: str) -> bool:
    """Neither a control nor a format character (those can turn the direction of a line)."""
    return unicodedata.category(character)[0] != "C"


def usable_id(value: object) -> tuple[str | None, bool]:
    """An id that can be shown and used again, and whether it had to be replaced.

    A slug that holds other than the letters of a slug may be free text: its digest stands for it.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value), False
    text = value.strip() if isinstance(value, str) else ""
    if not text:
        return None, False
    if _ID.fullmatch(text):
        return text, False
    return f"id-{hashlib.sha256(text.encode()).hexdigest()[:12]}", True


def shown_id(value: object) -> str | None:
    """The id of a group as it may be shown: `feed/slug`, or a stand-in where it looks like text."""
    if not isinstance(value, str) or not value:
        return None
    return value if all(_SHOWN_ID.fullmatch(part) for part in value.split("/")) else "(not an id)"


def shown_code(code: str) -> str:
    """A code as it may be shown: itself, or a stand-in where it looks like text."""
    return code if _CODE.fullmatch(code) else "(not a code)"


def shown_value(value: object) -> str | None:
    """A value as it may be shown: figures as they are, anything else by its kind alone."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, str):
        return value if _FIGURES.fullmatch(value) else "text"
    return "list" if isinstance(value, list) else "object"


def may_not_be_weekly(texts: Iterable[object]) -> bool:
    """Whether a text speaks of some weeks of the month, alternate weeks, or a season.

    English wording only. It errs to the side of doubt: "open on the last Friday" is caught too.
    """
    return any(isinstance(text, str) and _SOME_WEEKS.search(text) for text in texts)


def may_be_cancelled(texts: Iterable[object]) -> bool:
    """Whether a text speaks of a meeting that is cancelled, suspended, closed or over.

    English wording, and a few words of Spanish and French.
    """
    return any(isinstance(text, str) and _CANCELLED.search(text) for text in texts)


def is_named_closed(name: object) -> bool:
    """Whether a name says "closed" by itself, as of a door and not of a kind of meeting."""
    return isinstance(name, str) and _NAMED_CLOSED.search(name) is not None
