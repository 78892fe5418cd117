"""What a safety plan lacks, and by when somebody looks at it again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from peer_match.decide.plan_review import Gap, PlanReview
from peer_match.decide.references import policy_ref
from peer_match.decide.safety_plan import review_plan
from peer_match.decide.version import __version__
from peer_match.facts.event import History, Reassessment, Retraction
from peer_match.facts.patient import Patient, Person
from peer_match.facts.provenance import PartialDate
from peer_match.facts.safety_plan import PlanEntry, SafetyPlan
from peer_match.facts.zones import TZDATA_VERSION

from .plans import DOCTOR, MADE, event, form, history, plan, policy, with_step

LATER = MADE + timedelta(days=10)
CADENCE = timedelta(days=30)
SOON = timedelta(days=1)


def review(made: SafetyPlan | None = None, told: History | None = None, **other: Any) -> PlanReview:
    at = other.pop("as_of", LATER)
    return review_plan(policy(), made or plan(), history() if told is None else told, as_of=at,
                       **other)  # fmt: skip


def gaps(made: SafetyPlan) -> list[tuple[str, str | None]]:
    return [(one.lack, one.step) for one in review(made).gaps]


def due(found: PlanReview) -> datetime:
    return datetime.fromisoformat(found.review_by)


# -- what it lacks ---------------------------------------------------------------------------------


def test_a_whole_plan_lacks_nothing_and_is_looked_at_in_time() -> None:
    found = review()
    assert (found.gaps, found.mend_by, found.standing) == ((), None, "in time")
    assert due(found) == MADE + CADENCE
    assert (found.priority, found.role) == ("routine", "clinician")
    assert [one.id for one in found.steps] == [one.step for one in form().steps]


@pytest.mark.parametrize("step", [one.step for one in form().steps])
def test_each_step_without_an_answer_is_named(step: str) -> None:
    assert gaps(with_step(step)) == [("not answered", step)]


def test_what_the_person_prefers_not_to_say_stays_open() -> None:
    assert gaps(with_step("coping-alone", declined=True)) == [("declined", "coping-alone")]
    both = with_step("coping-alone", PlanEntry("Walk"), declined=True)
    assert gaps(both) == []


def test_somebody_to_turn_to_has_to_be_reached() -> None:
    for step in ("people-who-help", "professionals"):
        assert gaps(with_step(step, PlanEntry("Dan"))) == [("nobody to reach", step)]
        assert gaps(with_step(step, PlanEntry("Dan"), PlanEntry("Eve", "555"))) == []
    assert gaps(with_step("people-and-places", PlanEntry("The library"))) == []


@pytest.mark.parametrize(
    "words",
    ["I promise not to hurt myself", "We agreed on a NO-SUICIDE contract.", "Me comprometo a no…"],
)
def test_a_promise_is_no_answer(words: str) -> None:
    """It protects nobody, so the step is as good as empty."""
    found = gaps(with_step("coping-alone", PlanEntry(words)))
    assert found == [("a promise", "coping-alone"), ("not answered", "coping-alone")]
    beside = with_step("coping-alone", PlanEntry("Walk"), PlanEntry(words))
    assert gaps(beside) == [("a promise", "coping-alone")]


def test_words_that_are_near_a_promise_are_none() -> None:
    for words in ("Dan made me a promise", "I contract the muscles", "promising not tomorrow"):
        assert gaps(with_step("coping-alone", PlanEntry(words))) == []


def test_no_clinician_and_no_date_are_lacking_of_the_whole() -> None:
    assert gaps(plan(made_with=None)) == [("no clinician", None)]
    assert gaps(plan(made=None)) == [("no date", None)]
    assert gaps(plan(made=PartialDate("2030-01-01"))) == [("no date", None)]


def test_what_it_lacks_is_mended_within_a_time_of_the_plan_not_of_the_look() -> None:
    made = with_step("coping-alone")
    first, again = review(made), review(made, as_of=LATER + timedelta(days=3))
    assert first.mend_by == again.mend_by == (MADE + timedelta(days=3)).isoformat()
    assert first.priority == "urgent"


# -- when it is looked at --------------------------------------------------------------------------


def test_it_is_overdue_after_the_span_to_the_second() -> None:
    end = MADE + CADENCE
    assert review(as_of=end).standing == "in time"
    late = review(as_of=end + timedelta(seconds=1))
    assert (late.standing, late.priority, due(late)) == ("overdue", "urgent", end)


def test_a_later_look_at_it_begins_the_span_again_and_is_told() -> None:
    found = review(told=history(event("safety-plan-made", MADE + timedelta(days=5))))
    assert due(found) == MADE + timedelta(days=5) + CADENCE
    assert any("this is not its latest version" in one for one in found.notes)


@pytest.mark.parametrize("date", [None, "2030-01-01"])
def test_a_look_that_nobody_can_place_begins_nothing(date: str | None) -> None:
    found = review(told=history(event("safety-plan-made", date)))
    assert due(found) == MADE + CADENCE


@pytest.mark.parametrize("kind", form().review_after)
def test_what_happened_since_asks_for_a_look(kind: str) -> None:
    when = LATER - timedelta(hours=3)
    found = review(told=history(event(kind, when)))
    assert found.standing == "due"
    assert due(found) == when + SOON
    assert [one.key for one in found.reasons] == ["form#1"]
    assert review(told=history(event(kind, when)), as_of=when + 2 * SOON).standing == "overdue"


def test_what_was_before_the_plan_asks_for_nothing() -> None:
    before = event("overdose", MADE - timedelta(hours=1))
    assert review(told=history(before)).standing == "in time"


def test_what_may_have_been_after_the_plan_counts_as_after() -> None:
    for date in (None, "2026", "2026-03-05"):
        found = review(told=history(event("overdose", date)))
        # Nobody knows when, so it counts from the plan, and a day after it has passed.
        assert found.standing == "overdue"
        assert due(found) == MADE + SOON


def test_one_that_was_looked_at_after_it_is_in_time() -> None:
    told = history(event("overdose", MADE + SOON, id="o"),
                   event("safety-plan-made", MADE + 2 * SOON, id="s"))  # fmt: skip
    assert review(told=told).standing == "in time"


def test_what_was_taken_back_or_reassessed_by_one_who_may_asks_for_nothing() -> None:
    overdose = event("overdose", LATER - SOON)
    nurse = Person(id="n", name="A nurse", role="front-desk")
    for who, standing in ((DOCTOR, "in time"), (nurse, "overdue")):
        back = Retraction(event="form#1", by=who, recorded=LATER, reason="wrong person")
        looked = Reassessment(id="r", by=who, recorded=LATER, considered=("form#1",))
        taken = history(overdose, retractions=(back,))
        again = history(overdose, reassessments=(looked,))
        for told in (taken, again):
            assert review(told=told, as_of=LATER + SOON).standing == standing


def test_without_anybody_who_records_it_is_not_known() -> None:
    found = review(told=history(covered=False))
    assert found.standing == "not known"
    assert len(found.unknown) == len(form().review_after)
    assert due(found) == MADE + CADENCE


def test_a_plan_that_nobody_dated_is_overdue() -> None:
    found = review(plan(made=None))
    assert (found.standing, found.looked_at, due(found)) == ("overdue", None, LATER)


def test_a_day_counts_from_its_first_moment_on_earth() -> None:
    found = review(plan(made=PartialDate("2026-03-05")))
    assert due(found) == datetime.fromisoformat("2026-03-05T00:00:00+14:00") + CADENCE


# -- laws ------------------------------------------------------------------------------------------

KINDS = st.sampled_from(form().review_after)
HOURS = st.integers(-200, 400)


@given(st.lists(st.tuples(KINDS, HOURS), max_size=4), KINDS, HOURS)
def test_one_more_event_never_makes_a_look_later(
    before: list[tuple[str, int]], kind: str, hours: int
) -> None:
    def at(number: int, one: tuple[str, int]) -> Any:
        return event(one[0], MADE + timedelta(hours=one[1]), id=f"e-{number}")

    every = [at(number, one) for number, one in enumerate([*before, (kind, hours)])]
    less, more = review(told=history(*every[:-1])), review(told=history(*every))
    order = ["in time", "not known", "due", "overdue"]
    assert due(more) <= due(less)
    assert order.index(more.standing) >= order.index(less.standing)
    assert review(told=history(*reversed(every))) == more


@given(st.sets(st.sampled_from([one.step for one in form().steps])))
def test_what_is_left_out_is_lacking_and_nothing_else(left_out: set[str]) -> None:
    made = plan(steps={id: one for id, one in plan().steps.items() if id not in left_out})
    found = {one.step for one in review(made).gaps}
    assert found == left_out


# -- what cannot be reviewed -----------------------------------------------------------------------


def test_plan_history_and_facts_are_of_one_person() -> None:
    with pytest.raises(ValueError, match="not of one person"):
        review(told=History(subject="q"))
    with pytest.raises(ValueError, match="not of one person"):
        review(patient=Patient(id="q"))


def test_a_moment_has_an_offset() -> None:
    with pytest.raises(ValueError, match="offset"):
        review(as_of=LATER.replace(tzinfo=None))


def test_a_pack_without_a_plan_says_so() -> None:
    without = replace(policy(), safety=replace(policy().safety, plan=None))
    with pytest.raises(ValueError, match="no safety plan"):
        review_plan(without, plan(), history(), as_of=LATER)


def test_the_gaps_are_values() -> None:
    assert review(with_step("coping-alone")).gaps == (
        Gap("not answered", "coping-alone", "nothing is written down"),
    )


# -- every word and every value of it --------------------------------------------------------------


def test_all_that_a_review_says() -> None:
    told = history(event("overdose", LATER - SOON / 2))
    found = review(told=told, patient=Patient(id="p", name="Ann Example"))
    whole = orjson.loads(orjson.dumps(found))
    for part in ("steps", "lines"):
        assert len(whole.pop(part)) > 1
    assert whole == {
        "schema_version": "1.0",
        "engine_version": __version__,
        "tzdata_version": TZDATA_VERSION,
        "policy": orjson.loads(orjson.dumps(policy_ref(policy()))),
        "subject": {"id": "p", "name": "Ann Example"},
        "as_of": LATER.isoformat(),
        "known_at": LATER.isoformat(),
        "recipient": None,
        "plan": "QuestionnaireResponse/1",
        "title": form().title,
        "opening": form().opening,
        "made": MADE.isoformat(),
        "made_with": {"id": "Practitioner/7", "name": "Dr. Rao"},
        "gaps": [],
        "role": "clinician",
        "mend_by": None,
        "looked_at": MADE.isoformat(),
        "standing": "due",
        "review_by": (LATER + SOON / 2).isoformat(),
        "reasons": [
            {
                "key": "form#1",
                "what": "An overdose",
                "date": (LATER - SOON / 2).isoformat(),
                "recorded": (LATER - SOON / 2).isoformat(),
                "stated_by": "record",
                "privacy": "substance-use",
            }
        ],
        "unknown": [],
        "priority": "urgent",
        "notes": [],
    }
    first = found.steps[0]
    assert (first.title, first.asks, first.entries, first.declined) == (
        form().steps[0].title, form().steps[0].asks, plan().steps["warning-signs"].entries, False,
    )  # fmt: skip


def test_of_nobody_s_name_and_no_date_nothing_is_made_up() -> None:
    found = review(plan(made=None, made_with=None), history(event("overdose", None)))
    assert (found.subject.name, found.made, found.made_with) == (None, None, None)
    dated = review(told=history(event("overdose", None)))
    assert [one.date for one in dated.reasons] == [None]


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (with_step("coping-alone", PlanEntry("I promise not to")),
         ["“i promise not to” is a promise, and no help: ask what helps",
          "nothing is written down"]),
        (with_step("professionals", PlanEntry("A", "no suicide contract"), PlanEntry("B", "555")),
         ["“no suicide contract” is a promise, and no help: ask what helps"]),
        (with_step("coping-alone", declined=True),
         ["the person preferred not to say; ask again later"]),
        (with_step("professionals", PlanEntry("A")), ["nobody has a way to be reached"]),
        (plan(made_with=None), ["no clinician is named with whom it was made"]),
        (plan(made=None), ["the day on which it was made is not noted"]),
        (plan(made=PartialDate("2030")),
         ["the day on which it was made lies after the moment of this review"]),
    ],
)  # fmt: skip
def test_the_words_of_each_gap(made: SafetyPlan, words: list[str]) -> None:
    assert [one.words for one in review(made).gaps] == words


def asking_two(number: int = 2) -> Any:
    """The shipped pack, where each step should have so many answers."""
    steps = tuple(one.model_copy(update={"at_least": number}) for one in form().steps)
    return replace(policy(), safety=replace(policy().safety, plan=replace(form(), steps=steps)))


def test_fewer_answers_than_the_pack_asks_for_are_named_with_their_number() -> None:
    steps = {one.step: type(plan().steps[one.step])((PlanEntry("A", "1"), PlanEntry("B", "2")))
             for one in form().steps}  # fmt: skip
    few = plan(steps=steps | {"coping-alone": plan().steps["coping-alone"]})
    found = review_plan(asking_two(), few, history(), as_of=LATER)
    assert found.gaps == (Gap("too few answers", "coping-alone", "1 of at least 2"),)


def test_what_became_known_later_is_not_known() -> None:
    before = MADE - timedelta(hours=1)
    assert [one.lack for one in review(known_at=before).gaps] == ["no date"]
    assert review(known_at=MADE).gaps == ()
    told = history(event("overdose", LATER - SOON, recorded=LATER - SOON / 2))
    assert review(told=told, known_at=LATER - SOON).standing == "in time"
    assert review(told=told, known_at=LATER - SOON).known_at == (LATER - SOON).isoformat()


def test_one_that_is_made_at_the_moment_itself_has_a_date() -> None:
    assert review(as_of=MADE).gaps == ()


def test_the_latest_look_counts_and_none_that_is_still_to_come() -> None:
    first, second = MADE + 2 * SOON, MADE + 4 * SOON
    looks = [event("safety-plan-made", when, id=f"l{number}")
             for number, when in enumerate((first, second))]  # fmt: skip
    for order in (looks, looks[::-1]):
        assert due(review(told=history(*order))) == second + CADENCE
    assert due(review(told=history(*looks), as_of=second)) == second + CADENCE
    assert due(review(told=history(*looks), as_of=second - timedelta(seconds=1))) == first + CADENCE
    # A day that is not over may still be before what happened today.
    today = event("safety-plan-made", "2026-03-15", recorded=LATER + 2 * SOON)
    assert due(review(told=history(today), as_of=MADE + 10 * SOON)) == MADE + CADENCE


def test_a_look_at_the_very_moment_of_the_plan_is_the_plan() -> None:
    assert review(told=history(event("safety-plan-made", MADE))).notes == ()


def test_reasons_come_in_their_order() -> None:
    told = [event("overdose", LATER - timedelta(hours=number), id=f"e{number}")
            for number in (3, 1, 2)]  # fmt: skip
    assert [one.key for one in review(told=history(*told)).reasons] == [
        "form#e3", "form#e2", "form#e1",
    ]  # fmt: skip


def test_the_lines_are_those_of_the_country_or_of_the_pack() -> None:
    assert "911" in review().lines[0].contact
    assert "999" in review(country="GB").lines[0].contact


def test_every_note_of_the_history_is_told() -> None:
    nobody = Person(id="n", name="N", role="front-desk")
    back = Retraction(event="x", by=nobody, recorded=LATER, reason="y")
    look = event("safety-plan-made", MADE + SOON, id="s")
    found = review(told=history(look, event("no-such-kind", LATER, id="z"), retractions=(back,)))
    assert found.notes == (
        "an event is of no kind that this pack knows",
        "a retraction does not count: it is by nobody who may retract",
        "after this plan was recorded: A safety plan made or reviewed with the person (form#s); "
        "if that changed the plan, this is not its latest version",
    )


def test_a_pack_that_says_nothing_of_safety_has_no_plan() -> None:
    without = replace(policy(), safety=replace(policy().safety, times=None))
    with pytest.raises(ValueError, match="no safety plan"):
        review_plan(without, plan(), history(), as_of=LATER)
