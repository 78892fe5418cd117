"""Decisions written by hand, so that what is shown of them does not move with the shipped rules."""

from dataclasses import replace

from peer_match.decide.decision import (
    Change,
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
    Source,
    Suggestion,
)
from peer_match.decide.references import PersonRef, PolicyRef, RuleRef
from peer_match.surfaces.report import WeekPicture
from peer_match.surfaces.report.week import MeetingTime, Stretch

INTAKE = Source("intake of August", "self", "2023-08-01")
LISTING = Source("county list row 7", "directory", "2023-05")

FREE = "patient.availability"
BELIEF = "patient.belief"
MEDICATIONS = "patient.medications"
HOLDS = "holds-without-consent"
OPPOSED = "opposed-to-medication"
NEAR = "near-enough"
TIMES = "meets-when-free"


def rule(id: str, kind: str, title: str, *, confidential: bool = False) -> RuleRef:
    return RuleRef(
        id=id,
        kind=kind,
        title=title,
        why=f"Why {id}.",
        file=f"rules/{id}.yaml",
        line=1,
        digest=f"{id}-digest",
        owner="clinical-safety",
        sources=("white-2013 (V): a third were pressured to stop",),
        confidential=confidential,
    )


RULES = {
    one.id: one
    for one in (
        rule(HOLDS, "must_not", "Nobody is placed without consent"),
        replace(
            rule(OPPOSED, "must_not", "No group that opposes medication"),
            asks="clinician",
            override=("clinician", "supervisor"),
            override_at_most="30 days",
        ),
        rule("seats", "must_not", "A group needs a free seat"),
        rule(NEAR, "prefer", "A group that can be reached"),
        rule(TIMES, "prefer", "A group that meets when the person is free"),
        rule("mentor-has-time", "prefer", "A mentor with room"),
        rule("ride", "support", "A ride or a fare"),
        rule("once-a-week", "plan", "Once a week"),
    )
}


def reading(
    fact: str,
    meaning: str,
    *values: str,
    subject: str = "patient",
    unknown: str | None = None,
    source: Source | None = INTAKE,
    asked_of: str | None = None,
) -> Reading:
    return Reading(
        fact=fact,
        subject=subject,
        privacy="preference",
        meaning=meaning,
        values=values,
        complete=unknown is None,
        unknown=unknown,
        sources=() if source is None else (source,),
        asked_of=asked_of,
    )


def points(rule: str, side: str, weight: int, low: int, high: int, *facts: str) -> Points:
    """`low` and `high` in percent of the weight."""
    return Points(
        rule=rule,
        side=side,  # pyright: ignore[reportArgumentType]
        applies="yes",
        weight=weight * 10_000,
        low=weight * low * 100,
        high=weight * high * 100,
        grade_low=low * 100,
        grade_high=high * 100,
        measured="2.3 km" if rule == NEAR else None,
        facts=facts,
        unknown_facts=tuple(one for one in facts if low != high),
    )


def score(low: int, high: int, weight: int = 20) -> Score:
    return Score(low, high, low * weight, high * weight, weight)


def suggestion(target: str, name: str, outcome: str = "allowed", **more: object) -> Suggestion:
    found = Suggestion(
        target=target,
        kind="group",
        name=name,
        outcome=outcome,  # pyright: ignore[reportArgumentType]
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
    return replace(found, **more)  # pyright: ignore[reportArgumentType]


def task(id: str, kind: str, title: str, **more: object) -> PlanTask:
    found = PlanTask(
        id=id,
        kind=kind,  # pyright: ignore[reportArgumentType]
        title=title,
        role="point-of-contact",
        owner="Jo Rivera",
        due="2023-09-08T09:00:00-07:00",
        target=None,
        rule=None,
    )
    return replace(found, **more)  # pyright: ignore[reportArgumentType]


def eligible() -> Suggestion:
    return suggestion(
        "g1",
        "Tuesday Steps",
        "ask",
        screening=(
            Screening(
                "seats", "unknown", "ask", ("group.free_seats@g1",), ("group.free_seats@g1",),
                question_to="programme-manager",
            ),
        ),
        passed=(OPPOSED,),
        points=(
            points(NEAR, "novice", 15, 80, 80, "patient.home", "group.place@g1"),
            points(TIMES, "novice", 5, 0, 100, FREE),
        ),
        score=score(6_000, 8_500),
        doubts=("may not meet every week",),
    )  # fmt: skip


def runner_up() -> Suggestion:
    return suggestion(
        "g2",
        "Saturday Circle",
        "caution",
        screening=(
            Screening(
                OPPOSED, "yes", "caution", (MEDICATIONS,), (),
                note="set aside by Dr Osei (clinician)",
            ),
        ),
        points=(points(NEAR, "novice", 15, 60, 60),),
        score=score(6_000, 6_000, 15),
        changes=(Change(("ride",), (FREE,), "would pass Tuesday Steps"),),
    )  # fmt: skip


def mentor() -> Suggestion:
    return suggestion(
        "m1",
        "Pat Doyle",
        kind="mentor",
        points=(
            points(TIMES, "novice", 10, 50, 90, FREE),
            points("mentor-has-time", "mentor", 10, 100, 100),
        ),
        score=score(5_000, 9_000, 10),
        novice_score=score(5_000, 9_000, 10),
        mentor_score=score(10_000, 10_000, 10),
    )


def decision() -> Decision:
    """One person, with something in each of the four lists, a mentor, and a reading withheld."""
    waiting = suggestion(
        "g4",
        "Thursday Talk",
        "hold",
        screening=(
            Screening(
                HOLDS, "unknown", "hold", ("patient.group_consent",), ("patient.group_consent",),
                question_to="patient",
            ),
        ),
    )  # fmt: skip
    opposed = suggestion(
        "g5",
        "Clean Slate",
        "blocked",
        screening=(Screening(OPPOSED, "yes", "blocked", (MEDICATIONS,), (), facts_digest="d"),),
    )
    unavailable = suggestion(
        "g6", "Friday Friends", "blocked",
        screening=(Screening("unavailable", "yes", "blocked", (), ()),),
    )  # fmt: skip
    supported = suggestion(
        "g3",
        "Sunday Sunrise",
        points=(points(NEAR, "novice", 15, 100, 100),),
        score=score(10_000, 10_000, 15),
        supports=("ride",),
        changes=(Change(("ride",), (), "makes this eligible"),),
    )
    return Decision(
        schema_version="1.0",
        engine_version="0.1.0",
        tzdata_version="2026.6",
        policy=PolicyRef("peer-core", "0.1.0", "abc123" * 10, False, "not clinically approved"),
        patient=PersonRef("p1", "Ana Marchetti"),
        as_of="2023-09-01T09:00:00-07:00",
        known_at="2023-09-01T09:00:00-07:00",
        safety="safety not assessed",
        assessment=None,
        recipient="clinician",
        point_of_contact="Jo Rivera",
        groups=Shortlist(
            (eligible(), runner_up()), (supported,), (waiting,), (opposed, unavailable), "g2"
        ),
        mentors=Shortlist((mentor(),), (), (), (), None),
        mentors_wanted=True,
        questions=(
            Question("patient.availability", "patient", "When are you free?", "patient", 2, 2_500,
                     (TIMES,)),
            Question("group.free_seats", "g1", "How many seats are free?", "programme-manager", 1,
                     0, ("seats",)),
        ),
        plan=DraftPlan(
            proposed_groups=("g1",),
            proposed_mentors=("m1",),
            frequency=("1 a week",),
            formats=("In person",),
            goals=(
                PlanGoal("goal", "Take part in a group", "keep-coming", "increase", None, None,
                         "Meetings attended", "at least 3 a month", "2023-12-01", "once-a-week"),
            ),
            tasks=(
                task("t1", "referral", "Introduce the person to Tuesday Steps", target="g1"),
                task("t2", "question", "Ask: How many seats are free?", target="g1", owner=None,
                     role="programme-manager"),
                task("t3", "check-in", "Ask how it goes (1 of 2)", rule="once-a-week",
                     due="2023-09-15T09:00:00-07:00"),
                task("t4", "check-in", "Ask how it goes (2 of 2)", rule="once-a-week",
                     due="2023-09-29T09:00:00-07:00"),
            ),
            rules=("once-a-week",),
            missing=("the person's recorded choice", "the signature of a named clinician"),
        ),
        facts={
            FREE: reading(FREE, "when the person is free", unknown="not recorded", source=None,
                          asked_of="patient"),
            BELIEF: Reading(BELIEF, "patient", "identity", "the place of faith", (), False, None,
                            (), "needs the person's consent to tell `clinician` (identity)"),
            MEDICATIONS: reading(MEDICATIONS, "medicines taken", "Methadone",
                                 unknown="the list may be incomplete",
                                 asked_of="clinician"),
            "patient.group_consent": reading("patient.group_consent", "the state of the consent",
                                             unknown="the person preferred not to say"),
            "patient.home": reading("patient.home", "where the person sets out from",
                                    "33.70, -117.85"),
            "group.place@g1": reading("group.place", "where the group meets", "12 Ellis Ave",
                                      subject="g1", source=LISTING),
            "group.free_seats@g1": reading("group.free_seats", "how many seats are free",
                                           subject="g1", unknown="not recorded", source=None,
                                           asked_of="programme-manager"),
        },
        rules=RULES,
        notes=("Condition/12: the code 160552003 was not understood",),
    )  # fmt: skip


def nothing_fits() -> Decision:
    """A person for whom everything is blocked, without a point of contact."""
    whole = decision()
    return replace(
        whole,
        patient=PersonRef("p2", None),
        point_of_contact=None,
        groups=Shortlist((), (), (), whole.groups.blocked, None),
        mentors=Shortlist((), (), (), (), None),
        questions=(),
        plan=replace(
            whole.plan,
            proposed_groups=(),
            proposed_mentors=(),
            tasks=(
                task("n", "nothing-fits", "Find a way forward: 0 wait for an answer, 2 do not fit",
                     owner=None, due="2023-09-04T09:00:00-07:00"),
            ),
        ),
        notes=(),
    )  # fmt: skip


def only_waits() -> Decision:
    """A person for whom everything waits: for an answer, and for a state on record to change."""
    whole = decision()
    state = reading("patient.readiness", "reasons to wait", "In a life crisis")
    [held] = whole.groups.waiting
    holds = replace(whole.facts["patient.group_consent"], unknown="not recorded",
                    asked_of="patient")  # fmt: skip
    crisis = suggestion(
        "g7", "Noon Group", "hold",
        screening=(Screening(OPPOSED, "yes", "hold", ("patient.readiness",), ()),),
    )  # fmt: skip
    return replace(
        whole,
        patient=PersonRef("p4", "Eve Lund"),
        groups=Shortlist((), (), (held, crisis), whole.groups.blocked, None),
        questions=(),
        plan=replace(whole.plan, proposed_groups=(), tasks=()),
        facts={**whole.facts, "patient.readiness": state, "patient.group_consent": holds},
    )


def comes_first() -> Decision:
    """A person with something that must be done before everything else."""
    whole = decision()
    evaluate = task(
        "f", "other", "Have a professional evaluate", role="clinician", owner="Dr Osei",
        due="2023-09-02T09:00:00-07:00", rule="once-a-week", priority="stat",
        facts=("patient.suicide_screen", "patient.group_consent"),
    )  # fmt: skip
    screen = Source("Observation/7", "clinician", "2023-08-30")
    high = reading("patient.suicide_screen", "the level of the last screens", "High", source=screen)
    return replace(
        whole,
        patient=PersonRef("p3", "Tom Hale"),
        plan=replace(whole.plan, tasks=(evaluate, *whole.plan.tasks)),
        facts={**whole.facts, "patient.suicide_screen": high},
    )


def withheld_person() -> Decision:
    """What somebody sees who may not even know that the person is known here."""
    whole = decision()
    nothing = Shortlist((), (), (), (), None)
    return replace(
        whole,
        recipient="researcher",
        patient=PersonRef("withheld", None),
        point_of_contact=None,
        groups=nothing,
        mentors=nothing,
        mentors_wanted=None,
        questions=(),
        plan=DraftPlan((), (), (), (), (), (), (), ()),
        facts={},
        rules={},
        notes=("withheld: no valid consent to disclose to the recipient `researcher`",),
    )


def long_feed(count: int = 2_000) -> Decision:
    """A person and a feed in which a quarter fits, a quarter waits and half does not fit."""
    whole = decision()
    [hold], [_, full] = whole.groups.waiting, whole.groups.blocked

    def many(one: Suggestion, share: int) -> tuple[Suggestion, ...]:
        return tuple(
            replace(one, target=f"{one.target}-{number:04}", name=f"{one.name} {number}")
            for number in range(count // share)
        )

    groups = Shortlist(many(eligible(), 4), (), many(hold, 4), many(full, 2), "g1-0001")
    return replace(whole, groups=groups, plan=replace(whole.plan, proposed_groups=("g1-0000",)))


def week() -> WeekPicture:
    return WeekPicture(
        zone="America/Los_Angeles",
        is_persons_zone=True,
        free=(Stretch(1, 1080, 1320), Stretch(5, 480, 840)),
        busy=(Stretch(0, 480, 1020),),
        meetings=(
            MeetingTime("g1", 1, 1140, 60, ("in-person",), False, None),
            MeetingTime("g2", 1, 1170, 60, ("online",), True, True),
        ),
        without_zone=(),
    )
