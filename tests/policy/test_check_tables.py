"""The tables of a pack: each entry once, each name known, no term a kind of itself."""

from collections.abc import Callable

import pytest

from peer_match.policy.rule_files import MOST_TERMS

from .faults import told, told_without_files
from .packs import Pack

BELIEF = "vocabulary/belief.yaml"


def belief(pack: Pack, *terms: str) -> Pack:
    """The vocabulary of beliefs, with these terms after the shipped ones."""
    shipped = pack.root.joinpath(BELIEF).read_text("utf-8").rstrip("\n")
    pack.write(BELIEF, "\n".join([shipped, *(f"  - {{{term}}}" for term in terms)]) + "\n")
    return pack


def last_lines(pack: Pack) -> int:
    return len(pack.root.joinpath(BELIEF).read_text("utf-8").splitlines())


# -- PM216: terms ----------------------------------------------------------------------------------


def test_two_terms_that_are_kinds_of_each_other(pack: Pack) -> None:
    """One circle is one fault, however many terms are in it."""
    belief(pack, "code: first, label: One, kind_of: two", "code: two, label: Two, kind_of: first")
    line = last_lines(pack) - 1
    assert told_without_files(pack).splitlines() == [
        f":{line}:40: PM216 error: a term is a kind of itself: first → two → first",
        f"  {line} |   - {{code: first, label: One, kind_of: two}}",
        f"  {' ' * len(str(line))} | {' ' * 39}^^^",
        "  help: a term is a kind of a broader one; take `kind_of` out of the broadest",
    ]
    assert pack.codes() == ["PM216"]


def test_a_term_that_is_a_kind_of_itself(pack: Pack) -> None:
    belief(pack, "code: first, label: One, kind_of: first")
    (problem,) = pack.problems()
    assert (problem.code, problem.message) == ("PM216", "a term is a kind of itself: first → first")


def test_a_way_into_a_circle_is_no_further_fault(pack: Pack) -> None:
    belief(
        pack,
        "code: below, label: Below, kind_of: first",
        "code: first, label: One, kind_of: two",
        "code: two, label: Two, kind_of: three",
        "code: three, label: Three, kind_of: first",
        "code: own, label: Own, kind_of: own",
    )
    assert [one.message.partition(": ")[2] for one in pack.problems()] == [
        "first → two → three → first",
        "own → own",
    ]


def test_a_chain_of_terms_is_fine(pack: Pack) -> None:
    belief(
        pack,
        "code: first, label: One, kind_of: two",
        "code: two, label: Two, kind_of: three",
        "code: four, label: Four, kind_of: three",
        "code: three, label: Three",
    )
    assert told(pack) == "\n"


def test_a_term_of_a_circle_can_be_named_by_a_rule(pack: Pack) -> None:
    belief(pack, "code: first, label: One, kind_of: two", "code: two, label: Two, kind_of: first")
    pack.must_not("the-rule", when={"all": ["patient.belief is first", "patient.belief is two"]})
    assert pack.codes() == ["PM216"]


def test_a_broader_term_that_is_not_there(pack: Pack) -> None:
    belief(pack, "code: first, label: One, kind_of: tow", "code: two, label: Two")
    (problem,) = pack.problems()
    assert (problem.code, problem.message, problem.help) == (
        "PM202",
        "`tow` is not in vocabulary `belief`",
        "did you mean `two`?",
    )


def test_a_vocabulary_has_so_many_terms_and_no_more(pack: Pack) -> None:
    """The deepest chain of as many terms as there may be is still read."""
    room = MOST_TERMS - pack.root.joinpath(BELIEF).read_text("utf-8").count("- {code: ")
    chain = [f"code: t{number}, label: T, kind_of: t{number + 1}" for number in range(room - 1)]
    pack.must_not("the-rule", when="patient.belief is t0")
    belief(pack, *chain, f"code: t{room - 1}, label: T")
    assert pack.codes() == []
    belief(pack, "code: too-many, label: T")
    assert [(one.code, one.message) for one in pack.problems()] == [
        ("PM124", f"expected at most {MOST_TERMS} items, found {MOST_TERMS + 1}")
    ]


# -- PM219: names that no sentence can use ---------------------------------------------------------


@pytest.mark.parametrize(
    ("vocabulary", "word", "told"),
    [
        ("belief", "unknown", True),  # `patient.belief is unknown` asks something else
        ("belief", "one", True),
        ("belief", "not", True),
        ("belief", "none", False),  # `patient.belief is none` is read as it is meant
        ("belief", "unknown-to-us", False),
        ("goal", "none", True),  # `patient.goals includes none` goes on with `of`
        ("goal", "unknown", False),
        ("priority-level", "not", False),  # no sentence is about it
    ],
)
def test_a_code_that_is_a_word_of_sentences(
    pack: Pack, vocabulary: str, word: str, told: bool
) -> None:
    file = pack.root / "vocabulary" / f"{vocabulary}.yaml"
    text = file.read_text("utf-8").rstrip("\n")
    file.write_text(f"{text}\n  - {{code: {word}, label: A word}}\n", "utf-8")
    assert pack.codes() == (["PM219"] if told else [])
    for problem in pack.problems():
        place = problem.position
        assert place.line == len(text.splitlines()) + 1
        assert (place.column, place.end_column - place.column) == (12, len(word))
        assert problem.message == f"`{word}` is a word of sentences, so no rule can name this value"
        assert problem.help == "add a word to the code, joined by a hyphen"


# -- PM217: categories -----------------------------------------------------------------------------


def recipient(pack: Pack, sees: str) -> Pack:
    """One more recipient, who sees these categories."""
    file = pack.root / "disclosure.yaml"
    text = file.read_text("utf-8").rstrip("\n")
    file.write_text(f"{text}\n  - {{code: extra, label: Extra, sees: [{sees}]}}\n", "utf-8")
    return pack


def test_a_category_that_is_not_listed(pack: Pack) -> None:
    recipient(pack, "public, socail")
    lines = told(pack).splitlines()
    assert lines[0].endswith("PM217 error: `socail` is not one of the `categories`")
    assert lines[1].endswith("sees: [public, socail]}")
    assert lines[2].count("^") == len("socail")
    assert lines[2].index("^") == lines[1].index("socail")
    assert lines[3] == "  help: did you mean `social`?"
    assert pack.codes() == ["PM217"]


def test_a_category_that_is_near_none(pack: Pack) -> None:
    recipient(pack, "xyz")
    assert [(one.code, one.help) for one in pack.problems()] == [
        ("PM217", "list it there with a few words, or take it out")
    ]


def test_a_category_of_facts_that_is_left_out(pack: Pack) -> None:
    """Both that it is missing, and each recipient who would see it."""
    pack.edit("disclosure.yaml", "  legal: Limits set by a court\n", "")
    first, *others = pack.problems()
    assert (first.code, first.message, first.help) == (
        "PM217",
        "the category `legal` of facts is not listed",
        "add it, with a few words on what it holds",
    )
    assert first.source_line.startswith("categories:")
    assert first.position.end_column - first.position.column == len("categories")
    assert {one.message for one in others} == {"`legal` is not one of the `categories`"}


def test_a_category_of_ones_own_is_fine(pack: Pack) -> None:
    pack.edit("disclosure.yaml", "categories:\n", "categories:\n  notes: What people noted\n")
    recipient(pack, "notes, social")
    assert told(pack) == "\n"


# -- PM218: entries that are listed twice ----------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "entry", "again"),
    [
        (BELIEF, "", "  - {code: again, label: Again}\n" * 2),
        ("sources.yaml", "",
         "  - {id: again, title: T, locator: L, status: D, findings: [f]}\n" * 2),
        ("disclosure.yaml", "", "  - {code: again, label: Again}\n" * 2),
        ("intake.yaml", "  - fact: patient.goals\n",
         "  - {fact: patient.goals, asks: Which goals?, asked_of: patient}\n"),
    ],
)  # fmt: skip
def test_an_entry_that_is_listed_twice(
    new_pack: Callable[[], Pack], path: str, entry: str, again: str
) -> None:
    pack = new_pack()
    text = pack.root.joinpath(path).read_text("utf-8").rstrip("\n") + "\n"
    assert entry in text
    pack.write(path, text + again)
    (problem,) = pack.problems()
    word = "patient.goals" if entry else "again"
    place = problem.position
    assert (problem.code, problem.message) == ("PM218", f"`{word}` is listed twice")
    assert problem.help == "keep one of the two entries"
    last = (text + again).splitlines()[-1]
    assert place.line == len((text + again).splitlines())
    assert last[place.column - 1 : place.end_column - 1] == word
    once = new_pack()
    once.write(path, text + (again[: len(again) // 2] if not entry else ""))
    assert told(once) == "\n"


def test_one_code_in_two_vocabularies_is_fine(pack: Pack) -> None:
    pack.write("vocabulary/mine.yaml", "vocabulary: mine\ntitle: Mine\nterms:\n"
               "  - {code: housing, label: Housing}\n")  # fmt: skip
    assert told(pack) == "\n"


def test_a_rule_may_be_called_like_a_vocabulary(pack: Pack) -> None:
    """An id names one rule; a vocabulary is no rule, and its file is not taken for the rule's."""
    pack.finding(
        "goal",
        when="patient.goals includes housing",
        examples=[
            {"given": {"patient.goals": ["housing"]}, "expect": "yes"},
            {"given": {"patient.goals": ["money"]}, "expect": "no"},
            {"given": {}, "expect": "unknown"},
        ],
    )
    assert told(pack) == "\n"
    assert [one.message for one in pack.examples().diagnostics] == []
    assert [one.passed for one in pack.examples().results if one.rule == "goal"] == [True] * 3
