"""The value given to a question: codings, a yes or no, or a number, and whether it is one at all.

Three answers are told apart that are easily confused: yes, no, and "I choose not to answer",
which is never a no. A value that says two things says none of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from peer_match.fhir.read_element import Coded, Element

Answered = Literal["yes", "no", "declined", "unsure"] | None

_YES = frozenset({"LA33-6", "373066001", "Y", "yes"})
_NO = frozenset({"LA32-8", "373067005", "N", "no"})
_DECLINED = frozenset({"LA30122-8", "asked-declined"})
_UNSURE = frozenset({"LA14072-5", "LA30257-2", "asked-unknown", "unknown", "not-asked"})

_NOT_SAID = "unknown"
"""Why a value is absent where nothing says why: the code of data-absent-reason."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A value given to a question: codings, a yes or no, or a number; `element` is where.

    `absent_because` is why there is no value. Beside a value it contradicts it.
    """

    element: Element
    codings: tuple[Coded, ...] = ()
    boolean: bool | None = None
    number: int | float | None = None
    absent_because: str | None = None

    def says(self) -> Answered:
        """Yes, no, declined or unsure, where the answer is one of these."""
        codes = {one.code for one in self.codings} | {self.absent_because}
        if codes & _DECLINED:
            return "declined"
        if codes & _UNSURE or self.absent_because:
            return "unsure"
        if self.boolean is not None:
            return "yes" if self.boolean else "no"
        if codes & _YES and codes & _NO:
            return "unsure"
        if codes & _YES:
            return "yes"
        return "no" if codes & _NO else None


def answer_in(holder: Element) -> Answer | None:
    """The value of an Observation, a component or an answer; None where there is none at all."""
    absent = next(iter(holder["dataAbsentReason"].codes()), None)
    if holder["dataAbsentReason"] and absent is None:
        absent = _NOT_SAID
    given = [name for name in holder.children() if name.startswith("value") and holder[name]]
    if len(given) > 1:
        # R4 allows one value; nobody can tell which of several is meant.
        return Answer(holder, absent_because=absent or _NOT_SAID)
    if not given:
        extended = any(name.startswith("_value") and holder[name] for name in holder.children())
        absent = absent or (_NOT_SAID if extended else None)
        return Answer(holder, absent_because=absent) if absent else None
    return _answer(given[0], holder[given[0]], absent)


def _answer(name: str, value: Element, absent: str | None) -> Answer:
    match name:
        case "valueCodeableConcept":
            return Answer(value, codings=value.codings(), absent_because=absent)
        case "valueCoding":
            return Answer(value, codings=(value.coding(),), absent_because=absent)
        case "valueBoolean":
            return Answer(value, boolean=value.boolean(), absent_because=absent)
        case "valueInteger" | "valueDecimal":
            return Answer(value, number=value.number(), absent_because=absent)
        case "valueQuantity":
            # "More than 20" is not 20.
            number = None if value["comparator"] else value["value"].number()
            return Answer(value, number=number, absent_because=absent)
        case _:
            return Answer(value, absent_because=absent)
