"""The facts that rules may read, derived from the models of this room.

A fact is named `subject.field`; its type follows from the field's annotation. To add a fact, add
a field with `About` to a model: nothing else lists facts.
"""

from __future__ import annotations

from typing import Any, get_args

from pydantic import BaseModel

from peer_match.facts.fact import About, Fact, FactSet
from peer_match.facts.fact_type import FactType, Kind
from peer_match.facts.group import Facilitator, Group
from peer_match.facts.mentor import Mentor
from peer_match.facts.pair import Pair
from peer_match.facts.patient import Patient, ScreenResult
from peer_match.facts.place import Place
from peer_match.facts.provenance import PartialDate
from peer_match.facts.week import Availability

SUBJECTS: dict[str, type[BaseModel]] = {
    "patient": Patient,
    "group": Group,
    "facilitator": Facilitator,
    "mentor": Mentor,
    "pair": Pair,
}


def _kind(annotation: Any, about: About) -> Kind:
    origin: Any = annotation.__pydantic_generic_metadata__["origin"]
    value: Any = annotation.__pydantic_generic_metadata__["args"][0]
    if origin is FactSet:
        return Kind.CODES
    if value is ScreenResult:
        return Kind.CODE if about.vocabulary else Kind.QUANTITY
    single = {
        str: Kind.CODE,
        bool: Kind.YES_NO,
        int: Kind.QUANTITY,
        PartialDate: Kind.DATE,
        Place: Kind.PLACE,
        Availability: Kind.AVAILABILITY,
    }
    return Kind.MEETINGS if get_args(value) else single[value]


def _types() -> dict[str, FactType]:
    found: dict[str, FactType] = {}
    for subject, model in SUBJECTS.items():
        for name, field in model.model_fields.items():
            about = next((one for one in field.metadata if isinstance(one, About)), None)
            if about is None:
                continue
            full = f"{subject}.{name}"
            found[full] = FactType(
                name=full,
                subject=subject,
                field=name,
                kind=_kind(field.annotation, about),
                meaning=about.meaning,
                privacy=about.privacy,
                vocabulary=about.vocabulary,
                unit=about.unit,
                self_stated=about.self_stated,
                recurs=about.recurs,
                counts_as=about.counts_as,
            )
    return found


DERIVED: dict[str, FactType] = {
    f"patient.{field}": FactType(
        name=f"patient.{field}",
        subject="patient",
        field=field,
        kind=Kind.CODE,
        meaning=meaning,
        privacy="consent",
        vocabulary="consent-state",
        unit=None,
        self_stated=False,
    )
    for field, meaning in (
        ("group_consent", "the state of the consent to be placed in a group, on the day"),
        ("mentor_consent", "the state of the consent to be paired with a mentor, on the day"),
    )
}
"""Facts that follow from others at a moment; `derived` computes them."""

CATALOGUE: dict[str, FactType] = _types() | DERIVED

PARTICIPATION = "participation"
"""The category of the link between a person and a recovery group or a mentor. It protects what is
decided, not what is read: whoever may not know of the link is told nothing at all."""


def statements_of(subject: BaseModel, fact: FactType) -> Fact[Any] | FactSet[Any]:
    """The fact of a subject, with all its statements."""
    return getattr(subject, fact.field)
