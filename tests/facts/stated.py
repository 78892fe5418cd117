"""Short ways to state facts in tests: who said so and when matter only where a test says so."""

from datetime import datetime, timedelta
from typing import Any

from peer_match.facts.fact import Fact, FactSet, Statement
from peer_match.facts.group import Facilitator, Group
from peer_match.facts.mentor import Mentor
from peer_match.facts.patient import (
    Goal,
    LivedExperience,
    Patient,
    Preference,
    RiskFactor,
    ScreenResult,
)
from peer_match.facts.place import Place
from peer_match.facts.provenance import Moment, PartialDate, Provenance, StatedBy
from peer_match.facts.week import Availability, Meeting
from peer_match.facts.week_text import parse_meeting, parse_window

AS_OF = datetime.fromisoformat("2026-03-01T12:00:00-08:00")
NOW = Moment.at(AS_OF)
PACIFIC = "America/Los_Angeles"

WRAPPED = {
    "goals": Goal,
    "experiences": LivedExperience,
    "preferences": Preference,
    "risk_factors": RiskFactor,
}
"""The fields of a patient whose codes are wrapped in a value of their own."""


def said(
    date: str | None = None, *, recorded: str | None = None, by: StatedBy = StatedBy.SELF
) -> Provenance:
    return Provenance(
        source="a test",
        stated_by=by,
        date=None if date is None else PartialDate(date),
        recorded=None if recorded is None else datetime.fromisoformat(recorded),
    )


def stated(
    value: Any, date: str | None = None, *, until: str | None = None, recorded: str | None = None
) -> Statement[Any]:
    return Statement(
        value=value,
        provenance=said(date, recorded=recorded),
        until=None if until is None else PartialDate(until),
    )


def one(value: Any) -> Fact[Any]:
    """A fact with one value, stated once."""
    return Fact(statements=(stated(value),))


def many(*values: Any, complete: bool = True) -> FactSet[Any]:
    """A set of exactly these values, or with `complete=False` of at least these."""
    return FactSet(statements=tuple(stated(value) for value in values), complete=complete)


def at_least(*values: Any) -> FactSet[Any]:
    return many(*values, complete=False)


def none_of(*values: Any) -> FactSet[Any]:
    """An open list in which these values were asked about and denied."""
    return FactSet(denied=tuple(stated(value) for value in values))


def conflicting(*values: Any) -> Fact[Any]:
    """Several values of which none is surely the later."""
    return Fact(statements=tuple(stated(value) for value in values))


def declined_one() -> Fact[Any]:
    return Fact(declined=said("2026-02-01"))


def declined_set() -> FactSet[Any]:
    return FactSet(declined=said("2026-02-01"))


def day(text: str) -> Fact[PartialDate]:
    return one(PartialDate(text))


def level(code: str) -> Fact[ScreenResult]:
    return one(ScreenResult(instrument="asq", level=code))


def points(total: int) -> Fact[ScreenResult]:
    return one(ScreenResult(instrument="phq-9", score=total))


def place(latitude: float, longitude: float) -> Fact[Place]:
    return one(Place.at(latitude, longitude))


def free(*windows: str, busy: tuple[str, ...] = (), zone: str = PACIFIC) -> Fact[Availability]:
    return one(
        Availability(
            zone=zone,
            free=tuple(parse_window(text) for text in windows),
            busy=tuple(parse_window(text) for text in busy),
        )
    )


def meets(*times: str, zone: str = PACIFIC, formats: frozenset[str] | None = None) -> Fact[Any]:
    """Weekly meetings such as `Tue 19:00 60 minutes`, in person unless `formats` says else."""
    return one(
        tuple(
            Meeting.model_validate(
                parse_meeting(text, id=f"meeting-{number}").model_dump()
                | {"zone": zone, "formats": formats or frozenset({"in-person"})}
            )
            for number, text in enumerate(times, 1)
        )
    )


def _wrapped(facts: dict[str, Any]) -> dict[str, Any]:
    """Codes of wrapped fields become values: `goals=many("find-work")` is a set of goals."""
    found = dict(facts)
    for name, kind in WRAPPED.items():
        fact = found.get(name)
        if isinstance(fact, FactSet):
            found[name] = fact.model_copy(
                update={
                    part: tuple(
                        statement.model_copy(update={"value": kind(code=statement.value)})
                        if isinstance(statement.value, str)
                        else statement
                        for statement in getattr(fact, part)
                    )
                    for part in ("statements", "denied")
                }
            )
    return found


def patient(id: str = "pat", **facts: Any) -> Patient:
    return Patient(id=id, **_wrapped(facts))


def group(id: str = "g1", **facts: Any) -> Group:
    facts = {"name": f"Group {id}", **facts}
    return Group(id=id, **facts)


def facilitator(id: str = "fay", **facts: Any) -> Facilitator:
    return Facilitator(id=id, **facts)


def mentor(id: str = "m1", **facts: Any) -> Mentor:
    facts = {"name": f"Mentor {id}", **facts}
    if isinstance(facts.get("experiences"), FactSet):
        facts["experiences"] = _wrapped({"experiences": facts["experiences"]})["experiences"]
    return Mentor(id=id, **facts)


def before(**span: int) -> str:
    """The instant this long before `AS_OF`, as text."""
    return (AS_OF - timedelta(**span)).isoformat()
