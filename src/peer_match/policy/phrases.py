"""Values said as people say them: `Work schedule` or `Working hours` where a code belongs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from peer_match.facts.catalogue import CATALOGUE
from peer_match.facts.vocabulary import Vocabularies, Vocabulary
from peer_match.policy.grammar import keywords
from peer_match.policy.nearness import exact_value, value_meant

_SENTENCE: Final = re.compile(
    r"\s*(?P<fact>[a-z]+\.[a-z][a-z0-9_]*)\s+"
    r"(?:includes(?:\s+(?:any|all|none)\s+of)?|is(?:\s+not)?(?:\s+one\s+of)?|becomes|gains)\s+"
    r"(?P<values>\S.*)",
    re.DOTALL,
)
_PHRASE: Final = re.compile(r"[^,\s](?:[^,]*[^,\s])?")
_AS_SAID: Final = re.compile(r"[A-Za-z][A-Za-z0-9()/&-]*(?:\s+[A-Za-z0-9()/&-]+)*")
_LONGEST: Final = 200
_JOINING: Final = frozenset({"or", "and", "no", "not"})


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words at `start` that are no value of a fact, and what to write."""

    start: int
    words: str
    fact: str
    help: str


def phrase_at(text: str, place: int, vocabularies: Vocabularies) -> Phrase | None:
    """The words around a place where a value of the sentence's fact belongs, or None.

    One word in small letters is no phrase, nor is anything with a word that sentences use, unless
    it is the label of a value.
    """
    found = _SENTENCE.fullmatch(text)
    fact = CATALOGUE.get(found["fact"]) if found else None
    if found is None or fact is None or (fact.vocabulary or "") not in vocabularies:
        return None
    vocabulary = vocabularies[fact.vocabulary or ""]
    for one in _PHRASE.finditer(text, found.start("values")):
        words = one[0]
        if not one.start() <= place <= one.end() or len(words) > _LONGEST:
            continue
        shown = " ".join(words.split())
        several = " " in shown
        is_said = several or (words != words.lower() and words.lower() not in vocabulary.codes)
        if (
            is_said
            and words[0].isalnum()
            and (exact_value(shown, vocabulary) or _is_one_name(shown, vocabulary))
        ):
            return Phrase(one.start(), words, fact.name, value_meant(shown, vocabulary))
    return None


def _is_one_name(words: str, vocabulary: Vocabulary) -> bool:
    """Whether words may be one name: not two values, and nothing that sentences say."""
    each = frozenset(words.split())
    return _AS_SAID.fullmatch(words) is not None and each.isdisjoint(
        keywords() | _JOINING | vocabulary.codes
    )
