"""Whether deadlines fire and resources go out: what somebody has to look at, in words."""

from __future__ import annotations

from datetime import datetime, timedelta

from peer_match.records.status import Status

LONGEST_OVERDUE = 60  # seconds that a deadline may be overdue before the records are not healthy
LONGEST_SILENCE = timedelta(minutes=2)  # without a heartbeat a worker is taken for dead


def what_is_wrong(found: Status, now: datetime) -> list[str]:
    """What somebody has to look at, the most pressing first."""
    wrong: list[str] = []
    overdue = found.oldest_overdue_seconds
    if overdue is not None and overdue > LONGEST_OVERDUE:
        wrong.append(f"a deadline has been overdue for {overdue} seconds: nobody is being called")
    if found.without_deadline:
        wrong.append(
            f"open escalations that nobody is called for any more: {found.without_deadline}"
        )
    if found.failing:
        wrong.append(
            f"resources that could not be sent yet and are tried again: {found.failing} "
            f"({found.failing_because})"
        )
    if found.dead_letters:
        wrong.append(
            f"resources that could not be sent and were given up: {found.dead_letters} "
            "(`peer-match delivery list`)"
        )
    if found.engine_reviews:
        wrong.append(
            "the rules engine failed or differed, and nobody has looked: "
            f"{found.engine_reviews} (`peer-match engine list`)"
        )
    seen = found.last_heartbeat
    waits = found.waiting_deadlines or found.outbox_waiting
    if waits and (seen is None or now - seen > LONGEST_SILENCE):
        wrong.append("no worker is alive: start one with `peer-match worker`")
    return wrong


def banner(found: Status, now: datetime) -> tuple[str, ...]:
    """What every surface shows above everything else while something is wrong."""
    return tuple(f"{line[:1].upper()}{line[1:]}." for line in what_is_wrong(found, now))
