"""From an instrument's checked shape to a table without gaps, in which every name means something.

Checked here: every item, answer and band that is named exists; totals are covered once each; every
band can be reached, every row can decide, and every item counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from collections.abc import Mapping as Named

from peer_match.policy.diagnostics import Position, error, listed, meant, quote
from peer_match.policy.instrument import Answers, CodedItem, Instrument, Item, Row
from peer_match.policy.instrument_files import InstrumentFile, ItemShape, Sex
from peer_match.policy.nodes import Mapping, node_at
from peer_match.policy.rule_parts import RuleParts

Place = tuple[str | int, ...]
_RANGE = re.compile(r"([0-9]{1,6})\.\.([0-9]{1,6})")
SUM = "collect sum"


class InstrumentParts(RuleParts):
    """Binds one instrument."""

    def bind(self) -> None:
        """Add the instrument to the assembly, or the problems for which it cannot be used."""
        shape = self.file.shape
        assert isinstance(shape, InstrumentFile)
        if not self._all_known():
            return
        self.answers = {
            name: given if isinstance(given, dict) else dict.fromkeys(given, 0)
            for name, given in shape.answers.items()
        }
        self.items: dict[str, dict[str, int]] = {}
        items = tuple(self._item(number, one) for number, one in enumerate(shape.items))
        bands = tuple(shape.bands)
        self._check_method(shape)
        rows = tuple(
            Row(self._given(one.when, ("rows", number, "when")),
                self._band(one.band, bands, ("rows", number, "band")))
            for number, one in enumerate(shape.rows)
        )  # fmt: skip
        signals = tuple(
            (name, self._given(given, ("signals", name)))
            for name, given in sorted(shape.signals.items())
        )
        loinc = self._loinc(shape)
        if self._refused():
            return
        starts, starts_for = self._starts(shape)
        self._check_use(shape, bands, items, rows, signals)
        if self._refused():
            return
        self.assembly.instruments[self.file.id] = Instrument(
            **self._header(shape),
            method=shape.score,
            items=items,
            bands=bands,
            starts=starts,
            starts_for=starts_for,
            rows=rows,
            signals=signals,
            loinc=loinc,
        )

    # -- items -----------------------------------------------------------------------------

    def _item(self, number: int, shape: ItemShape) -> Item:
        answers = self.answers.get(shape.answers)
        path: Place = ("items", number)
        if answers is None:
            known = self.answers
            self._unknown(f"no list of answers is called {quote(shape.answers)}",
                          (*path, "answers"), meant(shape.answers, known, "lists"))  # fmt: skip
            answers = {}
        if shape.item in self.items:
            self._tell("PM218", f"the item {quote(shape.item)} is listed twice",
                       (*path, "item"), "give each item a name of its own")  # fmt: skip
        asked = self._given(shape.not_asked_unless, (*path, "not_asked_unless"))
        self.items[shape.item] = answers
        counts = shape.refusal_counts_as
        if counts is not None and answers and counts not in answers:
            self._unknown(f"{quote(counts)} is no answer to {quote(shape.item)}",
                          (*path, "refusal_counts_as"),
                          meant(counts, answers, "answers"))  # fmt: skip
        return Item(shape.item, tuple(answers.items()), asked, counts)

    def _given(self, named: Named[str, Iterable[str]], path: Place) -> Answers:
        """Items with answers, both of which exist. An item names only those before it."""
        for item, answers in named.items():
            if item not in self.items:
                self._unknown(f"no item before this is called {quote(item)}", (*path, item),
                              meant(item, self.items, "items"), of_key=True)  # fmt: skip
                continue
            for number, answer in enumerate(answers):
                if self.items[item] and answer not in self.items[item]:
                    self._unknown(f"{quote(answer)} is no answer to {quote(item)}",
                                  (*path, item, number),
                                  meant(answer, self.items[item], "answers"))  # fmt: skip
        return tuple((item, frozenset(answers)) for item, answers in named.items())

    def _band(self, name: str, bands: tuple[str, ...], path: Place) -> int:
        if name in bands:
            return bands.index(name)
        self._unknown(f"no band is called {quote(name)}", path, meant(name, bands, "bands"))
        return 0

    # -- codes -----------------------------------------------------------------------------

    def _loinc(self, shape: InstrumentFile) -> tuple[CodedItem, ...]:
        """The codes of items and answers, each of which means one of them."""
        if shape.loinc is None:
            return ()
        given, lists = shape.loinc, {one.item: one.answers for one in shape.items}
        for name, codes in given.answers.items():
            if name not in self.answers:
                self._unknown(f"no list of answers is called {quote(name)}",
                              ("loinc", "answers", name), meant(name, self.answers, "lists"),
                              of_key=True)  # fmt: skip
                continue
            self._each_once(codes, self.answers[name], "answer", ("loinc", "answers", name))
        self._each_once(given.items, self.items, "item", ("loinc", "items"))
        return tuple(
            CodedItem(item, code, tuple(given.answers.get(lists.get(item, ""), {}).items()))
            for item, code in given.items.items()
        )

    def _each_once(
        self, codes: Named[str, str], known: Iterable[str], what: str, path: Place
    ) -> None:
        names, seen = list(known), set[str]()
        for name, code in codes.items():
            if name not in names:
                self._unknown(f"{quote(name)} is no {what} of this instrument", (*path, name),
                              meant(name, names, f"{what}s"), of_key=True)  # fmt: skip
            if code in seen:
                self._tell("PM218", f"the code {quote(code)} is listed twice", (*path, name),
                           f"a code means one {what}")  # fmt: skip
            seen.add(code)

    # -- the table -------------------------------------------------------------------------

    def _check_method(self, shape: InstrumentFile) -> None:
        """A sum has points and ranges, and no rows; a table has rows, and neither of the others."""
        adds = shape.score == SUM
        for name, given in shape.answers.items():
            if isinstance(given, dict) is not adds:
                message = (
                    f"the answers {quote(name)} have no points to add up"
                    if adds
                    else f"the answers {quote(name)} have points, and nothing is added up"
                )
                self._tell("PM325", message, ("answers", name),
                           "write `{no: 0, yes: 1}`" if adds else "write `[no, yes]`")  # fmt: skip
        if isinstance(shape.bands, dict) is not adds:
            self._tell("PM325", f"the bands do not fit {quote(shape.score)}", ("bands",),
                       "write `{low: 0..4, high: 5..9}`" if adds else "write `[low, high]`, rising"
                       )  # fmt: skip
        if bool(shape.rows) is adds:
            message = "`rows` are for `most severe`" if adds else "`most severe` has no rows"
            where: Place = ("rows",) if adds else ("score",)
            self._tell("PM325", message, where, "add the rows, or take them out")
        if shape.bands_for and not adds:
            self._tell("PM325", "`bands_for` is for `collect sum`", ("bands_for",),
                       "say it in `rows`")  # fmt: skip

    def _starts(
        self, shape: InstrumentFile
    ) -> tuple[tuple[int, ...], tuple[tuple[Sex, tuple[int, ...]], ...]]:
        if not isinstance(shape.bands, dict):
            return (), ()
        starts = self._cover(shape.bands, ("bands",))
        others: list[tuple[Sex, tuple[int, ...]]] = []
        for sex, bands in sorted(shape.bands_for.items()):
            if list(bands) != list(shape.bands):
                self._unknown(f"the bands for {quote(sex)} are not those of `bands`",
                              ("bands_for", sex), f"name {listed(shape.bands)}, in this order"
                              )  # fmt: skip
                continue
            others.append((sex, self._cover(bands, ("bands_for", sex))))
        return starts, tuple(others)

    def _cover(self, bands: Named[str, str], path: Place) -> tuple[int, ...]:
        """The lowest total of each band; every total that answers can have is in exactly one."""
        points = [list(answers.values()) for answers in self.items.values()]
        expected, highest = sum(map(min, points)), sum(map(max, points))
        starts: list[int] = []
        for name, text in bands.items():
            found = _RANGE.fullmatch(text)
            if found is None:
                self._tell("PM326", f"{quote(text)} is not a range of totals", (*path, name),
                           "write for example `5..9`")  # fmt: skip
                return ()
            low, high = int(found[1]), int(found[2])
            if low != expected or high < low:
                wrong = "a gap" if low > expected else "an overlap"
                message = (
                    f"{quote(name)} ends before it begins"
                    if high < low
                    else f"{wrong}: {quote(name)} begins at {low}, and {expected} comes next"
                )
                self._tell("PM326", message, (*path, name),
                           f"begin it at {expected}")  # fmt: skip
                return ()
            starts.append(low)
            expected = high + 1
        if expected - 1 != highest:
            last = list(bands)[-1]
            self._tell("PM326", f"the bands end at {expected - 1}, the answers at {highest}",
                       (*path, last), f"end the last band at {highest}")  # fmt: skip
        return tuple(starts)

    def _check_use(
        self,
        shape: InstrumentFile,
        bands: tuple[str, ...],
        items: tuple[Item, ...],
        rows: tuple[Row, ...],
        signals: tuple[tuple[str, Answers], ...],
    ) -> None:
        if shape.score == SUM:
            return
        reached = {row.band for row in rows} | {0}
        for place, name in enumerate(bands):
            if place not in reached:
                self._tell("PM327", f"no row leads to the band {quote(name)}", ("bands", place),
                           "add a row, or take the band out")  # fmt: skip
        for number, row in enumerate(rows):
            if row.band == 0:
                self._tell("PM327", "the lowest band is what follows when no row holds",
                           ("rows", number, "band"), "take the row out")  # fmt: skip
            for place, other in enumerate(rows):
                # Of two rows that say the same, the later one is told.
                is_itself_or_told = place == number or (place > number and other == row)
                if other.band >= row.band and _covers(other, row) and not is_itself_or_told:
                    self._tell("PM327", "another row says as much whenever this one holds",
                               ("rows", number, "when"), "take one of the two out")  # fmt: skip
                    break
        used = {item for row in rows for item, _ in row.when}
        used |= {item for _, given in signals for item, _ in given}
        used |= {name for item in items for name, _ in item.asked_after}
        for number, item in enumerate(items):
            if item.id not in used:
                self._tell("PM327", f"no row reads the item {quote(item.id)}",
                           ("items", number, "item"), "read it in a row, or take it out"
                           )  # fmt: skip

    # -- problems --------------------------------------------------------------------------

    def _unknown(self, message: str, path: Place, help: str, *, of_key: bool = False) -> None:
        self.problems.append(error("PM220", message, self._at(path, of_key=of_key), help))

    def _tell(self, code: str, message: str, path: Place, help: str) -> None:
        self.problems.append(error(code, message, self._at(path), help))

    def _at(self, path: Place, *, of_key: bool = False) -> Position:
        """Where a path stands: its key, if that is asked for, else its value."""
        parent = node_at(self.file.node, path[:-1])
        if of_key and isinstance(parent, Mapping):
            key = parent.key(str(path[-1]))
            if key is not None:
                return key.position
        found = node_at(self.file.node, path)
        return found.position if found is not None else self.file.node.position


def _covers(one: Row, other: Row) -> bool:
    """Whether `one` holds wherever `other` does."""
    wanted = dict(other.when)
    return all(item in wanted and wanted[item] <= answers for item, answers in one.when)
