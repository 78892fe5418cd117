"""Laying annotations over groups.

How an annotation goes together with what the directory says:
- A fact with one value keeps both statements, and the later one holds. A statement of the directory
  without a date, such as what a fellowship implies, gives way to the annotation.
- A set gains what the annotation says. An undated value that it denies goes. A set that it calls
  complete is taken from the annotation alone, from its date on; what the directory says later is
  added, and opens the set again.
- What is said of a facilitator for one group is said of them in each that they lead.
- What is said of a feed fills only facts of which nothing at all was said.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from peer_match.directories.annotations import Annotations, FeedAnnotation, GroupAnnotation
from peer_match.directories.names import Names
from peer_match.facts.catalogue import CATALOGUE
from peer_match.facts.fact import Fact, FactSet, Statement
from peer_match.facts.group import Facilitator, Group
from peer_match.facts.provenance import Frozen, Provenance, StatedBy


class Unmatched(Frozen):
    """An annotation that fits nothing: `path` in the file, and the id it names.

    `near` is the id of a group that may have been meant.
    """

    path: str
    id: str
    near: str | None = None

    def __str__(self) -> str:
        meant = f"; did you mean `{self.near}`?" if self.near else ""
        return f"{self.path}: nothing is called `{self.id}`, so it has no effect{meant}"


class AnnotatedGroups(Frozen):
    """Groups with their annotations, in the order given, and the annotations that fit none."""

    groups: tuple[Group, ...]
    unmatched: tuple[Unmatched, ...] = ()


def annotate(groups: Iterable[Group], annotations: Annotations) -> AnnotatedGroups:
    """Adds annotations to the groups of every directory at once.

    A group annotation names a group by any id that it goes by (`names`). Whoever leads several
    groups is one person: what was said of them for one group holds in every other.
    """
    annotated = list(groups)
    names = Names(annotated)
    unmatched: list[Unmatched] = []
    elsewhere: list[Facilitator] = []
    for one in annotations.groups:
        places = names.called(one.group)
        if not places:
            near = names.near(one.group)
            unmatched.append(Unmatched(path=one.path, id=one.group, near=near))
            elsewhere.extend(one.facilitators)
        for place in places:
            annotated[place] = _with_group(annotated[place], one)
    for feed in annotations.feeds:
        members = [n for n, one in enumerate(annotated) if one.id.startswith(f"{feed.feed}/")]
        if not members:
            unmatched.append(Unmatched(path=feed.path, id=feed.feed))
        for place in members:
            annotated[place] = _with_feed(annotated[place], feed)
    return AnnotatedGroups(
        groups=one_person_everywhere(annotated, elsewhere),
        unmatched=tuple(sorted(unmatched, key=lambda one: one.path)),
    )


def _with_group(group: Group, annotation: GroupAnnotation) -> Group:
    update: dict[str, Any] = {
        field: _joined(getattr(group, field), added) for field, added in annotation.facts.items()
    }
    if annotation.facilitators:
        update["facilitators"] = _led_by(group.facilitators, annotation.facilitators)
    if annotation.members:
        update["members"] = group.members | annotation.members
    return group.model_copy(update=update)


def _led_by(
    known: tuple[Facilitator, ...], said: tuple[Facilitator, ...]
) -> tuple[Facilitator, ...]:
    """Facilitators by id, in the order they were first named, with all that is said of each."""
    found = {one.id: one for one in known}
    for one in said:
        before = found.get(one.id)
        if before is None:
            found[one.id] = one
            continue
        update: dict[str, Any] = {
            fact.field: _joined(getattr(before, fact.field), getattr(one, fact.field))
            for fact in CATALOGUE.values()
            if fact.subject == "facilitator" and getattr(one, fact.field).statements
        }
        found[one.id] = before.model_copy(update=update | {"name": one.name or before.name})
    return tuple(found.values())


def one_person_everywhere(
    groups: Sequence[Group], elsewhere: Iterable[Facilitator] = ()
) -> tuple[Group, ...]:
    """The groups with all that is said of each facilitator, in whichever group it was said.

    `elsewhere` is what is said of them for groups that are in no directory any more.
    The latest statement holds, as of any fact; statements of which none is the later leave it
    unknown. The order of the groups does not matter.
    """
    said: dict[str, list[Facilitator]] = defaultdict(list)
    for group in groups:
        for one in group.facilitators:
            said[one.id].append(one)
    for one in elsewhere:
        said[one.id].append(one)
    whole = {id: _whole(everywhere) for id, everywhere in said.items() if len(everywhere) > 1}
    return tuple(
        group.model_copy(
            update={"facilitators": tuple(whole.get(one.id, one) for one in group.facilitators)}
        )
        if any(one.id in whole for one in group.facilitators)
        else group
        for group in groups
    )


def _whole(everywhere: Sequence[Facilitator]) -> Facilitator:
    update: dict[str, Any] = {
        fact.field: _every([getattr(one, fact.field) for one in everywhere])
        for fact in CATALOGUE.values()
        if fact.subject == "facilitator"
    }
    names = sorted({one.name for one in everywhere if one.name})
    return everywhere[0].model_copy(update=update | {"name": names[0] if names else None})


def _every(facts: Sequence[Fact[Any]]) -> Fact[Any]:
    statements = {repr(one): one for fact in facts for one in fact.statements}
    unreadable = {repr(one): one for fact in facts for one in fact.unreadable}
    declined = (fact.declined for fact in facts if fact.declined is not None)
    return Fact(
        statements=tuple(statements[key] for key in sorted(statements)),
        unreadable=tuple(unreadable[key] for key in sorted(unreadable)),
        declined=min(declined, key=repr, default=None),
    )


def _with_feed(group: Group, annotation: FeedAnnotation) -> Group:
    update = {
        field: added
        for field, added in annotation.facts.items()
        if _nothing_said(getattr(group, field))
    }
    return group.model_copy(update=update) if update else group


def _nothing_said(fact: Fact[Any] | FactSet[Any]) -> bool:
    denied = (*fact.denied, *fact.perhaps) if isinstance(fact, FactSet) else ()
    complete = isinstance(fact, FactSet) and fact.complete
    return not (fact.statements or denied or complete or fact.unreadable or fact.declined)


def _joined(old: Any, added: Fact[Any] | FactSet[Any]) -> Any:
    if isinstance(added, FactSet):
        return _joined_sets(old, added)
    kept = tuple(one for one in old.statements if not _gives_way(one))
    said = next((one.provenance for one in added.statements), None)
    unreadable = tuple(one for one in old.unreadable if not _is_replaced(one, said))
    return old.model_copy(update={"statements": kept + added.statements, "unreadable": unreadable})


def _joined_sets(old: FactSet[Any], added: FactSet[Any]) -> FactSet[Any]:
    denied = {one.value for one in added.denied}
    kept = tuple(one for one in old.statements if not (_gives_way(one) and one.value in denied))
    unreadable = old.unreadable
    if added.complete:
        kept = tuple(one for one in kept if not _is_replaced(one.provenance, added.closed))
        unreadable = tuple(one for one in unreadable if not _is_replaced(one, added.closed))
    return old.model_copy(
        update={
            "statements": kept + added.statements,
            "denied": old.denied + added.denied,
            "complete": old.complete or added.complete,
            "closed": added.closed if added.complete else old.closed,
            "unreadable": unreadable,
        }
    )


def _is_replaced(listed: Provenance, word: Provenance | None) -> bool:
    """Whether what a directory says, or what could not be read in it, gives way to a word.

    What the directory says later does not.
    """
    if listed.stated_by is not StatedBy.DIRECTORY:
        return False
    if word is None or word.date is None or listed.date is None:
        return True
    return not word.date.surely_before(listed.date)


def _gives_way(statement: Statement[Any]) -> bool:
    provenance = statement.provenance
    return provenance.stated_by is StatedBy.DIRECTORY and provenance.date is None
