"""Two assessments with one of everything that can be written of them: one emergent, one soon.

They are values written down, not results, so that what is written of them changes only when the
writers change. `test_write_assessment_real.py` writes an assessment that was really made.
"""

from collections.abc import Mapping

from peer_match.decide.assessment import (
    SCHEMA_VERSION,
    Alert,
    Assessment,
    Engine,
    Escalation,
    Evidence,
    HelpLine,
    OpenQuestion,
    Step,
)
from peer_match.decide.references import PersonRef, PolicyRef, RuleRef
from peer_match.policy.safety_files import Severity

from .hapi import Issue, Validator

DIGEST = "0" * 64
AS_OF = "2026-03-02T09:00:00-08:00"
ANA = PersonRef("ana", "Ana Test")

SCREEN = Evidence(
    key="Observation/c-ssrs-1",
    what="C-SSRS screener, high",
    date="2026-03-01",
    recorded="2026-03-01T18:00:00-08:00",
    stated_by="clinician",
    privacy="mental-health",
)
WORD = Evidence(
    key="group-log#17",
    what="A word of despair <in a group>",
    date="2026-02",
    recorded="2026-03-02T08:00:00-08:00",
    stated_by="programme",
    privacy="mental-health",
)
MEETING = Evidence(
    key="attendance#3",
    what="Missed a meeting",
    date="2026-02-26T19:00:00-08:00",
    recorded="2026-02-27T08:00:00-08:00",
    stated_by="record",
    privacy="participation",
)


def rule(id: str, title: str, why: str = "Because an acute risk waits for nobody.") -> RuleRef:
    return RuleRef(
        id=id,
        kind="escalate",
        title=title,
        why=why,
        file=f"rules/safety/escalate/{id}.yaml",
        line=1,
        digest=DIGEST,
        owner="clinical-safety",
        sources=(),
        confidential=False,
    )


def step(
    id: str, title: str, role: str, begins: str, due: str, minutes: int, **more: object
) -> Step:
    plain = {"tier": 1, "person": None, "priority": "stat", "repeats": False, **more}
    return Step(
        id=id,
        title=title,
        role=role,
        begins=f"2026-03-{begins}:00-08:00",
        due=f"2026-03-{due}:00-08:00",
        minutes=minutes,
        **plain,  # pyright: ignore[reportArgumentType]
    )


ACUTE = Escalation(
    id="0123456789abcdef0123456789abcdef",
    rule="high-suicide-screen",
    pathway="acute-suicide-risk",
    severity="emergent",
    since=AS_OF,
    steps=(
        step(
            *("call-the-clinician", "Evaluate the person now", "clinician"),
            *("02T09:00", "02T09:10", 10),
            person=PersonRef("kim", "Kim Park"),
        ),
        step(
            *("call-the-supervisor", "Find somebody who evaluates the person now", "supervisor"),
            *("02T09:10", "02T09:20", 10),
            tier=2,
        ),
        step(
            *("call-the-safety-role", "Take charge: nobody has answered", "safety"),
            *("02T09:20", "02T09:30", 10),
            tier=3,
            repeats=True,
        ),
    ),
    instructions=(
        "Stay with the person, or keep them on the line. Do not leave them alone.",
        "Offer a crisis line, and stay while the person calls.",
    ),
)
LOST = Escalation(
    id="fedcba9876543210fedcba9876543210",
    rule="missed-meetings",
    pathway="out-of-touch",
    severity="soon",
    since=AS_OF,
    steps=(
        step(
            *("ask-how-it-goes", "Ask how it goes", "point-of-contact"),
            *("02T09:00", "04T09:00", 2_880),
            priority="urgent",
        ),
        step(
            *("find-the-person", "Find the person", "supervisor"),
            *("04T09:00", "05T09:00", 1_440),
            tier=2,
            priority="asap",
            repeats=True,
        ),
    ),
    instructions=("Nobody loses a place because of a missed meeting.",),
)
WITHDRAWAL = OpenQuestion(
    id="11112222333344445555666677778888",
    rule="severe-withdrawal",
    could_be="emergent",
    unknown=("the last CIWA-Ar", "when the person last drank"),
    role="clinician",
    due="2026-03-02T10:00:00-08:00",
)
RELEASE = OpenQuestion(
    id="99990000aaaabbbbccccddddeeeeffff",
    rule="released-lately",
    could_be="soon",
    unknown=("whether the person was released within 90 days",),
    role=None,
    due=None,
)


def errors_in(validator: Validator, resource: Mapping[str, object]) -> list[Issue]:
    """What the reference validator finds wrong.

    Our validator takes every `urn:` in a bundle for the address of an entry. A canonical is none:
    it names a definition, which need not be in the bundle.
    """
    return [
        one
        for one in validator.errors(resource)
        if not (one.code == "dangling-reference" and ".instantiatesCanonical" in one.location)
    ]


def _assessment(severity: Severity, alerts: tuple[Alert, ...], **more: object) -> Assessment:
    plain = {
        "questions": (),
        "lines": (),
        "notes": (),
        "escalations": (),
        "engine": Engine("agreed"),
        **more,
    }
    return Assessment(
        schema_version=SCHEMA_VERSION,
        engine_version="0.1.0",
        tzdata_version="2026.1",
        policy=PolicyRef("peer-core", "0.1.0", DIGEST, False, "not clinically approved"),
        about="patient",
        subject=ANA,
        as_of=AS_OF,
        known_at=AS_OF,
        recipient="clinician",
        severity=severity,
        alerts=alerts,
        findings=(("acute-risk", "yes"),),
        rules={
            one.id: one
            for one in (
                rule("high-suicide-screen", "A screen that shows a high risk of suicide"),
                rule("told-of-despair", "Despair was spoken of & not yet looked at"),
                rule("missed-meetings", "Meetings were missed", "Nobody is to be lost."),
                rule("severe-withdrawal", "A risk of severe withdrawal"),
                rule("released-lately", "Released not long ago"),
            )
        },
        **plain,  # pyright: ignore[reportArgumentType]
    )


def emergent() -> Assessment:
    """Acute risk and a new escalation; an alert of the past, escalated before; two questions."""
    return _assessment(
        "emergent",
        (
            Alert(
                rule="high-suicide-screen",
                severity="emergent",
                findings=("acute-risk",),
                evidence=(SCREEN, WORD),
                escalation=ACUTE.id,
                is_new=True,
                late=None,
            ),
            Alert(
                rule="told-of-despair",
                severity="urgent",
                findings=(),
                evidence=(WORD,),
                escalation="aaaabbbbccccddddaaaabbbbccccdddd",
                is_new=False,
                late="2026-02-20T18:30:00-08:00",
            ),
        ),
        escalations=(ACUTE,),
        questions=(WITHDRAWAL, RELEASE),
        lines=(
            HelpLine("Emergency service", "911", is_emergency=True, verified="2026-01-15"),
            HelpLine(
                "988 Suicide & Crisis Lifeline",
                "call or text 988",
                is_emergency=False,
                verified="2026-01-15",
            ),
        ),
        notes=("the event `group-log#12` cannot be placed in time",),
        engine=Engine("differed", "the two evaluations differ", ("told-of-despair",)),
    )


def soon() -> Assessment:
    """Somebody who has to be looked for within days, and nothing that cannot wait."""
    alert = Alert("missed-meetings", "soon", (), (MEETING,), LOST.id, is_new=True, late=None)
    lines = (HelpLine("988 Lifeline", "call 988", is_emergency=False, verified="2026-01-15"),)
    return _assessment("soon", (alert,), escalations=(LOST,), lines=lines)
