"""From `events.yaml` to kinds of event and obligations whose every name means something."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from peer_match.facts.vocabulary import CountsAs, Vocabularies
from peer_match.policy.assembly import Assembly
from peer_match.policy.diagnostics import Diagnostic, Position, error, meant, quote
from peer_match.policy.event_files import EventKindShape, EventsFile, ObligationShape
from peer_match.policy.events import EventKind, Events, Obligation
from peer_match.policy.grammar import is_read_as, keywords
from peer_match.policy.nodes import node_at
from peer_match.policy.pack_files import PackFileRead
from peer_match.policy.rule_parts import read_span
from peer_match.policy.units import CLOCK_UNITS

Place = tuple[str | int, ...]
_COUNTED = ("event_count", "at least 1 {} within 1 day")
_FALLEN = ("points_fell", "{} fell by at least 1 point within 1 day")
_OVERDUE = ("overdue", "{} is overdue by 1 day")


def bind_events(file: PackFileRead, assembly: Assembly, problems: list[Diagnostic]) -> Events:
    """The events of a pack; those with a problem are left out and their problems added."""
    return _Binding(file, assembly, problems).bind()


class _Binding:
    def __init__(self, file: PackFileRead, assembly: Assembly, problems: list[Diagnostic]) -> None:
        self.file = file
        self.assembly = assembly
        self.vocabularies: Vocabularies = assembly.vocabularies
        self.problems = problems
        self.kinds: dict[str, EventKind] = {}
        self.at_fault: set[str] = set()

    def bind(self) -> Events:
        shape = self.file.shape
        assert isinstance(shape, EventsFile)
        for number, one in enumerate(shape.kinds):
            path: Place = ("kinds", number)
            said = (_COUNTED,) if one.points is None else (_COUNTED, _FALLEN)
            self._check_name(one.kind, self.kinds, path, "kind", said)
            self.kinds.setdefault(one.kind, self._kind(one, path))
        obligations: dict[str, Obligation] = {}
        for number, one in enumerate(shape.obligations):
            path = ("obligations", number)
            self._check_name(one.obligation, obligations, path, "obligation", (_OVERDUE,))
            bound = self._obligation(one, path)
            if bound is not None:
                obligations.setdefault(one.obligation, bound)
            else:
                self.at_fault.add(one.obligation)
        self._check_signals(shape)
        return Events(self.kinds, obligations, frozenset(self.at_fault))

    def _kind(self, shape: EventKindShape, path: Place) -> EventKind:
        scale, labels = self._scale(shape, path)
        instrument = shape.instrument
        if shape.signal is not None:
            instrument = shape.signal.instrument
            self._check_signal(shape, path)
        if shape.severity is not None and instrument is not None:
            self._tell("PM328", f"{quote(shape.kind)} is graded twice", (*path, "severity"),
                       "keep `severity`, or take it from the instrument")  # fmt: skip
        return EventKind(
            code=shape.kind,
            label=shape.label,
            about=shape.about,
            counts_as=shape.counts_as,
            privacy=shape.privacy,
            scale=scale,
            scale_labels=labels,
            instrument=instrument,
            signal=None if shape.signal is None else shape.signal.signal,
            points=shape.points,
            codings=tuple(shape.codings),
        )

    def _scale(
        self, shape: EventKindShape, path: Place
    ) -> tuple[tuple[str, ...], Mapping[str, str]]:
        """The severities of a kind, rising, with their labels."""
        if shape.severity is not None:
            if shape.severity not in self.vocabularies:
                names = [one.id for one in self.vocabularies]
                self._tell("PM210", f"the pack has no vocabulary {quote(shape.severity)}",
                           (*path, "severity"), meant(shape.severity, names, "vocabularies")
                           )  # fmt: skip
                return (), {}
            vocabulary = self.vocabularies[shape.severity]
            if vocabulary.order != "rising":
                self._tell("PM328", f"{quote(shape.severity)} is not in a rising order",
                           (*path, "severity"), "name a vocabulary with `order: rising`"
                           )  # fmt: skip
            return tuple(term.code for term in vocabulary.terms), {
                term.code: term.label for term in vocabulary.terms
            }
        if shape.instrument is not None:
            instrument = self._instrument(shape.instrument, (*path, "instrument"))
            bands = () if instrument is None else self.assembly.instruments[instrument].bands
            return bands, {band: band.replace("-", " ") for band in bands}
        return (), {}

    def _check_signal(self, shape: EventKindShape, path: Place) -> None:
        assert shape.signal is not None
        found = self._instrument(shape.signal.instrument, (*path, "signal", "instrument"))
        if found is None:
            return
        signals = [name for name, _ in self.assembly.instruments[found].signals]
        if shape.signal.signal not in signals:
            self._tell("PM220", f"{quote(found)} has no signal {quote(shape.signal.signal)}",
                       (*path, "signal", "signal"), meant(shape.signal.signal, signals, "signals")
                       )  # fmt: skip

    def _instrument(self, id: str, path: Place) -> str | None:
        if id in self.assembly.instruments:
            return id
        if not self.assembly.could_not_be_read("instrument", id):
            self._tell("PM220", f"no instrument is called {quote(id)}", path,
                       meant(id, self.assembly.instruments, "instruments"))  # fmt: skip
        return None

    def _obligation(self, shape: ObligationShape, path: Place) -> Obligation | None:
        for key, names in (("begun_by", shape.begun_by), ("met_by", shape.met_by)):
            for number, name in enumerate(names):
                kind = self.kinds.get(name)
                if kind is None:
                    self._tell("PM221", f"no kind of event is called {quote(name)}",
                               (*path, key, number), meant(name, self.kinds, "kinds"))  # fmt: skip
                elif kind.about != shape.about:
                    self._tell("PM328", f"{quote(name)} is about a {kind.about}",
                               (*path, key, number), f"this obligation is about a {shape.about}"
                               )  # fmt: skip
                elif key == "met_by" and kind.counts_as == "risk":
                    self._tell("PM328", f"{quote(name)} counts as risk, and would meet what is due",
                               (*path, key, number), "only what is protective, or context, can"
                               )  # fmt: skip
        within = read_span(shape.within, CLOCK_UNITS)
        if within is None:
            self._tell("PM204", f"expected a span of time, found {quote(shape.within)}",
                       (*path, "within"), "write for example `14 days`")  # fmt: skip
            return None
        return Obligation(
            shape.obligation, shape.label, shape.about, shape.privacy,
            tuple(sorted(set(shape.begun_by))), tuple(sorted(set(shape.met_by))), within,
        )  # fmt: skip

    def _check_signals(self, shape: EventsFile) -> None:
        """A signal follows from the answers to an instrument, and so counts as they do: otherwise
        one more risk would be one more of what is no risk."""
        counts_as: dict[str, set[CountsAs]] = {}
        for one in shape.kinds:
            if one.signal is None and one.instrument is not None:
                counts_as.setdefault(one.instrument, set()).add(one.counts_as)
        for number, one in enumerate(shape.kinds):
            if one.signal is None:
                continue
            answers = counts_as.get(one.signal.instrument, set())
            others = sorted(answers - {one.counts_as})
            if others:
                self._tell("PM328", f"{quote(one.kind)} follows from answers that count as "
                           f"{others[0]}", ("kinds", number, "counts_as"),
                           f"write `counts_as: {others[0]}`" if len(answers) == 1 else
                           f"let all answers to {quote(one.signal.instrument)} count as the same"
                           )  # fmt: skip

    def _check_name(
        self,
        name: str,
        seen: Iterable[str],
        path: Place,
        key: str,
        said: tuple[tuple[str, str], ...],
    ) -> None:
        """A name is listed once, and can be named in each form of sentence that is about it."""
        if name in seen:
            self._tell("PM218", f"{quote(name)} is listed twice", (*path, key),
                       "keep one of the two entries")  # fmt: skip
        if name in keywords() and not all(
            is_read_as(form, sentence.format(name)) for form, sentence in said
        ):
            self._tell("PM219", f"{quote(name)} is a word of sentences, so no rule can name it",
                       (*path, key), "add a word, joined by a hyphen")  # fmt: skip

    def _tell(self, code: str, message: str, path: Place, help: str) -> None:
        self.problems.append(error(code, message, self._at(path), help))

    def _at(self, path: Place) -> Position:
        found = node_at(self.file.node, path)
        return self.file.node.position if found is None else found.position
