"""Values of facts as an annotation writes them, checked against the fact's type and vocabulary.

The catalogue of facts settles what is allowed: a new fact can be annotated without a change here.

| a fact that is | is written as |
|---|---|
| one code | `"welcoming"` |
| a set of codes | `["english"]`, or `{"are": […], "are_not": […], "complete": true}` |
| yes or no | `true` |
| a number | `4` |
| a date | `"2023-05"` |
| a place | `{"latitude": 33.7, "longitude": -117.9, "label": "Library"}` |
| weekly meetings | `["Tue 19:00 60 minutes America/New_York in-person"]` |
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictFloat,
    StrictStr,
    ValidationError,
)

from peer_match.directories.listing import items
from peer_match.directories.reading import Problem
from peer_match.facts.catalogue import CATALOGUE
from peer_match.facts.fact import Fact, FactSet, Statement, closing
from peer_match.facts.fact_type import FactType, Kind
from peer_match.facts.place import Place, Precision
from peer_match.facts.provenance import PartialDate, Provenance
from peer_match.facts.vocabulary import Vocabularies
from peer_match.facts.week import Meeting
from peer_match.facts.week_text import parse_meeting

_MESSAGES = {
    "missing": "it is missing",
    "extra_forbidden": "it has no place here",
    "model_type": "an object is expected",
    "dict_type": "an object is expected",
    "tuple_type": "a list is expected",
    "string_type": "a text is expected",
    "string_too_short": "it is empty",
    "bool_type": "true or false is expected",
    "float_type": "a number is expected",
}

_EXPECTED = {
    Kind.CODE: "one code, as a text",
    Kind.CODES: "a list of codes",
    Kind.YES_NO: "true or false",
    Kind.QUANTITY: "a whole number, 0 or more",
    Kind.DATE: "a date such as `2023-05` or `2023-05-01`, as a text",
    Kind.PLACE: "an object with `latitude` and `longitude`",
    Kind.MEETINGS: "a list of texts such as `Tue 19:00 60 minutes America/New_York in-person`",
}

Shape = TypeVar("Shape", bound=BaseModel)


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid")


class WrittenCodes(_Written):
    """What a set of codes holds, what it is known not to hold, and whether that is all."""

    are: tuple[StrictStr, ...] = ()
    are_not: tuple[StrictStr, ...] = ()
    complete: StrictBool = False


class WrittenPlace(_Written):
    """A place in degrees."""

    latitude: StrictFloat = Field(ge=-90, le=90)
    longitude: StrictFloat = Field(ge=-180, le=180)
    label: StrictStr | None = None
    approximate: StrictBool = False


class FactReader:
    """Reads the facts of one annotation, and keeps every problem with its JSON path."""

    def __init__(self, vocabularies: Vocabularies) -> None:
        self._vocabularies = vocabularies
        self.problems: list[Problem] = []

    def kinds_of(self, vocabulary: str, code: str) -> frozenset[str]:
        """A code and every code that is a kind of it."""
        return self._vocabularies[vocabulary].covered_by(code)

    def read(
        self, subject: str, written: Mapping[str, Any], provenance: Provenance, path: str, id: str
    ) -> dict[str, Any]:
        """Facts by field name. What could not be read is missing and stands in `problems`."""
        found: dict[str, Any] = {}
        for field, value in written.items():
            fact = CATALOGUE.get(f"{subject}.{field}")
            where = f"{path}.{field}"
            if fact is None:
                known = [one.field for one in CATALOGUE.values() if one.subject == subject]
                self.problem(where, "fact-not-known", f"`{field}` is not a fact", field, known)
                continue
            before = len(self.problems)
            read = self._fact(fact, value, provenance, where, id)
            if len(self.problems) == before:
                found[field] = read
        return found

    def model(self, shape: type[Shape], value: Any, path: str) -> Shape | None:
        """The value in a shape, or None with a problem for each of its faults."""
        try:
            return shape.model_validate(value)
        except ValidationError as error:
            for one in error.errors():
                where = "".join(
                    f"[{step}]" if isinstance(step, int) else f".{step}" for step in one["loc"]
                )
                message = _MESSAGES.get(one["type"]) or one["msg"].removeprefix("Value error, ")
                self.problem(path + where, "not-understood", message)
            return None

    def _fact(
        self, fact: FactType, value: Any, provenance: Provenance, path: str, id: str
    ) -> Fact[Any] | FactSet[Any] | None:
        if fact.kind is Kind.CODES:
            return self._codes(fact, value, provenance, path)
        read = self._value(fact, value, path, id)
        return None if read is None else Fact(statements=(_stated(read, provenance),))

    def _value(self, fact: FactType, value: Any, path: str, id: str) -> Any:
        if fact.kind is Kind.CODE and isinstance(value, str):
            return self.code(fact.vocabulary or "", value, path)
        if fact.kind is Kind.YES_NO and isinstance(value, bool):
            return value
        if fact.kind is Kind.QUANTITY and isinstance(value, int) and not isinstance(value, bool):
            if value >= 0:
                return value
        elif fact.kind is Kind.DATE and isinstance(value, str):
            return self._date(value, path)
        elif fact.kind is Kind.PLACE and isinstance(value, dict):
            return self._place(value, path)
        elif fact.kind is Kind.MEETINGS and items(value):
            return self._meetings(items(value), path, id)
        self.problem(path, "wrong-kind", f"`{fact.field}` must be {_EXPECTED[fact.kind]}")
        return None

    def _codes(
        self, fact: FactType, value: Any, provenance: Provenance, path: str
    ) -> FactSet[Any] | None:
        # An empty list says nothing; an empty set that is complete has to say so.
        listed = items(value)
        written = self.model(WrittenCodes, {"are": listed} if listed else value, path)
        if written is None:
            return None
        for code in (*written.are, *written.are_not):
            self.code(fact.vocabulary or "", code, path)
        for code in sorted({*written.are} & {*written.are_not}):
            self.problem(path, "contradiction", f"`{code}` is both said and denied")
        return FactSet(
            statements=tuple(_stated(code, provenance) for code in sorted({*written.are})),
            denied=tuple(_stated(code, provenance) for code in sorted({*written.are_not})),
            complete=written.complete,
            closed=closing(provenance) if written.complete else None,
        )

    def code(self, vocabulary: str, code: str, path: str) -> str | None:
        """The code, or None with a problem where the vocabulary does not have it."""
        known = (
            self._vocabularies[vocabulary].codes
            if vocabulary in self._vocabularies
            else frozenset[str]()
        )
        if code in known:
            return code
        message = f"`{code}` is not in the vocabulary `{vocabulary}`"
        self.problem(path, "code-not-in-vocabulary", message, code, sorted(known))
        return None

    def _date(self, text: str, path: str) -> PartialDate | None:
        try:
            return PartialDate(text)
        except ValueError as error:
            self.problem(path, "not-a-date", str(error))
            return None

    def _place(self, value: Any, path: str) -> Place | None:
        written = self.model(WrittenPlace, value, path)
        if written is None:
            return None
        return Place.at(
            written.latitude,
            written.longitude,
            precision=Precision.AREA if written.approximate else Precision.POINT,
            label=written.label,
        )

    def _meetings(self, value: list[Any], path: str, id: str) -> tuple[Meeting, ...] | None:
        found: list[Meeting] = []
        for number, text in enumerate(value):
            try:
                if not isinstance(text, str):
                    raise ValueError("a meeting is a text such as `Tue 19:00 60 minutes`")
                found.append(parse_meeting(text, id=f"{id}~annotated-{number + 1}"))
            except ValueError as error:
                self.problem(f"{path}[{number}]", "not-a-meeting", str(error))
        if len(found) < len(value):
            return None
        return tuple(sorted(found, key=lambda one: (one.weekday, one.start_minute, one.id)))

    def problem(
        self, path: str, code: str, message: str, near: str = "", known: Sequence[str] = ()
    ) -> None:
        """Keeps a problem; `near` is what was written, `known` what could have been meant."""
        close = get_close_matches(near, known, n=1) if near else []
        if close:
            help = f"did you mean `{close[0]}`?"
        elif known:
            help = "one of: " + ", ".join(f"`{one}`" for one in known)
        else:
            help = "put it right, or leave it out: what is left out stays unknown"
        self.problems.append(Problem(code=code, message=message, help=help, path=path))


def _stated(value: Any, provenance: Provenance) -> Statement[Any]:
    return Statement(value=value, provenance=provenance)
