"""What a word processor puts in place of plain characters is named where it stands."""

import pytest

from peer_match.policy.policy import Policy
from peer_match.policy.typography import as_typed, how_to_type, typeset_in
from policy.packs import place_of

from .faults import told_without_files, write
from .packs import Pack, where_in
from .sentences import meaning, one_fault

HERE = "from a word processor stands here"


@pytest.mark.parametrize(
    ("sentence", "name", "mended"),
    [
        ("patient.goals includes ‹“›housing”", "a curly quote", "housing"),
        ("patient.goals includes any of money, ‹‘›housing’", "a curly quote", "housing"),
        ("patient.goals includes stay‹–›stopped", "an en dash", "stay-stopped"),
        ("patient.goals includes stay‹—›stopped", "an em dash", "stay-stopped"),
        ("patient.goals includes stay‹\u2011›stopped", "a no-break hyphen", "stay-stopped"),
        ("patient.goals includes hous‹\u200b›ing", "an invisible zero-width space", "housing"),
        ("patient.goals includes hous‹\u00ad›ing", "an invisible soft hyphen", "housing"),
        ("patient.phq9 is at least 10‹\u00a0›points", "a no-break space", "10 points"),
        ("patient.phq9 is‹\u202f›at least 10 points", "a no-break space", "is at"),
    ],
)
def test_a_sentence_is_told_at_the_character(
    shipped_policy: Policy, sentence: str, name: str, mended: str
) -> None:
    code, _, help = one_fault(shipped_policy, sentence)
    assert (code, help) == ("PM150", f"{name} {HERE}; write `{mended}`")


def test_a_dash_between_words_is_taken_out(shipped_policy: Policy) -> None:
    _, _, help = one_fault(shipped_policy, "patient.goals includes ‹—› housing")
    assert help == f"an em dash {HERE}; take it out"


@pytest.mark.parametrize(
    ("sentence", "help"),
    [
        ("patient.goals ‹doesn’t include› housing", "write `includes none of`"),
        ("patient.phq9 is between ‹10–20› points", "write `between 10 and 20`, with the unit"),
        ("‹patient’s barriers› includes cost", "write `patient.barriers`"),
        ("‹patient's accessibility needs› includes wheelchair",
         "write `patient.accessibility_needs`"),
        ("travel distance from ‹patient’s home› to group.place is at most 5 km",
         "write `patient.home`"),
    ],
)  # fmt: skip
def test_words_that_have_a_right_form_of_their_own_are_told_whole(
    shipped_policy: Policy, sentence: str, help: str
) -> None:
    code, _, told = one_fault(shipped_policy, sentence)
    assert (code, told) == ("PM150", help)


WHEN = "when: patient.goals includes housing\n"


@pytest.mark.parametrize(
    ("line", "character", "code", "mended"),
    [
        ("effective: 2026–01–01\n", "–", "PM122", "2026-01-01"),
        ("effective: “2026-01-01”\n", "“", "PM122", "2026-01-01"),
        ("review_by: 2027-01-\u200b01\n", "\u200b", "PM122", "2027-01-01"),
        ("status: ‘active’\n", "‘", "PM123", "active"),
        ("owner: clinical–safety\n", "–", "PM137", "clinical-safety"),
        ("“until”: 2027-01-01\n", "“", "PM120", "until"),
        ("\u00a0until: 2027-01-01\n", "\u00a0", "PM120", "until"),
        ("source: [{cite: “white-2013”, finding: x}]\n", "“", "PM137", "white-2013"),
    ],
)
def test_keys_codes_and_dates_are_told_at_the_character(
    pack: Pack, line: str, character: str, code: str, mended: str
) -> None:
    write(pack, "finding", line + WHEN)
    (problem,) = pack.problems()
    text = (pack.root / "findings" / "the-rule.yaml").read_text("utf-8")
    assert problem.code == code
    start = text.index(line)
    before = text[:start].count("\n")
    assert place_of(problem)[1:3] == (before + 1, line.index(character) + 1)
    assert problem.help.endswith(f"{HERE}; write `{mended}`")


def test_a_list_that_begins_with_a_dash_of_a_word_processor(pack: Pack) -> None:
    write(pack, "finding", "when:\n  all:\n    – patient.goals includes housing\n")
    (problem,) = pack.problems()
    text = (pack.root / "findings" / "the-rule.yaml").read_text("utf-8")
    assert place_of(problem)[1:] == (*where_in(text, "–"), "PM152")
    assert problem.help == f"an en dash {HERE}; write `- `"


def test_a_curly_quote_around_a_title_with_a_colon(pack: Pack) -> None:
    write(pack, "finding", f"title: “Mentors: who may”\n{WHEN}")
    (problem,) = pack.problems()
    assert (problem.code, "curly quote" in problem.help) == ("PM110", True)


def test_prose_may_have_them(pack: Pack) -> None:
    prose = "title: The person’s “own” way – or not\nwhy: It’s so — truly…\n"
    assert write(pack, "finding", prose + WHEN).codes() == []


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("White 2013 says so", "expected a list of sources, found `White 2013 says so`"),
        ("{cite: white-2013, finding: x}", "expected a list of sources, found a block of keys"),
        ("[white-2013]",
         "expected an id of `sources.yaml` and what it says, found `white-2013`"),
    ],
)  # fmt: skip
def test_a_source_as_plain_text_is_told_with_the_right_form(
    pack: Pack, source: str, expected: str
) -> None:
    write(pack, "finding", f"source: {source}\n{WHEN}")
    told = told_without_files(pack)
    assert f"PM122 error: {expected}\n" in told
    assert told.endswith(
        'help: below `source:` write `- {cite: ID-IN-SOURCES.YAML, finding: "what it says"}`\n'
    )
    assert len(pack.codes()) == 1


def test_a_text_as_it_is_typed() -> None:
    assert as_typed("“work–schedule”") == "work-schedule"
    assert how_to_type('plain - "text"') == ""
    assert typeset_in("plain") is None
    assert how_to_type("“”") == f"a curly quote {HERE}; take it out"


def test_every_mended_sentence_can_be_read(shipped_policy: Policy) -> None:
    assert meaning(shipped_policy, "patient.accessibility_needs includes wheelchair")
