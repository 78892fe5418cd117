"""A process that works on the records until it is killed. Run by `test_killed.py`.

python victim.py ADDRESS work        units of work, one after another, each told when it is kept
python victim.py ADDRESS hang-work   one unit of work that never ends
python victim.py ADDRESS hang-fire   one firing of a deadline that never ends
"""

from __future__ import annotations

import sys
import time
from itertools import count
from pathlib import Path
from typing import NoReturn

sys.path.insert(0, str(Path(__file__).parents[1]))

from peer_match.decide.assessment import Step
from peer_match.records.deadlines import fire_due
from peer_match.records.escalations import StoredEscalation
from peer_match.records.outgoing import Outgoing
from peer_match.records.store import UnitOfWork, open_store
from records.made import DANA, after, assessment, escalation, event


def tell(word: str) -> None:
    print(word, flush=True)


def hang() -> NoReturn:
    tell("inside")
    time.sleep(600)
    raise AssertionError("nobody has killed this process")


def one_unit(work: UnitOfWork, number: int) -> None:
    """An event, its assessment, its escalation and a call; of every second one the answer."""
    subject = f"s{number}"
    work.append(subject, "patient", [event(str(number))])
    found = assessment(escalation(f"e{number}"), subject=subject, evidence=[f"form#{number}"])
    work.record(found, [Outgoing(f"k{number}", subject, "call")])
    if number % 2:
        work.acknowledge(f"e{number}", DANA)


def render(reached: StoredEscalation, step: Step) -> list[Outgoing]:
    hang()


if __name__ == "__main__":
    address, task = sys.argv[1:]
    with open_store(address) as store:
        if task == "hang-fire":
            fire_due(store, after(15), render, "victim")
        elif task == "hang-work":
            with store.writing("victim", after(0)) as work:
                one_unit(work, 1)
                hang()
        else:
            for number in count():
                with store.writing("victim", after(0)) as work:
                    one_unit(work, number)
                tell(str(number))
