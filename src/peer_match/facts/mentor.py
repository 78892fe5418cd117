"""What is known about a peer mentor."""

from __future__ import annotations

from typing import Annotated

from peer_match.facts.fact import About, Fact, FactSet
from peer_match.facts.patient import Code, LivedExperience, SubjectFacts
from peer_match.facts.place import Place
from peer_match.facts.provenance import PartialDate
from peer_match.facts.week import Availability


class Mentor(SubjectFacts):
    """A peer mentor: standing, availability, experience, load and boundaries."""

    name: str
    person: str | None = None

    status: Annotated[
        Fact[Code], About("whether the mentor takes new people", "availability", "staff-status")
    ] = Fact()
    credential: Annotated[Fact[Code], About("volunteer or credentialed", "staff", "credential")] = (
        Fact()
    )
    recovery_since: Annotated[
        Fact[PartialDate],
        About("the start of recovery; medication never resets it", "mentor-private"),
    ] = Fact()
    returned_to_use: Annotated[
        Fact[PartialDate], About("the last return to use, in confidence", "mentor-private")
    ] = Fact()
    last_supervision: Annotated[
        Fact[PartialDate], About("the last supervision session", "staff")
    ] = Fact()
    training_until: Annotated[
        Fact[PartialDate], About("when the mentor's training runs out", "staff")
    ] = Fact()
    open_incident: Annotated[
        Fact[Code], About("the most severe open incident", "mentor-private", "incident-severity")
    ] = Fact()
    strain: Annotated[
        Fact[Code], About("strain that the mentor reported", "mentor-private", "strain")
    ] = Fact()
    free_places: Annotated[
        Fact[int], About("how many more people the mentor can take", "availability", unit="people")
    ] = Fact()
    mentees: Annotated[
        Fact[int], About("how many people the mentor supports now", "availability", unit="people")
    ] = Fact()
    availability: Annotated[
        Fact[Availability], About("when the mentor is free in a week", "staff")
    ] = Fact()
    home: Annotated[Fact[Place], About("the area the mentor works from", "staff")] = Fact()
    languages: Annotated[
        FactSet[Code], About("languages the mentor works in", "staff", "language")
    ] = FactSet()
    formats: Annotated[FactSet[Code], About("formats the mentor offers", "staff", "format")] = (
        FactSet()
    )
    concerns: Annotated[
        FactSet[Code], About("substances or behaviours of own experience", "staff", "concern")
    ] = FactSet()
    experiences: Annotated[
        FactSet[LivedExperience], About("experiences the mentor shares", "staff", "experience")
    ] = FactSet()
    pathways: Annotated[
        FactSet[Code], About("the mentor's own recovery pathways", "staff", "pathway")
    ] = FactSet()
    topics: Annotated[FactSet[Code], About("goals the mentor has helped with", "staff", "goal")] = (
        FactSet()
    )
    focuses: Annotated[
        FactSet[Code], About("what the mentor offers as a focus", "staff", "preference")
    ] = FactSet()
    cultures: Annotated[
        FactSet[Code],
        About("cultures the mentor names", "staff", "culture", self_stated=True),
    ] = FactSet()
    accepts_medication: Annotated[
        Fact[bool], About("works with people who take medication for addiction", "staff")
    ] = Fact()
    declines: Annotated[
        FactSet[Code], About("concerns the mentor does not work with", "staff", "concern")
    ] = FactSet()
