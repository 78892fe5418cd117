"""A started rule is complete: it passes the check and its own examples unchanged."""

from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from peer_match.authoring.examples import run_examples
from peer_match.authoring.proofs import prove
from peer_match.authoring.scaffold import FOLDERS, ScaffoldError, scaffold
from peer_match.policy.load import read_pack
from peer_match.policy.rule_files import RULE_KINDS
from peer_match.surfaces.cli import app
from policy.packs import DEFAULTS, Pack

TODAY = date(2026, 3, 1)


def test_every_kind_of_rule_can_be_started() -> None:
    assert set(FOLDERS) == set(RULE_KINDS)


def test_a_started_rule_of_every_kind_passes_unchanged(whole_pack: Pack) -> None:
    """In the shipped pack, with all its rules: no problem, not even a warning."""
    before = {one.rule for one in whole_pack.examples().results}
    paths = [
        scaffold(kind, f"started-{kind.replace('_', '-')}-{target}", whole_pack.root, target, TODAY)
        for kind in FOLDERS
        for target in ("group", "mentor")
    ]
    reading = read_pack(whole_pack.root)
    assert reading.diagnostics == ()
    run = run_examples(reading)
    assert run.diagnostics == ()
    started = {one.rule for one in run.results} - before
    assert started == {path.stem for path in paths}
    assert all(one.passed for one in run.results)


@pytest.mark.parametrize("kind", sorted(FOLDERS))
def test_a_started_rule_passes_on_the_command_line(whole_pack: Pack, kind: str) -> None:
    """`rules new`, then `rules check` and `rules test`, as the tutorial says."""
    folder = str(whole_pack.root)
    runner = CliRunner()
    for arguments in (
        ["rules", "new", kind, "my-first-rule", "--rules", folder],
        ["rules", "check", folder],
        ["rules", "test", folder],
    ):
        result = runner.invoke(app, arguments)
        assert result.exit_code == 0, result.output


def test_the_draft_is_where_its_kind_and_target_belong(pack: Pack) -> None:
    for kind, target, place in (
        ("must_not", "group", "group/must_not"),
        ("must_not", "mentor", "mentor/must_not"),
        ("prefer", "group", "group/prefer"),
        ("prefer", "mentor", "mentor/prefer"),
        ("finding", "group", "findings"),
        ("support", "group", "supports"),
        ("plan", "group", "plan"),
        ("instrument", "group", "instruments"),
        ("pathway", "group", "pathways"),
        ("escalate", "group", "safety/escalate"),
        ("always", "mentor", "always"),
    ):
        id = f"new-{kind.replace('_', '-')}-{target}"
        path = scaffold(kind, id, pack.root, target, TODAY)
        assert path == pack.root / place / f"{id}.yaml"
        assert path.read_text("utf-8").startswith(f"{kind}: {id}\n")


def test_the_dates_are_today_and_a_year_later(pack: Pack) -> None:
    path = scaffold("finding", "leap", pack.root, "group", date(2028, 2, 29))
    text = path.read_text("utf-8")
    assert "\neffective: 2028-02-29\nreview_by: 2029-02-28\n" in text
    assert "\nstatus: draft " in text


@pytest.mark.parametrize(
    ("entered", "severity"),
    [
        ({"emergent": "call", "urgent": "message", "soon": "message"}, "urgent"),
        ({"emergent": "call"}, "emergent"),
        ({"soon": "message", "routine": "message"}, "soon"),
    ],
)
def test_a_started_escalation_goes_by_a_pathway_of_the_pack_that_it_fits(
    pack: Pack, entered: dict[str, str], severity: str
) -> None:
    """So that it passes the check in any pack, whatever its pathways are called."""
    steps: list[dict[str, str]] = DEFAULTS["pathway"]["steps"]
    kept = [one for one in steps if one["step"] == "call" or "message" in entered.values()]
    pack.pathway("the-only-way", enters_at=entered, steps=kept)
    scaffold("escalate", "started", pack.root, "group", TODAY)
    (rule,) = pack.policy().safety.escalates
    assert (rule.pathway, rule.severity) == ("the-only-way", severity)


def test_a_started_property_is_not_proved_before_it_is_active(pack: Pack) -> None:
    """Of a pack without escalations it does not hold; a draft says nothing yet."""
    path = scaffold("always", "started", pack.root, "group", TODAY)
    assert prove(pack.read().assembly, date(2026, 6, 1)) == []
    pack.edit("always/started.yaml", "status: draft ", "status: active ")
    found = prove(pack.read().assembly, date(2026, 6, 1))
    assert [(one.code, one.position.file) for one in found] == [
        ("PM336", f"pack/always/{path.name}")
    ]


def test_a_draft_changes_no_decision_until_it_is_active(pack: Pack) -> None:
    scaffold("must_not", "draft", pack.root, "group", TODAY)
    (rule,) = pack.policy().must_nots
    assert not rule.in_force(date(2026, 6, 1))


@pytest.mark.parametrize(
    ("kind", "id", "target", "message"),
    [
        ("mustnot", "a-rule", "group", "unknown kind `mustnot`; the kinds are must_not, prefer"),
        ("vocabulary", "a-rule", "group", "unknown kind `vocabulary`"),
        ("escalate", "a-rule", "group", "the pack has no pathway yet, and an escalation goes by"),
        ("must_not", "a-rule", "clinic", "`clinic` is neither group nor mentor"),
        ("must_not", "A Rule", "group", "`A Rule` is not in kebab-case"),
        ("must_not", "../../escape", "group", "is not in kebab-case"),
        ("must_not", "", "group", "; write for example `no-meeting-after-curfew`"),
        ("must_not", "a" * 101, "group", "is longer than 100 letters"),
        ("must_not", "goal", "group", "the id `goal` is taken by "),
    ],
)
def test_what_cannot_be_started_is_said_and_nothing_is_written(
    pack: Pack, kind: str, id: str, target: str, message: str
) -> None:
    before = sorted(pack.root.rglob("*"))
    with pytest.raises(ScaffoldError) as raised:
        scaffold(kind, id, pack.root, target, TODAY)
    assert message in str(raised.value)
    assert sorted(pack.root.rglob("*")) == before


def test_a_file_is_never_written_over(pack: Pack) -> None:
    path = scaffold("finding", "mine", pack.root, "group", TODAY)
    path.write_text("mine alone", encoding="utf-8")
    with pytest.raises(ScaffoldError, match="is taken by"):
        scaffold("plan", "mine", pack.root, "group", TODAY)
    assert path.read_text("utf-8") == "mine alone"


def test_a_folder_that_is_no_pack_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScaffoldError, match=r"holds no pack\.yaml"):
        scaffold("finding", "mine", tmp_path, "group", TODAY)
    assert list(tmp_path.iterdir()) == []
