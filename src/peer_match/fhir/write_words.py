"""What a decision says, in plain words: of a group or a mentor, of days and of how often."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from peer_match.decide.decision import PlanTask, Reading, Score, Screening, Source, Suggestion
from peer_match.decide.in_words import STATED_BY, out_of_100, place_words
from peer_match.fhir.write_elements import plain, texts
from peer_match.fhir.write_proposal import Proposal

_MONTHS = "January February March April May June July August September October November December"
_FREQUENCY = re.compile(r"(\d{1,3}) a (?:(\d{1,3}) )?(day|week|month|year)s?")
_DAY = len("2026-03-01")


@dataclass(frozen=True, slots=True)
class Frequency:
    """So many times in a period of so many days, weeks, months or years."""

    times: int
    number: int
    unit: str

    def in_words(self) -> str:
        """`once a week`, `3 times every 2 weeks`."""
        times = {1: "once", 2: "twice"}.get(self.times, f"{self.times} times")
        period = f"a {self.unit}" if self.number == 1 else f"every {self.number} {self.unit}s"
        return f"{times} {period}"


def frequency(text: str) -> Frequency | None:
    """A frequency as the decision words it (`2 a week`, `1 a 2 weeks`), or None."""
    found = _FREQUENCY.fullmatch(text)
    if found is None or int(found[1]) == 0 or found[2] == "0":
        return None
    return Frequency(int(found[1]), int(found[2] or 1), found[3])


def fit(score: Score) -> str:
    """`Fit: 82 out of 100`, or a range where something that counts is unknown."""
    low, high = out_of_100(score.low), out_of_100(score.high)
    if low == high:
        return f"Fit: {low} out of 100"
    return f"Fit: between {low} and {high} out of 100, because something that counts is unknown"


def reasons(one: Suggestion, proposal: Proposal) -> Iterator[str]:
    """What speaks for a target, most points first: the rule's title, and what was measured."""
    given = [points for points in one.points if points.low > 0]
    for points in sorted(given, key=lambda points: (-points.low, points.rule)):
        title = proposal.rule_title(points.rule)
        if title:
            measured = plain(points.measured or "")
            yield f"{title} ({measured})" if measured else title


def behind(task: PlanTask, proposal: Proposal) -> Iterator[str]:
    """What was seen that a task answers to, where the recipient may see it: the facts that are
    known, each with its value, its date and its source."""
    facts = proposal.decision.facts
    for key in task.facts:
        found = facts.get(key)
        if found is not None and found.withheld is None and found.values:
            yield _seen(found)


def _seen(reading: Reading) -> str:
    values = "; ".join(texts(reading.values))
    sources = "; ".join(dict.fromkeys(_source(one) for one in reading.sources))
    return f"{plain(reading.meaning)}: {values} ({sources or 'no source'})"


def _source(source: Source) -> str:
    by = STATED_BY.get(source.stated_by, source.stated_by)
    return f"{dated(source.date)}, {by}, {plain(source.source)}"


def cautions(one: Suggestion, proposal: Proposal) -> Iterator[str]:
    """What is to be looked at before a placement: rules that ask or caution, and doubts."""
    for screening in one.screening:
        if screening.outcome in ("caution", "ask"):
            yield _caution(screening, proposal)
    yield from texts(one.doubts)


def _caution(screening: Screening, proposal: Proposal) -> str:
    title = proposal.rule_title(screening.rule)
    if title is None:
        return "something that may not be told here"
    open_points = ["not known yet"] if screening.truth == "unknown" else []
    roles = list(dict.fromkeys(_to_answer(screening, proposal)))
    if roles:
        open_points.append(f"{joined(roles)} {'is' if len(roles) == 1 else 'are'} to answer")
    return f"{title} ({', '.join(open_points)})" if open_points else title


def _to_answer(screening: Screening, proposal: Proposal) -> Iterator[str]:
    """Who can answer for what is not known; where the facts do not say, whom the rule asks."""
    facts = proposal.decision.facts
    found = [facts[key].asked_of for key in screening.unknown_facts if key in facts]
    named = [role for role in found if role is not None]
    if not named and not found and screening.question_to is not None:
        named = [screening.question_to]
    for role in named:
        yield uncapitalised(proposal.role_in_words(role))


def where_and_when(one: Suggestion, proposal: Proposal) -> Iterator[str]:
    """When and where a group meets, as its public listing says, where the recipient may see it."""
    for lead, fact in (("It meets", "group.meetings"), ("Where:", "group.place")):
        found = proposal.decision.facts.get(f"{fact}@{one.target}")
        if found is not None and found.withheld is None and found.values:
            yield f"{lead} {'; '.join(place_words(text) for text in texts(found.values))}"


def awaited(proposal: Proposal) -> Iterator[str]:
    """Where nothing fits yet, what is waited for: what to answer and who can. Rules that may not
    be told are left out."""
    groups = proposal.decision.groups
    if groups.eligible or groups.eligible_with_support:
        return
    seen: dict[str, Screening] = {}
    for one in groups.waiting:
        for screening in one.screening:
            if screening.outcome == "hold":
                seen.setdefault(screening.rule, screening)
    for rule, screening in seen.items():
        if proposal.rule_title(rule) is not None:
            yield _awaited(screening, proposal)


def _awaited(screening: Screening, proposal: Proposal) -> str:
    rule, facts = proposal.decision.rules[screening.rule], proposal.decision.facts
    said = [f"{plain(rule.title)}."]
    unknown = [facts[key] for key in screening.unknown_facts if key in facts]
    if unknown:
        said.append(f"Not known: {'; '.join(dict.fromkeys(plain(o.meaning) for o in unknown))}.")
    else:
        known = [facts[key] for key in screening.facts if key in facts and "@" not in key]
        said.extend(f"On record: {_seen(one)}." for one in known if one.values)
    roles = list(dict.fromkeys(_to_answer(screening, proposal)))
    if not unknown and rule.asks is not None:
        roles = [uncapitalised(proposal.role_in_words(rule.asks))]
    if roles:
        said.append(f"To be answered by {joined(roles)}.")
    return " ".join(said)


def support_titles(one: Suggestion, proposal: Proposal) -> Iterator[str]:
    """The supports without which a target is out of reach."""
    for id in one.supports:
        yield proposal.rule_title(id) or plain(id.replace("-", " "))


def day(text: str) -> str:
    """`1 September 2023`, from a date or a moment."""
    found = date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
    return f"{found.day} {_MONTHS.split()[found.month - 1]} {found.year}"


def dated(text: str | None) -> str:
    """When something was, as far as it is known: `1 September 2023`, `2023-09`, `no date`."""
    if text is None:
        return "no date"
    return day(text) if len(text) >= _DAY else text


def uncapitalised(text: str) -> str:
    """A label within a sentence: `in person`, but `PHQ-9 total`."""
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text


def joined(parts: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"
