"""Facts and values are listed as the engine knows them, each with a sentence for rules."""

import re
from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from peer_match.authoring.glossary import facts_about, sentence_about, write_page
from peer_match.authoring.prose import prose
from peer_match.facts.catalogue import CATALOGUE
from peer_match.policy.condition import facts_read
from peer_match.policy.policy import Policy
from peer_match.surfaces.cli import app
from policy.packs import Pack
from policy.sentences import bound, meaning

PAGE = Path(__file__).parents[2] / "docs" / "facts.md"
HOW_TO_PUBLISH = (
    "to publish: python -c 'from pathlib import Path; from peer_match import load_policy; "
    "from peer_match.authoring.glossary import write_page; "
    'write_page(Path("docs/facts.md"), load_policy().vocabularies)\''
)


def said(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["rules", *arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_published_page_is_the_one_in_force(shipped_policy: Policy, tmp_path: Path) -> None:
    write_page(tmp_path / "facts.md", shipped_policy.vocabularies)
    assert PAGE.read_text("utf-8") == (tmp_path / "facts.md").read_text("utf-8"), HOW_TO_PUBLISH


def test_the_page_has_every_fact_and_every_value_of_one(shipped_policy: Policy) -> None:
    page = PAGE.read_text("utf-8")
    assert [name for name in CATALOGUE if page.count(f"\n| `{name}` |") != 1] == []
    for fact in CATALOGUE.values():
        if fact.vocabulary is not None:
            assert f"\n## {fact.vocabulary}\n" in page
            for term in shipped_policy.vocabularies[fact.vocabulary].terms:
                assert f"\n| `{term.code}` | {term.label} |\n" in page


@pytest.mark.parametrize("name", CATALOGUE)
def test_the_sentence_about_a_fact_can_be_written_and_reads_it(
    shipped_policy: Policy, name: str
) -> None:
    sentence = sentence_about(CATALOGUE[name], shipped_policy.vocabularies)
    assert name in facts_read(meaning(shipped_policy, sentence))


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("phq9", "patient.phq9"),
        ("Work", "patient.barriers"),
        ("free in a week", "patient.availability"),
        ("medication stance", "group.medication_stance"),
        ("barrier", "patient.barriers"),
    ],
)
def test_a_fact_is_found_by_name_meaning_and_values(
    shipped_policy: Policy, word: str, found: str
) -> None:
    assert found in [one.name for one in facts_about(word, shipped_policy.vocabularies)]


def test_facts_on_the_command_line() -> None:
    text = said("facts", "phq9")
    assert re.search(r"^patient\.phq9: .+\n  a number of points\n  patient\.phq9 is at", text, re.M)
    (one,) = [one for one in orjson.loads(said("facts", "phq9", "--json"))
              if one["fact"] == "patient.phq9"]  # fmt: skip
    assert (one["kind"], one["unit"], one["vocabulary"]) == ("a number with a unit", "points", None)
    assert {one["fact"] for one in orjson.loads(said("facts", "--json"))} == set(CATALOGUE)


def test_values_on_the_command_line(shipped_policy: Policy) -> None:
    text = said("vocabulary", "barrier")
    assert text.startswith("barrier: What makes taking part hard; values of patient.barriers\n")
    assert re.search(r"^  work-schedule +Working hours$", text, re.M)
    assert "opioid" in said("vocabulary", "medication").partition(" (a kind of ")[2]
    every = orjson.loads(said("vocabulary", "--json"))
    assert {one["vocabulary"]: [term["code"] for term in one["terms"]] for one in every} == {
        one.id: [term.code for term in one.terms] for one in shipped_policy.vocabularies
    }


def test_the_values_of_ones_own_pack(whole_pack: Pack) -> None:
    whole_pack.edit("vocabulary/barrier.yaml", "label: Working hours", "label: Shifts")
    root = str(whole_pack.root)
    assert re.search(r"work-schedule +Shifts", said("vocabulary", "barrier", "--rules", root))
    assert "patient.barriers" in said("facts", "shifts", "--rules", root)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["facts", "zebra"], "no fact has the word `zebra`"),
        (["vocabulary", "bariers"], "the pack has no vocabulary `bariers`; did you mean `barrier`"),
        (["facts", "--rules", "/nowhere"], "PM100"),
    ],
)
def test_what_is_not_there_is_told(arguments: list[str], words: str) -> None:
    result = CliRunner().invoke(app, ["rules", *arguments])
    assert (result.exit_code, result.stdout) == (2, "")
    assert words in result.stderr


def test_every_sentence_of_a_rule_read_aloud_stands_there_as_it_is_written(
    shipped_policy: Policy,
) -> None:
    """What is pasted from it into a rule can be read."""
    written = 0
    for rule in shipped_policy.rules():
        for line in prose(rule, shipped_policy).splitlines():
            word, _, sentence = line.strip().partition(" ")
            if word != "written:":
                continue
            written += 1
            readers = ("condition", "measure", "edit")
            assert any(bound(shipped_policy, sentence, one)[1] == [] for one in readers), sentence
    assert written > 100
