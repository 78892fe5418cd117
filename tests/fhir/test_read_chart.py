"""Findings of one person: choices end with a new answer, a refusal with an answer."""

import time
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from peer_match.facts.fact import Statement
from peer_match.facts.provenance import PartialDate, Provenance, StatedBy
from peer_match.fhir.read_chart import Findings

from .records import about, concept, the_patient

DATES = st.one_of(
    st.sampled_from([None, "2026", "2026-01", "2026-02"]),
    st.integers(1, 28).map(lambda day: f"2026-01-{day:02}"),
    st.tuples(
        st.integers(1, 4), st.integers(0, 23), st.sampled_from(["Z", "+14:00", "-12:00"])
    ).map(lambda one: f"2026-01-{one[0]:02}T{one[1]:02}:00:00{one[2]}"),
)


def at(date: str | None) -> Provenance:
    known = None if date is None else PartialDate(date)
    return Provenance(source="a", stated_by=StatedBy.SELF, date=known)


def later(answer: Provenance, than: Provenance) -> bool:
    return bool(answer.date and than.date and than.date.surely_before(answer.date))


@given(DATES, st.lists(DATES, max_size=6))
def test_a_choice_holds_until_the_first_answer_that_is_surely_later(
    date: str | None, answers: list[str | None]
) -> None:
    found = Findings(chosen=[("q", Statement(value=1, provenance=at(date)))])
    found.answered["q"] = [at(one) for one in answers]
    dates = [one.date for one in found.answered["q"] if later(one, at(date)) and one.date]
    first = min(dates, key=lambda one: (one.earliest, one.text), default=None)
    assert [one.until for one in found.all_statements()] == [first]


@given(st.lists(DATES, max_size=4), st.lists(DATES, max_size=4))
def test_a_refusal_stands_until_an_answer_that_is_surely_later(
    refusals: list[str | None], answers: list[str | None]
) -> None:
    found = Findings()
    found.declined["q"] = [at(one) for one in refusals]
    found.answered["q"] = [at(one) for one in answers]
    standing = [
        one
        for one in found.declined["q"]
        if not any(later(answer, one) for answer in found.answered["q"])
    ]
    assert (found.preferred_not_to_say() in standing) if standing else True
    assert (found.preferred_not_to_say() is None) is not bool(standing)


def test_a_record_of_thousands_of_screens_and_answers_is_read_in_seconds() -> None:
    def on(number: int, code: str, value: dict[str, Any]) -> dict[str, Any]:
        day = f"2026-{number // 28 % 12 + 1:02}-{number % 28 + 1:02}"
        content = {"code": concept("http://loinc.org", code), "valueCodeableConcept": value}
        return about("Observation", status="final", effectiveDateTime=day, **content)

    low, yes = concept("http://loinc.org", "LA9194-7"), concept("http://loinc.org", "LA33-6")
    barrier = concept("http://loinc.org", "LA30133-5")
    resources = [
        on(number, code, value)
        for number in range(3_000)
        for code, value in (("93374-7", low), ("93246-7", yes), ("93030-5", barrier))
    ]
    start = time.process_time()
    the_patient(*resources)
    # By pairs this would take minutes.
    assert time.process_time() - start < 15
