"""Every file of the corpora goes through the readers and the command line; nothing is lost.

Needs the folder of the corpora in PEER_MATCH_CORPUS.
"""

from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner, Result

from peer_match.surfaces.cli import app

from .read_everything import BULK, SETTINGS, TOGETHER, Directory, Record, directories, records
from .suggesting import DATA, EXPECTED, FEED, NO_FELLOWSHIP

pytestmark = pytest.mark.corpus


@pytest.fixture(scope="module")
def meetings(corpus: Path) -> dict[str, Directory]:
    return {one.file: one for one in directories(corpus)}


@pytest.fixture(scope="module")
def people(corpus: Path) -> dict[str, Record]:
    return {one.file: one for one in records(corpus)}


def test_every_row_of_every_directory_is_accounted_for(
    corpus: Path, meetings: dict[str, Directory]
) -> None:
    assert meetings.keys() == {path.name for path in (corpus / "meetings").iterdir()}
    for one in meetings.values():
        assert one.taken + one.refused == one.rows
        assert one.doubted <= one.taken
        assert bool(one.groups) == bool(one.taken)
        assert one.why, f"{one.file}: no row of a real feed is beyond doubt"
    assert sum(one.rows for one in meetings.values()) == 2710
    assert sum(one.refused for one in meetings.values()) == 0


def test_every_resource_of_every_record_is_accounted_for(
    corpus: Path, people: dict[str, Record]
) -> None:
    folder = corpus / "patients"
    files = {str(one.relative_to(folder)) for one in folder.rglob("*") if one.is_file()}
    wholes = {f"{one}/ as one record" for one in TOGETHER} | {f"{BULK}/ as an export"}
    assert people.keys() == files | wholes
    for one in people.values():
        assert bool(one.people) != bool(one.refused), one
    assert sum(one.people for one in people.values() if "synthea" in one.file) == 14
    assert sum(one.people for one in people.values() if "shift-part2" in one.file) == 4
    assert people[f"{BULK}/ as an export"].people == 13
    assert [people[f"{one}/ as one record"].people for one in TOGETHER] == [1, 1]


def test_labels_of_42_cfr_part_2_are_noted(people: dict[str, Record]) -> None:
    assert "protected" in people["shift-part2/1Asample.json"].notes


@pytest.mark.parametrize("file", ["meetings", "patients"])
def test_no_file_gives_a_traceback_on_the_command_line(
    corpus: Path, tmp_path: Path, file: str, people: dict[str, Record]
) -> None:
    """Each file as the directory, or as the record, of a command."""
    feed = tmp_path / "feed.json"
    feed.write_bytes(b'[{"slug": "dawn", "name": "Dawn", "day": 1, "time": "07:00"}]')
    paths = [one for one in sorted((corpus / file).rglob("*")) if one.is_file()]
    assert paths
    for path in paths:
        if file == "meetings":
            result = run("directory", "read", path, "--json")
            usable = path.stem in SETTINGS or path.stem.startswith(("hsds_examples", "tsml_"))
            usable = usable and path.suffix == ".json"
        else:
            as_of = EXPECTED["as_of"]
            result = run("suggest", "--patient", path, "--groups", feed, "--as-of", as_of, "--json")
            usable = bool(people[str(path.relative_to(corpus / file))].people)
        assert result.exit_code == (0 if usable else 2), (path, result.stderr)
        if usable:
            # What is not read of a record is told; that the feed here is of no fellowship too.
            told = [line for line in result.stderr.splitlines() if NO_FELLOWSHIP not in line]
            assert told == []
            assert orjson.loads(result.stdout)
        else:
            assert result.stdout == ""
            assert str(path) in result.stderr


def test_the_family_fellowship_is_offered_to_nobody_for_their_own_recovery(
    corpus: Path, tmp_path: Path
) -> None:
    feed = "meeting_guide_alanon_northern_illinois"
    source = {"source": "the family groups' own pages", "date": "2023-08-31"}
    said = {"feed": feed, "fellowship": "al-anon", "zone": "America/Chicago", **source}
    annotations = tmp_path / "annotations.json"
    annotations.write_bytes(orjson.dumps({"peer_match_annotations": 1, "feeds": [said]}))
    seeking_recovery = 0
    for intake in sorted((DATA / "intakes").glob("*.json")):
        [record] = (corpus / "patients" / "synthea-screeners").glob(_record_of(intake.stem))
        decision = orjson.loads(
            run(
                *("suggest", "--patient", record, "--intake", intake, "--json"),
                *("--groups", corpus / "meetings" / f"{feed}.json"),
                *("--annotations", annotations, "--as-of", EXPECTED["as_of"]),
            ).stdout
        )
        groups = decision["groups"]
        assert not groups["eligible"]
        assert not groups["eligible_with_support"]
        if intake.stem == "bennie":  # a child who is looking for support beside a parent who drinks
            assert {one["rule"] for one in groups["waiting"][0]["screening"]} >= {
                "under-eighteen-in-a-group-for-adults"
            }
            assert not _rules(groups["blocked"]) & {"wrong-purpose"}
            continue
        assert not groups["waiting"]
        for one in groups["blocked"]:
            assert _rules([one]) & {"wrong-purpose", "unavailable"}
        seeking_recovery += 1
    assert seeking_recovery == 13


def test_the_feed_of_the_expectations_is_the_one_that_is_read(
    meetings: dict[str, Directory],
) -> None:
    assert meetings[f"{FEED}.json"].rows == 1967


def run(*arguments: str | Path) -> Result:
    result = CliRunner().invoke(app, [str(one) for one in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), arguments
    return result


def _record_of(person: str) -> str:
    return EXPECTED["people"][person]["record"]


def _rules(groups: list[dict[str, object]]) -> set[str]:
    found: set[str] = set()
    for one in groups:
        screening = one["screening"]
        assert isinstance(screening, list)
        found |= {said["rule"] for said in screening if said["outcome"] == "blocked"}
    return found
