"""A decision with one of everything that can be written, and the policy it claims to be made by.

It is a value written down, not a result, so that what is written of it changes only when the
writers change. The tests at `test_write_real.py` write decisions that were really made.
"""

from dataclasses import replace
from functools import cache

from peer_match.decide.decision import (
    Decision,
    DraftPlan,
    PlanGoal,
    PlanTask,
    Points,
    Question,
    Reading,
    Score,
    Screening,
    Shortlist,
    Suggestion,
)
from peer_match.decide.references import PersonRef, PolicyRef, RuleRef
from peer_match.policy.load import load_policy
from peer_match.policy.policy import Policy

DIGEST = "0" * 64
AS_OF = "2026-03-02T09:00:00-08:00"


@cache
def policy() -> Policy:
    """The shipped pack under a digest that does not change with it."""
    return replace(load_policy(), digest=DIGEST)


def rule(id: str, title: str, *, kind: str = "prefer") -> RuleRef:
    return RuleRef(
        id=id,
        kind=kind,
        title=title,
        why="Because.",
        file=f"rules/{id}.yaml",
        line=1,
        digest=DIGEST,
        owner="programme-management",
        sources=(),
        confidential=False,
    )


def points(rule: str, low: int, measured: str | None = None) -> Points:
    return Points(
        rule=rule,
        side="novice",
        applies="yes",
        weight=150_000,
        low=low,
        high=150_000,
        grade_low=0,
        grade_high=10_000,
        measured=measured,
        facts=("patient.home",),
        unknown_facts=(),
    )


def score(low: int, high: int) -> Score:
    return Score(low=low, high=high, numerator_low=low, numerator_high=high, denominator=1)


def suggestion(target: str, name: str, **changes: object) -> Suggestion:
    plain = Suggestion(
        target=target,
        kind="group",
        name=name,
        outcome="allowed",
        existing=False,
        screening=(),
        passed=(),
        points=(),
        score=None,
        novice_score=None,
        mentor_score=None,
        supports=(),
        changes=(),
    )
    return replace(plain, **changes)  # pyright: ignore[reportArgumentType]


def task(number: int, kind: str, title: str, **changes: object) -> PlanTask:
    plain = PlanTask(
        id=f"00000000-0000-5000-8000-{number:012d}",
        kind=kind,  # pyright: ignore[reportArgumentType]
        title=title,
        role="point-of-contact",
        owner=None,
        due=f"2026-03-{2 + number:02d}T09:00:00-08:00",
        target=None,
        rule=None,
    )
    return replace(plain, **changes)  # pyright: ignore[reportArgumentType]


def goal(number: int, description: str, **changes: object) -> PlanGoal:
    plain = PlanGoal(
        id=f"00000000-0000-5000-9000-{number:012d}",
        description=description,
        goal=None,
        direction="increase",
        measure_system=None,
        measure_code=None,
        measure_display=None,
        target=None,
        due="2026-06-02",
        rule="goals",
    )
    return replace(plain, **changes)  # pyright: ignore[reportArgumentType]


TUESDAY = suggestion(
    "orange/tuesday",
    "Tuesday <b>Night</b> & [Friends](http://example.org)",
    outcome="ask",
    screening=(
        Screening("mixed", "unknown", "ask", (), (), question_to="programme-manager"),
        Screening("withheld", "unknown", "caution", (), ()),
    ),
    points=(points("reach", 90_000, "2.3 km"), points("topics", 120_000), points("none", 0)),
    score=score(6_140, 8_920),
    doubts=("may not meet every week",),
)
FAR = suggestion("orange/far", "A Long Way Home", supports=("a-ride",), score=score(4_000, 4_000))
STANDING = suggestion("orange/standing", "Sunday Morning", existing=True, outcome="blocked")
WAITING = suggestion("orange/waiting", "Noon Group", outcome="hold")
MENTOR = suggestion("mentor/7", "Lou", kind="mentor", score=score(7_000, 7_000))

TASKS = (
    task(1, "question", "Ask: Who leads it?", facts=("facilitator.status",), target="leader/1"),
    task(2, "question", "Ask: How do they meet?", facts=("group.formats",), target=WAITING.target),
    task(3, "question", "Ask: What do you hope for?", facts=("patient.goals",)),
    task(4, "contact", "Name one point of contact", role="programme-manager", rule="contact"),
    task(5, "friction", "Talk through what a first meeting is like", rule="first-meeting"),
    task(6, "nothing-fits", "Find a way forward"),
    task(7, "support", "Arrange a lift: A Long Way Home", target=FAR.target, rule="a-ride"),
    task(8, "referral", f"Introduce the person: {TUESDAY.name}", target=TUESDAY.target),
    task(9, "referral", f"Introduce the person: {FAR.name}", target=FAR.target),
    task(10, "introduction", "Introduce the person: Lou", target=MENTOR.target, owner="Dana Lee"),
    task(11, "check-in", "Ask how it goes (1 of 2)", rule="check-ins"),
    task(18, "check-in", "Ask how it goes (2 of 2)", rule="check-ins"),
    task(20, "other", "Offer overdose education", role="clinician"),
)
GOALS = (
    goal(
        1,
        "Go to a group",
        goal="connect-with-others",
        target="at least 8 sessions",
    ),
    goal(
        2,
        "Feel less low",
        direction="decrease",
        measure_system="http://loinc.org",
        measure_code="44261-6",
        measure_display="PHQ-9 total score",
        target="at most 9 points",
    ),
    goal(3, "Stay in touch", direction="maintain", target="a call when things get hard"),
    goal(4, "Find one's own way"),
)


def decision() -> Decision:
    """One of everything, as a clinician sees it."""
    return Decision(
        schema_version="1.0",
        engine_version="0.1.0",
        tzdata_version="2026.1",
        policy=PolicyRef("peer-core", "0.1.0", DIGEST, False, "not clinically approved"),
        patient=PersonRef("ana", "Ana Test"),
        as_of=AS_OF,
        known_at=AS_OF,
        safety="safety not assessed",
        assessment=None,
        recipient="clinician",
        point_of_contact="Dana Lee",
        groups=Shortlist((TUESDAY,), (FAR,), (WAITING,), (STANDING,), None),
        mentors=Shortlist((MENTOR,), (), (), (), None),
        mentors_wanted=True,
        questions=(
            Question("patient.goals", "patient", "What do you hope for?", "patient", 2, 100, ()),
        ),
        plan=DraftPlan(
            proposed_groups=(TUESDAY.target, FAR.target),
            proposed_mentors=(MENTOR.target,),
            frequency=("2 a week",),
            formats=("In person", "By video"),
            goals=GOALS,
            tasks=TASKS,
            rules=("check-ins",),
            missing=("the person's recorded choice", "the signature of a named clinician"),
        ),
        facts={
            "patient.suicide_screen": Reading(
                fact="patient.suicide_screen",
                subject="patient",
                privacy="mental-health",
                meaning="the last suicide risk screen",
                values=(),
                complete=False,
                unknown=None,
                sources=(),
                withheld="needs the person's consent",
            )
        },
        rules={
            one.id: one
            for one in (
                rule("mixed", "Where a group is of two minds, the person is asked"),
                rule("reach", "A group that can be reached"),
                rule("topics", "A group that works on the person's goals"),
                rule("none", "A group that gives nothing"),
                rule("a-ride", "A ride or a fare", kind="support"),
                rule("contact", "A plan has one point of contact", kind="plan"),
                rule("first-meeting", "A first meeting is talked through", kind="plan"),
                rule("check-ins", "Check-ins every week", kind="plan"),
                rule("goals", "Goals with a measure", kind="plan"),
            )
        },
        notes=("Bundle.entry[3]: not understood: *a resource*",),
    )
