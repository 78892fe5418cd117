"""What a rule can read for one pair: each fact as observed at the moment, with supports applied."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from pydantic import BaseModel

from peer_match.facts.catalogue import CATALOGUE, DERIVED, statements_of
from peer_match.facts.derived import derive
from peer_match.facts.observed import Observed, observe
from peer_match.facts.patient import Patient, SubjectFacts
from peer_match.facts.provenance import Moment
from peer_match.facts.vocabulary import Vocabularies
from peer_match.policy.edit import Edit


class Facts(Protocol):
    """Anything that gives facts by name."""

    def observed(self, name: str) -> Observed:
        """The fact called `subject.field`."""
        ...

    def key(self, name: str) -> str:
        """The fact and whose it is, as `Decision.facts` lists it."""
        ...


@dataclass
class SubjectView:
    """The facts of one subject at a moment, each observed once."""

    subject: BaseModel | None
    id: str
    moment: Moment
    vocabularies: Vocabularies
    _seen: dict[str, Observed] = field(default_factory=dict[str, Observed])

    def observed(self, name: str) -> Observed:
        """A fact of this subject; nothing is known of a subject that is not there."""
        found = self._seen.get(name)
        if found is None:
            found = self._seen[name] = self._observe(name)
        return found

    def _observe(self, name: str) -> Observed:
        type = CATALOGUE[name]
        vocabulary = self.vocabularies[type.vocabulary] if type.vocabulary else None
        if self.subject is None:
            return Observed(type, vocabulary)
        if name in DERIVED:
            assert isinstance(self.subject, Patient)
            return derive(self.subject, type, vocabulary, self.moment)
        return observe(statements_of(self.subject, type), type, vocabulary, self.moment)


def view(subject: SubjectFacts, moment: Moment, vocabularies: Vocabularies) -> SubjectView:
    """The facts of a subject at a moment."""
    return SubjectView(subject, subject.id, moment, vocabularies)


@dataclass(frozen=True, slots=True)
class Case:
    """One pair: a view for each subject (`patient`, `group`, …)."""

    views: dict[str, SubjectView]

    def observed(self, name: str) -> Observed:
        """The fact called `subject.field`."""
        return self.views[CATALOGUE[name].subject].observed(name)

    def key(self, name: str) -> str:
        """The fact and whose it is: `patient.goals`, `group.place@42`."""
        subject = CATALOGUE[name].subject
        return name if subject == "patient" else f"{name}@{self.views[subject].id}"


@dataclass(frozen=True, slots=True)
class Supported:
    """A case as it would be with the edits of some supports."""

    case: Facts
    edits: tuple[Edit, ...]

    def observed(self, name: str) -> Observed:
        """The fact with every edit that touches it, in order."""
        seen = self.case.observed(name)
        for edit in self.edits:
            if edit.fact == name:
                seen = _edited(seen, edit, self.case)
        return seen

    def key(self, name: str) -> str:
        """As in the case without supports."""
        return self.case.key(name)


def _edited(seen: Observed, edit: Edit, case: Facts) -> Observed:
    given = seen.known_as(*edit.values) if edit.other is None else case.observed(edit.other)
    return seen.becoming(given) if edit.replaces else seen.gaining(given)


def with_supports(case: Facts, edits: Iterable[Edit]) -> Facts:
    """The case as the edits would make it."""
    kept = tuple(edits)
    return Supported(case, kept) if kept else case
