"""Words for the values of a decision, the same on the page and in the terminal.

Owns how a score, an outcome, a day and an unknown read in plain English, and what may never reach
a screen (control characters). Adds nothing that the decision does not hold.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import Literal, get_args

from peer_match.decide.decision import FULL_SCORE, Decision, PlanTask, Reading, Score, Source
from peer_match.decide.in_words import HOW_SOON, STATED_BY, comes_first, out_of_100, place_words
from peer_match.decide.references import WITHHELD
from peer_match.facts.fact import Unknown

Standing = Literal[
    "comes-first", "fits", "fits-with-support", "waiting", "nothing-fits", "withheld"
]
STANDINGS: tuple[Standing, ...] = get_args(Standing)

STANDING: dict[Standing, str] = {
    "comes-first": "Something must be done first",
    "fits": "Something fits",
    "fits-with-support": "Fits with support",
    "waiting": "Needs an answer first",
    "nothing-fits": "Nothing fits",
    "withheld": "Not shown",
}
OUTCOME = {
    "allowed": "Fits",
    "caution": "Fits, with a caution",
    "ask": "Fits, with a question to ask first",
    "hold": "Waiting for an answer",
    "blocked": "Does not fit",
}
LISTS = {
    "eligible": "Fits",
    "supported": "Fits with support",
    "waiting": "Waiting for an answer",
    "blocked": "Does not fit",
}
TRUTH = {
    "yes": "yes",
    "no": "no",
    "unknown": "not known",
    "error": "could not be evaluated",
}
APPLIES = {
    "yes": "It applies",
    "no": "It does not apply",
    "unknown": "Whether it applies is not known",
    "error": "It could not be evaluated",
}
EFFECT = {
    "allowed": "nothing stands in the way",
    "caution": "a caution",
    "ask": "to be asked before placement",
    "hold": "waits for the answer",
    "blocked": "keeps apart",
}
KINDS = {
    "must_not": "Rules that keep apart, hold, ask or warn",
    "prefer": "Rules that give points",
    "support": "Supports",
    "plan": "Rules of the plan",
    "finding": "Named conditions",
}
NOT_AVAILABLE = "Not available at present"
NOT_FOR_YOU = "Not shown to this recipient"
PLACES = (".home", ".place")
"""How the facts end that are places."""
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MINUTES_AN_HOUR = 60  # of any clock
HOURS_A_DAY = 24  # of any clock, for an end at midnight

# Parts of a date that may be given to the year, the month or the day.
LENGTH_OF_YEAR, LENGTH_OF_MONTH, LENGTH_OF_DAY = len("2026"), len("2026-03"), len("2026-03-01")
POINTS_A_TENTH = FULL_SCORE // 1000  # a tenth of a score that is shown out of 100
TENTHS = 10  # in one
SHORT_DIGEST = 12  # enough of a digest to tell two packs apart by eye
FEW = 3  # names of a list that is only mentioned
REPLACEMENT = "�"


def clean(text: str) -> str:
    """The text without what could take over a terminal or turn a line around.

    Control characters, lone surrogates and marks of text direction become U+FFFD; line breaks and
    tabs become spaces.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_seen(one) for one in text)


def _seen(character: str) -> str:
    if character in "\n\r\t":
        return " "
    category = unicodedata.category(character)
    turns = unicodedata.bidirectional(character) in _TURNING
    return REPLACEMENT if category in ("Cc", "Cs") or turns else character


_TURNING = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})


def plural(number: int, noun: str, nouns: str | None = None) -> str:
    """`1 group`, `2,040 groups`."""
    return f"{number:,} {noun if number == 1 else nouns or noun + 's'}"


def join(words: Sequence[str], last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def some(found: Sequence[str]) -> str:
    """The first few of some names, and how many more there are."""
    if len(found) <= FEW:
        return join(tuple(found))
    return f"{', '.join(found[:FEW])} and {len(found) - FEW} more"


def effect(reach: int, swing: int) -> str:
    """How much an answer could change."""
    moves = f"could move {plural(reach, 'suggestion')}"
    return f"{moves} by up to {out_of_100(swing)} points" if swing else moves


def needs(supports: Sequence[str], answers: Sequence[str]) -> str:
    """What a change needs: `Transport; an answer about: the person's goals`."""
    said = [*supports]
    if answers:
        said.append(f"{'an answer' if len(answers) == 1 else 'answers'} about {some(answers)}")
    return "; ".join(said) or "more information"


def gap_words(first: bool, role: str | None) -> str:
    """How a gap in what is known begins: whom to ask, and whether before placement."""
    if role is None:
        return "To be settled before placement" if first else "Caution: not known"
    whom = f"the {role}"
    return f"Before placement, ask {whom}" if first else f"Caution: not known; ask {whom}"


def sentence(text: str) -> str:
    """The text with its first letter large and everything else as it was."""
    return f"{text[:1].upper()}{text[1:]}"


def tenths(points: int) -> str:
    """Points out of 10,000 out of 100, to one decimal, a half rounded up."""
    whole, tenth = divmod((points + POINTS_A_TENTH // 2) // POINTS_A_TENTH, TENTHS)
    return f"{whole}.{tenth}" if tenth else str(whole)


def spread(low: str, high: str) -> str:
    """`66–84`, or `66` where both ends read the same."""
    return low if low == high else f"{low}–{high}"


def score_words(score: Score | None) -> str:
    """`75, could be 66–84`; the first number is the middle of the range, by which it is ranked."""
    if score is None:
        return "no score"
    low, high = out_of_100(score.low), out_of_100(score.high)
    middle = out_of_100((score.low + score.high) // 2)
    return middle if low == high else f"{middle}, could be {low}–{high}"


def score_short(score: Score | None) -> str:
    """`75 (66–84)`, where there is little room."""
    if score is None:
        return "none"
    low, high = out_of_100(score.low), out_of_100(score.high)
    middle = out_of_100((score.low + score.high) // 2)
    return middle if low == high else f"{middle} ({low}–{high})"


def date_words(text: str) -> str:
    """A day, month, year or instant in words: `Sep 1, 2023, 09:00 UTC-07:00`.

    What is none of these is given back as it is.
    """
    if len(text) > LENGTH_OF_DAY:
        return _instant_words(text)
    parts = text.split("-")
    if not all(part.isdecimal() for part in parts):
        return text
    if len(text) == LENGTH_OF_YEAR:
        return text
    month = int(parts[1]) if len(parts) > 1 else 0
    if not 1 <= month <= len(MONTHS):
        return text
    if len(text) == LENGTH_OF_MONTH:
        return f"{MONTHS[month - 1]} {parts[0]}"
    return f"{MONTHS[month - 1]} {int(parts[2])}, {parts[0]}"


def _instant_words(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    day = date_words(moment.date().isoformat())
    offset = f" {moment.tzname()}" if moment.tzinfo is not None else ""
    return f"{day}, {moment:%H:%M}{offset}"


def day_words(instant: str) -> str:
    """The day of an instant: `Sep 4, 2023`."""
    return date_words(instant[:LENGTH_OF_DAY])


def clock(minute: int) -> str:
    """A minute of the day on a 24-hour clock; the end of the day is 24:00."""
    return f"{minute // MINUTES_AN_HOUR:02}:{minute % MINUTES_AN_HOUR:02}"


def role_words(role: str) -> str:
    """A code of a role, as words."""
    return role.replace("-", " ")


def source_words(source: Source) -> str:
    """Where a statement came from, who said so, and when it was so."""
    said = STATED_BY.get(source.stated_by, source.stated_by)
    date = date_words(source.date) if source.date is not None else "no date"
    return f"{source.source}, {said}, {date}"


def reading_words(reading: Reading) -> str:
    """What was seen of a fact, or why it is not known, or why it is not shown."""
    if reading.withheld is not None:
        return f"withheld: {reading.withheld}"
    is_place = reading.fact.endswith(PLACES)
    values = "; ".join(place_words(one) if is_place else one for one in reading.values)
    if reading.unknown is None:
        return values or "none"
    if values:
        return f"{values} ({reading.unknown})"
    if reading.unknown == Unknown.NOT_RECORDED:
        return reading.unknown
    return f"not known: {reading.unknown}"


def how_soon(task: PlanTask) -> str:
    """How soon a task is to be taken up, and by when at the latest: `at once, by Sep 2, 2023`."""
    return f"{HOW_SOON[task.priority]}, by {day_words(task.due)} at the latest"


def owner_words(task: PlanTask) -> str:
    """Who has a task: `Jo Rivera, point of contact`, or the role where nobody is named."""
    role = role_words(task.role)
    return f"{role}, no one named" if task.owner is None else f"{task.owner}, {role}"


def standing(decision: Decision) -> Standing:
    """What can be said of a person in a word, from what comes first and the lists of groups."""
    if decision.patient.id == WITHHELD:
        return "withheld"
    if comes_first(decision.plan):
        return "comes-first"
    if decision.groups.eligible:
        return "fits"
    if decision.groups.eligible_with_support:
        return "fits-with-support"
    return "waiting" if decision.groups.waiting else "nothing-fits"


def person_words(decision: Decision) -> str:
    """The person's name, or their id where the name may not be told."""
    if decision.patient.id == WITHHELD:
        return "A person who is not shown"
    return decision.patient.name or f"Person {decision.patient.id}"


def short(digest: str) -> str:
    """The beginning of a digest."""
    return digest[:SHORT_DIGEST]
