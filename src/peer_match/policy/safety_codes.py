"""The rows of the table of codes that are about safety: title, explanation, example."""

from __future__ import annotations

from typing import Final

from peer_match.policy.rule_codes import Row

SAFETY: Final[dict[str, Row]] = {
    "PM161": (
        "events cannot be read here",
        "Counts of events, falls of a value and obligations belong to the rules of safety: "
        "`escalate`, `always`, and findings below `safety/`. A rule about a group or a mentor is "
        "about what is known of both, not about a history.",
        "Move the finding to `safety/findings/`, or say what is known as a fact.",
    ),
    "PM221": (
        "unknown kind of event, or unknown obligation",
        "A sentence counts events of a kind that `events.yaml` lists, or names one of its "
        "obligations. A misspelled kind would be an event that never happens, and the rule would "
        "never fire.",
        "# before\n- at least 2 missed-meting within 14 days\n"
        "# after\n- at least 2 missed-meeting within 14 days",
    ),
    "PM223": (
        "a severity, or points, that events of this kind do not have",
        "What follows `of severity at least` is a step of the scale of the kind: the terms of its "
        "vocabulary, or the bands of its instrument. Only a kind with `points` can fall.",
        "# before\n- at least 1 disclosure of severity at least sevre within 7 days\n"
        "# after\n- at least 1 disclosure of severity at least severe within 7 days",
    ),
    "PM224": (
        "unknown pathway, step, or rule of safety",
        "An `escalate` names a pathway of the pack, and in `seen_to_by` other rules of safety; a "
        "pathway's `enters_at` and `if_silent` name its own steps. What leads nowhere would leave "
        "a person in danger with nobody.",
        "# before\nif_silent: call-supervisr\n# after\nif_silent: call-supervisor",
    ),
    "PM225": (
        "the pack says nothing of safety",
        "Rules of safety need the `safety:` of `pack.yaml`: how long a pathway may take to reach "
        "its last person, who that may be, and who may reassess a risk.",
        "Copy `safety:` from `pack.yaml` of the default pack, and change what differs.",
    ),
    "PM328": (
        "a kind of event, or an obligation, that contradicts itself",
        "A kind is graded in one way, by a vocabulary in rising order or by an instrument. What "
        "counts as risk never meets an obligation, and an obligation is about one kind of subject: "
        "otherwise more risk could make something look done.",
        "# before\n- {kind: phq-9, severity: distress, instrument: phq-9}\n"
        "# after\n- {kind: phq-9, instrument: phq-9}",
    ),
    "PM330": (
        "more evidence of risk would lower the severity",
        "In a rule of safety and in the findings that it uses, evidence of risk stands below an "
        "even number of `not:`, so that learning of one more risk can only raise the severity. "
        "What protects counts only as an obligation that is overdue, and through a reassessment by "
        "a named person. A fact with one value is read as its latest: say it about events instead, "
        "of which none takes another back.",
        "# before\nnot: at least 1 attended-meeting within 14 days\n"
        "# after\nattendance is overdue by 7 days",
    ),
    "PM331": (
        "a rule about several kinds of subject",
        "A history is of one person, or of one group. A rule that reads events of both would never "
        "find them together.",
        "Make it two rules, one about each.",
    ),
    "PM332": (
        "a pathway that comes back to itself",
        "Followed step by step, a pathway must end. In a circle, silence would lead round and "
        "round and never to somebody who must answer.",
        "Let the last step be followed by `repeat`: the same person is called again.",
    ),
    "PM333": (
        "a pathway that ends with nobody who may end one",
        "The last step of every way is with one of the `final_roles` of `pack.yaml`. A message to "
        "somebody who cannot act is a dead end.",
        "Add a step with a role such as `supervisor` or `clinician`.",
    ),
    "PM334": (
        "silence may last too long",
        "The times of the steps before the last, added up, are how long it can take until the last "
        "person is called; the last is called again each time its own time has passed. The pack "
        "bounds both for each severity under `time_to_human`.",
        "Shorten a step, or let the severity enter further up.",
    ),
    "PM335": (
        "a step that nothing leads to",
        "A step that is not named in `enters_at` or in an `if_silent` on the way is never taken.",
        "Name it where it should follow, or take it out.",
    ),
    "PM336": (
        "a property that does not hold of the pack",
        "An `always` says how severe the whole pack must find something. The tool takes the worst "
        "case that the property allows (everything it does not name is absent, whatever the "
        "context is) and shows one in which the pack says less.",
        "Add the rule that is missing, or say in `when` what else must be so.",
    ),
    "PM337": (
        "a property that cannot be proved",
        "The proof goes through every combination of the context that the rules read. Where there "
        "are too many of them nothing is shown, and an unproved property is none.",
        "Say more in `when`, so that less is left open.",
    ),
    "PM339": (
        "a severity at which the pathway is not entered",
        "An `escalate` enters its pathway at its severity. A pathway without an entry there would "
        "have no first step.",
        "# before\nenters_at: {emergent: call-clinician}\n"
        "# after\nenters_at: {emergent: call-clinician, urgent: message-clinician}",
    ),
    "PM340": (
        "a step for somebody who may not know the person",
        "Whoever is called must learn who the person is. `disclosure.yaml` says who treats the "
        "person (`treating: yes`); a mentor or a group is told of nobody by a ladder.",
        "Call another role, or say in `disclosure.yaml` that this one treats the person.",
    ),
    "PM341": (
        "a rule that cannot see to what this one reads",
        "Where a rule says `seen_to_by`, evidence for which the other rule calls somebody calls "
        "nobody a second time. The other one must be as severe at least and about the same "
        "subject, must not be seen to by this one in turn, and, where it reads what stands between "
        "two people, so must this one: else somebody could be called too late, or told nothing.",
        "# before (in distress-severe)\nseen_to_by: [distress-mild]\n"
        "# after (in distress-mild)\nseen_to_by: [distress-severe]",
    ),
    "PM342": (
        "a safety plan without one of its steps, or out of order",
        "A safety plan has six steps: how to notice it, what helps alone, people and places, "
        "people who help, professionals, and safer surroundings. Each is taken where the one "
        "before does not help enough, so their order is part of the plan. The words are the "
        "pack's own.",
        "# before\n- step: warning-sign\n# after\n- step: warning-signs",
    ),
    "PM343": (
        "a promise in place of a plan",
        "A contract or a promise not to act protects nobody, and whoever has signed one no longer "
        "says how they are. A plan asks what helps. `no_promises` lists the words.",
        "# before\nasks: Do you promise not to harm yourself until we meet?\n"
        "# after\nasks: What can you do by yourself that takes your mind off it for a while?",
    ),
    "PM406": (
        "a crisis line that was not verified for too long",
        "A number that has changed costs the call that mattered. Each line names the day on which "
        "somebody last verified it; where nobody has, and after the time in "
        "`lines_verified_within`, the check with `--as-of` and a release do not pass. The engine "
        "keeps showing the line, with that day, or saying that nobody verified it.",
        "Call the number or read its operator's own page, and set `verified` and `verified_by`.",
    ),
}
