"""A caseload in the terminal: who must be seen to first, and how everybody stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from peer_match.decide.decision import Decision, Suggestion
from peer_match.surfaces import words
from peer_match.surfaces.concerns import caseload_safety
from peer_match.surfaces.lists import (
    firsts,
    four,
)
from peer_match.surfaces.text_head import first_lines
from peer_match.surfaces.text_lines import plain
from peer_match.surfaces.views import Reader

SAID_IF_ANY = ("comes-first", "withheld")  # standings that are counted only where somebody has them


def caseload_summary(decisions: Sequence[Decision]) -> RenderableType:
    """Who must be seen to first, a caseload as a table, and how many people stand how."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("Person", overflow="fold")
    table.add_column("Best fit", overflow="fold")
    table.add_column("Score", no_wrap=True)
    for title in ("Fit", "Support", "Wait", "Not"):
        table.add_column(title, justify="right", no_wrap=True)
    for decision in decisions:
        lists = decision.groups
        best = next(iter((*lists.eligible, *lists.eligible_with_support)), None)
        standing = words.standing(decision)
        table.add_row(
            plain(words.person_words(decision)),
            _best(standing, best),
            plain("" if best is None else words.score_short(best.score)),
            *(Text(f"{len(part):,}") for part in four(lists).values()),
        )
    counts = [
        f"{title.lower()}: {sum(words.standing(one) == standing for one in decisions)}"
        for standing, title in words.STANDING.items()
        if standing not in SAID_IF_ANY or any(words.standing(one) == standing for one in decisions)
    ]
    statements = dict.fromkeys(
        words.sentence(said)
        for one in decisions
        for said in (
            *(() if one.assessment is not None else (one.safety,)),
            *(() if one.policy.signed else (one.policy.statement,)),
        )
    )
    assessed = caseload_safety(decisions)
    return Group(
        *_firsts_of(decisions),
        table,
        plain(""),
        plain(f"{words.plural(len(decisions), 'person', 'people')}; {', '.join(counts)}."),
        *((plain(f"{words.sentence(assessed)}.", "blocked"),) if assessed else ()),
        *(plain(f"{said}.", "blocked") for said in statements),
    )


def _best(standing: words.Standing, best: Suggestion | None) -> Text:
    """The best fit, after what must be done first; or how somebody stands for whom nothing fits."""
    if best is None:
        return plain(words.STANDING[standing], standing)
    if standing == "comes-first":
        return plain(words.STANDING[standing], standing).append(f"\nthen {words.clean(best.name)}")
    return plain(best.name)


def _firsts_of(decisions: Sequence[Decision]) -> Iterable[RenderableType]:
    for decision in decisions:
        found = firsts(Reader.of(decision))
        if found:
            yield plain(words.person_words(decision), "blocked", f"  {decision.patient.id}")
            yield from first_lines(found)
            yield plain("")
