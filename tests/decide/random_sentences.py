"""Random vocabularies and conditions, as the plain data that the specification reads.

Limits and amounts come from short lists, so that they are met exactly and often.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from .choices import Draw, chance, pick, some_of

MOMENTS = [
    datetime.fromisoformat(text)
    for text in (
        "2026-03-01T09:00:00-05:00",
        "2026-03-31T23:30:00+00:00",
        "2024-02-29T00:00:00+00:00",
        "2026-07-15T12:00:00+02:00",
    )
]
# The facts that rules read here: the kind of each, and its vocabulary or its unit.
FACTS: dict[str, tuple[str, str]] = {
    "patient.record_status": ("code", "record-status"),
    "patient.suicide_screen": ("code", "suicide-risk"),
    "patient.new_to_groups": ("yes/no", ""),
    "patient.phq9": ("quantity", "points"),
    "patient.birth_date": ("date", ""),
    "patient.goals": ("codes", "goal"),
    "patient.concerns": ("codes", "concern"),
    "patient.home": ("place", ""),
    "patient.availability": ("availability", ""),
    "group.kind": ("code", "group-kind"),
    "group.medication_stance": ("code", "medication-stance"),
    "group.welcomes_newcomers": ("yes/no", ""),
    "group.free_seats": ("quantity", "people"),
    "group.last_confirmed": ("date", ""),
    "group.topics": ("codes", "goal"),
    "group.concerns": ("codes", "concern"),
    "group.place": ("place", ""),
    "group.meetings": ("meetings", ""),
    "facilitator.status": ("code", "staff-status"),
    "facilitator.last_supervision": ("date", ""),
    "facilitator.open_incident": ("code", "incident-severity"),
    "pair.ties": ("codes", "tie"),
    "pair.declined": ("yes/no", ""),
    "mentor.status": ("code", "staff-status"),
    "mentor.accepts_medication": ("yes/no", ""),
    "mentor.free_places": ("quantity", "people"),
    "mentor.last_supervision": ("date", ""),
    "mentor.topics": ("codes", "goal"),
    "mentor.concerns": ("codes", "concern"),
    "mentor.home": ("place", ""),
    "mentor.availability": ("availability", ""),
}
# How often each measure is spoken of, against the others.
SHARES = {"travel distance": 3, "share met": 3, "share attendable": 7, "common time": 5}
RISING = ("suicide-risk", "incident-severity")
VOCABULARIES = sorted({where for kind, where in FACTS.values() if kind in ("code", "codes")})
NAMES = ["red", "blue", "green", "grey"]
SUBJECTS = {
    "patient": ("patient",),
    "group": ("patient", "group", "pair"),
    "mentor": ("patient", "mentor", "pair"),
}
# Amounts around which limits lie: metres, percent, minutes, points, people.
METRES = [0, 56, 111, 200, 300]
LATITUDES = [0, 500, 1000, 1800, 2700]  # millionths of a degree, about so many metres apart


def draw_vocabulary(draw: Draw, id: str) -> dict[str, Any]:
    if id == "group-kind":
        return {"codes": ["programme", "community"], "broader": {}, "rising_within": None}
    codes = NAMES[: 2 + draw(3)]
    broader = {codes[1]: codes[0]} if id == "concern" and len(codes) > 2 else {}
    rising = pick(draw, (30, 90)) if id in RISING else None
    return {"codes": codes, "broader": broader, "rising_within": rising}


def fact_types(vocabularies: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """For each fact its kind, its codes, and each code with the codes that are a kind of it."""
    found: dict[str, dict[str, Any]] = {}
    for name, (kind, where) in FACTS.items():
        one = vocabularies[where] if kind in ("code", "codes") else {}
        codes = ["yes", "no"] if kind == "yes/no" else one.get("codes", [])
        broader = one.get("broader", {})
        kinds = {c: [c, *(k for k, above in broader.items() if above == c)] for c in codes}
        rising = one.get("rising_within")
        found[name] = {"kind": kind, "codes": codes, "kinds": kinds, "rising_within": rising}
    return found


class Words:
    """What a condition may speak of: the facts of some subjects, by kind, and findings."""

    def __init__(self, types: dict[str, Any], subjects: tuple[str, ...], findings: list[str]):
        self.types = {n: t for n, t in types.items() if n.partition(".")[0] in subjects}
        self.findings = findings

    def of(self, *kinds: str) -> list[str]:
        return [name for name, type in self.types.items() if type["kind"] in kinds]

    def like(self, fact: str) -> list[str]:
        """The other facts of the same kind and vocabulary."""
        return [n for n in self.types if n != fact and FACTS[n] == FACTS[fact]]

    def measure(self, draw: Draw) -> tuple[Any, ...]:
        """A measure of what may be spoken of: more often one that is seldom surely yes or no."""
        found = self.measures()
        names = [name for name in sorted({one[0] for one in found}) for _ in range(SHARES[name])]
        name = pick(draw, names)
        return pick(draw, [one for one in found if one[0] == name])

    def measures(self) -> list[tuple[Any, ...]]:
        homes, sets = self.of("place"), self.of("codes")
        found: list[tuple[Any, ...]] = [
            ("share met", one, other) for one in sets for other in self.like(one)
        ]
        if len(homes) > 1:
            found.append(("travel distance", homes[0], homes[1]))
        if self.of("meetings"):
            found.append(
                ("share attendable", "group.meetings", "patient.availability", *homes[:2], 60)
            )
        if "mentor.availability" in self.types:
            found.append(("common time", "patient.availability", "mentor.availability"))
        return found


def draw_condition(draw: Draw, words: Words, depth: int = 2, knowing: bool = False) -> Any:
    shape = draw(10) if depth else 0
    if shape < 5:
        return draw_sentence(draw, words, knowing)
    if shape == 9:
        return ("not", draw_condition(draw, words, depth - 1, knowing))
    number = 1 + draw(3)
    parts = [draw_condition(draw, words, depth - 1, knowing) for _ in range(number)]
    return ("all" if shape < 7 else "any", parts)


def draw_sentence(draw: Draw, words: Words, knowing: bool) -> Any:
    forms = ["is", "is not", *["codes"] * 2, *["fact"] * 4, *["amount"] * 7, *["date"] * 6]
    if words.findings:
        forms += ["holds"] * 2
    if knowing:
        forms += ["known"] * 10
    form = pick(draw, forms)
    match form:
        case "holds":
            return (pick(draw, words.findings), "holds")
        case "known":
            return (pick(draw, words.types), pick(draw, ("is known", "is unknown")))
        case "is" | "is not":
            fact = pick(draw, words.of("code", "yes/no"))
            type = words.types[fact]
            least_one = some_of(draw, type["codes"], 1)
            return (fact, form, tuple(least_one[:1] if type["kind"] == "yes/no" else least_one))
        case "codes":
            fact = pick(draw, words.of("codes"))
            verb = pick(draw, ("includes any of", "includes all of", "includes none of"))
            return (fact, verb, tuple(some_of(draw, words.types[fact]["codes"], 1)))
        case "fact":
            pairs = [(one, other) for one in words.of("codes") for other in words.like(one)]
            if not pairs:
                return draw_sentence(draw, words, knowing)
            fact, other = pick(draw, pairs)
            verbs = (
                *["shares any with"] * 2,
                "includes any of",
                *["includes all of"] * 2,
                *["includes none of"] * 2,
            )
            return (fact, pick(draw, verbs), other)
        case "amount":
            measured = words.measures() and chance(draw, 75)
            subject: Any = words.measure(draw) if measured else pick(draw, words.of("quantity"))
            verbs = ("is at least", "is at most", "is more than", "is less than", "is between")
            verb = pick(draw, verbs)
            limits = sorted(pick(draw, limits_of(subject)) for _ in range(2))
            return (subject, verb, *(limits if verb == "is between" else limits[:1]))
        case _:
            fact = pick(draw, words.of("date"))
            verb = pick(
                draw, ("is before", "is after", "is within", "is at least ago", "is less than ago")
            )
            if verb in ("is before", "is after"):
                return (fact, verb, pick(draw, ("today", *(one.date() for one in MOMENTS))))
            return (fact, verb, *pick(draw, SPANS))


SPANS = [(7, "days"), (30, "days"), (90, "days"), (1, "weeks"), (1, "months"), (3, "months"),
         (1, "years")]  # fmt: skip


def limits_of(subject: Any) -> list[int]:
    """Limits that are met often; 0 now and then, since nothing is less."""
    return [*amounts(subject)[1:] * 3, 0]


def amounts(subject: Any) -> list[int]:
    """Amounts in base units that are met often."""
    if subject == "patient.phq9":
        return [0, 5, 10, 27]
    if isinstance(subject, str):
        return [0, 1, 2]
    return {
        "travel distance": METRES,
        "common time": [0, 30, 60, 90],
        "share met": [0, 33, 50, 66, 100],
        "share attendable": [0, 50, 100],
    }[subject[0]]
