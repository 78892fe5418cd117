"""What an editor refuses the check refuses, and the schema that is published is in force."""

import re
from pathlib import Path
from typing import Any

import orjson
import pytest
from jsonschema import Draft202012Validator, FormatChecker

from peer_match.authoring.schema import schema
from peer_match.policy.load import PackReading, read_pack
from peer_match.policy.nodes import Mapping, Node, Scalar
from peer_match.policy.rule_files import FILE_KINDS
from peer_match.policy.source import read_yaml
from policy.packs import LADDER, RULES, Pack

DOCS = Path(__file__).parents[2] / "docs"
MISSED = "at least 2 missed-meeting within 14 days"
VALIDATOR = Draft202012Validator(schema(), format_checker=FormatChecker())


def as_an_editor_reads(node: Node) -> Any:
    """YAML 1.2: plain digits are numbers, plain true and false are truths, the rest is text."""
    if isinstance(node, Mapping):
        return {key.text: as_an_editor_reads(value) for key, value in node.entries}
    if not isinstance(node, Scalar):
        return [as_an_editor_reads(item) for item in node.items]
    if node.is_quoted:
        return node.text
    if re.fullmatch(r"-?[0-9]+", node.text):
        return int(node.text)
    return {"true": True, "false": False, "": None}.get(node.text, node.text)


def complaints(text: str) -> list[str]:
    node, _ = read_yaml(text, "rule.yaml")
    assert node is not None
    return [one.message for one in VALIDATOR.iter_errors(as_an_editor_reads(node))]


def test_the_published_schema_is_the_one_in_force() -> None:
    """To publish: peer-match rules schema > docs/rule-files.schema.json"""
    published = (DOCS / "rule-files.schema.json").read_bytes()
    assert published == orjson.dumps(schema(), option=orjson.OPT_INDENT_2) + b"\n"


def test_the_schema_is_itself_valid_and_names_every_kind() -> None:
    Draft202012Validator.check_schema(schema())
    assert {one["required"][0] for one in schema()["anyOf"]} == set(FILE_KINDS)
    assert set(FILE_KINDS) <= set(schema()["$defs"])


@pytest.mark.parametrize(
    "path", sorted(RULES.rglob("*.yaml")), ids=lambda path: path.relative_to(RULES).as_posix()
)
def test_every_shipped_file_is_valid(path: Path) -> None:
    assert complaints(path.read_text("utf-8")) == []


def test_every_file_that_the_pack_reads_was_looked_at(shipped: PackReading) -> None:
    assert len(shipped.files) == len(list(RULES.rglob("*.yaml")))


BROKEN = [
    ("must_not: medication-hostile-group", "mustnot: medication-hostile-group"),
    ("must_not: medication-hostile-group", "must_not: Medication_Hostile"),
    ("title: ", "titel: "),
    ("status: active", "status: actve"),
    ("effective: 2023-01-01", "effective: soon"),
    ("effective: 2023-01-01", "effective: 2023"),
    ("floor: yes", "floor: perhaps"),
    ("if_unknown: ask", "if_unknown: pass"),
    ("if_unknown: ask", "if_unknown: [ask]"),
    ("if_unknown: ask", "outcome: ask"),
    ("override: {all_of: [patient, clinician], at_most: 90 days}", "override: {all_of: []}"),
    ("override: {all_of: [patient, clinician], at_most: 90 days}", "override: somebody"),
    ("override: {all_of: [patient, clinician], at_most: 90 days}",
     "override: {all_of: [patient], at_most: 90 days, by: fax}"),
    ("owner: clinical-safety", "owner: Clinical Safety"),
    ("when:\n  all:", "when:\n  every:"),
    ("when:\n  all:", "when:\n  all: []\n  any:"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new"), BROKEN)
def test_what_an_editor_refuses_the_check_refuses(whole_pack: Pack, old: str, new: str) -> None:
    rule = "group/must_not/medication-hostile-group.yaml"
    assert read_pack(whole_pack.root).policy is not None
    whole_pack.edit(rule, old, new)
    assert complaints((whole_pack.root / rule).read_text("utf-8"))
    assert whole_pack.read().policy is None


OF_SAFETY = {
    "escalate": "safety/escalate/the-rule.yaml",
    "pathway": "pathways/the-rule.yaml",
    "always": "always/the-rule.yaml",
}


def of_safety(pack: Pack, kind: str) -> str:
    """A right file of a kind of safety, in JSON as YAML, and the name of its file."""
    pack.pathway(LADDER)
    pack.rule(kind, "the-rule", **({} if kind == "pathway" else {"when": MISSED}))
    assert pack.codes() == []
    return OF_SAFETY[kind]


@pytest.mark.parametrize("kind", sorted(OF_SAFETY))
def test_a_right_file_of_safety_is_valid(pack: Pack, kind: str) -> None:
    """Also an escalation, which names a pathway by the key that begins a pathway's own file."""
    assert complaints((pack.root / of_safety(pack, kind)).read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        ("escalate", "escalate: the-rule", "escalat: the-rule"),
        ("escalate", "severity: urgent", "severity: high"),
        ("escalate", "severity: urgent\n", ""),
        ("escalate", f"pathway: {LADDER}\n", ""),
        ("escalate", "if_unknown: review", "if_unknown: hold"),
        ("escalate", "asks: clinician", "ask: clinician"),
        ("escalate", "asks: clinician", "asks: A clinician"),
        ("escalate", "asks: clinician", "steps: []"),
        ("always", "severity: urgent", "severity: severe"),
        ("always", "severity: urgent", "severity: urgent\nif_unknown: review"),
        ("pathway", '"emergent": "call"', '"worst": "call"'),
        ("pathway", '"within": "15 minutes", ', ""),
        ("pathway", '"if_silent": "repeat"', '"if_silent": "repeat", "fallback": "call"'),
        ("pathway", '"role": "clinician"', '"role": "A clinician"'),
        ("pathway", '"role": "clinician"', '"priority": "now", "role": "clinician"'),
    ],
)
def test_what_an_editor_refuses_of_safety_the_check_refuses(
    pack: Pack, kind: str, old: str, new: str
) -> None:
    name = of_safety(pack, kind)
    pack.edit(name, old, new)
    assert complaints((pack.root / name).read_text("utf-8"))
    assert pack.read().policy is None


@pytest.mark.parametrize(
    "text",
    [
        "prefer: x\nweight: -1\n",
        "prefer: x\nweight: many\n",
        "vocabulary: x\ntitle: X\nterms: []\n",
        "vocabulary: x\ntitle: X\nterms: [{code: a}]\n",
        "vocabulary: x\ntitle: X\norder: falling\nterms: [{code: a, label: A}]\n",
        "sources: x\nentries: [{id: a, title: A, locator: b, status: X, findings: [c]}]\n",
        "plan: x\ninclude: {frequency: {times: 0, per: 1 week}}\n",
        "disclosure: x\ncategories: {}\nrecipients: []\n",
        "pack: x\n",
        "events: x\nkinds: []\n",
        "events: x\nkinds: [{kind: a, label: A, privacy: social}]\n",
        "events: x\nkinds: [{kind: a, label: A, privacy: social, counts_as: danger}]\n",
        "events: x\nkinds: [{kind: a, label: A, privacy: social, counts_as: risk, about: all}]\n",
        "crisis_lines: x\nlines: []\n",
        "crisis_lines: x\nlines: [{line: a, name: A, contact: b, kind: warm}]\n",
        "escalate: x\npathway: y\n",
        "escalate: x\nseverity: high\n",
        "pathway: x\nsteps: []\n",
        "pathway: x\ntiers: []\n",
        "pathway: x\nenters_at: {high: a}\n",
        "always: x\nseverity: dire\n",
        "- a\n- list\n",
        "just text\n",
    ],
)
def test_other_broken_files_are_refused_by_both(pack: Pack, text: str) -> None:
    assert complaints(text)
    pack.write("broken.yaml", text)
    assert pack.read().policy is None
