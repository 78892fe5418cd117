"""What a person hears who is read the plan."""

import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from typing import Any

import pytest

from peer_match.decide.decision import Decision, DraftPlan, Reading, Shortlist, Source
from peer_match.fhir.write_bundle import write_bundle
from peer_match.fhir.write_markup import XHTML
from peer_match.fhir.write_narrative import narrative
from peer_match.fhir.write_proposal import Proposal

from .decisions import AS_OF, TASKS, TUESDAY, decision, policy, score, suggestion, task

EMPTY = DraftPlan((), (), (), (), (), (), (), ())


def told(decided: Decision) -> list[str]:
    """The narrative line by line, as its words alone."""
    lines = ElementTree.fromstring(narrative(Proposal(decided, policy())))
    return [
        "".join(element.itertext())
        for element in lines.iter()
        if element.tag.rpartition("}")[2] in ("p", "h3", "li")
    ]


def planned(**changes: Any) -> Decision:
    return replace(decision(), plan=replace(EMPTY, **changes))


def test_it_is_well_formed_and_holds_plain_markup_only() -> None:
    root = ElementTree.fromstring(narrative(Proposal(decision(), policy())))
    assert root.tag == f"{{{XHTML}}}div"
    assert {element.tag.rpartition("}")[2] for element in root.iter()} == {
        *("div", "p", "b", "h3", "ul", "li"),
    }
    assert not any(element.attrib for element in root.iter())


def test_it_begins_with_what_it_is_and_is_not() -> None:
    assert told(decision())[:5] == [
        "This is a draft of a peer support plan for Ana Test, made on 2 March 2026.",
        "Please note: not clinically approved and safety not assessed.",
        "No clinician has approved the rules that this plan was made by.",
        "It does not say whether the person is safe; somebody has to find out.",
        "Nothing has been arranged. The person chooses, and a clinician signs.",
    ]


def test_it_says_what_is_so_of_a_signed_pack_and_an_assessed_person() -> None:
    signed = replace(decision().policy, signed=True, statement="clinically approved")
    lines = told(replace(decision(), policy=signed, safety="no sign of danger found"))
    assert lines[1] == "Please note: clinically approved and no sign of danger found."
    assert not any("No clinician" in line or "whether the person is safe" in line for line in lines)


def test_a_group_is_told_with_its_fit_its_reasons_and_what_to_look_at() -> None:
    lines = told(decision())
    first = lines[lines.index("Proposed groups to choose from") + 1]
    assert first == (
        f"{TUESDAY.name}. Fit: between 61 and 89 out of 100, because something that counts is "
        "unknown. What speaks for it: A group that works on the person's goals; A group that can "
        "be reached (2.3 km). Look at this first: Where a group is of two minds, the person is "
        "asked (not known yet, the programme manager is to answer); something that may not be "
        "told here; may not meet every week."
    )
    assert lines[lines.index(first) + 1] == (
        "A Long Way Home. Fit: 40 out of 100. It needs support: A ride or a fare."
    )


def test_a_group_is_told_with_when_and_where_it_meets_as_its_listing_says() -> None:
    whole = decision()

    def listed(fact: str, *values: str, withheld: str | None = None) -> dict[str, Reading]:
        key = f"{fact}@{TUESDAY.target}"
        return {
            key: Reading(fact, TUESDAY.target, "public", fact, values, True, None, (), withheld)
        }

    meetings = listed("group.meetings", "Tue 19:00 60 minutes", "Sat 09:00 60 minutes")
    place = listed("group.place", "Hall, 12 Ellis Ave, 33.70, -117.85")
    said = " ".join(told(replace(whole, facts={**whole.facts, **meetings, **place})))
    assert (
        "It meets Tue 19:00 60 minutes; Sat 09:00 60 minutes. "
        "Where: Hall, 12 Ellis Ave, near 33.70° north, 117.85° west. What speaks for it:"
    ) in said
    hidden = listed("group.place", "SECRET", withheld="needs consent")
    said = " ".join(told(replace(whole, facts={**whole.facts, **hidden})))
    assert "SECRET" not in said and "Where:" not in said


def test_a_name_is_shown_and_never_read_as_markup() -> None:
    html = narrative(Proposal(decision(), policy()))
    assert "Tuesday &lt;b&gt;Night&lt;/b&gt; &amp; [Friends](http://example.org)" in html
    assert "<b>Night" not in html


@pytest.mark.parametrize("part", ["missing", "frequency", "formats"])
def test_nothing_that_an_author_writes_is_read_as_markup(part: str) -> None:
    html = narrative(Proposal(planned(**{part: ("<script>x</script>",)}), policy()))
    assert "&lt;script&gt;" in html.lower()
    assert "<script>" not in html.lower()


def test_a_name_that_no_xml_can_hold_loses_those_characters_only() -> None:
    odd = replace(TUESDAY, name="Bell\x07\ufffe  Group\r\n\u202e")
    lines = told(
        replace(planned(proposed_groups=(odd.target,)), groups=Shortlist((odd,), (), (), (), None))
    )
    assert lines[lines.index("Proposed group") + 1].startswith("Bell Group \u202e.")


def test_a_group_without_a_name_is_told_by_its_id() -> None:
    bare = suggestion("feed/17", " \t ", score=score(100, 100))
    lines = told(
        replace(planned(proposed_groups=("feed/17",)), groups=Shortlist((bare,), (), (), (), None))
    )
    assert lines[lines.index("Proposed group") + 1] == "feed/17. Fit: 1 out of 100."


def test_where_nothing_fits_it_says_so_and_who_finds_a_way() -> None:
    blocked = (replace(TUESDAY, outcome="blocked"),)
    stuck = task(1, "nothing-fits", "Find a way forward", owner="Dana Lee")
    lines = told(replace(planned(tasks=(stuck,)), groups=Shortlist((), (), (), blocked, None)))
    at = lines.index("Groups")
    assert lines[at + 1 : at + 3] == [
        "No group is proposed.",
        "Of 1 group looked at, 1 does not fit or is not available.",
    ]
    assert "The point of contact, Dana Lee, by 3 March 2026: Find a way forward." in lines


def test_a_mentor_who_is_wanted_and_not_found_is_told() -> None:
    nobody = replace(planned(), mentors=Shortlist((), (), (), (), None))
    assert "A mentor is wanted, and none is proposed." in told(nobody)
    for wanted in (False, None):
        lines = told(replace(nobody, mentors_wanted=wanted))
        assert not any("mentor" in line.lower() for line in lines)


def test_a_standing_placement_that_no_longer_fits_is_told() -> None:
    lines = told(decision())
    assert lines[lines.index("Already in place") + 1] == (
        "Sunday Morning: does not fit, or is not available."
    )


def test_goals_are_told_with_what_they_are_measured_by() -> None:
    lines = told(decision())
    at = lines.index("Goals")
    assert lines[at + 1 : at + 5] == [
        "Go to a group. By 2 June 2026: at least 8 sessions.",
        "Feel less low. It is measured by PHQ-9 total score: at most 9 points by 2 June 2026.",
        "Stay in touch. By 2 June 2026: a call when things get hard.",
        "Find one's own way. It is looked at on 2 June 2026.",
    ]


def test_every_task_is_told_in_the_order_of_its_day_and_check_ins_once() -> None:
    lines = told(decision())
    at = lines.index("What is to be done")
    assert len(TASKS) == 13
    said = lines[at + 1 : at + 13]
    assert said[0] == "The point of contact, by 3 March 2026: Ask: Who leads it?"
    assert said[1] == (
        "The point of contact, by 4 March 2026: Ask: How do they meet? (about Noon Group)."
    )
    assert said[9] == "The point of contact, Dana Lee, by 12 March 2026: Introduce the person: Lou."
    assert said[10] == (
        "The point of contact, 2 times, from 13 March 2026 to 20 March 2026: Ask how it goes."
    )
    assert said[11] == "A clinician, by 22 March 2026: Offer overdose education."
    assert lines[at + 13] == "Needed before this plan can start"


def comes_first() -> Decision:
    screen = "patient.suicide_screen"
    first = task(
        25, "other", "Have a professional evaluate", role="clinician", owner="Dr Osei",
        priority="stat", facts=(screen, "patient.home"),
    )  # fmt: skip
    source = Source("Observation/7", "clinician", "2026-02-25T16:20:00-06:00")
    high = Reading(
        screen, "patient", "mental-health", "the level of the last screens", ("High",), True, None,
        (source,),
    )  # fmt: skip
    whole = decision()
    plan = replace(whole.plan, tasks=(first, *whole.plan.tasks))
    return replace(whole, plan=plan, facts={**whole.facts, screen: high})


FIRST = (
    "A clinician, Dr Osei, at once, by 27 March 2026: Have a professional evaluate. "
    "The level of the last screens: High "
    "(25 February 2026, stated by a clinician, Observation/7)."
)


def test_what_comes_first_is_told_before_any_group_with_its_fact_and_source() -> None:
    lines = told(comes_first())
    place = lines.index(FIRST)
    assert lines[place - 1] == "Before everything else"
    assert place < lines.index("Proposed groups to choose from")
    tasks = lines.index("What is to be done")
    assert lines[tasks + 1].startswith("A clinician, Dr Osei, at once, by 27 March 2026")


def test_the_fact_behind_what_comes_first_is_not_told_where_it_is_withheld() -> None:
    whole = comes_first()
    (hidden,) = [one for one in whole.facts if one == "patient.suicide_screen"]
    withheld = replace(whole.facts[hidden], withheld="needs consent")
    said = " ".join(told(replace(whole, facts={**whole.facts, hidden: withheld})))
    assert "Have a professional evaluate" in said
    assert "High" not in said


def test_what_comes_first_leads_the_activities_and_its_task_carries_the_priority() -> None:
    entries = [one["resource"] for one in write_bundle(comes_first(), policy())["entry"]]
    tasks = [one for one in entries if one["resourceType"] == "Task"]
    assert [one["priority"] for one in tasks] == ["stat", *["routine"] * (len(tasks) - 1)]
    assert tasks[0]["note"] == [
        {
            "text": "the level of the last screens: High "
            "(25 February 2026, stated by a clinician, Observation/7)"
        }
    ]
    assert not any("note" in one for one in tasks[1:])
    first, second = entries[0]["activity"][:2]
    assert first["reference"]["reference"] == f"urn:uuid:{tasks[0]['id']}"
    requests = [one["id"] for one in entries if one["resourceType"] == "ServiceRequest"]
    assert second["reference"]["reference"] == f"urn:uuid:{requests[0]}"


def test_a_single_check_in_is_told_without_its_number() -> None:
    once = task(1, "check-in", "Ask how it was (1 of 1)", rule="first")
    assert "The point of contact, by 3 March 2026: Ask how it was." in told(planned(tasks=(once,)))


def test_what_is_withheld_is_counted_and_never_told() -> None:
    reading = next(iter(decision().facts.values()))
    secret = replace(reading, values=("high risk",), meaning="the last screen", unknown="why")
    lines = told(replace(decision(), facts={"a": secret, "b": secret}))
    assert "2 facts are not shown here, because the person has not agreed to it." in lines
    assert not any("high risk" in line or "screen" in line for line in lines)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("1 a week", "How often: once a week."),
        ("2 a month", "How often: twice a month."),
        ("3 a 2 weeks", "How often: 3 times every 2 weeks."),
        ("as often as you like", "How often: as often as you like."),
    ],
)
def test_how_often_is_told_in_words(given: str, said: str) -> None:
    assert said in told(planned(frequency=(given,)))


def test_no_line_is_left_without_an_end() -> None:
    """Read aloud, a line that just stops is heard as part of the next."""
    headings = re.findall("<h3>(.*?)</h3>", narrative(Proposal(decision(), policy())))
    for line in told(decision()):
        assert line in headings or line[-1] in ".?!", line


def test_a_point_of_contact_is_named_where_there_is_one() -> None:
    assert "The person's point of contact is Dana Lee." in told(decision())
    nobody = replace(decision(), point_of_contact=None, plan=EMPTY)
    assert not any("Dana" in line for line in told(nobody))


def test_the_day_is_the_one_of_the_decision_s_own_offset() -> None:
    late = AS_OF.replace("09:00:00", "23:30:00")
    assert "made on 2 March 2026" in told(replace(decision(), as_of=late))[0]
