"""What a fact amounts to at a moment: its values, how sure they are, and the statements behind.

Steps, for a fact at a moment:
1. Keep the statements in force: known by `known_at`, not about the future, not over.
2. A fact with one value: keep those that no later statement supersedes; one value left is known,
   several are a conflict. In a vocabulary with `order: rising` the highest value that may lie
   within `within_days` is read instead, since a later low answer takes nothing back; short of the
   very highest, it is known only where some value surely lies within, and none is misdated: known
   by then, as far as anybody can tell, and dated in the future.
3. A fact with many values: a value that was denied later than it was stated is denied; stated and
   denied with neither surely later, it is in doubt; and so is what may be so, unless
   it surely stands or was denied later. The list is whole only where somebody said so
   by then, nothing was added since, and nothing in it could not be read.
A code that its vocabulary lacks could not be read, whoever stated it: it is never a known value,
which would read as a known difference from every code that a rule names.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from peer_match.facts.fact import Fact, FactSet, Statement, Unknown, latest
from peer_match.facts.fact_type import FactType, Kind
from peer_match.facts.patient import ScreenResult
from peer_match.facts.provenance import Moment, PartialDate, Provenance
from peer_match.facts.truth import Truth, any_of
from peer_match.facts.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Observed:
    """A fact as seen at a moment.

    `values` holds codes as text, and quantities, dates and the rest as they are. `doubtful` are
    values that were both stated and denied. `complete` says that nothing else can be a value.
    `unknown` says why something is missing, and is None for a fact that is fully known.
    """

    type: FactType
    vocabulary: Vocabulary | None
    values: tuple[Any, ...] = ()
    denied: frozenset[str] = frozenset()
    doubtful: frozenset[str] = frozenset()
    complete: bool = False
    unknown: Unknown | None = Unknown.NOT_RECORDED
    basis: tuple[Provenance, ...] = ()

    @property
    def value(self) -> Any | None:
        """The value of a fact with one value, or None when it is not known."""
        return self.values[0] if self.unknown is None and self.values else None

    def holds(self, code: str) -> Truth:
        """Whether a code or a kind of it is a value."""
        return any_of(self.states(one) for one in self._covered(code))

    def states(self, code: str) -> Truth:
        """Whether this very code is a value. On an open list, what was not denied is unknown."""
        if code in self.doubtful:
            return Truth.UNKNOWN
        if code in self.values:
            return Truth.YES
        return Truth.NO if self.complete or self._is_denied(code) else Truth.UNKNOWN

    @property
    def occasion(self) -> tuple[str, ...]:
        """Which time this was, of a fact that recurs: the newest statement behind it.

        A screen that is high again is another night. Of what stands between two people every record
        counts: another tie of the same kind is another person. Elsewhere the same value said again,
        such as by a feed that was fetched anew, is no news.
        """
        if self.type.subject == "pair":
            return tuple(sorted(one.source for one in self.basis))
        if not (self.type.recurs and self.basis):
            return ()
        newest = max(self.basis, key=lambda one: (_last_day(one), one.source))
        return (f"{'' if newest.date is None else newest.date.text} {newest.source}",)

    def _covered(self, code: str) -> frozenset[str]:
        return self.vocabulary.covered_by(code) if self.vocabulary else frozenset({code})

    def _is_denied(self, code: str) -> bool:
        """A denied term denies every kind of it; denying one kind says nothing of the others."""
        return any(code in self._covered(denied) for denied in self.denied)

    def known_as(self, *values: Any) -> Observed:
        """The same fact, fully known to have these values (for examples and supports)."""
        return replace(
            self, values=values, denied=frozenset(), doubtful=frozenset(), complete=True,
            unknown=None,
        )  # fmt: skip

    def becoming(self, other: Observed) -> Observed:
        """The same fact with the values of another, and known no better than that one."""
        return replace(
            self, values=other.values, denied=other.denied, doubtful=other.doubtful,
            complete=other.complete, unknown=other.unknown,
        )  # fmt: skip

    def gaining(self, other: Observed) -> Observed:
        """The same set with the values of another added: whole only where both are whole."""
        codes = self.vocabulary.codes if self.vocabulary else self.denied | other.denied

        def surely_not(code: str) -> bool:
            return self.states(code) is other.states(code) is Truth.NO

        values = (*self.values, *(one for one in other.values if one not in self.values))
        doubtful = (self.doubtful | other.doubtful) - set(values)
        whole = self.complete and other.complete
        missing = None if whole else Unknown.INCOMPLETE
        return replace(
            self,
            values=values,
            denied=frozenset(code for code in codes if surely_not(code)),
            doubtful=doubtful,
            complete=whole,
            unknown=Unknown.CONFLICTING if doubtful else missing,
        )


def _last_day(provenance: Provenance) -> tuple[str, str]:
    """The last day that a date can mean, and the date as text; without a date, before all days."""
    date = provenance.date
    return ("", "") if date is None else (date.latest.isoformat(), date.text)


def observe(
    fact: Fact[Any] | FactSet[Any], type: FactType, vocabulary: Vocabulary | None, moment: Moment
) -> Observed:
    """What a fact amounts to at a moment (steps 1 to 3 of this module)."""
    if isinstance(fact, FactSet):
        return _observe_set(fact, type, vocabulary, moment)
    return _observe_single(fact, type, vocabulary, moment)


def _observe_single(
    fact: Fact[Any], type: FactType, vocabulary: Vocabulary | None, moment: Moment
) -> Observed:
    current = tuple(one for one in fact.statements if one.in_force(moment))
    if not current:
        return Observed(
            type, vocabulary, unknown=_why_missing(fact, Unknown.NOT_RECORDED),
            basis=_origin_of_silence(fact),
        )  # fmt: skip
    if vocabulary is not None and vocabulary.order == "rising":
        return _observe_highest(fact, current, type, vocabulary, moment)
    newest = latest(current)
    doubt = _unreadable_since(fact, newest)
    if doubt:
        return Observed(type, vocabulary, unknown=Unknown.UNREADABLE, basis=doubt)
    values = {_plain(one.value, type) for one in newest}
    basis = tuple(one.provenance for one in newest)
    if len(values) > 1:
        return Observed(type, vocabulary, unknown=Unknown.CONFLICTING, basis=basis)
    value = values.pop()
    if value is None or _is_foreign(value, vocabulary):
        return Observed(type, vocabulary, unknown=Unknown.UNREADABLE, basis=basis)
    return Observed(type, vocabulary, (value,), complete=True, unknown=None, basis=basis)


def _observe_highest(
    fact: Fact[Any],
    current: tuple[Statement[Any], ...],
    type: FactType,
    vocabulary: Vocabulary,
    moment: Moment,
) -> Observed:
    recent = tuple(
        one for one in current if _is_recent(one.provenance.date, vocabulary, moment.as_of)
    )
    unread = (
        *(one for one in fact.unreadable if _is_recent(one.date, vocabulary, moment.as_of)),
        *(one.provenance for one in fact.statements if _is_misdated(one, vocabulary, moment)),
    )
    if not recent:
        basis = tuple(one.provenance for one in latest(current))
        return Observed(type, vocabulary, unknown=Unknown.OUT_OF_DATE, basis=basis)
    readable = tuple(one for one in recent if _plain(one.value, type) in vocabulary.codes)
    highest = max((_plain(one.value, type) for one in readable), key=vocabulary.rank, default=None)
    top = vocabulary.terms[-1].code
    dates = (one.provenance.date for one in readable)
    if highest not in (None, top) and not any(
        _is_surely_recent(date, vocabulary, moment.as_of) for date in dates
    ):
        basis = tuple(one.provenance for one in recent)
        return Observed(type, vocabulary, unknown=Unknown.OUT_OF_DATE, basis=basis)
    if highest is None or ((unread or len(readable) < len(recent)) and highest != top):
        basis = (*unread, *(one.provenance for one in recent))
        return Observed(type, vocabulary, unknown=Unknown.UNREADABLE, basis=basis)
    basis = tuple(one.provenance for one in readable if _plain(one.value, type) == highest)
    return Observed(type, vocabulary, (highest,), complete=True, unknown=None, basis=basis)


def _unreadable_since(
    fact: Fact[Any], newest: tuple[Statement[Any], ...]
) -> tuple[Provenance, ...]:
    """What could not be read and may be as new as what could."""
    return tuple(
        one
        for one in fact.unreadable
        if not all(
            one.date is not None
            and kept.provenance.date is not None
            and one.date.surely_before(kept.provenance.date)
            for kept in newest
        )
    )


def _is_recent(date: PartialDate | None, vocabulary: Vocabulary, as_of: datetime) -> bool:
    """Within the vocabulary's span, read in the patient's favour when the date is partial."""
    if date is None or vocabulary.within_days is None:
        return True
    start = as_of - timedelta(days=vocabulary.within_days)
    if date.instant is not None:
        return date.instant > start
    return date.latest >= start.date()


def _is_misdated(one: Statement[Any], vocabulary: Vocabulary, moment: Moment) -> bool:
    """Whether an observation that was known by then has a date in the future. What has no span,
    such as a death, is so from its day on."""
    return vocabulary.within_days is not None and one.is_ahead(moment)


def _is_surely_recent(date: PartialDate | None, vocabulary: Vocabulary, as_of: datetime) -> bool:
    """Within the vocabulary's span, whatever the date can mean. Without a date nobody can say."""
    if vocabulary.within_days is None:
        return True
    if date is None:
        return False
    start = as_of - timedelta(days=vocabulary.within_days)
    if date.instant is not None:
        return date.instant > start
    return date.earliest >= start.date()


def _observe_set(
    fact: FactSet[Any], type: FactType, vocabulary: Vocabulary | None, moment: Moment
) -> Observed:
    stated = [one for one in fact.statements if one.in_force(moment)]
    denials = [one for one in fact.denied if one.in_force(moment)]
    perhaps = [one for one in fact.perhaps if one.in_force(moment)]
    given = dict.fromkeys(_plain(one.value, type) for one in [*stated, *denials, *perhaps])
    foreign = [code for code in given if _is_foreign(code, vocabulary)]
    said, refused, maybe = (_by_code(one, type) for one in (stated, denials, perhaps))
    found = {
        code: _weighed(said.get(code, {}), refused.get(code, {}), maybe.get(code, {}))
        for code in given
        if not _is_foreign(code, vocabulary)
    }
    values = sorted(code for code, (truth, _) in found.items() if truth is Truth.YES)
    denied = frozenset(code for code, (truth, _) in found.items() if truth is Truth.NO)
    doubtful = frozenset(code for code, (truth, _) in found.items() if truth is Truth.UNKNOWN)
    complete = not foreign and _is_whole(fact, stated, moment)
    open_for = Unknown.UNREADABLE if foreign else _why_open(values)
    missing = None if complete and not doubtful else _why_missing(fact, open_for)
    if doubtful:
        contradictory = any(contradict for _, contradict in found.values())
        missing = Unknown.CONFLICTING if contradictory else Unknown.UNREADABLE
    return Observed(
        type,
        vocabulary,
        tuple(values),
        denied,
        doubtful,
        complete,
        missing,
        tuple(one.provenance for one in (*stated, *denials, *perhaps)) or _origin_of_silence(fact),
    )


def _weighed(
    said: dict[Statement[Any], None],
    refused: dict[Statement[Any], None],
    maybe: dict[Statement[Any], None],
) -> tuple[Truth, bool]:
    """Whether a code of which something is said is a value, and whether its statements contradict.

    What may be so counts only where nothing surely is, and no later no stands.
    """
    standing = latest((*said, *refused))
    yes, no = any(one in said for one in standing), any(one in refused for one in standing)
    if yes:
        return (Truth.UNKNOWN if no else Truth.YES), no
    still = latest((*standing, *maybe))
    return (Truth.UNKNOWN if any(one in maybe for one in still) else Truth.NO), False


def _by_code(
    statements: list[Statement[Any]], type: FactType
) -> dict[Any, dict[Statement[Any], None]]:
    """The statements of each code, in their order."""
    found: dict[Any, dict[Statement[Any], None]] = {}
    for one in statements:
        found.setdefault(_plain(one.value, type), {})[one] = None
    return found


def _is_whole(fact: FactSet[Any], stated: list[Statement[Any]], moment: Moment) -> bool:
    """Whether the list is known to be whole at a moment: step 3 of this module."""
    if not fact.complete or fact.unreadable or fact.declined is not None:
        return False
    if fact.closed is None:
        return True
    word = Statement(value=True, provenance=fact.closed)
    said = fact.closed.date
    added_since = any(
        said is not None
        and one.provenance.date is not None
        and said.surely_before(one.provenance.date)
        for one in stated
    )
    return word.in_force(moment) and not added_since


def _is_foreign(value: Any, vocabulary: Vocabulary | None) -> bool:
    return vocabulary is not None and value not in vocabulary.codes


def _why_open(values: list[str]) -> Unknown:
    return Unknown.INCOMPLETE if values else Unknown.NOT_RECORDED


def _why_missing(fact: Fact[Any] | FactSet[Any], otherwise: Unknown) -> Unknown:
    if fact.declined is not None:
        return Unknown.DECLINED
    return Unknown.UNREADABLE if fact.unreadable else otherwise


def _origin_of_silence(fact: Fact[Any] | FactSet[Any]) -> tuple[Provenance, ...]:
    return (fact.declined,) if fact.declined is not None else fact.unreadable


def _plain(value: Any, type: FactType) -> Any:
    """The code of a coded value, the total or level of a screen, everything else as it is."""
    if isinstance(value, ScreenResult):
        return value.score if type.kind is Kind.QUANTITY else value.level
    return getattr(value, "code", value)
