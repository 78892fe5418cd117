"""The terminal: a summary of one screen, everything about one target, and the caseload's table."""

from dataclasses import replace
from io import StringIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console, RenderableType

from peer_match.decide.decision import Reading, Source
from peer_match.surfaces.text import render_text
from peer_match.surfaces.text_caseload import caseload_summary
from peer_match.surfaces.text_target import explain, explain_briefly

from .examples import (
    BELIEF,
    NEAR,
    OPPOSED,
    RULES,
    TIMES,
    comes_first,
    decision,
    long_feed,
    nothing_fits,
    only_waits,
    withheld_person,
)
from .test_report import FROM_DATA, WAITED_FOR, hostile, with_text

ONE_SCREEN = 60


def printed(renderable: RenderableType, *, width: int = 100, terminal: bool = False) -> str:
    """What a console prints; without a terminal, as `peer-match … | less` would see it."""
    out = StringIO()
    console = Console(
        file=out,
        width=width,
        force_terminal=terminal or None,
        color_system="truecolor" if terminal else "auto",
        _environ={},
    )
    console.print(renderable)
    return out.getvalue()


def words(renderable: RenderableType) -> str:
    return " ".join(printed(renderable).split())


# -- one screen ----------------------------------------------------------------------------------


def test_the_summary_reads_as_it_did() -> None:
    lines = [line.rstrip() for line in printed(render_text(decision())).splitlines()]
    assert lines == SUMMARY.splitlines()


FIRST = (
    "Have a professional evaluate: at once, by Sep 2, 2023 at the latest (Dr Osei, clinician) "
    "the level of the last screens: High Observation/7, stated by a clinician, Aug 30, 2023"
)


def test_what_comes_first_is_said_before_any_suggestion_with_its_fact_and_source() -> None:
    said = words(render_text(comes_first()))
    assert "Tom Hale p3 Something must be done first" in said
    assert said.index(FIRST) < said.index("Groups: 6 looked at")
    assert FIRST in words(explain(comes_first(), "g1"))


def test_a_caseload_begins_with_what_comes_first() -> None:
    said = words(caseload_summary([decision(), comes_first()]))
    assert said.startswith(f"Tom Hale p3 {FIRST} Person Best fit")
    assert "Tom Hale Something must be done first 73 (60–85)" in said
    assert "then Tuesday Steps" in said
    assert "something must be done first: 1, something fits: 1" in said


def test_who_waits_is_told_what_to_answer_and_whom_to_ask() -> None:
    assert f"What is waited for {WAITED_FOR}" in words(render_text(only_waits()))


def test_the_short_form_of_an_explanation_has_a_line_for_each_rule_and_no_sources() -> None:
    said = words(explain_briefly(decision(), "g1"))
    assert "60 of 75 A group that can be reached (2.3 km)" in said
    assert (
        "to be asked before placement: A group needs a free seat; not known: how many seats are "
        "free (ask the programme manager)"
    ) in said
    assert "1 rule checked that does not stand in the way." in said
    assert "--all" in said
    assert "county list row 7, from a public directory" not in said
    assert "of weight" not in said


def test_the_short_form_says_who_may_set_a_block_aside() -> None:
    said = words(explain_briefly(decision(), "g5"))
    assert (
        "keeps apart: No group that opposes medication; may be overridden by: the clinician and "
        "the supervisor together, for at most 30 days"
    ) in said


def test_remarks_are_as_wide_as_the_screen() -> None:
    lines = [line.rstrip() for line in printed(render_text(decision())).splitlines()]
    gap = "      Before placement, ask the programme manager: how many seats are free"
    assert gap in lines


def test_what_is_asked_before_placement_is_not_asked_again_as_a_caution() -> None:
    whole = decision()
    first, *others = whole.groups.eligible
    [seats] = first.screening
    later = replace(seats, rule=OPPOSED, outcome="caution")
    twice = replace(first, screening=(seats, later))
    shown = replace(whole, groups=replace(whole.groups, eligible=(twice, *others)))
    assert words(render_text(shown)).count("how many seats are free") == 1


def test_tasks_that_are_left_out_are_counted() -> None:
    whole = decision()
    more = tuple(replace(whole.plan.tasks[0], id=f"t{number}") for number in range(7))
    said = words(render_text(replace(whole, plan=replace(whole.plan, tasks=more))))
    assert "Draft plan: 7 tasks" in said
    assert "2 more; see --html or --json" in said


SUMMARY = """\
Ana Marchetti  p1  Something fits
Safety not assessed.
Not clinically approved.
Point of contact: Jo Rivera
As of Sep 1, 2023, 09:00 UTC-07:00, for clinician, peer-core 0.1.0 (abc123abc123), tzdata 2026.6

Groups: 6 looked at
2 fit
   1  Tuesday Steps                       73, could be 60–85   ████████████▒▒▒▒▒···
      Before placement, ask the programme manager: how many seats are free
   2  Saturday Circle                     60                   ████████████········
      caution: No group that opposes medication
1 fits with support
   1  Sunday Sunrise                      100                  ████████████████████
      needs A ride or a fare
1 waits for an answer
  1 × Nobody is placed without consent (not known: the state of the consent)
2 do not fit
  1 × No group that opposes medication
  1 × Not available at present

Mentors: 1 looked at
1 fits
   1  Pat Doyle                           70, could be 50–90   ██████████▒▒▒▒▒▒▒▒··

Ask next
  1. When are you free? (ask the patient; could move 2 suggestions by up to 25 points)
  2. How many seats are free? (about Tuesday Steps; ask the programme manager; could move 1
  suggestion)

Draft plan: 4 tasks
  Sep 8, 2023  Introduce the person to Tuesday Steps (Jo Rivera)
  Sep 8, 2023  Ask: How many seats are free? (about Tuesday Steps) (programme manager, no one named)
  Sep 15, 2023  Ask how it goes (1 of 2) (Jo Rivera); 1 more, to Sep 29, 2023
Missing before it can be activated: the person's recorded choice and the signature of a named
clinician.
1 note about the records; see --json
"""


def test_safety_and_approval_come_before_any_suggestion() -> None:
    said = printed(render_text(decision()))
    assert said.index("Safety not assessed.") < said.index("Tuesday Steps")
    assert said.index("Not clinically approved.") < said.index("Tuesday Steps")


def test_a_feed_of_thousands_takes_one_screen() -> None:
    lines = printed(render_text(long_feed())).splitlines()
    assert len(lines) <= ONE_SCREEN
    assert "1,000 do not fit" in "\n".join(lines)


def test_what_is_said_of_all_suggestions_is_said_once() -> None:
    said = words(render_text(long_feed()))
    assert said.count("how many seats are free") == 1
    assert "All of these: Before placement, ask the programme manager: how many seats" in said


def test_a_missing_point_of_contact_is_asked_for() -> None:
    assert "Point of contact: none: name one" in printed(render_text(nothing_fits()))


def test_nothing_fits_ends_in_a_persons_task() -> None:
    said = words(render_text(nothing_fits()))
    assert "Sep 4, 2023 Find a way forward" in said
    assert "(point of contact, no one named)" in said


def test_a_person_who_is_not_shown_leaves_no_trace() -> None:
    said = printed(render_text(withheld_person()))
    assert "no valid consent to disclose" in said
    assert "p1" not in said
    assert "fit" not in said


# -- everything about one target -----------------------------------------------------------------


def test_every_rule_looked_at_is_told_with_its_file_and_line() -> None:
    said = words(explain(decision(), "g1"))
    for id in ("seats", OPPOSED, NEAR, TIMES):
        assert RULES[id].title in said
        assert f"rules/{id}.yaml:1" in said


def test_numbers_are_those_of_the_decision() -> None:
    said = words(explain(decision(), "g1"))
    assert "120,000–170,000 points over 20 of weight = 6,000–8,500 of 10,000" in said
    assert "applies: yes; 120,000 of 150,000" in said
    assert "applies: yes; 0–50,000 of 50,000" in said


def test_every_fact_comes_with_value_source_and_date() -> None:
    said = words(explain(decision(), "g1"))
    assert "where the group meets: 12 Ellis Ave" in said
    assert "county list row 7, from a public directory, May 2023" in said
    assert "intake of August, said by the person, Aug 1, 2023" in said
    assert "when the person is free: not recorded" in said


def test_truth_and_effect_of_each_screening_are_told() -> None:
    assert (
        "A group needs a free seat Whether it applies is not known: to be asked before placement"
        in words(explain(decision(), "g1"))
    )
    assert "No group that opposes medication It applies: keeps apart" in words(
        explain(decision(), "g5")
    )
    assert "may be overridden by: nobody" in words(explain(decision(), "g4"))
    assert "set aside by Dr Osei (clinician)" in words(explain(decision(), "g2"))


def test_citations_are_told_with_their_status() -> None:
    assert "white-2013 (V): a third were pressured to stop" in words(explain(decision(), "g1"))


def test_what_would_change_it_is_told_in_full() -> None:
    said = words(explain(decision(), "g2"))
    assert "A ride or a fare; an answer about when the person is free." in said
    assert "It would pass Tuesday Steps." in said
    assert "The runner-up." in said


def test_both_sides_of_a_mentor_are_told() -> None:
    said = words(explain(decision(), "m1"))
    assert "For the person: 70, could be 50–90" in said
    assert "For the mentor: 100" in said


def test_a_neutral_block_says_nothing_else() -> None:
    said = printed(explain(decision(), "g6"))
    _, _, rest = said.partition("Rules that have something to say")
    assert [line.strip() for line in rest.splitlines() if line.strip()] == [
        "Not available at present",
        "It applies: keeps apart",
    ]


def test_a_target_that_is_not_listed_is_a_programming_fault() -> None:
    with pytest.raises(KeyError):
        explain(decision(), "nobody")


def test_a_withheld_reading_is_never_told() -> None:
    leaky = Reading(BELIEF, "patient", "identity", "the place of faith", ("SECRET",), True, None,
                    (Source("SECRET", "self", "2023"),), "needs consent")  # fmt: skip
    whole = decision()
    first = whole.groups.eligible[0]
    points = tuple(replace(one, facts=(*one.facts, BELIEF)) for one in first.points)
    groups = replace(whole.groups, eligible=(replace(first, points=points),))
    whole = replace(whole, groups=groups, facts={**whole.facts, BELIEF: leaky})
    assert "the place of faith: withheld: needs consent" in words(explain(whole, "g1"))
    assert "SECRET" not in printed(explain(whole, "g1"))
    assert "SECRET" not in printed(render_text(whole))


# -- the caseload --------------------------------------------------------------------------------


def test_the_caseload_is_a_table_with_counts() -> None:
    said = words(caseload_summary([decision(), nothing_fits(), withheld_person()]))
    assert "Ana Marchetti Tuesday Steps 73 (60–85) 2 1 1 2" in said
    assert "Person p2 Nothing fits 0 0 0 2" in said
    assert "3 people; something fits: 1, fits with support: 0, needs an answer first: 0" in said
    assert "Not clinically approved." in said
    assert "Safety not assessed." in said


def test_an_empty_caseload_is_no_fault() -> None:
    assert "0 people" in words(caseload_summary([]))


# -- terminals -----------------------------------------------------------------------------------


def test_colours_are_for_terminals_only() -> None:
    for shown in (
        render_text(decision()),
        explain(decision(), "g1"),
        caseload_summary([decision()]),
    ):
        assert "\x1b" not in printed(shown)
        assert "\x1b[" in printed(shown, terminal=True)


@settings(max_examples=40)
@given(hostile.filter(lambda text: not text.isspace()))
def test_text_from_data_neither_styles_nor_steers_a_terminal(text: str) -> None:
    whole = with_text(decision(), text, FROM_DATA)
    for shown in (render_text(whole), explain(whole, "g1"), caseload_summary([whole])):
        said = printed(shown)
        assert not set(said) & CONTROLS
        said.encode()


CONTROLS = {chr(code) for code in (*range(10), *range(11, 32), 127, *range(0x80, 0xA0))} | set(
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)


def test_markup_in_names_is_only_text() -> None:
    whole = with_text(decision(), "[red]stop[/red] [link=x]y[/link]", frozenset({"name"}))
    assert "[red]stop[/red] [link=x]y[/link]" in words(render_text(whole))


@given(st.integers(40, 160))
@settings(max_examples=20)
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    for shown in (render_text(long_feed(40)), explain(decision(), "g1")):
        assert max(map(len, printed(shown, width=width).splitlines())) <= width
