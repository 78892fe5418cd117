"""How much an amount earns, and how high a score can be: the `grade` and the `cap` of a rule."""

from __future__ import annotations

from peer_match.policy.bind import Binder
from peer_match.policy.diagnostics import error, quote
from peer_match.policy.nodes import Mapping, Node, Scalar
from peer_match.policy.policy import Grade

HIGHEST = 100
LEAST_OF_A_LINE = 2


def read_cap(binder: Binder, node: Scalar) -> int | None:
    """`40 percent` as a number; None, with its problem added, for anything else."""
    cap = binder.amount(node, "share")
    if cap is not None and cap > HIGHEST:
        binder.problems.append(
            error(
                "PM307",
                "a cap is a percentage up to 100",
                node.position,
                "write the highest score that is left, such as `40 percent`",
            )
        )
    return cap


def read_grade(binder: Binder, measure: Scalar, table: Node | None) -> Grade | None:
    """A measure with what its amounts earn; None, with its problems added, for no line."""
    measured = binder.measure(measure)
    if measured is None or not isinstance(table, Mapping):
        return None
    call, dimension = measured
    knots: dict[int, int] = {}
    written: dict[int, str] = {}
    before = len(binder.problems)
    for key, value in table.entries:
        amount = binder.amount(key, dimension)
        percent = int(value.text) if isinstance(value, Scalar) else 0
        if percent > HIGHEST:
            binder.problems.append(
                error(
                    "PM307",
                    "a grade is a percentage up to 100",
                    value.position,
                    "write what part of the weight the amount earns, from 0 to 100",
                )
            )
        if amount is None:
            continue
        if amount in knots:
            binder.problems.append(
                error(
                    "PM308",
                    f"{quote(key.text)} is the same amount as {quote(written[amount])}",
                    key.position,
                    "keep one of the two",
                )
            )
        knots[amount], written[amount] = percent, key.text
    if len(binder.problems) > before:
        return None
    if len(set(knots.values())) < LEAST_OF_A_LINE:
        alone = len(knots) < LEAST_OF_A_LINE
        binder.problems.append(
            error(
                "PM308",
                "a grade needs at least two amounts" if alone else "every amount earns the same",
                table.head,
                "give the amount that earns 100 and the amount that earns 0",
            )
        )
        return None
    return Grade(call, tuple(sorted(knots.items())))
