"""Random packs of safety rules and random histories, as plain data.

The specification reads them as they are; `made_safety` makes them what the engine reads. Dates lie
about the edges of windows more often than chance would put them there.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache
from random import Random
from typing import Any

from .choices import Draw, chance, pick
from .random_sentences import MOMENTS

SCALE = ["mild", "moderate", "severe", "immediate"]
KINDS: dict[str, dict[str, Any]] = {
    "disclosure": {"counts_as": "risk", "scale": SCALE, "points": None},
    "missed-meeting": {"counts_as": "risk", "scale": [], "points": None},
    "release": {"counts_as": "risk", "scale": [], "points": None},
    "placement": {"counts_as": "context", "scale": [], "points": None},
    "contact": {"counts_as": "protective", "scale": [], "points": None},
    "hope": {"counts_as": "context", "scale": [], "points": "higher is better"},
}
OBLIGATIONS: dict[str, dict[str, Any]] = {
    "check-in": {
        "begun_by": ["placement", "contact"],
        "met_by": ["contact"],
        "within": (7, "days"),
    },
    "follow-up": {"begun_by": ["release"], "met_by": ["contact"], "within": (24, "hours")},
}
SPANS = [(1, "days"), (7, "days"), (14, "days"), (30, "days"), (1, "months"), (30, "days"),
         (90, "minutes")]  # fmt: skip
LATE = (30, "days")
SEVERITIES = ("routine", "soon", "urgent", "emergent")
ROLES = ("clinician", "mentor")
COUNTED = [kind for kind in KINDS if kind != "hope"]


@cache
def histories(packs: int, each: int, seed: int = 0) -> tuple[dict[str, Any], ...]:
    """Cases, always the same: so many packs, each with so many histories."""
    random = Random(seed)
    found: list[dict[str, Any]] = []
    for _ in range(packs):
        policy = draw_pack(random.randrange)
        found.extend(draw_history_case(random.randrange, policy) for _ in range(each))
    return tuple(found)


def draw_pack(draw: Draw, monotone: bool = False) -> dict[str, Any]:
    """Findings that use each other, and rules that use them. Those of a `monotone` pack read
    evidence of risk the right way round alone, as the check of polarity asks."""
    kinds = [one for one in COUNTED if KINDS[one]["counts_as"] != "protective" or not monotone]
    findings: dict[str, Any] = {}
    for number in range(draw(4)):
        known = list(findings)
        findings[f"finding-{number}"] = draw_header(draw) | {
            "when": draw_condition(draw, known, 2, number % 2 == 1, kinds, monotone)
        }
    escalates = {
        f"rule-{number}": draw_header(draw)
        | {
            "when": draw_condition(draw, list(findings), 3, number == 0, kinds, monotone),
            "severity": pick(draw, SEVERITIES),
        }
        for number in range(4 + draw(5))
    }
    for number, one in enumerate(escalates.values()):
        least = SEVERITIES.index(one["severity"])
        above = [id for id, other in [*escalates.items()][:number]
                 if SEVERITIES.index(other["severity"]) >= least]  # fmt: skip
        one["seen_to_by"] = [id for id in above if chance(draw, 40)]
    return {
        "kinds": KINDS,
        "obligations": OBLIGATIONS,
        "finding": findings,
        "escalate": escalates,
        "safety": {
            "reassessed_by": ["clinician"],
            "retracted_by": ["clinician"],
            "late": LATE,
            "effective": date(2020, 1, 1),
        },
    }


def draw_header(draw: Draw) -> dict[str, Any]:
    if not chance(draw, 12):
        return {"status": "active", "effective": date(2020, 1, 1), "until": None}
    return {
        "status": pick(draw, ("active", "draft")),
        "effective": pick(draw, (date(2020, 1, 1), date(2026, 3, 20))),
        "until": pick(draw, (None, date(2026, 2, 1), date(2026, 3, 1))),
    }


def draw_condition(
    draw: Draw,
    findings: list[str],
    depth: int,
    block: bool,
    kinds: list[str],
    monotone: bool = False,
) -> Any:
    """A condition of some depth; with `block` one that has parts."""
    if depth and (block or chance(draw, 55)):
        if chance(draw, 25):
            if monotone:  # below a `not` context alone, and nothing that findings read
                return "not", draw_count(draw, ["placement"])
            return "not", draw_condition(draw, findings, depth - 1, False, kinds)
        parts = [
            draw_condition(draw, findings, depth - 1, False, kinds, monotone)
            for _ in range(1 + draw(3))
        ]
        return pick(draw, ("all", "any")), parts
    if findings and chance(draw, 35):
        return pick(draw, findings), "holds"
    form = draw(10)
    if form < 6:
        return draw_count(draw, kinds)
    if form < 8:
        return "fell", "hope", 1 + draw(3), *pick(draw, SPANS[2:6])
    return pick(draw, list(OBLIGATIONS)), "is overdue by", *pick(draw, (SPANS[0], *SPANS))


def draw_count(draw: Draw, kinds: list[str]) -> Any:
    kind = pick(draw, kinds)
    severity = pick(draw, SCALE) if KINDS[kind]["scale"] and chance(draw, 80) else None
    return "at least", 1 + draw(3) * draw(2), kind, severity, *pick(draw, SPANS)


def draw_history_case(draw: Draw, policy: dict[str, Any]) -> dict[str, Any]:
    """A history at a moment, for one pack."""
    as_of = pick(draw, MOMENTS)
    others = (as_of + timedelta(days=3), as_of - timedelta(days=2))
    known_at = pick(draw, (as_of, as_of, as_of, *others))
    read = [kind for kind in kinds_read(policy) for _ in range(3)] + list(KINDS)
    read += ["hope"] * (len(read) // 2) if "hope" in read[: -len(KINDS)] else []
    events: list[dict[str, Any]] = []
    for number in range(draw(13)):
        events.append(draw_event(draw, number, events, read, as_of, known_at))
    named = [one for one in events if one["id"] is not None]
    keys = [f"{one['source']}#{one['id']}" for one in named]
    recorded = [known_at - timedelta(hours=5), known_at, known_at + timedelta(hours=1), as_of]
    history = {
        "events": events,
        "retractions": [
            {"event": key, "role": pick(draw, ROLES), "recorded": pick(draw, recorded)}
            for key in keys if chance(draw, 8)
        ],
        "reassessments": [
            {"considered": [one for one in keys if chance(draw, 50)], "role": pick(draw, ROLES),
             "recorded": pick(draw, recorded)}
            for _ in range(draw(6) // 5)
        ],
        "coverage": [one for kind in KINDS if chance(draw, 85)
                     for one in draw_coverage(draw, kind, as_of)],
    }  # fmt: skip
    return {"policy": policy, "history": history, "as_of": as_of, "known_at": known_at}


def kinds_read(part: Any) -> list[str]:
    """Every kind of event that some conditions count, compare or wait for."""
    match part:
        case ("at least", _, kind, *_) | ("fell", kind, *_):
            return [kind]
        case (obligation, "is overdue by", *_):
            return list(OBLIGATIONS[obligation]["begun_by"])
        case dict():
            return [kind for one in part.values() for kind in kinds_read(one)]
        case list() | tuple():
            return [kind for one in part for kind in kinds_read(one)]
        case _:
            return []


def draw_coverage(draw: Draw, kind: str, as_of: datetime) -> list[dict[str, Any]]:
    """A feed that goes on, one with an end, or two that meet or leave a gap."""
    long_ago = as_of - timedelta(days=pick(draw, (1, 7, 30, 400, 400, 400)))
    if chance(draw, 70):
        return [{"kind": kind, "begins": long_ago, "ends": None}]
    middle = as_of - timedelta(hours=pick(draw, (0, 1, 30)))
    found: list[dict[str, Any]] = [{"kind": kind, "begins": long_ago, "ends": middle}]
    if chance(draw, 50):
        begins = middle + timedelta(minutes=pick(draw, (-5, 0, 5)))
        found.append({"kind": kind, "begins": begins, "ends": None})
    return found


def draw_event(
    draw: Draw,
    number: int,
    before: list[dict[str, Any]],
    read: list[str],
    as_of: datetime,
    known_at: datetime,
) -> dict[str, Any]:
    if before and chance(draw, 10):  # told twice
        again = dict(pick(draw, before))
        if chance(draw, 50) and KINDS[again["kind"]]["scale"]:
            again["severity"] = pick(draw, SCALE)
        return again
    kind = pick(draw, read)
    back = timedelta(days=pick(draw, (0, 0, 1, 2, 6, 7, 7, 8, 13, 14, 29, 30, 31, 45, -1, -20)))
    near = pick(draw, (timedelta(0), timedelta(seconds=1), timedelta(hours=-3), timedelta(hours=20),
                       timedelta(minutes=-90), timedelta(minutes=91)))  # fmt: skip
    when = as_of - back - near
    recorded = pick(draw, (when, when, when + timedelta(minutes=1), when + timedelta(days=2),
                           when + timedelta(days=20), known_at, known_at + timedelta(hours=1),
                           as_of))  # fmt: skip
    scale = KINDS[kind]["scale"]
    return {
        "kind": kind,
        "source": pick(draw, ("feed", "form")),
        "id": None if chance(draw, 20) else str(number),
        "date": pick(draw, (*[when.isoformat()] * 5, when.date().isoformat(),
                            when.date().isoformat(), when.date().isoformat()[:7], None)),
        "recorded": recorded,
        "severity": pick(draw, (*SCALE, *SCALE[2:], None)) if scale else None,
        "points": pick(draw, (0, 2, 5, 8, 9, 12, 20, None)) if kind == "hope" else None,
    }  # fmt: skip
