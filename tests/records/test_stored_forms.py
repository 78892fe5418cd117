"""What an earlier release has kept can be read by this one: its forms, word for word.

A text here is never changed. Where a form changes, the new one is added, and the old one still has
to be read: a deadline that was set before an upgrade fires after it.
"""

from __future__ import annotations

from sqlalchemy import insert

from peer_match.records.deadlines import fire_due
from peer_match.records.schema import deadline, escalation, log
from peer_match.records.store import Store
from records.made import DANA, NOON, after, call

ESCALATION = (
    '{"id":"e1","instructions":["Ask."],"pathway":"to-a-human","rule":"crisis-call",'
    '"severity":"urgent","since":"2026-03-01T12:00:00+00:00","steps":[{"begins":'
    '"2026-03-01T12:00:00+00:00","due":"2026-03-01T12:15:00+00:00","id":"call-back","minutes":15,'
    '"person":{"id":"dana","name":"Dana Reyes"},"priority":"stat","repeats":false,'
    '"role":"on-call","tier":1,"title":"Call back"},{"begins":"2026-03-01T12:15:00+00:00","due":'
    '"2026-03-01T12:30:00+00:00","id":"go","minutes":15,"person":null,"priority":"stat",'
    '"repeats":true,"role":"supervisor","tier":2,"title":"Go there"}]}'
)
ENTRIES = {
    "event": '{"answers":{"q1":"yes"},"date":"2026-03","id":"1","kind":"crisis-call","points":7,'
    '"recorded":"2026-03-01T12:00:00Z","severity":"severe","source":"form","stated_by":"self"}',
    "retraction": '{"by":{"id":"dana","name":"Dana Reyes","role":null},"event":"form#1",'
    '"reason":"typed for another","recorded":"2026-03-01T12:00:00Z"}',
    "reassessment": '{"by":{"id":"dana","name":"Dana Reyes","role":null},"considered":["form#1"],'
    '"finding":"at rest","id":"r1","recorded":"2026-03-01T12:00:00Z"}',
    "coverage": '{"begins":"2026-03-01T12:00:00Z","ends":null,"kind":"crisis-call"}',
}


def test_entries_of_an_earlier_release_are_read(store: Store) -> None:
    with store.writing("release 0.1", NOON) as work:
        for name, body in ENTRIES.items():
            row = {"subject": "ana", "about": "patient", "entry": name, "key": name, "body": body}
            times = {"recorded_at": NOON, "appended_at": NOON}
            work.connection.execute(insert(log).values(**row, **times))
        found = work.history("ana")
    assert (found.events[0].points, str(found.events[0].date)) == (7, "2026-03")
    assert found.retractions[0].by == found.reassessments[0].by == DANA
    assert found.coverage[0].begins == NOON


def test_a_deadline_of_an_earlier_release_fires(store: Store) -> None:
    with store.writing("release 0.1", NOON) as work:
        work.connection.execute(
            insert(escalation).values(
                id="e1",
                subject="ana",
                about="patient",
                rule="crisis-call",
                pathway="to-a-human",
                severity="urgent",
                opened_at=NOON,
                state="open",
                evidence='["form#1"]',
                body=ESCALATION,
                ladder=0,
                step=0,
                round=0,
            )
        )
        numbers = {"ladder": 0, "step": 0, "round": 0}
        work.connection.execute(
            insert(deadline).values(escalation="e1", due_at=after(15), state="waiting", **numbers)
        )
    assert fire_due(store, after(15), call, "worker").calls == ("e1/0/1/0",)
    with store.reading() as read:
        [found] = read.escalations()
        [earlier] = read.earlier("ana")
    assert found.plan.steps[0].person is not None
    assert found.plan.steps[0].person.name == "Dana Reyes"
    assert earlier.evidence == {"form#1"}
