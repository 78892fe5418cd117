"""Why something was not sent, for now or for ever, in codes that tell nothing of anybody."""

from __future__ import annotations

from datetime import timedelta


class SendingError(Exception):
    """Something could not be sent. `code` is safe to keep and to show.

    `ends_round` says that the fault lies with the server as a whole, so that the next row would
    meet it as well.
    """

    def __init__(self, code: str, *, ends_round: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.ends_round = ends_round


class TemporaryError(SendingError):
    """It may succeed later. `after` is how long the server asked to be left alone."""

    def __init__(
        self, code: str, *, after: timedelta | None = None, ends_round: bool = False
    ) -> None:
        super().__init__(code, ends_round=ends_round)
        self.after = after


class PermanentError(SendingError):
    """The same would be refused each time."""


class ConflictError(TemporaryError):
    """Somebody else has changed or made the resource: look again."""


class GoneError(PermanentError):
    """It was there and was deleted."""
