"""The rows of the table of codes that are about rules: title, explanation, example.

Kept apart from `codes` for length alone; `codes` joins them into the one table.
"""

from __future__ import annotations

from typing import Final

Row = tuple[str, str, str]

# Given out and gone: PM160, for sentences about events before the engine could read them.
SENTENCES: Final[dict[str, Row]] = {
    "PM136": (
        "the file is in a folder that does not say whom the rule is about",
        "A `must_not` or a `prefer` stands below `group/` or `mentor/`: the folder says whether "
        "the rule is about a group or a mentor, and so which facts it can read.",
        "Move the file to `group/must_not/` or `mentor/must_not/`.",
    ),
    "PM138": (
        "a file that every pack has is missing",
        "A pack has one file each of `pack.yaml` (what it is), `sources.yaml` (what its rules may "
        "cite), `intake.yaml` (the questions it can ask) and `disclosure.yaml` (who may see what).",
        "Copy the file from the default pack and change what differs.",
    ),
    "PM151": (
        "not a condition",
        "A condition is one sentence, or one of `all:`, `any:` and `not:` with further conditions "
        "below it. Anything else has no meaning as a condition.",
        "when:\n  all:\n    - patient.goals includes stay-stopped\n    - group.kind is community",
    ),
    "PM152": (
        "a list of conditions is missing or too long",
        "`all:` and `any:` take a list of one or more conditions. `not:` takes exactly one, "
        "because `not` of several could mean that none holds or that not all hold.",
        "not:\n  any:\n    - group.kind is community\n    - group.status is closed",
    ),
}

REFERENCES: Final[dict[str, Row]] = {
    "PM201": (
        "unknown fact",
        "The sentence names a fact that does not exist, or one that this kind of rule cannot read "
        "(a plan rule knows the patient only). Facts are written `subject.name`.",
        "# before\n- patient.suicide_scren is high\n# after\n- patient.suicide_screen is high",
    ),
    "PM202": (
        "unknown value",
        "Every value is checked against the vocabulary of its fact, so that a slip of the pen "
        "cannot switch a rule off. The vocabularies are in `vocabulary/`.",
        "# before\n- group.kind is comunity\n# after\n- group.kind is community",
    ),
    "PM203": (
        "a fact used in a way that does not fit it",
        "A fact with one value is compared with `is`, a set with `includes`, a number with a unit, "
        "a date with `before`, `after`, `within` or `ago`.",
        "# before\n- patient.goals is stay-stopped\n# after\n- patient.goals includes stay-stopped",
    ),
    "PM204": (
        "a unit that does not fit",
        "A number is always written with its unit, and the unit must measure what the fact or the "
        "measure is about. Without units, 40 could be metres or miles.",
        "# before\n- patient.phq9 is at least 10 days\n"
        "# after\n- patient.phq9 is at least 10 points",
    ),
    "PM205": (
        "bounds in the wrong order",
        "In `between N and M` the first number is the lower one; the other way round nothing "
        "could ever lie between them.",
        "# before\n- patient.phq9 is between 19 and 15 points\n"
        "# after\n- patient.phq9 is between 15 and 19 points",
    ),
    "PM206": (
        "a date that does not exist",
        "Dates are written year-month-day and must be in the calendar.",
        "# before\n- group.crisis_plan_date is after 2026-02-30\n"
        "# after\n- group.crisis_plan_date is after 2026-02-28",
    ),
    "PM210": (
        "a vocabulary is missing",
        "Facts are coded with the pack's vocabularies. Without one, no rule that reads the fact "
        "could be checked.",
        "Copy the missing file from the default pack into `vocabulary/`.",
    ),
    "PM211": (
        "an id is used twice",
        "An id names one rule of the whole pack, whatever its kind. Decisions, overrides and "
        "questions refer to rules by id.",
        "Give the newer rule an id of its own, and its file the same name.",
    ),
    "PM212": (
        "unknown finding",
        "`… holds` names a finding of the pack. A finding that does not exist can never hold.",
        "# before\n- early-recovry holds\n# after\n- early-recovery holds",
    ),
    "PM213": (
        "what a rule uses reads facts that the rule cannot",
        "A finding or a support used by a group rule can read only what a group rule can read; the "
        "same goes for mentors and plans.",
        "Use another finding, or split it in two.",
    ),
    "PM214": (
        "what a rule refers to is not in force as long as the rule",
        "A rule must not lose a finding or a support while it is itself in force: its condition "
        "would silently become unknown.",
        "Make the dates and the status of the finding cover those of the rule.",
    ),
    "PM215": (
        "unknown support",
        "`lifted_by` names supports of the pack.",
        "# before\nlifted_by: [transport]\n# after\nlifted_by: [transport-support]",
    ),
    "PM216": (
        "a term that is a kind of itself",
        "`kind_of` names a broader term. Followed upwards it must end; a circle would make every "
        "term of it cover all others.",
        "# before\n- {code: opioids, label: Opioids, kind_of: heroin}\n"
        "- {code: heroin, label: Heroin, kind_of: opioids}\n"
        "# after\n- {code: opioids, label: Opioids}\n"
        "- {code: heroin, label: Heroin, kind_of: opioids}",
    ),
    "PM217": (
        "a category of facts that is not listed",
        "Every fact belongs to a category of `disclosure.yaml`, and what is not listed is not "
        "seen. A misspelled category would hide facts from somebody who needs them.",
        "# before\nsees: [mental-helth]\n# after\nsees: [mental-health]",
    ),
    "PM218": (
        "an entry that is listed twice",
        "A code, a source, a question or a recipient is listed once. Of two entries, one would "
        "silently win.",
        "Delete one of the two, or give it a code of its own.",
    ),
    "PM219": (
        "a name that no sentence can use",
        "Some words have a meaning of their own in sentences: `patient.belief is unknown` asks "
        "whether the belief is known. A value or a finding that is called so could not be named, "
        "or would be read as something else than what its author means.",
        "# before\n- {code: unknown, label: Not sure}\n"
        "# after\n- {code: not-sure, label: Not sure}",
    ),
}

INSTRUMENTS: Final[dict[str, Row]] = {
    "PM220": (
        "an item, an answer or a band that the instrument does not have",
        "Rows, signals and conditions of an instrument name its own items, their answers and its "
        "bands. An item names only items before it, since those are asked first.",
        '# before\n- {when: {thought: ["yes"]}, band: low}\n'
        '# after\n- {when: {thoughts: ["yes"]}, band: low}',
    ),
    "PM325": (
        "parts that do not fit the way in which an instrument is scored",
        "`collect sum` adds the points of the answers and gives each total a band. `most severe` "
        "takes the most severe band of the rows that hold, and nothing is added up: a screen whose "
        "answers differ in weight has no sum.",
        'score: most severe\nanswers:\n  yes-no: ["no", "yes"]\nbands: [none-reported, low, high]',
    ),
    "PM326": (
        "a gap or an overlap in the bands of an instrument",
        "Every total that the answers can have is in exactly one band. In a gap somebody would "
        "have no result; in an overlap one of two would silently win.",
        "# before\nbands: {minimal: 0..4, mild: 6..9}\n# after\nbands: {minimal: 0..4, mild: 5..9}",
    ),
    "PM327": (
        "a part of an instrument that can never matter",
        "A band to which no row leads, a row that says no more than another, or an item that no "
        "row reads looks like a safeguard and is none.",
        '- {when: {intent: ["yes"]}, band: high}',
    ),
}

MEANING: Final[dict[str, Row]] = {
    "PM301": (
        "`widen` without a cap, or a cap without `widen`",
        "A rule with a `cap` limits a score; when it is unknown whether it fires, the score "
        "becomes a range. A rule that keeps apart has no score to widen.",
        "cap: 30 percent\nif_unknown: widen",
    ),
    "PM302": (
        "an unknown would pass",
        "A floor rule, and a rule about another person, may not let an unknown fact pass with a "
        "mere caution: unknown is never safe.",
        "# before\nif_unknown: allow\n# after\nif_unknown: hold",
    ),
    "PM303": (
        "a preference without, or with two, ways to give points",
        "A preference gives its whole weight when `when` holds, or a share of it by a `measure` "
        "with a `grade`. It needs exactly one of the two.",
        "measure: travel distance from patient.home to group.place\ngrade: {2 km: 100, 40 km: 0}",
    ),
    "PM304": (
        "a weight of nothing",
        "A preference with weight 0 can never change a ranking.",
        "Remove the rule, or set `status: retired`.",
    ),
    "PM305": (
        "a side that does not exist",
        "Mentors are scored from both sides. A group has no preferences of its own.",
        "Remove the line `side: mentor`.",
    ),
    "PM306": (
        "a plan rule that includes nothing, or several things",
        "One rule adds one thing to the plan, so that each thing in a plan has its own reason, "
        "source and dates.",
        "include:\n  frequency: {times: 1, per: 1 week}",
    ),
    "PM307": (
        "a grade or a cap above 100",
        "A grade is the percentage of the weight that an amount earns, and a cap the percentage "
        "that a score can reach. Neither goes beyond 100.",
        "grade: {2 km: 100, 40 km: 0}",
    ),
    "PM308": (
        "a grade without a line",
        "Between the amounts of a grade straight lines are drawn, so at least two different "
        "amounts are needed, and they must not all earn the same: the measure would then say "
        "nothing.",
        "grade: {2 km: 100, 40 km: 0}",
    ),
    "PM310": (
        "findings that depend on themselves",
        "A finding may use other findings, but the path may never come back to where it began: "
        "such a condition has no meaning.",
        "Write the shared part as a finding of its own that uses neither.",
    ),
    "PM311": (
        "a support on a rule that nobody may override",
        "A support changes how a fact is seen. Where nobody may set a rule aside, no support may "
        "either.",
        "Remove `lifted_by`, or name who may override the rule.",
    ),
    "PM312": (
        "a support that cannot help this rule",
        "A rule names the supports that could change its outcome. This support changes no fact "
        "that the rule reads, or adds to a set a value that the rule does not ask for.",
        "Name a support whose `provides` edits a fact, and a value, of this rule.",
    ),
    "PM313": (
        "a support that no rule names",
        "A support is offered only where a rule names it in `lifted_by`, so this one is never "
        "offered.",
        "lifted_by: [transport-support]",
    ),
    "PM314": (
        "asking whether a fact is known",
        "`is known` and `is unknown` are barred from `must_not` and `prefer` and from the findings "
        "they use: otherwise learning a fact could make a certain answer uncertain again.",
        "Say what the fact must be, and let `if_unknown` say what an unknown does.",
    ),
    "PM315": (
        "an exclusion that would reveal another person",
        "If a conflict with another person and a full group looked different, anyone could tell "
        "them apart. Rules that read ties, a mentor's confidential facts or free places are shown "
        "in one neutral way.",
        "shown_as: unavailable",
    ),
    "PM316": (
        "another person's facts in a rule whose effect cannot be hidden",
        "Points, findings, plans and the limit that a cap sets to a score are visible. Only a "
        "`must_not` that keeps apart may read what concerns another person, because its outcome is "
        "shown as ordinary unavailability.",
        "Make the rule a `must_not` with `shown_as: unavailable`.",
    ),
    "PM317": (
        "`applies_when` reads both sides",
        "`applies_when` says for whom a preference counts. If it read both sides, each target "
        "would be measured against a different total.",
        "Move what is about both sides into `when`.",
    ),
    "PM318": (
        "a condition that can never hold",
        "Two parts of one `all:` ask for what no facts can be at once, such as two values of one "
        "fact; findings are read as if they stood where they are named. Or a sentence asks "
        "for what nothing is, such as less than 0 points. A rule that can never fire looks like a "
        "safeguard and is none.",
        "# before\nall:\n  - group.kind is community\n  - group.kind is programme\n"
        "# after\nany:\n  - group.kind is community\n  - group.kind is programme",
    ),
    "PM319": (
        "a weight that outvotes all others",
        "A preference whose weight is more than half of all the weights decides alone; the other "
        "preferences then hardly matter.",
        "Lower the weight, or make it a `must_not` if nothing may offset it.",
    ),
    "PM320": (
        "protected traits on the mentor's side",
        "A mentor's side is about time, experience, load and boundaries. Who a person is (culture, "
        "gender, faith and so on) earns and loses nothing there.",
        "Remove `side: mentor`, or what the rule reads about the person's identity.",
    ),
    "PM321": (
        "a support that changes the person",
        "Supports help with how, when and where somebody takes part. Treatment, health, legal "
        "limits, wishes and identity are the person's own; no suggestion is bought with a change "
        "of them.",
        "# before\nprovides:\n  - patient.medications becomes acamprosate\n"
        "# after\nprovides:\n  - patient.home becomes group.place",
    ),
    "PM322": (
        "a question that goes to nobody",
        "A rule that asks says which role answers. The question is shown with the suggestion and "
        "must be acknowledged on acceptance.",
        "if_unknown: ask\nasks: programme-manager",
    ),
    "PM323": (
        "a key that does nothing beside a cap",
        "A rule with a `cap` limits a score and keeps nobody apart. `outcome`, `scope`, "
        "`applies_to`, `asks` and `override` say how somebody is kept apart, so beside a cap they "
        "would look like a safeguard and be none.",
        "# before\ncap: 40 percent\noutcome: hold\nif_unknown: widen\n"
        "# after\ncap: 40 percent\nif_unknown: widen",
    ),
    "PM324": (
        "a preference that takes points from those it is not about",
        "`when` gives all of the weight or nothing. A sentence about the person alone in its "
        "`all:` gives nothing, whatever the group or the mentor is like, to everybody of whom it "
        "is not true: the weight still counts in their total, so all their scores fall. What says "
        "for whom a preference counts is `applies_when`.",
        "# before\nwhen:\n  all:\n    - patient.barriers includes childcare\n"
        "    - group.accessibility includes children-welcome\n"
        "# after\napplies_when: patient.barriers includes childcare\n"
        "when: group.accessibility includes children-welcome",
    ),
}

STEWARDSHIP: Final[dict[str, Row]] = {
    "PM401": (
        "a citation that does not resolve",
        "Every source of a rule is an entry of `sources.yaml`, with its status: seen in a stored "
        "source (V), from memory and to be confirmed (M), or a design default (D). Nothing is "
        "cited that is not there.",
        "source:\n  - {cite: white-2013, finding: what was found}",
    ),
    "PM402": (
        "a rule that ends before it begins",
        "`until` is the last day on which the rule is in force.",
        "effective: 2026-01-01\nuntil: 2026-12-31",
    ),
    "PM403": (
        "a review that is due before the rule begins",
        "`review_by` is the day by which somebody looks at the rule again.",
        "effective: 2026-01-01\nreview_by: 2027-01-01",
    ),
    "PM404": (
        "a review is overdue",
        "The day in `review_by` has passed. The engine keeps running with the rule; the check and "
        "a release do not pass until somebody has looked at it.",
        "Read the rule again, mend what is stale, and set a new `review_by`.",
    ),
    "PM405": (
        "the text of a started rule was left as it is",
        "`rules new` writes a rule with a title, a reason and a source that say what to write "
        "there. A draft may keep them for a while; a rule in force says what it does, why, and "
        "what was found where.",
        "# before\ntitle: Say in one plain sentence what this rule does\n"
        "# after\ntitle: A place for the children while the group meets",
    ),
}

EXAMPLES: Final[dict[str, Row]] = {
    "PM501": (
        "an example that cannot be read",
        "An example gives facts and says what is expected. Its facts, values and units are checked "
        "like those of a rule.",
        "- {given: {patient.medications: [methadone]}, expect: ask}",
    ),
    "PM502": (
        "a missing example",
        "Every rule has at least one example in which it fires, one in which it does not, and one "
        "in which an unknown fact leaves it open. Together they are the rule's test.",
        "- {given: {patient.medications: [methadone]}, expect: ask}",
    ),
    "PM503": (
        "an example that does not come out as expected",
        "The rule was run on the example's facts and gave something else than `expect` says. "
        "Either the rule or the example is wrong.",
        "Read the rule aloud with the example's facts, and mend the one that is wrong.",
    ),
}
