"""A new rule to fill in: every key that it needs, and examples for its three cases."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from peer_match.policy.load import read_pack
from peer_match.policy.safety_files import SEVERITIES, Severity
from peer_match.policy.schema_reader import KebabId

AN_ID: TypeAdapter[str] = TypeAdapter(KebabId)

FOLDERS = {
    "must_not": "{target}/must_not",
    "prefer": "{target}/prefer",
    "finding": "findings",
    "support": "supports",
    "plan": "plan",
    "instrument": "instruments",
    "escalate": "safety/escalate",
    "pathway": "pathways",
    "always": "always",
}

TITLE = "Say in one plain sentence what this rule does"
WHY = "Say why, so that somebody who disagrees knows what to argue with."
FOUND = "What was found, and where; the id is in sources.yaml"

HEADER = """\
{kind}: {id}
title: {title}
why: {why}
source:
  - {{cite: design-default, finding: "{found}"}}
owner: programme-management
status: draft            # draft until somebody has read it; then active
effective: {today}
review_by: {review}
"""

BODIES = {
    "must_not": """\
when:
  all:
    - patient.medications includes opioid-use-disorder-medication
    - group.medication_stance is opposed
if_unknown: ask          # hold, ask or allow; an unknown is never silently safe
asks: programme-manager
override: {all_of: [patient, clinician], at_most: 90 days}
examples:
  - given: {patient.medications: [methadone], group.medication_stance: opposed}
    expect: blocked
  - given: {patient.medications: [methadone], group.medication_stance: welcoming}
    expect: allowed
  - given: {patient.medications: [methadone]}
    expect: ask
""",
    "must_not mentor": """\
when:
  not: mentor.recovery_since is at least 12 months ago
if_unknown: hold
shown_as: unavailable
examples:
  - given: {mentor.recovery_since: 3 months ago}
    expect: blocked
  - given: {mentor.recovery_since: 3 years ago}
    expect: allowed
  - given: {}
    expect: hold
""",
    "prefer": """\
weight: 5
dimension: goals
measure: share of patient.goals met by group.topics
grade: {0 percent: 0, 100 percent: 100}
if_unknown: widen
examples:
  - given: {patient.goals: [stay-stopped], group.topics: [stay-stopped]}
    expect: {points: 5}
  - given: {patient.goals: [stay-stopped], group.topics: [housing]}
    expect: {points: 0}
  - given: {patient.goals: [stay-stopped]}
    expect: {points: 0..5}
""",
    "prefer mentor": """\
weight: 5
dimension: experience
when: patient.concerns shares any with mentor.concerns
if_unknown: widen
examples:
  - given: {patient.concerns: [alcohol], mentor.concerns: [alcohol]}
    expect: {points: 5}
  - given: {patient.concerns: [alcohol], mentor.concerns: [gambling]}
    expect: {points: 0}
  - given: {patient.concerns: [alcohol]}
    expect: {points: 0..5}
""",
    "finding": """\
when: patient.medications includes opioid-use-disorder-medication
if_unknown: pass on
examples:
  - given: {patient.medications: [methadone]}
    expect: yes
  - given: {patient.medications: []}
    expect: no
  - given: {}
    expect: unknown
""",
    "support": """\
offered_when: patient.barriers includes transport
if_unknown: offer
provides:
  - group.place becomes patient.home
task: {title: Arrange a way to get there, role: point-of-contact, within: 7 days}
examples:
  - given: {patient.barriers: [transport]}
    expect: yes
  - given: {patient.barriers: []}
    expect: no
  - given: {}
    expect: unknown
""",
    "plan": """\
when: patient.new_to_groups is yes
include:
  check_in: {title: Ask how the first meetings went, every: 7 days, times: 4,
             role: point-of-contact}
if_unknown: include      # include or leave out
examples:
  - given: {patient.new_to_groups: yes}
    expect: yes
  - given: {patient.new_to_groups: no}
    expect: no
  - given: {}
    expect: unknown
""",
    "instrument": """\
score: collect sum       # or: most severe, with rows and without points
answers:
  how-often: {never: 0, sometimes: 1, often: 2}
items:                   # short names; an item's own words stay on its form
  - {item: first-item, answers: how-often}
  - {item: second-item, answers: how-often}
bands: {low: 0..1, high: 2..4}
examples:                # both ends of every band, and a missing answer
  - given: {every: never}
    expect: {total: 0, band: low}
  - given: {first-item: sometimes, second-item: never}
    expect: {total: 1, band: low}
  - given: {every: sometimes}
    expect: {total: 2, band: high}
  - given: {every: often}
    expect: {total: 4, band: high}
  - given: {first-item: sometimes, second-item: refused}
    expect: {total: 1..3, band: low..high}
""",
    "escalate": """\
when:
  all:
    - at least 1 disclosure of severity at least moderate within 30 days
    - at least 2 missed-meeting within 14 days
severity: SEVERITY       # routine, soon, urgent or emergent; the pathway is entered there
pathway: PATHWAY
if_unknown: review       # review: a question with a deadline of its own; or note
asks: clinician
examples:                # covered: for how long every event of a kind was recorded
  - events: [{disclosure: 10 days ago, severity: severe}, {missed-meeting: 8 days ago},
             {missed-meeting: 1 day ago}]
    expect: yes
  - events: [{disclosure: 10 days ago, severity: moderate}, {missed-meeting: 1 day ago}]
    covered: {disclosure: 30 days, missed-meeting: 14 days}
    expect: no
  - events: [{disclosure: 10 days ago, severity: moderate}]
    expect: unknown
""",
    "pathway": """\
enters_at: {emergent: call-the-clinician, urgent: message-the-clinician}
instructions:            # what whoever is with the person does until somebody comes
  - Stay with the person, or keep them on the line.
steps:                   # if_silent: the next step when nobody answers; the last one repeats
  - {step: message-the-clinician, title: Assess the person today, role: clinician,
     within: 8 hours, priority: asap, if_silent: call-the-clinician}
  - {step: call-the-clinician, title: See the person now, role: clinician,
     within: 15 minutes, priority: stat, if_silent: call-the-supervisor}
  - {step: call-the-supervisor, title: Find somebody who sees the person now, role: supervisor,
     within: 15 minutes, priority: stat, if_silent: repeat}
examples:                # one for each step
  - {severity: urgent, silent_for: 0 minutes, expect: {step: message-the-clinician}}
  - {severity: urgent, silent_for: 8 hours, expect: {step: call-the-clinician}}
  - {severity: emergent, silent_for: 15 minutes, expect: {step: call-the-supervisor}}
""",
    "always": """\
when: at least 1 disclosure of severity at least immediate within 1 day
severity: SEVERITY       # proved of the whole pack once this is active: at least so severe
examples:
  - events: [{disclosure: 1 hour ago, severity: immediate}]
    expect: yes
  - events: [{disclosure: 1 hour ago, severity: severe}]
    covered: {disclosure: 1 day}
    expect: no
  - events: [{disclosure: 1 hour ago}]
    expect: unknown
""",
}
USUAL: Severity = "urgent"
"""How severe a started rule is, where its pathway is entered there."""


class ScaffoldError(ValueError):
    """A rule that cannot be started, in the words that the author reads."""


def scaffold(kind: str, id: str, folder: Path, target: str, today: date) -> Path:
    """Write the draft of a rule and give its path. Never writes over a file.

    Raises ScaffoldError for an unknown kind or target, an id that is not in kebab-case or is
    taken, a folder that is not a pack, and an escalation that could lead nowhere.
    """
    if kind not in FOLDERS:
        raise ScaffoldError(f"unknown kind `{kind}`; the kinds are {', '.join(FOLDERS)}")
    if target not in ("group", "mentor"):
        raise ScaffoldError(f"`{target}` is neither group nor mentor")
    try:
        AN_ID.validate_python(id)
    except ValidationError as problem:
        raise ScaffoldError(
            f"{problem.errors()[0]['msg']}; write for example `no-meeting-after-curfew`"
        ) from None
    if not (folder / "pack.yaml").is_file():
        raise ScaffoldError(f"`{folder}` holds no pack.yaml; name the folder of your pack")
    taken = next(folder.rglob(f"{id}.yaml"), None)
    if taken is not None:
        raise ScaffoldError(f"the id `{id}` is taken by {taken}")
    path = folder / FOLDERS[kind].format(target=target) / f"{id}.yaml"
    body = _body(kind, target, folder)
    header = HEADER.format(
        kind=kind,
        id=id,
        title=TITLE,
        why=WHY,
        found=FOUND,
        today=today.isoformat(),
        review=today.replace(year=today.year + 1, day=min(today.day, 28)).isoformat(),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(header + body, encoding="utf-8")
    return path


def _body(kind: str, target: str, folder: Path) -> str:
    """What follows the header. An escalation goes by a pathway of the pack that it fits."""
    body = BODIES.get(f"{kind} {target}", BODIES[kind])
    pathway, severity = ("", USUAL) if kind != "escalate" else _way_in(folder)
    return body.replace("PATHWAY", pathway).replace("SEVERITY", severity)


def _way_in(folder: Path) -> tuple[str, Severity]:
    """The first pathway of a pack, one in force before others, with a severity that enters it."""
    pathways = read_pack(folder).assembly.pathways
    if not pathways:
        raise ScaffoldError(
            "the pack has no pathway yet, and an escalation goes by one; "
            "begin with `peer-match rules new pathway to-a-clinician`"
        )
    id = min(pathways, key=lambda one: (pathways[one].status != "active", one))
    entered: list[Severity] = [one for one in SEVERITIES if one in pathways[id].enters_at]
    return id, USUAL if USUAL in entered else entered[-1]
