"""The tables of a pack, each on its own: vocabularies, sources, intake, disclosure, `pack.yaml`.

What rules, decisions and forms look up here must be there, once, and make sense.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from peer_match.facts.catalogue import CATALOGUE, PARTICIPATION
from peer_match.facts.fact_type import Kind
from peer_match.facts.vocabulary import Vocabularies
from peer_match.policy.diagnostics import Diagnostic, did_you_mean, error, quote
from peer_match.policy.grammar import is_read_as, keywords
from peer_match.policy.nodes import Mapping, Node, Scalar, Sequence, node_at
from peer_match.policy.pack_files import SINGLE_FILES, PackFileRead
from peer_match.policy.rule_parts import read_span

BESIDE_FACTS = ("disclosure_consent", "point_of_contact", "priorities")
ASKABLE = frozenset({*CATALOGUE, *(f"patient.{field}" for field in BESIDE_FACTS)})
"""What a question can be about: the facts of rules, and what is read of a person beside them."""
_NAMING = {
    Kind.CODE: (("is_value", "is"), ("is_not_value", "is not"), ("is_value", "is one of")),
    Kind.CODES: (("includes_any", "includes"), ("includes_any", "includes any of")),
}


def check_tables(
    files: tuple[PackFileRead, ...], vocabularies: Vocabularies, problems: list[Diagnostic]
) -> None:
    """Add every problem of a pack's tables."""
    first: dict[tuple[str, str], PackFileRead] = {}
    for file in files:
        if file.kind in SINGLE_FILES or file.kind == "vocabulary":
            name = (file.kind, "" if file.kind in SINGLE_FILES else file.id)
            if first.setdefault(name, file) is not file:
                problems.append(
                    error(
                        "PM211",
                        f"{first[name].name} is there already",
                        file.node.entries[0][0].position,
                        "keep one of the two files",
                    )
                )
        match file.kind:
            case "vocabulary":
                _check_vocabulary(file, vocabularies, problems)
            case "sources":
                _check_once(file, ("entries",), "id", problems)
            case "intake":
                _check_intake(file, vocabularies, problems)
            case "disclosure":
                _check_disclosure(file, problems)
            case "events" | "safety_plan":
                _check_privacies(file, files, problems)
            case "pack":
                _check_pack_file(file, vocabularies, problems)
            case _:
                pass


# -- vocabularies ----------------------------------------------------------------------------------


def _check_vocabulary(
    file: PackFileRead, vocabularies: Vocabularies, problems: list[Diagnostic]
) -> None:
    _check_once(file, ("terms",), "code", problems)
    codes = {code.text for _, code in _each(file, ("terms",), "code")}
    broader: dict[str, str] = {}
    for term, above in _each(file, ("terms",), "kind_of"):
        if above.text not in codes:
            problems.append(_not_in(above, file.id, codes))
        code = term.get("code")
        if isinstance(code, Scalar):
            broader.setdefault(code.text, above.text)
    _check_words(file, problems)
    told: set[str] = set()
    for term, above in _each(file, ("terms",), "kind_of"):
        code = term.get("code")
        circle = _circle(code.text if isinstance(code, Scalar) else "", broader)
        if circle and told.isdisjoint(circle):
            told.update(circle)
            problems.append(
                error(
                    "PM216",
                    f"a term is a kind of itself: {' → '.join((*circle, circle[0]))}",
                    above.position,
                    "a term is a kind of a broader one; take `kind_of` out of the broadest",
                )
            )
    for term, _ in _each(file, ("terms",), "code"):
        implied = term.get("implies")
        for name, values in implied.entries if isinstance(implied, Mapping) else ():
            _check_implied(_implying(file.id), name, values, vocabularies, problems)


def _check_words(file: PackFileRead, problems: list[Diagnostic]) -> None:
    """Every value of a fact can be named in the sentences about the fact."""
    kinds = {fact.kind for fact in CATALOGUE.values() if fact.vocabulary == file.id}
    said = [one for kind, ways in _NAMING.items() if kind in kinds for one in ways]
    for _, code in _each(file, ("terms",), "code"):
        if code.text in keywords() and not all(
            is_read_as(form, f"a.b {words} {code.text}") for form, words in said
        ):
            problems.append(
                error(
                    "PM219",
                    f"{quote(code.text)} is a word of sentences, so no rule can name this value",
                    code.position,
                    "add a word to the code, joined by a hyphen",
                )
            )


def _circle(code: str, broader: dict[str, str]) -> list[str]:
    """The way from a term to broader ones when it leads back to the term, else nothing."""
    way: dict[str, None] = {}
    above: str | None = code
    while above is not None and above not in way:
        way[above] = None
        above = broader.get(above)
    return list(way) if above == code else []


def _implying(vocabulary: str) -> str:
    """Whose facts a term implies: those of groups, or of the person who answered a screen."""
    return "patient" if vocabulary == "instrument" else "group"


def _check_implied(
    subject: str,
    name: Scalar,
    values: Node,
    vocabularies: Vocabularies,
    problems: list[Diagnostic],
) -> None:
    """What a term implies is about the groups, or the people, that have it."""
    fact = CATALOGUE.get(f"{subject}.{name.text}")
    if fact is None or fact.vocabulary is None:
        coded = [one.field for one in CATALOGUE.values() if one.subject == subject]
        problems.append(_unknown_fact(name, coded))
        return
    if fact.vocabulary not in vocabularies:
        return
    codes = vocabularies[fact.vocabulary].codes
    for value in values.items if isinstance(values, Sequence) else ():
        if isinstance(value, Scalar) and value.text not in codes:
            problems.append(_not_in(value, fact.vocabulary, codes))


# -- intake, disclosure, pack ----------------------------------------------------------------------


def _check_intake(
    file: PackFileRead, vocabularies: Vocabularies, problems: list[Diagnostic]
) -> None:
    _check_once(file, ("items",), "fact", problems)
    for _, fact in _each(file, ("items",), "fact"):
        if fact.text not in ASKABLE:
            problems.append(_unknown_fact(fact, ASKABLE))
    for _, role in _each(file, ("items",), "asked_of"):
        _check_code(role, "override-role", vocabularies, problems)


def _check_disclosure(file: PackFileRead, problems: list[Diagnostic]) -> None:
    _check_once(file, ("recipients",), "code", problems)
    categories = _categories(file)
    needed = {fact.privacy for fact in CATALOGUE.values()} | {PARTICIPATION}
    for missing in sorted(needed - categories):
        key = file.node.key("categories")
        problems.append(
            error(
                "PM217",
                f"the category `{missing}` of facts is not listed",
                file.node.position if key is None else key.position,
                "add it, with a few words on what it holds",
            )
        )
    recipients = file.node.get("recipients")
    for recipient in recipients.items if isinstance(recipients, Sequence) else ():
        for list in ("sees", "sees_with_consent"):
            named = node_at(recipient, (list,))
            for category in named.items if isinstance(named, Sequence) else ():
                if isinstance(category, Scalar) and category.text not in categories:
                    problems.append(
                        error(
                            "PM217",
                            f"{quote(category.text)} is not one of the `categories`",
                            category.position,
                            did_you_mean(category.text, categories)
                            or "list it there with a few words, or take it out",
                        )
                    )


def _check_privacies(
    file: PackFileRead, files: Iterable[PackFileRead], problems: list[Diagnostic]
) -> None:
    """What happened is seen by whoever may see its category, so that one that is not there hides
    it from everybody."""
    categories = next((_categories(one) for one in files if one.kind == "disclosure"), None)
    if categories is None:
        return
    of_lists = [
        one for list in ("kinds", "obligations") for _, one in _each(file, (list,), "privacy")
    ]
    whole = file.node.get("privacy")
    for privacy in (*of_lists, *([whole] if isinstance(whole, Scalar) else [])):
        if privacy.text not in categories:
            problems.append(
                error(
                    "PM217",
                    f"{quote(privacy.text)} is not one of the `categories` of facts",
                    privacy.position,
                    did_you_mean(privacy.text, categories)
                    or "list it in `disclosure.yaml` with a few words, or name another",
                )
            )


def _categories(file: PackFileRead) -> frozenset[str]:
    listed = file.node.get("categories")
    entries = listed.entries if isinstance(listed, Mapping) else ()
    return frozenset(key.text for key, _ in entries)


def _check_pack_file(
    file: PackFileRead, vocabularies: Vocabularies, problems: list[Diagnostic]
) -> None:
    priorities = file.node.get("priorities")
    for level, _ in priorities.entries if isinstance(priorities, Mapping) else ():
        _check_code(level, "priority-level", vocabularies, problems)
    tasks = file.node.get("tasks")
    left = node_at(file.node, ("no_plan_when", "task"))
    named = [task for _, task in tasks.entries] if isinstance(tasks, Mapping) else []
    for task in (*named, *(() if left is None else (left,))):
        within, others = node_at(task, ("within",)), node_at(task, ("or_else",))
        roles = [node_at(task, ("role",)), *(others.items if isinstance(others, Sequence) else ())]
        for role in roles:
            if isinstance(role, Scalar):
                _check_code(role, "override-role", vocabularies, problems)
        if isinstance(within, Scalar) and read_span(within.text) is None:
            problems.append(
                error(
                    "PM204",
                    f"expected a span of calendar time, found {quote(within.text)}",
                    within.position,
                    "write for example `7 days` or `3 months`",
                )
            )


# -- parts -----------------------------------------------------------------------------------------


def _each(file: PackFileRead, path: tuple[str, ...], key: str) -> Iterator[tuple[Mapping, Scalar]]:
    """The entries of a list that have a key, with its value."""
    found = node_at(file.node, path)
    for item in found.items if isinstance(found, Sequence) else ():
        value = node_at(item, (key,))
        if isinstance(item, Mapping) and isinstance(value, Scalar):
            yield item, value


def _check_once(
    file: PackFileRead, path: tuple[str, ...], key: str, problems: list[Diagnostic]
) -> None:
    seen: set[str] = set()
    for _, value in _each(file, path, key):
        if value.text in seen:
            problems.append(
                error(
                    "PM218",
                    f"{quote(value.text)} is listed twice",
                    value.position,
                    "keep one of the two entries",
                )
            )
        seen.add(value.text)


def _check_code(
    node: Scalar, vocabulary: str, vocabularies: Vocabularies, problems: list[Diagnostic]
) -> None:
    if vocabulary in vocabularies and node.text not in vocabularies[vocabulary].codes:
        problems.append(_not_in(node, vocabulary, vocabularies[vocabulary].codes))


def _not_in(node: Scalar, vocabulary: str, codes: Iterable[str]) -> Diagnostic:
    return error(
        "PM202",
        f"{quote(node.text)} is not in vocabulary `{vocabulary}`",
        node.position,
        did_you_mean(node.text, codes),
    )


def _unknown_fact(node: Scalar, facts: Iterable[str]) -> Diagnostic:
    return error(
        "PM201", f"unknown fact {quote(node.text)}", node.position, did_you_mean(node.text, facts)
    )
