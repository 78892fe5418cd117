"""The blocks of a condition: what is none is told where it is, by what was most likely meant."""

import pytest

from peer_match.policy.condition import AllOf, AnyOf, Condition, Not

from .faults import told, write
from .packs import Pack

IN = "pack/group/must_not/the-rule.yaml"


def when(pack: Pack, text: str) -> str:
    """What is told of a rule with such a `when:`, without the name of its file."""
    return told(write(pack, "must_not", text)).replace(IN, "")


def condition_of(pack: Pack, text: str) -> Condition:
    (rule,) = write(pack, "must_not", text).policy().must_nots
    return rule.when


def shape(condition: Condition) -> object:
    match condition:
        case AllOf(parts):
            return ["all", *map(shape, parts)]
        case AnyOf(parts):
            return ["any", *map(shape, parts)]
        case Not(part):
            return ["not", shape(part)]
        case _:
            return condition.text.split()[-1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("when: patient.goals includes money\n", "money"),
        ("when:\n  not: patient.goals includes money\n", ["not", "money"]),
        ("when:\n  not:\n    - patient.goals includes money\n", ["not", "money"]),
        ("when:\n  all:\n    - patient.goals includes money\n", ["all", "money"]),
        (
            "when:\n"
            "  any:\n"
            "    - patient.goals includes money\n"
            "    - not:\n"
            "        all:\n"
            "          - patient.goals includes housing\n"
            "          - group.kind is community\n",
            ["any", "money", ["not", ["all", "housing", "community"]]],
        ),
    ],
)
def test_conditions_are_sentences_and_blocks_of_them(
    pack: Pack, text: str, expected: object
) -> None:
    assert shape(condition_of(pack, text)) == expected


# -- PM151: not a condition ------------------------------------------------------------------------

NOT_CONDITIONS = {
    "a list without a word above it": (
        """\
when:
  - group.kind is community
  - patient.goals includes money
""",
        """\
:12:3: PM151 error: a list of conditions does not say how many of them must hold
  12 |   - group.kind is community
     |   ^^^^^^^^^^^^^^^^^^^^^^^^^
  help: write `all:` or `any:` above the list
""",
    ),
    "a word that is near": (
        "when:\n  alll:\n    - group.kind is community\n",
        """\
:12:3: PM151 error: `alll` is not one of `all:`, `any:`, `not:`
  12 |   alll:
     |   ^^^^
  help: did you mean `all`?
""",
    ),
    "a word in capital letters": (
        "when:\n  ANY:\n    - group.kind is community\n",
        """\
:12:3: PM151 error: `ANY` is not one of `all:`, `any:`, `not:`
  12 |   ANY:
     |   ^^^
  help: did you mean `any`?
""",
    ),
    "another word": (
        "when:\n  or:\n    - group.kind is community\n",
        """\
:12:3: PM151 error: `or` is not one of `all:`, `any:`, `not:`
  12 |   or:
     |   ^^
  help: write `any:`
""",
    ),
    "two words side by side": (
        """\
when:
  all:
    - group.kind is community
  any:
    - patient.goals includes money
""",
        """\
:14:3: PM151 error: `any` stands beside another condition, not below it
  14 |   any:
     |   ^^^
  help: put both into the list of one `all:` or `any:`
""",
    ),
    "a colon in a sentence": (
        "when:\n  all:\n    - patient.goals includes: money\n",
        """\
:13:7: PM151 error: a sentence has no colon, as after `patient.goals includes`
  13 |     - patient.goals includes: money
     |       ^^^^^^^^^^^^^^^^^^^^^^
  help: write `patient.goals includes money`
""",
    ),
    "a fact as a key": (
        "when:\n  all:\n    - group.kind: community\n",
        """\
:13:7: PM151 error: a sentence has no colon, as after `group.kind`
  13 |     - group.kind: community
     |       ^^^^^^^^^^
  help: write for example `group.kind is community`
""",
    ),
    "nothing": (
        "when:\n",
        """\
:11:6: PM151 error: a condition is missing here
  11 | when:
     |      ^
  help: write a sentence, or `all:`, `any:` or `not:` with conditions below it
""",
    ),
    "an empty item": (
        "when:\n  all:\n    - group.kind is community\n    -\n",
        """\
:14:6: PM151 error: a condition is missing here
  14 |     -
     |      ^
  help: write a sentence, or `all:`, `any:` or `not:` with conditions below it
""",
    ),
    "an empty block": (
        "when: {}\n",
        """\
:11:7: PM151 error: a condition is a sentence, or one of `all:`, `any:`, `not:`
  11 | when: {}
     |       ^^
  help: write each sentence as an item of a list below `all:` or `any:`
""",
    ),
}


@pytest.mark.parametrize("name", NOT_CONDITIONS)
def test_what_is_not_a_condition_is_told_once_where_it_is(pack: Pack, name: str) -> None:
    text, expected = NOT_CONDITIONS[name]
    assert when(pack, text) == expected
    assert "PM151" in pack.codes()


# -- PM152: how many conditions --------------------------------------------------------------------

LISTS = {
    "all without a list": (
        "when:\n  all: group.kind is community\n",
        """\
:12:3: PM152 error: `all` needs a list of conditions
  12 |   all: group.kind is community
     |   ^^^
  help: below `all:`, begin each condition on a line of its own with a dash
""",
    ),
    "any with nothing": (
        "when:\n  any:\n",
        """\
:12:3: PM152 error: `any` needs a list of conditions
  12 |   any:
     |   ^^^
  help: below `any:`, begin each condition on a line of its own with a dash
""",
    ),
    "any with an empty list": (
        "when:\n  any: []\n",
        """\
:12:3: PM152 error: `any` needs a list of conditions
  12 |   any: []
     |   ^^^
  help: below `any:`, begin each condition on a line of its own with a dash
""",
    ),
    "not of two": (
        "when:\n  not:\n    - group.kind is community\n    - patient.goals includes money\n",
        """\
:14:7: PM152 error: `not` takes one condition
  14 |     - patient.goals includes money
     |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  help: put several below `all:` or `any:` inside the `not:`
""",
    ),
    "not of none": (
        "when:\n  not: []\n",
        """\
:12:8: PM152 error: `not` takes one condition
  12 |   not: []
     |        ^^
  help: write the condition after `not:`
""",
    ),
}


@pytest.mark.parametrize("name", LISTS)
def test_how_many_conditions_a_word_takes_is_told(pack: Pack, name: str) -> None:
    text, expected = LISTS[name]
    assert when(pack, text) == expected
    assert "PM152" in pack.codes()


def test_every_fault_of_a_condition_is_told_at_once(pack: Pack) -> None:
    write(
        pack,
        "must_not",
        "when:\n"
        "  any:\n"
        "    - all: []\n"
        "    - group.kind is comunity\n"
        "    - not:\n"
        "        some:\n"
        "          - patient.phq9 is at least 10 days\n",
    )
    assert [place[1:] for place in pack.places()] == [
        (13, 7, "PM152"),
        (14, 21, "PM202"),
        (16, 9, "PM151"),
    ]
