"""Where a fact came from and when it was so."""

from __future__ import annotations

import calendar
import re
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema


class Frozen(BaseModel):
    """A value: frozen, and closed to fields that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


FIRST_TO_SEE_A_DAY = timezone(timedelta(hours=14))  # UTC+14, the Line Islands

_PARTIAL = re.compile(
    r"(?P<year>\d{4})(-(?P<month>\d{2})(-(?P<day>\d{2})(?P<time>T.+)?)?)?", re.ASCII
)


class PartialDate:
    """A date known to the year, the month, the day or the instant, as in FHIR's `dateTime`.

    `earliest` and `latest` are the first and last day that it can mean; `instant` is set when a
    time with an offset was given. A time without an offset keeps the day only, since nobody can
    say which instant it was.

    Raises ValueError for text that is none of these.
    """

    __slots__ = ("earliest", "instant", "latest", "text")

    text: str
    earliest: date
    latest: date
    instant: datetime | None

    def __init__(self, text: str) -> None:
        found = _PARTIAL.fullmatch(text)
        if found is None:
            raise ValueError(f"`{text}` is not a date such as 2026, 2026-03 or 2026-03-01")
        year, month = int(found["year"]), found["month"]
        first_month, last_month = (int(month), int(month)) if month else (1, 12)
        if year < 1 or not 1 <= first_month <= 12:
            raise ValueError(f"`{text}` is not a date in the calendar")
        first_day = int(found["day"]) if found["day"] else 1
        last_day = int(found["day"] or calendar.monthrange(year, last_month)[1])
        instant: datetime | None = None
        if found["time"]:
            parsed = datetime.fromisoformat(text)
            instant = parsed if parsed.tzinfo is not None else None
        object.__setattr__(self, "text", text)
        object.__setattr__(self, "earliest", date(year, first_month, first_day))
        object.__setattr__(self, "latest", date(year, last_month, last_day))
        object.__setattr__(self, "instant", instant)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a partial date cannot be changed")

    @classmethod
    def of(cls, value: date | datetime) -> PartialDate:
        """The day, or the instant when the value is a datetime."""
        return cls(value.isoformat())

    def surely_before(self, other: PartialDate) -> bool:
        """Whether every moment that this can mean is before every moment that the other can."""
        if self.instant is not None and other.instant is not None:
            return self.instant < other.instant
        return self.latest < other.earliest

    def surely_after(self, moment: datetime) -> bool:
        """Whether it can only mean a moment later than `moment` (aware), anywhere on earth.

        A day has begun somewhere up to 14 hours before it begins in UTC.
        """
        if self.instant is not None:
            return self.instant > moment
        return self.earliest > moment.astimezone(FIRST_TO_SEE_A_DAY).date()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PartialDate) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"PartialDate({self.text!r})"

    def __str__(self) -> str:
        return self.text

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: type[Any], handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            cls._read,
            serialization=core_schema.to_string_ser_schema(),
            json_schema_input_schema=core_schema.str_schema(),
        )

    @classmethod
    def _read(cls, value: object) -> PartialDate:
        if isinstance(value, PartialDate):
            return value
        if isinstance(value, date):
            return cls.of(value)
        if isinstance(value, str):
            return cls(value)
        raise ValueError("expected a date such as 2026, 2026-03 or 2026-03-01")


class StatedBy(StrEnum):
    """Who said so. Facts about identity count only when the person said so."""

    SELF = "self"
    CLINICIAN = "clinician"
    RECORD = "record"
    DIRECTORY = "directory"
    ANNOTATION = "annotation"
    PROGRAMME = "programme"


class Provenance(Frozen):
    """Where one statement came from.

    `source` names the record, row or answer (`Observation/42`, `orange-county.json row 17`).
    `date` is when it was so; `recorded` is when it became known (for "what was known when").
    """

    source: str
    stated_by: StatedBy
    date: PartialDate | None = None
    recorded: AwareDatetime | None = None


class Moment(Frozen):
    """The moment of a decision: what was so at `as_of`, by what was known at `known_at`."""

    as_of: AwareDatetime
    known_at: AwareDatetime

    @classmethod
    def at(cls, as_of: datetime, known_at: datetime | None = None) -> Moment:
        """`known_at` defaults to `as_of`. Both must carry an offset."""
        return cls(as_of=as_of, known_at=known_at or as_of)
