"""The history of one person from a file, with every problem where it is."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from peer_match.facts.event import History
from peer_match.policy.events import Events
from peer_match.surfaces.faults import Faults
from peer_match.surfaces.files import read_whole
from peer_match.surfaces.printing import near


def history_from(path: Path, events: Events, faults: Faults) -> History | None:
    """The history that a file holds as JSON; None, with all faults, where it cannot be used."""
    try:
        data = read_whole(path)
    except OSError as problem:
        faults.unreadable(path, problem)
        return None
    try:
        history = History.model_validate_json(data)
    except ValidationError as problem:
        for one in problem.errors(include_url=False, include_input=False):
            place = ".".join(str(part) for part in one["loc"]) or "the file"
            faults.said.append(
                f"{path}: {place}: {one['msg'][:1].lower()}{one['msg'][1:]}\n"
                "  help: docs/inputs.md shows a history"
            )
        return None
    before = len(faults.said)
    for number, event in enumerate(history.events):
        kind = events.kinds.get(event.kind)
        place = f"{path}: events.{number}"
        if kind is None:
            faults.said.append(
                f"{place}.kind: no kind of event is called `{event.kind}`"
                f"{near(event.kind, events.kinds)}\n  help: events.yaml of the rules lists them"
            )
        elif kind.about != history.about:
            faults.said.append(
                f"{place}.kind: `{event.kind}` is about a {kind.about}, and this history is of a "
                f"{history.about}\n  help: say whom the history is `about`"
            )
        elif event.severity is not None and event.severity not in kind.scale:
            faults.said.append(
                f"{place}.severity: `{event.severity}` is not a severity of `{event.kind}`"
                f"{near(event.severity, kind.scale)}\n  help: events.yaml of the rules lists them"
            )
    for number, one in enumerate(history.coverage):
        if one.kind not in events.kinds:
            faults.said.append(
                f"{path}: coverage.{number}.kind: no kind of event is called `{one.kind}`"
                f"{near(one.kind, events.kinds)}\n  help: events.yaml of the rules lists them"
            )
    return history if len(faults.said) == before else None
