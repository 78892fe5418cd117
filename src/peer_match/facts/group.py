"""What is known about a peer-led group, its meetings and who leads it."""

from __future__ import annotations

from typing import Annotated

from peer_match.facts.fact import About, Fact, FactSet
from peer_match.facts.patient import Code, SubjectFacts
from peer_match.facts.place import Place
from peer_match.facts.provenance import PartialDate
from peer_match.facts.week import Meeting


class Facilitator(SubjectFacts):
    """Someone who leads a group: training, supervision and attestations, each with its date."""

    name: str | None = None
    status: Annotated[
        Fact[Code], About("whether the facilitator may lead", "staff", "staff-status")
    ] = Fact()
    confidentiality_signed: Annotated[
        Fact[PartialDate], About("when the confidentiality attestation was signed", "staff")
    ] = Fact()
    ethics_signed: Annotated[
        Fact[PartialDate], About("when the ethics attestation was signed", "staff")
    ] = Fact()
    last_supervision: Annotated[
        Fact[PartialDate], About("the last supervision session", "staff")
    ] = Fact()
    counselling_skills_until: Annotated[
        Fact[PartialDate], About("when counselling-skills training runs out", "staff")
    ] = Fact()
    crisis_training_until: Annotated[
        Fact[PartialDate],
        About("when warning-sign, de-escalation and referral training runs out", "staff"),
    ] = Fact()
    open_incident: Annotated[
        Fact[Code], About("the most severe open incident", "staff", "incident-severity")
    ] = Fact()


class Group(SubjectFacts):
    """A peer-led group with its weekly meetings.

    `kind` tells a programme's own group from a public community meeting. `members` are person
    ids, for keeping people apart; they never reach an output. `also_listed_as` are ids of other
    rows of its directory that are this group: what is said of them is said of it.
    """

    name: str
    meetings: Annotated[
        Fact[tuple[Meeting, ...]], About("when and how the group meets", "public")
    ] = Fact()
    place: Annotated[Fact[Place], About("where the group meets", "public")] = Fact()
    facilitators: tuple[Facilitator, ...] = ()
    members: frozenset[str] = frozenset()
    also_listed_as: frozenset[str] = frozenset()

    kind: Annotated[
        Fact[Code], About("a programme's group or a community meeting", "public", "group-kind")
    ] = Fact()
    status: Annotated[
        Fact[Code], About("whether the group meets at present", "availability", "group-status")
    ] = Fact()
    last_confirmed: Annotated[
        Fact[PartialDate], About("when the listing was last confirmed", "public")
    ] = Fact()
    fellowship: Annotated[
        Fact[Code], About("the fellowship or organisation", "public", "fellowship")
    ] = Fact()
    purposes: Annotated[FactSet[Code], About("what the group is for", "public", "purpose")] = (
        FactSet()
    )
    concerns: Annotated[
        FactSet[Code], About("substances or behaviours it addresses", "public", "concern")
    ] = FactSet()
    limited_to: Annotated[
        FactSet[Code],
        About("who alone may attend (a person must be all of these)", "public", "identity"),
    ] = FactSet()
    closed_to_outsiders: Annotated[
        FactSet[Code],
        About("settings whose residents or clients alone may attend", "public", "setting"),
    ] = FactSet()
    focuses: Annotated[
        FactSet[Code], About("what the group has a focus on", "public", "preference")
    ] = FactSet()
    topics: Annotated[
        FactSet[Code], About("recovery goals the group works on", "public", "goal")
    ] = FactSet()
    pathways: Annotated[
        FactSet[Code], About("recovery pathways the group supports", "public", "pathway")
    ] = FactSet()
    belief: Annotated[Fact[Code], About("the place of faith in the group", "public", "belief")] = (
        Fact()
    )
    cultures: Annotated[
        FactSet[Code], About("cultures the group is rooted in", "public", "culture")
    ] = FactSet()
    languages: Annotated[FactSet[Code], About("languages of the meeting", "public", "language")] = (
        FactSet()
    )
    formats: Annotated[FactSet[Code], About("in person, online, or both", "public", "format")] = (
        FactSet()
    )
    accessibility: Annotated[
        FactSet[Code], About("what the meeting offers", "public", "accessibility")
    ] = FactSet()
    experiences: Annotated[
        FactSet[Code], About("experiences its members share", "public", "experience")
    ] = FactSet()
    medication_stance: Annotated[
        Fact[Code],
        About("how members receive medication for addiction", "public", "medication-stance"),
    ] = Fact()
    welcomes_newcomers: Annotated[
        Fact[bool], About("whether newcomers are expressly welcome", "public")
    ] = Fact()
    crisis_plan_date: Annotated[
        Fact[PartialDate], About("the date of the group's crisis-response plan", "staff")
    ] = Fact()
    admits_minors: Annotated[
        Fact[bool], About("whether people under 18 are admitted", "public")
    ] = Fact()
    free_seats: Annotated[
        Fact[int], About("how many seats are free", "availability", unit="people")
    ] = Fact()
