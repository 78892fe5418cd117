"""What a history amounts to at a moment: how often, how severe, how much less, how long overdue.

Steps:
1. Keep what was known by then and was not taken back; the rest of a history is not looked at.
2. Read each event as an occurrence: the first and the last instant at which it can have been, the
   least and the most severe that it can be. Answers to an instrument are scored, and its signals
   are occurrences of their own.
3. Count: surely, what can only be meant so; possibly, all that may be. Nothing is surely absent in
   a time for which nobody says that events of the kind would have been recorded.

One event told twice (same source, same id) counts once, as the most severe that it was told as.
Alike events without an id may be one. What is dated in the future may have happened at any time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, timezone
from itertools import permutations

from peer_match.decide.instruments import AnswerError, score_instrument
from peer_match.facts.event import Coverage, Event, History
from peer_match.facts.provenance import FIRST_TO_SEE_A_DAY, Moment, PartialDate
from peer_match.facts.truth import Truth
from peer_match.policy.condition import EventCount, EventSentence, Overdue, PointsFell
from peer_match.policy.events import EventKind, Events, Obligation
from peer_match.policy.instrument import Instrument

LAST_TO_LEAVE_A_DAY = timezone(-timedelta(hours=12))  # UTC-12, Baker Island
NEVER = datetime.max.replace(tzinfo=UTC)
ANY_NUMBER = 10**12  # more points than any scale has
ALWAYS = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One event as it may be meant.

    `first` and `last` bound when it was, `severity` its place in the scale of its kind, `points`
    its total (None where it has none). `surely` says that it did happen: what is dated in the
    future, or follows from answers that are missing, may not have.
    """

    kind: str
    key: str
    event: Event
    first: datetime
    last: datetime
    severity: tuple[int, int]
    points: tuple[int, int] | None
    surely: bool

    def within(self, start: datetime, end: datetime) -> Truth:
        """Whether it was after `start` and not after `end`."""
        if start < self.first and self.last <= end:
            return Truth.YES if self.surely else Truth.UNKNOWN
        return Truth.NO if self.last <= start or self.first > end else Truth.UNKNOWN


@dataclass(frozen=True, slots=True)
class Count:
    """How many events: at least `low`, and at most `high` (None where nobody can say).

    `surely` are the occurrences behind `low`, `perhaps` those that may be among them.
    """

    low: int
    high: int | None
    surely: tuple[Occurrence, ...]
    perhaps: tuple[Occurrence, ...]


@dataclass(frozen=True)
class Timeline:
    """A history at a moment, by kind of event."""

    moment: Moment
    events: Events
    occurrences: Mapping[str, tuple[Occurrence, ...]]
    coverage: Mapping[str, tuple[Coverage, ...]]
    notes: tuple[str, ...]

    def truth(self, sentence: EventSentence) -> Truth:
        """Whether a sentence about the history holds."""
        match sentence:
            case EventCount(least=least):
                count = self.count(sentence)
                if count.low >= least:
                    return Truth.YES
                never = count.high is not None and count.high < least
                return Truth.NO if never else Truth.UNKNOWN
            case PointsFell():
                return self.fell(sentence)[0]
            case Overdue():
                return self.overdue(sentence)[0]

    def evidence(self, sentence: EventSentence) -> tuple[Occurrence, ...]:
        """The occurrences because of which a sentence holds."""
        match sentence:
            case EventCount():
                return self.count(sentence).surely
            case PointsFell():
                return self.fell(sentence)[1]
            case Overdue():
                return self.overdue(sentence)[1]

    # -- counts ----------------------------------------------------------------------------

    def count(self, sentence: EventCount) -> Count:
        """The events of a kind, severe enough, in the span of time that ends now."""
        start = sentence.span.before(self.moment.as_of)
        scale = self.events.kinds[sentence.kind].scale
        least = 0 if sentence.severity is None else scale.index(sentence.severity)
        surely: dict[str, Occurrence] = {}
        perhaps: list[Occurrence] = []
        for one in self.occurrences.get(sentence.kind, ()):
            inside = one.within(start, self.moment.as_of)
            if inside is Truth.NO or one.severity[1] < least:
                continue
            if inside is Truth.YES and one.severity[0] >= least:
                surely.setdefault(one.key, one)
            perhaps.append(one)
        covered = self.is_covered(sentence.kind, start, self.moment.as_of)
        high = len(_apart(perhaps)) if covered else None
        return Count(len(surely), high, tuple(surely.values()), tuple(perhaps))

    def is_covered(self, kind: str, start: datetime, end: datetime) -> bool:
        """Whether every event of a kind after `start` and up to `end` would have been recorded."""
        reached = start
        spans = sorted(self.coverage.get(kind, ()), key=lambda one: one.begins)
        for one in spans:
            if one.begins <= reached:
                reached = max(reached, NEVER if one.ends is None else one.ends)
        return reached >= end

    def _records(self, kind: str, when: datetime) -> bool:
        """Whether events of a kind were being recorded at a moment."""
        return any(
            one.begins <= when and (one.ends is None or when <= one.ends)
            for one in self.coverage.get(kind, ())
        )

    # -- changes ---------------------------------------------------------------------------

    def fell(self, sentence: PointsFell) -> tuple[Truth, tuple[Occurrence, ...]]:
        """Whether some earlier value of the span is above some later one by so many points."""
        start, end = sentence.span.before(self.moment.as_of), self.moment.as_of
        every = self.occurrences.get(sentence.kind, ())
        inside = {id(one): one.within(start, end) for one in every}
        known = [one for one in every if inside[id(one)] is not Truth.NO]
        may = not self.is_covered(sentence.kind, start, end)
        for earlier, later in permutations(known, 2):
            # What is later has to be later within the span as well, whatever else it may be.
            if _is_one_event(earlier, later) or earlier.first >= min(later.last, end):
                continue
            (low, high), (least, most) = _range(earlier.points), _range(later.points)
            both = inside[id(earlier)] is inside[id(later)] is Truth.YES
            if both and earlier.last < later.first and low - most >= sentence.points:
                return Truth.YES, (earlier, later)
            may = may or high - least >= sentence.points
        return (Truth.UNKNOWN if may else Truth.NO), ()

    # -- obligations -----------------------------------------------------------------------

    def overdue(self, sentence: Overdue) -> tuple[Truth, tuple[Occurrence, ...]]:
        """Whether something that an event began was not met, so long after it was due."""
        obligation = self.events.obligations[sentence.obligation]
        limit = obligation.within.before(sentence.span.before(self.moment.as_of))
        begun = [one for kind in obligation.begun_by for one in self.occurrences.get(kind, ())
                 if one.first <= limit]  # fmt: skip
        found = [(self._missed(one, obligation, limit), one) for one in begun]
        late = tuple(one for truth, one in found if truth is Truth.YES)
        if late:
            return Truth.YES, late
        covered = all(self._records(kind, limit) for kind in obligation.begun_by)
        if any(truth is Truth.UNKNOWN for truth, _ in found) or not covered:
            return Truth.UNKNOWN, ()
        return Truth.NO, ()

    def _missed(self, begun: Occurrence, obligation: Obligation, limit: datetime) -> Truth:
        """Whether nothing met what an event began, that long ago."""
        met = [one for kind in obligation.met_by for one in self.occurrences.get(kind, ())
               if one.key != begun.key and one.last >= begun.first
               and one.first <= self.moment.as_of]  # fmt: skip
        done = [one for one in met if one.surely and one.last <= self.moment.as_of]
        if any(one.first >= begun.last for one in done):
            return Truth.NO
        known = all(
            self.is_covered(kind, begun.first, self.moment.as_of) for kind in obligation.met_by
        )
        sure = begun.surely and begun.last <= limit
        return Truth.YES if sure and known and not met else Truth.UNKNOWN


# -- from a history to occurrences -----------------------------------------------------------------


def timeline(
    history: History, events: Events, instruments: Mapping[str, Instrument], moment: Moment
) -> Timeline:
    """The history as it was known at a moment (steps 1 and 2 of this module)."""
    gone = {one.event for one in history.retractions if one.recorded <= moment.known_at}
    seen = considered(history, moment)
    found: dict[str, list[Occurrence]] = {}
    notes: list[str] = []
    for event in sorted(history.events, key=_in_order):
        if event.recorded > moment.known_at or event.key in gone or event.key in seen:
            continue
        for one in _read(event, events, instruments, moment, notes):
            found.setdefault(one.kind, []).append(one)
    coverage: dict[str, list[Coverage]] = {}
    for one in history.coverage:
        coverage.setdefault(one.kind, []).append(one)
    return Timeline(
        moment,
        events,
        {kind: tuple(one) for kind, one in found.items()},
        {kind: tuple(one) for kind, one in coverage.items()},
        tuple(dict.fromkeys(notes)),
    )


def considered(history: History, moment: Moment) -> frozenset[str]:
    """The keys of the events that reassessments had listed by then."""
    then = min(moment.known_at, moment.as_of)
    said = (one.considered for one in history.reassessments if one.recorded <= then)
    return frozenset(key for keys in said for key in keys)


def _in_order(event: Event) -> tuple[object, ...]:
    return _text(event.date), event.source, event.id or "", event.kind, event.model_dump_json()


def _read(
    event: Event,
    events: Events,
    instruments: Mapping[str, Instrument],
    moment: Moment,
    notes: list[str],
) -> Iterator[Occurrence]:
    kind = events.kinds.get(event.kind)
    if kind is None:
        notes.append("an event is of no kind that this pack knows")
        return
    first, last, surely = _when(event, moment)
    key = event.key or f"{event.source}#{_text(event.date)}:{event.kind}"
    severity, points = _how_severe(event, kind), _points(event)
    instrument = instruments.get(kind.instrument or "")
    if instrument is not None and kind.signal is None:
        scored = _scored(event, instrument, notes)
        if scored is not None:
            severity, points = scored.severity, scored.points or points
            for other in events.kinds.values():
                truth = scored.signals.get(other.signal or "")
                if other.instrument == kind.instrument and truth in (Truth.YES, Truth.UNKNOWN):
                    yield Occurrence(other.code, key, event, first, last, (0, 0), None,
                                     surely and truth is Truth.YES)  # fmt: skip
    yield Occurrence(kind.code, key, event, first, last, severity, points, surely)


@dataclass(frozen=True, slots=True)
class _Scored:
    severity: tuple[int, int]
    points: tuple[int, int] | None
    signals: Mapping[str, Truth]


def _scored(event: Event, instrument: Instrument, notes: list[str]) -> _Scored | None:
    """The bands that the answers, the total or the level of an event can be in.

    Where it has more than one of them, the most severe counts: none of them takes another back.
    """
    everything = (0, len(instrument.bands) - 1)
    ranges: list[tuple[int, int]] = []
    points: tuple[int, int] | None = None
    signals: Mapping[str, Truth] = {name: Truth.UNKNOWN for name, _ in instrument.signals}
    if event.answers:
        try:
            score = score_instrument(instrument, event.answers)
        except AnswerError:
            notes.append(f"answers of `{event.source}` fit no item of `{instrument.id}`")
        else:
            ranges.append((instrument.bands.index(score.band[0]),
                           instrument.bands.index(score.band[1])))  # fmt: skip
            points, signals = score.total, score.signals
    if event.points is not None and instrument.method == "collect sum":
        points = points or (event.points, event.points)
        starts = (instrument.starts, *(one for _, one in instrument.starts_for))
        places = [sum(start <= event.points for start in one) - 1 for one in starts]
        place = max(0, *places)
        ranges.append((place, place))
    if event.severity in instrument.bands:
        place = instrument.bands.index(event.severity)
        ranges.append((place, place))
    low = max((one[0] for one in ranges), default=0)
    high = max((one[1] for one in ranges), default=everything[1])
    return _Scored((low, high), points, signals)


def _how_severe(event: Event, kind: EventKind) -> tuple[int, int]:
    """Without a severity, or with one that the scale lacks, every severity is possible."""
    if not kind.scale:
        return 0, 0
    if event.severity in kind.scale:
        place = kind.scale.index(event.severity)
        return place, place
    return 0, len(kind.scale) - 1


def _points(event: Event) -> tuple[int, int] | None:
    return None if event.points is None else (event.points, event.points)


def _when(event: Event, moment: Moment) -> tuple[datetime, datetime, bool]:
    """When an event can have been, and whether it surely was.

    What is recorded has happened, so it was no later than it was recorded; unless its date lies
    after that, when the date is wrong or the event is still to come.
    """
    if event.date is None:
        return ALWAYS, event.recorded, True
    first, last = bounds(event.date)
    if first > event.recorded:
        return ALWAYS, NEVER, False
    return first, min(last, max(event.recorded, first)), True


def _is_one_event(one: Occurrence, other: Occurrence) -> bool:
    """Whether two tellings are of one event: by their id, where they have one."""
    return one.event.key is not None and one.key == other.key


def _range(points: tuple[int, int] | None) -> tuple[int, int]:
    """Points that nobody knows can be any."""
    return (-ANY_NUMBER, ANY_NUMBER) if points is None else points


def _text(date: PartialDate | None) -> str:
    return "" if date is None else date.text


def bounds(date: PartialDate) -> tuple[datetime, datetime]:
    """The first and the last instant that a date can mean, anywhere on earth."""
    if date.instant is not None:
        return date.instant, date.instant
    first = datetime.combine(date.earliest, time.min, FIRST_TO_SEE_A_DAY)
    last = datetime.combine(date.latest, time.max, LAST_TO_LEAVE_A_DAY)
    return first, last


def _apart(occurrences: Iterable[Occurrence]) -> list[object]:
    """How many events these can be at most: one for each key, each of those without an id."""
    named = {one.key for one in occurrences if one.event.key is not None}
    unnamed = [one for one in occurrences if one.event.key is None]
    return [*named, *unnamed]
