"""The types of columns that both databases keep alike: instants and text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import BigInteger, Dialect, Text
from sqlalchemy.types import TypeDecorator

from peer_match.records.errors import RecordsError

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


class Instant(TypeDecorator[datetime]):
    """A moment, kept as whole milliseconds since 1970 in UTC and given back aware, in UTC.

    SQLite would drop the offset of a datetime, so none is ever given to it. A naive datetime is
    refused with a RecordsError; parts of a millisecond are dropped.
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise RecordsError("a time without an offset cannot be kept; give it one")
        return (value - EPOCH) // MILLISECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else EPOCH + value * MILLISECOND


class Words(TypeDecorator[str]):
    """Text that both databases keep alike: valid Unicode without NUL.

    Anything else is refused with a RecordsError, which does not quote it.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is not None and ("\0" in value or not _is_unicode(value)):
            raise RecordsError("text with a NUL or with half a character cannot be kept")
        return value


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
