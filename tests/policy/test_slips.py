"""What authors most often get wrong is told at the words to change, with the words to write."""

import re

import pytest

from peer_match.policy.policy import Policy
from peer_match.policy.slips import slip_at

from .sentences import meaning, one_fault

AT = "cannot read the sentence at `{}`"
CAPITAL = "`{}` has a capital letter"
IS_ALONE = "a date is not compared with `is` alone"
BELOW_ALL = "write one sentence a line, as a list below `all:`"
COMMA = "put a comma between values, and no word"
DATE = "write year, month and day, such as `2026-01-31`, or `today`"
FAR = "travel distance from patient.home to group.place"
MET = "share of patient.goals met by group.topics"

SLIPS: list[tuple[str, str, str, str]] = [
    # the sentence as written, the message (AT when it is ""), the help, the sentence once mended
    # capital letters, full stops, quotes
    ("‹Patient.goals› includes housing", CAPITAL, "write `patient.goals`",
     "patient.goals includes housing"),
    ("patient.goals ‹Includes› housing", CAPITAL, "write `includes`",
     "patient.goals includes housing"),
    ("patient.goals includes ‹Housing›", CAPITAL, "write `housing`",
     "patient.goals includes housing"),
    ("patient.phq9 is at least 10 ‹Points›", CAPITAL, "write `points`",
     "patient.phq9 is at least 10 points"),
    ("patient.goals includes housing‹.›", "a sentence ends without `.`", "take it out",
     "patient.goals includes housing"),
    ("group.last_confirmed is after 2026-01-31‹.›", "a sentence ends without `.`", "take it out",
     "group.last_confirmed is after 2026-01-31"),
    ("patient.goals includes any of housing, money‹,›", "nothing follows the comma",
     "take it out, or write another value", "patient.goals includes any of housing, money"),
    ('group.kind is ‹"community"›', "", "write the value alone, without quotes",
     "group.kind is community"),
    ("‹if› patient.new_to_groups is yes", "", "begin with the fact",
     "patient.new_to_groups is yes"),
    # plural and singular, and other verbs
    ("patient.goals ‹include› housing", "", "write `includes`", "patient.goals includes housing"),
    ("patient.goals ‹contains› housing", "", "write `includes`", "patient.goals includes housing"),
    ("patient.suicide_screen ‹are› high", "", "write `is`", "patient.suicide_screen is high"),
    ("patient.suicide_screen ‹isn't› high", "", "write `is not`",
     "patient.suicide_screen is not high"),
    ("patient.goals ‹share any with› group.topics", "", "write `shares any with`",
     "patient.goals shares any with group.topics"),
    ("patient.goals ‹shares› with group.topics", "", "write `shares any with`",
     "patient.goals shares any with group.topics"),
    ("high-suicide-risk ‹hold›", "", "write `holds`", "high-suicide-risk holds"),
    ("high-suicide-risk ‹is yes›", "", "write `holds`", "high-suicide-risk holds"),
    # the opposite
    ("‹not› patient.new_to_groups is yes", "", "write `not:`, with a colon, before the sentence",
     "patient.new_to_groups is yes"),
    ("high-suicide-risk ‹does not hold›", "", "write `not: high-suicide-risk holds`",
     "high-suicide-risk holds"),
    ("patient.goals ‹does not include› housing", "", "write `includes none of`",
     "patient.goals includes none of housing"),
    ("patient.goals ‹includes no› housing", "", "write `includes none of`",
     "patient.goals includes none of housing"),
    ("patient.suicide_screen ‹is none of› high, moderate", "", "write `is not one of`",
     "patient.suicide_screen is not one of high, moderate"),
    ("patient.phq9 is ‹not at least› 10 points", "", "write `less than`",
     "patient.phq9 is less than 10 points"),
    ("patient.phq9 is ‹not between› 10 and 14 points", "", "put the sentence below `not:`",
     "patient.phq9 is between 10 and 14 points"),
    # several values
    ("patient.goals includes ‹housing, money›", "`includes` alone is followed by one value",
     "write `includes any of housing, money`, or `includes all of housing, money`",
     "patient.goals includes all of housing, money"),
    ("patient.goals includes ‹housing and money›", "`includes` alone is followed by one value",
     "write `includes any of housing, money`, or `includes all of housing, money`",
     "patient.goals includes any of housing, money"),
    ("patient.goals ‹includes one of› housing, money", "", "write `includes any of`",
     "patient.goals includes any of housing, money"),
    ("patient.goals includes ‹all› housing, money", "`of` is missing after `all`",
     "write `all of`", "patient.goals includes all of housing, money"),
    ("patient.suicide_screen is ‹high or moderate›", "`is` alone is followed by one value",
     "write `is one of high, moderate`", "patient.suicide_screen is one of high, moderate"),
    ("patient.suicide_screen is not ‹high, moderate›", "`is not` alone is followed by one value",
     "write `is not one of high, moderate`",
     "patient.suicide_screen is not one of high, moderate"),
    ("patient.suicide_screen is one of high ‹or› moderate", "", COMMA,
     "patient.suicide_screen is one of high, moderate"),
    ("patient.goals includes any of housing, money, ‹or› transport", "", COMMA,
     "patient.goals includes any of housing, money, find-work"),
    # two sentences in one
    ("patient.new_to_groups is yes ‹and› group.kind is community", "", BELOW_ALL,
     "patient.new_to_groups is yes"),
    ("patient.new_to_groups is yes ‹and› high-suicide-risk holds", "", BELOW_ALL,
     "high-suicide-risk holds"),
    ("patient.new_to_groups is yes ‹or› group.kind is community", "",
     "write one sentence a line, as a list below `any:`", "group.kind is community"),
    # two facts
    ("patient.goals includes ‹group.topics›", "",
     "to compare two sets write `includes any of group.topics`",
     "patient.goals includes any of group.topics"),
    ("patient.goals shares any with ‹housing›", "",
     "write `includes any of housing`; `shares any with` is followed by another fact",
     "patient.goals includes any of housing"),
    ("patient.belief is ‹group.belief›", "`is` compares a fact with values, not with another fact",
     "name the values; only two sets are compared with each other, by `shares any with`",
     "patient.goals shares any with group.topics"),
    # numbers
    ("patient.phq9 ‹>=› 10 points", "", "say it in words: `is at least`",
     "patient.phq9 is at least 10 points"),
    ("patient.suicide_screen ‹=› high", "", "say it in words: `is`",
     "patient.suicide_screen is high"),
    ("patient.phq9 is ‹greater than› 10 points", "", "write `more than`",
     "patient.phq9 is more than 10 points"),
    ("patient.phq9 is ‹below› 10 points", "", "write `less than`",
     "patient.phq9 is less than 10 points"),
    ("patient.phq9 is ‹more then› 10 points", "", "write `more than`",
     "patient.phq9 is more than 10 points"),
    ("patient.phq9 is ‹no more than› 10 points", "", "write `at most`",
     "patient.phq9 is at most 10 points"),
    ("patient.phq9 is ‹exactly 10› points", "a number is not compared with `is` alone",
     "write `is at least 10`, or for this number alone `is between 10 and 10`, with the unit",
     "patient.phq9 is between 10 and 10 points"),
    ("patient.phq9 is between ‹10-14› points", "", "write `between 10 and 14`, with the unit",
     "patient.phq9 is between 10 and 14 points"),
    ("patient.phq9 is between 10 ‹points› and 14 points", "",
     "write the unit once, after the second number", "patient.phq9 is between 10 and 14 points"),
    ("patient.phq9 is at least ‹ten› points", "expected a number, found `{}`",
     "write the amount in digits; to compare values, name them with `is one of`",
     "patient.phq9 is at least 10 points"),
    ("patient.suicide_screen is at least ‹moderate›", "expected a number, found `{}`",
     "write the amount in digits; to compare values, name them with `is one of`",
     "patient.suicide_screen is one of moderate, high"),
    ("patient.phq9 is at least ‹10points›", "", "write `10 points`, with a space between",
     "patient.phq9 is at least 10 points"),
    ("patient.phq9 is at least ‹-1› points", "", "amounts are whole numbers from 0",
     "patient.phq9 is at least 1 point"),
    (f"{FAR} is at most ‹2.5› km", "", "amounts are whole numbers; choose a smaller unit",
     f"{FAR} is at most 2500 m"),
    (f"{FAR} is at most ‹2,500› m", "", "write the number in digits only",
     f"{FAR} is at most 2500 m"),
    (f"{MET} is at least ‹50%›", "", "write `50 percent`", f"{MET} is at least 50 percent"),
    # dates
    ("group.last_confirmed is before ‹31/01/2026›", "`{}` is not a date", DATE,
     "group.last_confirmed is before 2026-01-31"),
    ("group.last_confirmed is after ‹January 2026›", "`{}` is not a date", DATE,
     "group.last_confirmed is after 2026-01-01"),
    ("group.last_confirmed is ‹on 2026-01-31›", IS_ALONE,
     "write `is before 2026-01-31` or `is after 2026-01-31`",
     "group.last_confirmed is after 2026-01-31"),
    ("group.last_confirmed is ‹12 months› ago", IS_ALONE,
     "write `is at least 12 months ago` or `is less than 12 months ago`",
     "group.last_confirmed is at least 12 months ago"),
    ("group.last_confirmed is ‹more than› 12 months ago", "",
     "write `at least`; before `ago` stands `at least` or `less than` with a span",
     "group.last_confirmed is at least 12 months ago"),
    ("group.last_confirmed is ‹at most› 12 months ago", "",
     "write `is less than 12 months ago`, or `is within 12 months`",
     "group.last_confirmed is within 12 months"),
    ("group.last_confirmed is ‹within the last› 30 days", "", "write `within`",
     "group.last_confirmed is within 30 days"),
    ("patient.birth_date is at least 18 years ‹old›", "", "write `ago`",
     "patient.birth_date is at least 18 years ago"),
    # names
    ("‹patient goals› includes housing", "", "write `patient.goals`, with a dot",
     "patient.goals includes housing"),
    ("‹goals› includes housing", "`{}` does not say whose it is", "write `patient.goals`",
     "patient.goals includes housing"),
    (f"{FAR.replace('patient.', '‹').replace('home', 'home›')} is at most 2 km",
     "`{}` does not say whose it is", "write `patient.home` or `mentor.home`",
     f"{FAR} is at most 2 km"),
    ("‹patient.suicide-screen› is high", "",
     "write `patient.suicide_screen`; the words of a fact are joined by underscores",
     "patient.suicide_screen is high"),
    ("‹high_suicide_risk› holds", "",
     "write `high-suicide-risk`; the words of values and findings are joined by hyphens",
     "high-suicide-risk holds"),
    ("‹distance› from patient.home to group.place is at most 2 km", "", "write `travel distance`",
     f"{FAR} is at most 2 km"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("written", "message", "help", "mended"), SLIPS, ids=[one[0] for one in SLIPS]
)
def test_a_slip_is_told_at_its_words_with_what_to_write(
    shipped_policy: Policy, written: str, message: str, help: str, mended: str
) -> None:
    (words,) = re.findall("‹(.*)›", written)
    told = (message or AT).format(words)
    assert one_fault(shipped_policy, written) == ("PM150", told, help)
    assert meaning(shipped_policy, mended)


OTHERS: list[tuple[str, str, str]] = [
    # without a slip that is known, what could stand there is listed
    ("patient.goals ‹approves› housing", AT, "`shares any with`, `is` or `includes`"),
    ("patient.goals includes any of housing ‹money›", AT,
     "a comma and another value or the end of the sentence"),
    ("group.last_confirmed is at least 12 months ago ‹or› so", AT, "the end of the sentence"),
    ("‹patient.goals›", "the sentence stops too early", "`shares any with`, `is` or `includes`"),
    ("patient.goals includes any ‹of›", "the sentence stops too early",
     "a fact such as `patient.goals` or a value such as `opioids`"),
    ("patient.phq9 is at ‹least›", "the sentence stops too early", "a whole number"),
    ("‹high-suicide-risk›", "the sentence stops too early", "`holds`"),
    ("high-suicide-risk ‹holding›", AT, "`holds`"),
    (f"{FAR} ‹@› most 2 km", AT, "`is`"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "message", "expected"), OTHERS, ids=[o[0] for o in OTHERS])
def test_what_could_stand_there_is_listed(
    shipped_policy: Policy, written: str, message: str, expected: str
) -> None:
    (words,) = re.findall("‹(.*)›", written)
    assert one_fault(shipped_policy, written) == (
        "PM150",
        message.format(words),
        f"expected {expected}",
    )


@pytest.mark.parametrize(
    ("line", "reader", "help"),
    [
        ("patient.home ‹becoms› group.place", "edit", "expected `becomes` or `gains`"),
        ("patient.formats gains online ‹and› phone", "edit", COMMA),
        (f"{FAR} ‹is› at most 2 km", "measure", "expected the end of the sentence"),
        ("share of patient.goals ‹in› group.topics", "measure", "expected `met` or `within`"),
    ],
)
def test_edits_and_measures_are_told_alike(
    shipped_policy: Policy, line: str, reader: str, help: str
) -> None:
    code, _, told = one_fault(shipped_policy, line, reader)
    assert (code, told) == ("PM150", help)


def test_a_slip_in_folded_text_is_told_on_its_own_line(shipped_policy: Policy) -> None:
    written = ">-\n  patient.goals\n  ‹Includes› housing"
    assert one_fault(shipped_policy, written)[1] == "`Includes` has a capital letter"


@pytest.mark.parametrize("words", [200, 20_000])
def test_the_place_is_right_far_into_a_long_sentence(shipped_policy: Policy, words: int) -> None:
    before = "patient.goals includes any of " + "housing, " * words
    code, message, _ = one_fault(shipped_policy, f"{before}‹Money›, housing")
    assert (code, message) == ("PM150", "`Money` has a capital letter")


@pytest.mark.parametrize(
    "text",
    [
        "patient." + "A" * 100_000,
        "patient.goals includes " + "a, b or " * 10_000,
        "patient.goals is " + "not " * 20_000,
        '"' * 3 + "x" * 50_000,
        "patient.phq9 is " + "9" * 50_000,
        "patient.phq9 is between " + "1 - " * 20_000,
        "{wrong} is {help}",
        "patient.goals includes {0}",
        "\u202epatient.goals includes housing",
        " ",
    ],
)
def test_hostile_text_is_told_in_few_words(text: str) -> None:
    """Wherever the grammar stops, finding a slip neither fails nor says much."""
    for place in {0, len(text) // 2, len(text)}:
        slip = slip_at(text, place)
        if slip is not None:
            assert 0 <= slip.start <= slip.start + slip.length <= len(text)
            assert len(slip.message) + len(slip.help) < 600
