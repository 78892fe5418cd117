"""A pack is read whole: every problem at once, each where it is, and nothing else goes wrong."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from facts.stated import AS_OF, group, many, patient
from peer_match import PolicyError, load_policy, suggest
from peer_match.policy.diagnostics import as_json, as_text
from peer_match.policy.load import PackReading, read_pack, shipped_rules
from peer_match.policy.policy import Policy
from peer_match.surfaces.cli import app

from .packs import HEADER, RULES, Pack, place_of, words_of

GOLDEN = Path(__file__).parent / "golden"
TWELVE = [
    ("findings/another-circle.yaml", 1, 1, "PM310"),
    ("group/must_not/given-twice.yaml", 14, 1, "PM114"),
    ("group/must_not/on-is-not-yes.yaml", 11, 8, "PM122"),
    ("group/must_not/wrong-fact.yaml", 13, 7, "PM201"),
    ("group/must_not/wrong-value.yaml", 12, 60, "PM202"),
    ("group/must_not/wrong-words.yaml", 12, 3, "PM150"),
    ("group/prefer/half-past-twelve.yaml", 10, 9, "PM122"),
    ("group/prefer/miles.yaml", 13, 31, "PM204"),
    ("mentor/prefer/invented-source.yaml", 5, 12, "PM401"),
    ("pathways/nobody-answers.yaml", 12, 104, "PM224"),
    ("plan/no-such-role.yaml", 14, 11, "PM202"),
    ("supports/changes-treatment.yaml", 12, 5, "PM321"),
]


# -- twelve faults ---------------------------------------------------------------------------------


@pytest.fixture
def twelve(pack: Pack) -> Pack:
    shutil.copytree(GOLDEN / "twelve_faults", pack.root, dirs_exist_ok=True)
    return pack


def test_twelve_faults_in_twelve_places_give_twelve_diagnostics_in_one_run(twelve: Pack) -> None:
    """Two of them are named by other rules, and one is in the middle of folded text."""
    assert twelve.places() == TWELVE
    assert twelve.read().policy is None


def test_twelve_faults_in_the_midst_of_the_shipped_rules(whole_pack: Pack) -> None:
    shutil.copytree(GOLDEN / "twelve_faults", whole_pack.root, dirs_exist_ok=True)
    assert whole_pack.places() == TWELVE


def test_the_text_of_twelve_faults_is_as_published(twelve: Pack) -> None:
    assert as_text(twelve.problems()) + "\n" == (GOLDEN / "twelve_faults.txt").read_text("utf-8")


def test_the_json_of_twelve_faults_is_as_published(twelve: Pack) -> None:
    published = json.loads((GOLDEN / "twelve_faults.json").read_text("utf-8"))
    assert as_json(twelve.problems()) == published
    assert [(one["line"], one["column"], one["code"]) for one in published] == [
        place[1:] for place in TWELVE
    ]


def test_each_caret_stands_under_the_words_at_fault(twelve: Pack) -> None:
    for problem in twelve.problems():
        where = problem.position
        text = (twelve.root / where.file.partition("/")[2]).read_text("utf-8")
        line = text.split("\n")[where.line - 1]
        assert line == problem.source_line
        assert where.end_line == where.line
        marked = line[where.column - 1 : where.end_column - 1]
        assert marked == marked.strip() != ""


def test_mending_two_faults_leaves_the_other_ten(twelve: Pack) -> None:
    twelve.edit("group/must_not/wrong-value.yaml", "buprenorphin", "buprenorphine")
    twelve.edit("findings/in-a-circle.yaml", "another-circle holds", "patient.new_to_groups is no")
    mended = ("group/must_not/wrong-value.yaml", "findings/another-circle.yaml")
    left = [place for place in TWELVE if place[0] not in mended]
    assert len(left) == 10
    assert twelve.places() == left


def test_the_diagnostics_of_a_pack_are_those_of_the_command(twelve: Pack) -> None:
    result = CliRunner().invoke(app, ["rules", "check", str(twelve.root), "--json"])
    assert result.exit_code == 1
    found = json.loads(result.output)["diagnostics"]
    # The command also tells what is wrong with examples, which is no part of reading a pack.
    assert [one for one in found if one["code"][:3] != "PM5"] == as_json(twelve.problems())


# -- one fault, one diagnostic ---------------------------------------------------------------------


def test_what_refers_to_a_file_at_fault_is_no_second_fault(new_pack: Callable[[], Pack]) -> None:
    """A finding, a support or a vocabulary that cannot be read is told once, where it is."""
    for break_it, place in (
        (lambda pack: pack.finding("named", when="patient.goals includes housing", owner=None),
         ("findings/named.yaml", 1, 1, "PM121")),
        (lambda pack: pack.finding("named", when="patient.goals includes housng"),
         ("findings/named.yaml", 11, 31, "PM202")),
        (lambda pack: pack.write("findings/named.yaml", "finding: [\n"),
         ("findings/named.yaml", 1, 11, "PM110")),
        (lambda pack: pack.support("help", provides=["patient.home becoms group.place"]),
         ("supports/help.yaml", 12, 26, "PM150")),
        (lambda pack: pack.write("vocabulary/goal.yaml", "vocabulary: goal\n"),
         ("vocabulary/goal.yaml", 1, 1, "PM121")),
        (lambda pack: pack.write("vocabulary/override-role.yaml", "vocabulary: &a role\n"),
         ("vocabulary/override-role.yaml", 1, 13, "PM111")),
        (lambda pack: pack.write("sources.yaml", "sources: x\nentries: []\n"),
         ("sources.yaml", 2, 10, "PM124")),
    ):  # fmt: skip
        pack = new_pack()
        pack.finding("named", when="patient.goals includes housing")
        pack.support("help", provides=["patient.home becomes group.place"])
        pack.must_not("uses", when={"any": ["named holds", "patient.goals includes money"]})
        pack.must_not(
            "lifted",
            when="travel distance from patient.home to group.place is more than 40 km",
            override={"all_of": ["patient"], "at_most": "90 days"},
            lifted_by=["help"],
        )
        assert pack.codes() == []
        break_it(pack)
        found = pack.places()
        assert place in found
        assert {one[0] for one in found} == {place[0]}


def test_a_vocabulary_at_fault_does_not_hide_the_other_problems(pack: Pack) -> None:
    pack.write("vocabulary/goal.yaml", "vocabulary: goal\n")
    (pack.root / "vocabulary" / "tie.yaml").unlink()
    pack.must_not("the-rule", when="group.kind is comunity")
    assert sorted(pack.codes()) == ["PM121", "PM121", "PM202", "PM210"]


# -- what every pack has ---------------------------------------------------------------------------


def test_a_missing_folder_and_an_empty_one(tmp_path: Path) -> None:
    reading = read_pack(tmp_path / "nowhere")
    assert [one.code for one in reading.diagnostics] == ["PM100"]
    empty = tmp_path / "empty"
    empty.mkdir()
    codes = [one.code for one in read_pack(empty).diagnostics]
    assert codes.count("PM138") == 4
    assert set(codes) == {"PM138", "PM210"}


@pytest.mark.parametrize("name", ["pack", "sources", "intake", "disclosure"])
def test_a_missing_table_is_told_by_its_name(pack: Pack, name: str) -> None:
    (pack.root / f"{name}.yaml").unlink()
    assert pack.places() == [(f"{name}.yaml", 1, 1, "PM138")]


@pytest.mark.parametrize("name", ["pack", "sources", "intake", "disclosure"])
def test_a_table_whose_place_is_taken_by_a_rule(pack: Pack, name: str) -> None:
    """A rule called like a table, in its file: the table is missing."""
    pack.finding(name, folder=".", when="patient.goals includes housing")
    assert ("PM138", f"the pack has no `{name}.yaml`") in words_of(pack.problems())
    assert pack.read().policy is None


def test_a_table_under_another_name_is_told_once(pack: Pack) -> None:
    (pack.root / "sources.yaml").rename(pack.root / "citations.yaml")
    assert words_of(pack.problems()) == [
        ("PM135", "the file that begins with `sources` is called `citations.yaml`")
    ]


def test_a_missing_vocabulary_is_told_where_it_should_be(pack: Pack) -> None:
    (pack.root / "vocabulary" / "goal.yaml").unlink()
    (pack.root / "vocabulary" / "dimension.yaml").unlink()
    pack.prefer("by-goal", when="patient.goals includes housing")
    assert pack.places() == [
        ("vocabulary/dimension.yaml", 1, 1, "PM210"),
        ("vocabulary/goal.yaml", 1, 1, "PM210"),
    ]


def test_a_second_table_and_a_second_vocabulary_are_refused(pack: Pack) -> None:
    (pack.root / "old").mkdir()
    shutil.copy(pack.root / "disclosure.yaml", pack.root / "old" / "disclosure.yaml")
    shutil.copy(pack.root / "vocabulary" / "goal.yaml", pack.root / "old" / "goal.yaml")
    places = pack.places()
    assert ("old/disclosure.yaml", "PM211") in {(one[0], one[3]) for one in places} or (
        "disclosure.yaml", "PM211",
    ) in {(one[0], one[3]) for one in places}  # fmt: skip
    assert [one[3] for one in places] == ["PM211", "PM211"]


def test_files_that_are_not_rules_are_left_alone(pack: Pack) -> None:
    for name in ("README.md", "notes.txt", "group/.hidden", "rule.yaml.bak"):
        pack.write(name, "must_not: [")
    assert pack.codes() == []


# -- the policy ------------------------------------------------------------------------------------


def test_the_shipped_pack_loads_without_a_word(shipped: PackReading) -> None:
    assert as_text(shipped.diagnostics) == ""
    assert shipped_rules() == RULES
    policy = load_policy()
    assert policy.digest == shipped.policy.digest if shipped.policy else ""
    rules = policy.rules()
    assert len(rules) >= 45
    assert [rule.id for rule in rules] == sorted(rule.id for rule in rules)


def test_a_pack_with_problems_is_no_policy_and_the_error_tells_them_all(twelve: Pack) -> None:
    with pytest.raises(PolicyError) as raised:
        load_policy(twelve.root)
    assert [place_of(one) for one in raised.value.diagnostics] == TWELVE
    assert str(raised.value) == as_text(raised.value.diagnostics)


def test_warnings_do_not_stop_a_pack(pack: Pack) -> None:
    pack.support("not-named", provides=["patient.home becomes group.place"])
    (problem,) = pack.problems()
    assert (problem.code, problem.severity) == ("PM313", "warning")
    assert pack.policy().supports["not-named"]


@pytest.mark.parametrize(
    ("dates", "day", "in_force"),
    [
        ({"effective": "2024-01-02"}, "2024-01-01", False),
        ({"effective": "2024-01-02"}, "2024-01-02", True),
        ({}, "2040-01-01", True),  # an overdue review never stops a running engine
        ({"until": "2026-03-01"}, "2026-03-01", True),
        ({"until": "2026-03-01"}, "2026-03-02", False),
        ({"status": "draft"}, "2026-03-01", False),
        ({"status": "retired"}, "2026-03-01", False),
    ],
)
def test_a_rule_counts_only_from_its_first_to_its_last_day(
    pack: Pack, dates: dict[str, str], day: str, in_force: bool
) -> None:
    """By `as_of`, on the day of its own offset."""
    pack.must_not("the-rule", when="patient.concerns includes alcohol", **dates)
    policy = pack.policy()
    (rule,) = policy.must_nots
    assert rule.in_force(date.fromisoformat(day)) is in_force
    moment = AS_OF.replace(year=int(day[:4]), month=int(day[5:7]), day=int(day[8:]))
    lists = suggest(policy, patient(concerns=many("alcohol")), [group()], as_of=moment).groups
    assert bool(lists.blocked) is in_force


# -- the digest ------------------------------------------------------------------------------------


def rewritten(pack: Pack, path: str, change: Callable[[str], str]) -> Policy:
    file = pack.root / path
    file.write_text(change(file.read_text("utf-8")), encoding="utf-8")
    return pack.policy()


RULE = "group/must_not/the-rule.yaml"


@pytest.fixture
def ruled(pack: Pack) -> Pack:
    return pack.must_not(
        "the-rule",
        when={"all": ["patient.concerns includes alcohol", "group.kind is community"]},
        override={"all_of": ["patient", "clinician"], "at_most": "90 days"},
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "# a comment\n\n" + text + "\n# another\n",
        lambda text: text.replace("owner: ", "owner:      "),
        lambda text: text.replace("title: ", "title: >-\n  ").replace('"A rule', "A rule").replace(
            'of a test"', "of\n    a test"),
        lambda text: text.replace("group.kind is", "group.kind   is"),
        lambda text: text.replace("status: active\n", "").replace(
            "owner:", "status: active\nowner:"),
        lambda text: text.replace('"patient.concerns includes alcohol"',
                                  "'patient.concerns includes alcohol'"),
        lambda text: text,
    ],
)  # fmt: skip
def test_layout_comments_quotes_and_the_order_of_keys_do_not_change_the_digest(
    ruled: Pack, change: Callable[[str], str]
) -> None:
    plain = ruled.policy()
    changed = rewritten(ruled, RULE, change)
    assert changed.digest == plain.digest
    assert changed.must_nots[0].digest == plain.must_nots[0].digest


def test_where_a_file_lies_below_its_folder_does_not_change_the_digest(ruled: Pack) -> None:
    plain = ruled.policy().digest
    (ruled.root / "group" / "deeper" / "still").mkdir(parents=True)
    (ruled.root / RULE).rename(ruled.root / "group" / "deeper" / "still" / "the-rule.yaml")
    assert ruled.policy().digest == plain


def test_the_order_in_which_files_are_found_does_not_change_the_digest(
    new_pack: Callable[[], Pack],
) -> None:
    digests: set[str] = set()
    for order in (("a", "b", "c"), ("c", "a", "b")):
        pack = new_pack()
        for id in order:
            pack.must_not(f"rule-{id}", when="group.kind is community")
        digests.add(pack.policy().digest)
    assert len(digests) == 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("group.kind is community", "group.kind is programme"),
        ('"all"', '"any"'),
        ("A rule of a test", "A rule of a text"),
        ("if_unknown: hold", "if_unknown: hold\noutcome: caution"),
        ("90 days", "91 days"),
        ("effective: 2023-01-01", "effective: 2023-01-02"),
        ('"clinician"', '"supervisor"'),
        ('"expect": "unknown"', '"expect": "hold"'),
    ],
)
def test_every_change_of_meaning_changes_the_digest(ruled: Pack, old: str, new: str) -> None:
    plain = ruled.policy()
    ruled.edit(RULE, old, new)
    changed = ruled.policy()
    assert changed.digest != plain.digest
    assert changed.must_nots[0].digest != plain.must_nots[0].digest


def test_whom_a_rule_is_about_is_part_of_its_digest(pack: Pack) -> None:
    """The same words below `group/` and below `mentor/` are two rules."""
    pack.must_not("the-rule", when="patient.concerns includes alcohol")
    about_groups = pack.policy()
    (pack.root / RULE).unlink()
    pack.must_not("the-rule", folder="mentor/must_not", when="patient.concerns includes alcohol")
    about_mentors = pack.policy()
    assert about_groups.must_nots[0].digest != about_mentors.must_nots[0].digest
    assert about_groups.digest != about_mentors.digest


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("vocabulary/suicide-risk.yaml", "within_days: 30", "within_days: 31"),
        ("pack.yaml", "usual: 100", "usual: 101"),
        ("intake.yaml", "When in the week are you free?\n    asked_of: patient",
         "When are you free?\n    asked_of: patient"),
        ("disclosure.yaml", "label: A payer", "label: An insurer"),
        ("sources.yaml", "a clinician must confirm every value", "somebody must confirm all"),
    ],
)  # fmt: skip
def test_tables_are_part_of_the_digest_of_the_pack(
    ruled: Pack, path: str, old: str, new: str
) -> None:
    plain = ruled.policy()
    ruled.edit(path, old, new)
    assert ruled.policy().digest != plain.digest
    assert ruled.policy().must_nots[0].digest == plain.must_nots[0].digest


def test_a_pack_is_signed_when_a_sign_off_names_its_digest(ruled: Pack) -> None:
    """The sign-off is no part of what it signs; any change of meaning leaves it behind."""
    plain = ruled.policy()
    assert not plain.signed
    sign_off = (
        f"sign_offs: [{{name: Dr Lee, role: clinician, date: 2026-03-01, digest: {plain.digest}}}]"
    )
    ruled.edit("pack.yaml", "\ntzdata: ", f"\n{sign_off}\ntzdata: ")
    signed = ruled.policy()
    assert (signed.digest, signed.signed) == (plain.digest, True)
    decision = suggest(signed, patient(), as_of=AS_OF)
    assert (decision.policy.signed, decision.policy.statement) == (True, "clinically approved")
    ruled.edit(RULE, "90 days", "91 days")
    assert not ruled.policy().signed


def test_the_shipped_pack_is_unsigned_and_every_decision_says_so(shipped_policy: Policy) -> None:
    assert not shipped_policy.signed
    decision = suggest(shipped_policy, patient(), as_of=AS_OF)
    assert decision.policy.statement == "not clinically approved"


# -- hostile packs ---------------------------------------------------------------------------------

ALIAS_BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{after}: &{after} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, after in zip("abcdefgh", "bcdefghi", strict=True)
)
HEAD = (
    "".join(f"{key}: {value}\n" for key, value in HEADER.items() if isinstance(value, str))
    + "source: [{cite: design-default, finding: x}]\nexamples: [{given: {}, expect: hold}]\n"
)


def hostile(**keys: str) -> str:
    lines = {"when": "group.kind is community", "if_unknown": "hold", **keys}
    return "must_not: hostile\n" + HEAD + "".join(f"{k}: {v}\n" for k, v in lines.items())


HOSTILE = {
    "alias-bomb": ("must_not: hostile\n" + ALIAS_BOMB, {"PM111", "PM112"}),
    "brackets": ("must_not: hostile\nwhen: " + "[" * 50_000, {"PM115"}),
    "braces": ("must_not: hostile\nwhen: " + "{a: " * 50_000, {"PM115"}),
    "duplicate": (hostile() + "if_unknown: ask\n", {"PM114"}),
    "yes-trap": (hostile(floor="'on'"), {"PM122"}),
    "yes-as-id": (hostile().replace("must_not: hostile", "must_not: yes"), {"PM135"}),
    "sexagesimal": ("prefer: hostile\n" + HEAD + "weight: 12:30\ndimension: goals\n"
                    "when: group.kind is community\nif_unknown: widen\n", {"PM122"}),
    "float": ("prefer: hostile\n" + HEAD + "weight: 1.10\ndimension: goals\n"
              "when: group.kind is community\nif_unknown: widen\n", {"PM122"}),
    "huge-number": (hostile(when=f"patient.phq9 is at least {'9' * 5_000} points"), {"PM204"}),
    "huge-span": (hostile(when=f"group.last_confirmed is within {'9' * 5_000} days"), {"PM204"}),
    "huge-weight": ("prefer: hostile\n" + HEAD + "weight: 999999999999999\ndimension: goals\n"
                    "when: group.kind is community\nif_unknown: widen\n", {"PM124"}),
    "arabic-digits": (hostile(when="patient.phq9 is at least ٣ points"), {"PM150"}),
    "long-sentence": (hostile(when="patient.goals includes any of " + "housing, " * 20_000),
                      {"PM150"}),
    "long-word": (hostile(when="patient." + "a" * 500_000 + " is x"), {"PM201"}),
    "nul": (hostile(why="a\x00b"), {"PM103"}),
    "merge-key": (hostile() + "<<: {if_unknown: allow}\n", {"PM120"}),
    "tag": (hostile(when="!!python/name:os.system group.kind is community"), {"PM113"}),
    "two-documents": (hostile() + "---\nmust_not: other\n", {"PM116"}),
    "empty": ("", {"PM106"}),
    "list": ("- must_not: hostile\n", {"PM132"}),
    "unknown-kind": ("mustnot: hostile\n", {"PM134"}),
    "deep-condition": (hostile(when="{not: " * 25 + "group.kind is community" + "}" * 25), set()),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_a_hostile_file_is_answered_with_diagnostics(pack: Pack, name: str) -> None:
    text, codes = HOSTILE[name]
    pack.write("group/must_not/hostile.yaml" if "prefer" not in text[:6] else
               "group/prefer/hostile.yaml", text)  # fmt: skip
    found = pack.problems()
    assert {one.code for one in found} == codes
    assert len(as_text(found)) < 100_000
    assert (pack.read().policy is None) == bool(codes)


def test_not_utf_8_and_too_large(pack: Pack) -> None:
    pack.write("group/must_not/latin.yaml", "title: Café\n".encode("latin-1"))
    pack.write("group/must_not/large.yaml", "# " + "x" * 1_100_000)
    assert pack.places() == [
        ("group/must_not/large.yaml", 1, 1, "PM102"),
        ("group/must_not/latin.yaml", 1, 11, "PM101"),
    ]


def test_a_pack_of_hostile_files_is_answered_in_bounded_memory(pack: Pack) -> None:
    for name, (text, _) in HOSTILE.items():
        pack.write(f"group/must_not/{name}.yaml", text)
    pack.write("group/must_not/large.yaml", "x: " + "y" * 5_000_000)
    pack.write("group/must_not/wide.yaml", "must_not: wide\nwhen: [" + "a, " * 200_000 + "]\n")
    program = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from peer_match.policy.load import read_pack\n"
        "resource.setrlimit(resource.RLIMIT_AS, (700 << 20, 700 << 20))\n"
        "print(len(read_pack(Path(sys.argv[1])).diagnostics))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(pack.root)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    assert int(done.stdout) >= len(HOSTILE)
