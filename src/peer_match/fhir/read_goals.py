"""Goal resources: recovery goals that carry a code of the vocabulary `goal`.

A goal in words alone is not guessed at; it is noted, and leaves the goals unknown.
"""

from __future__ import annotations

from peer_match.facts.patient import Goal
from peer_match.facts.provenance import Provenance
from peer_match.fhir.read_chart import Chart, recorded
from peer_match.fhir.read_modifiers import is_modified
from peer_match.fhir.read_notes import NoteKind
from peer_match.fhir.read_references import Entry

_WANTED = frozenset({"proposed", "planned", "accepted", "active", "on-hold"})


def read_goal(chart: Chart, entry: Entry) -> None:
    """A Goal of the person that is not over."""
    goal = entry.resource
    if not chart.is_about_the_person(entry, "subject"):
        return
    modified = is_modified(goal)
    if goal["lifecycleStatus"].text() not in _WANTED and not modified:
        return
    written = goal["statusDate"].date() or goal["startDate"].date()
    source = Provenance(
        source=entry.source,
        stated_by=chart.stated_by([goal["expressedBy"]], goal),
        date=goal["startDate"].date() or written,
        recorded=recorded(written),
    )
    if modified:
        chart.cannot_read("goals", source)
        return
    terms = chart.terms("goal", goal["description"].codings())
    for term in terms:
        chart.state("goals", Goal(code=term, words=goal["description"]["text"].text()), source)
    if not terms:
        chart.cannot_read("goals", source)
        chart.notes.add(
            NoteKind.NOT_UNDERSTOOD,
            goal["description"].path,
            "a goal has no code of the vocabulary `goal`",
            "ask the person which recovery goals it stands for",
        )
