"""What is known about a person in recovery."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Self

from pydantic import model_validator

from peer_match.facts.consent import Consent
from peer_match.facts.fact import About, Fact, FactSet
from peer_match.facts.place import Place
from peer_match.facts.provenance import Frozen, PartialDate, Provenance, StatedBy
from peer_match.facts.week import Availability

Code = str


class Person(Frozen):
    """Someone by name: a clinician, a point of contact, a supervisor."""

    id: str
    name: str
    role: str | None = None


class Goal(Frozen):
    """A recovery goal: its code in the vocabulary `goal`, and the person's own words if any."""

    code: Code
    words: str | None = None


class RiskFactor(Frozen):
    """Something that raises risk: a code of the vocabulary `risk-factor`."""

    code: Code


class LivedExperience(Frozen):
    """What someone lived through: a code of the vocabulary `experience`."""

    code: Code


class Preference(Frozen):
    """What someone asked for in a group or a mentor: a code of the vocabulary `preference`."""

    code: Code


class Priority(Frozen):
    """How much one dimension of fit matters to the person.

    `dimension` is a code of the vocabulary `dimension`, `level` one of the pack's priorities.
    """

    dimension: Code
    level: Code


class ScreenResult(Frozen):
    """The result of a screening instrument: a total, or a level. Never the wording of an item."""

    instrument: Code
    score: int | None = None
    level: Code | None = None


class ScreenAnswers(Frozen):
    """The answers of one occasion to the items of a screening instrument, by the pack's own names
    of items and answers; what nobody could read is left out, and so not known."""

    instrument: Code
    answers: dict[str, Code]
    provenance: Provenance


class SubjectFacts(Frozen):
    """Facts about one subject, with the check that identity is stated by the person alone."""

    id: str

    @model_validator(mode="after")
    def _identity_is_self_stated(self) -> Self:
        for name, field in type(self).model_fields.items():
            about = next((one for one in field.metadata if isinstance(one, About)), None)
            if about is None or not about.self_stated:
                continue
            for statement in _statements(getattr(self, name)):
                if statement.provenance.stated_by is not StatedBy.SELF:
                    raise ValueError(
                        f"`{name}` is a fact about identity and counts only when the person "
                        f"stated it; {statement.provenance.source} did not come from the person"
                    )
        return self


def _statements(fact: Any) -> Iterator[Any]:
    yield from fact.statements
    yield from getattr(fact, "denied", ())
    yield from getattr(fact, "perhaps", ())


class Patient(SubjectFacts):
    """A person in recovery: who they are to the record, and what they said they want."""

    name: str | None = None
    priorities: FactSet[Priority] = FactSet()
    point_of_contact: Fact[Person] = Fact()
    consents: tuple[Consent, ...] = ()
    screen_answers: tuple[ScreenAnswers, ...] = ()
    placements: FactSet[str] = FactSet()
    declined_targets: FactSet[str] = FactSet()

    record_status: Annotated[
        Fact[Code],
        About(
            "whether the record is of a living, active patient", "administrative", "record-status"
        ),
    ] = Fact()
    birth_date: Annotated[
        Fact[PartialDate],
        About("the person's date of birth", "administrative", counts_as="context"),
    ] = Fact()
    home: Annotated[Fact[Place], About("where the person sets out from", "location")] = Fact()
    availability: Annotated[
        Fact[Availability], About("when the person is free in a week", "schedule")
    ] = Fact()
    languages: Annotated[
        FactSet[Code], About("languages the person can take part in", "preference", "language")
    ] = FactSet()
    purposes: Annotated[
        FactSet[Code],
        About("what the person seeks a group for", "substance-use", "purpose"),
    ] = FactSet()
    goals: Annotated[FactSet[Goal], About("the person's recovery goals", "health", "goal")] = (
        FactSet()
    )
    concerns: Annotated[
        FactSet[Code],
        About("substances or behaviours of concern", "substance-use", "concern"),
    ] = FactSet()
    medications: Annotated[
        FactSet[Code],
        About("medicines taken for recovery or mental health", "substance-use", "medication"),
    ] = FactSet()
    pathways: Annotated[
        FactSet[Code], About("recovery pathways the person chose", "preference", "pathway")
    ] = FactSet()
    belief: Annotated[
        Fact[Code],
        About(
            "the place of faith in the person's recovery", "identity", "belief", self_stated=True
        ),
    ] = Fact()
    identities: Annotated[
        FactSet[Code],
        About("how the person describes themselves", "identity", "identity", self_stated=True),
    ] = FactSet()
    cultures: Annotated[
        FactSet[Code],
        About("cultures the person belongs to", "identity", "culture", self_stated=True),
    ] = FactSet()
    preferences: Annotated[
        FactSet[Preference],
        About("what the person asked for", "preference", "preference", self_stated=True),
    ] = FactSet()
    formats: Annotated[
        FactSet[Code], About("formats the person can use", "preference", "format")
    ] = FactSet()
    experiences: Annotated[
        FactSet[LivedExperience],
        About("what the person lived through and chose to share", "identity", "experience"),
    ] = FactSet()
    risk_factors: Annotated[
        FactSet[RiskFactor],
        About("what raises risk for the person", "mental-health", "risk-factor", recurs=True),
    ] = FactSet()
    barriers: Annotated[
        FactSet[Code], About("what makes taking part hard", "social", "barrier")
    ] = FactSet()
    accessibility_needs: Annotated[
        FactSet[Code], About("what the person needs to take part", "health", "accessibility")
    ] = FactSet()
    legal_limits: Annotated[
        FactSet[Code],
        About("limits set by a court or by supervision", "legal", "legal-limit"),
    ] = FactSet()
    readiness: Annotated[
        FactSet[Code],
        About("clinical reasons to wait with a group", "mental-health", "readiness"),
    ] = FactSet()
    new_to_groups: Annotated[
        Fact[bool],
        About("whether peer-led groups are new to the person", "preference", counts_as="context"),
    ] = Fact()
    suicide_screen: Annotated[
        Fact[ScreenResult],
        About(
            "the level of the last suicide risk screens",
            "mental-health",
            "suicide-risk",
            recurs=True,
        ),
    ] = Fact()
    phq9: Annotated[
        Fact[ScreenResult],
        About("the PHQ-9 total", "mental-health", unit="points"),
    ] = Fact()
    phq2: Annotated[
        Fact[ScreenResult],
        About("the PHQ-2 total", "mental-health", unit="points"),
    ] = Fact()
    gad7: Annotated[
        Fact[ScreenResult],
        About("the GAD-7 total", "mental-health", unit="points"),
    ] = Fact()
    audit_c: Annotated[
        Fact[ScreenResult],
        About("the AUDIT-C total", "substance-use", unit="points"),
    ] = Fact()
    dast10: Annotated[
        Fact[ScreenResult],
        About("the DAST-10 total", "substance-use", unit="points"),
    ] = Fact()
    open_escalation: Annotated[
        Fact[Code],
        About(
            "whether anything is open for the person’s safety, and how severe it is",
            "mental-health",
            "escalation",
        ),
    ] = Fact()
    mentor_wanted: Annotated[
        Fact[bool], About("whether the person wants a mentor", "preference", counts_as="context")
    ] = Fact()
