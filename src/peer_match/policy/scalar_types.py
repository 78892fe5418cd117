"""How text in a rule file is read as a value, for use in pydantic models.

Each type accepts one way of writing a value, or the finished value itself (for models built in
code), and gives a JSON Schema that editors can use. Limits on a whole number go before its reader,
so that they reach the JSON Schema: `Annotated[int, Field(ge=1, le=7), READS_WHOLE_NUMBER]`.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from peer_match.policy.diagnostics import quote

REFUSAL: Final = "peer_match_refusal"
"""The pydantic error type of everything that `refused` and `expected` make."""

LONGEST_ID: Final = 100
_MOST_DIGITS: Final = 15
_DIGITS: Final = re.compile(r"[0-9]+")
_KEBAB: Final = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATE_TIME: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?:Z|[+-][0-9]{2}:[0-9]{2})"
)
_YES_NO: Final = {"yes": True, "no": False, "true": True, "false": False}


def expected(what: str, help: str = "") -> PydanticCustomError:
    """The error of a validator when a value is of the wrong kind; `what` completes "expected …".

    What was found instead is added by the reader, which knows how it was written.
    """
    context = {"code": "PM122", "expected": what, "help": help}
    return PydanticCustomError(REFUSAL, "expected {expected}", context)


def refused(code: str, message: str, help: str = "") -> PydanticCustomError:
    """The error of a validator that has its own diagnostic code and message."""
    context = {"code": code, "message": message, "help": help}
    return PydanticCustomError(REFUSAL, "{message}", context)


def _read_yes_no(value: object) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value in _YES_NO:
        return _YES_NO[value]
    lowered = value.lower() if isinstance(value, str) else ""
    help = f"write {quote('yes' if _YES_NO[lowered] else 'no')}" if lowered in _YES_NO else ""
    raise expected("`yes` or `no`", help)


def _read_whole_number(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if not isinstance(value, str) or not _DIGITS.fullmatch(value):
        raise expected("a whole number", "write it in digits only, such as `1000`")
    if len(value) > _MOST_DIGITS:
        raise expected(f"a whole number of at most {_MOST_DIGITS} digits")
    if value != "0" and value.startswith("0"):
        raise expected("a whole number without leading zeros", f"write {quote(str(int(value)))}")
    return int(value)


def _read_date(value: object) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise expected("a date", "write year, month and day, such as `2026-01-31`")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise expected("a day that is in the calendar") from None


def _read_date_time(value: object) -> datetime:
    shape = "write date, time and offset from UTC, such as `2026-01-31T09:00:00-05:00`"
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise expected("a date and time with an offset from UTC", shape)
        return value
    if not isinstance(value, str) or not _DATE_TIME.fullmatch(value):
        raise expected("a date and time with an offset from UTC", shape)
    try:
        moment = datetime.fromisoformat(value)
        # At the edges of the calendar a moment may exist here and not in UTC.
        moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise expected("a moment that is in the calendar") from None
    return moment


def _read_text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise expected("text")
    return value.strip()


def is_id(value: str) -> bool:
    """Whether a text could be an id."""
    return len(value) <= LONGEST_ID and _KEBAB.fullmatch(value) is not None


def _check_kebab(value: str) -> str:
    if not _KEBAB.fullmatch(value):
        raise refused("PM137", f"{quote(value)} is not in kebab-case", _kebab_help(value))
    if len(value) > LONGEST_ID:
        raise refused("PM137", f"{quote(value)} is longer than {LONGEST_ID} letters")
    return value


def _kebab_help(value: str) -> str:
    words = re.sub(r"([a-z0-9])([A-Z])", r"\1-\2", value).lower()
    suggestion = re.sub(r"[^a-z0-9]+", "-", words).strip("-")
    if len(suggestion) <= LONGEST_ID and _KEBAB.fullmatch(suggestion):
        return f"write {quote(suggestion)}"
    return "use lower-case letters a to z, digits and single hyphens; start with a letter"


READS_WHOLE_NUMBER: Final = BeforeValidator(_read_whole_number)

YesNo = Annotated[
    bool,
    BeforeValidator(_read_yes_no),
    WithJsonSchema({"anyOf": [{"type": "boolean"}, {"enum": ["yes", "no"]}]}),
]
"""Yes or no, written `yes`, `no`, `true` or `false`, in lower case."""

WholeNumber = Annotated[int, Field(ge=0), READS_WHOLE_NUMBER]
"""A whole number from 0, in digits only: not `1_000`, `1e3`, `1.0` or `+1`."""

PositiveWholeNumber = Annotated[int, Field(ge=1), READS_WHOLE_NUMBER]
"""A whole number from 1."""

IsoDate = Annotated[date, BeforeValidator(_read_date)]
"""A day of the calendar, written 2026-01-31."""

IsoDateTime = Annotated[datetime, BeforeValidator(_read_date_time)]
"""A moment, written 2026-01-31T09:00:00-05:00; the offset is required, seconds are not."""

Text = Annotated[str, Field(min_length=1), BeforeValidator(_read_text)]
"""Text that holds more than spaces; spaces around it are taken off."""

KebabId = Annotated[
    str,
    BeforeValidator(_read_text),
    AfterValidator(_check_kebab),
    WithJsonSchema({"type": "string", "pattern": f"^{_KEBAB.pattern}$", "maxLength": LONGEST_ID}),
]
"""An id: lower-case words joined by single hyphens, starting with a letter."""
