"""docs/inputs.md: every example reads without a problem, and every table is that of the code."""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from peer_match.decide.assess import assess
from peer_match.directories import FeedSettings, read_annotations, read_directory
from peer_match.directories.roster import read_roster
from peer_match.facts.catalogue import CATALOGUE
from peer_match.facts.consent import ConsentUse
from peer_match.facts.vocabulary import Vocabularies
from peer_match.fhir.intake import intake_questionnaire, read_intake
from peer_match.fhir.read import READERS, read_patient
from peer_match.fhir.read_notes import NoteKind
from peer_match.policy.load import load_policy
from peer_match.policy.policy import Policy
from peer_match.surfaces.faults import Faults
from peer_match.surfaces.histories import history_from

PAGE = Path(__file__).parents[1] / "docs" / "inputs.md"
TEXT = PAGE.read_text("utf-8")
SUBJECTS = ("group", "facilitator", "mentor")


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy()


@pytest.fixture(scope="module")
def vocabularies(policy: Policy) -> Vocabularies:
    return policy.vocabularies


def example(name: str) -> bytes:
    """The JSON block that follows a marker."""
    found = re.search(rf"<!-- example: {name} -->\n```json\n(.*?)^```$", TEXT, re.M | re.S)
    assert found is not None, name
    return found[1].encode()


def table_of_facts(subject: str) -> str:
    """The facts of a subject, each with how it is written and what it is."""
    rows = ["| fact | written as | what it is |", "|---|---|---|"]
    for fact in CATALOGUE.values():
        if fact.subject == subject:
            of = f" of `{fact.vocabulary}`" if fact.vocabulary else ""
            rows.append(f"| `{fact.field}` | {fact.kind.value}{of} | {fact.meaning} |")
    return "\n".join(rows)


def table_of_questions(policy: Policy) -> str:
    """The questions of the intake, of whom each is asked and how it is answered."""
    asked_of = {one.fact: one.asked_of for one in policy.intake}
    rows = ["| `linkId` | asked of | answer |", "|---|---|---|"]
    for item in intake_questionnaire()["item"]:
        link = item["linkId"]
        rows.append(f"| `{link}` | {asked_of[link]} | {_answer(item)} |")
    return "\n".join(rows)


def _answer(item: dict[str, Any]) -> str:
    parts = [one for one in item.get("item", ()) if one["type"] != "display"]
    kind = item["type"] + (", several" if item.get("repeats") else "")
    names = ", ".join(f"`{_last(one)}` ({one['type']})" for one in parts)
    return f"{kind}: {names}" if names else kind


def _last(item: dict[str, Any]) -> str:
    return item["linkId"].rpartition(".")[2]


def tables(policy: Policy) -> Iterator[tuple[str, str]]:
    """Every table of the page, by the name of its marker."""
    for subject in SUBJECTS:
        yield subject, table_of_facts(subject)
    yield "intake", table_of_questions(policy)


def test_every_table_is_that_of_the_code(policy: Policy) -> None:
    for name, table in tables(policy):
        assert f"<!-- table: {name} -->\n{table}\n" in TEXT, f"write this table:\n{table}"


def test_the_resources_that_are_read_are_named() -> None:
    after = TEXT.partition("<!-- table: resources -->\n")[2].partition("\n\n")[0]
    named = set(re.findall(r"^\| `(\w+)` \|", after, re.M))
    assert named == {*READERS, "Patient"}


@pytest.mark.parametrize("name", ["groups", "meeting-guide", "bmlt", "hsds"])
def test_a_directory(name: str, vocabularies: Vocabularies) -> None:
    settings = FeedSettings(fellowship=None if name in ("groups", "hsds") else "aa")
    found = read_directory(
        example(name), name="harbour", vocabularies=vocabularies, settings=settings
    )
    assert found.problems == ()
    assert found.refusals == ()
    assert len(found.groups) == found.rows == 1


def test_annotations(vocabularies: Vocabularies) -> None:
    found = read_annotations(example("annotations"), vocabularies=vocabularies)
    assert found.problems == ()
    assert (len(found.feeds), len(found.groups)) == (1, 1)


def test_the_roster(vocabularies: Vocabularies) -> None:
    found = read_roster(example("roster"), vocabularies=vocabularies)
    assert found.problems == ()
    sizes = map(len, (found.mentors, found.conflicts, found.placements, found.refusals))
    assert (*sizes, sorted(found.staff)) == (1, 1, 1, 1, ["supervisor"])


def test_the_record_and_the_answers(policy: Policy, vocabularies: Vocabularies) -> None:
    record = read_patient(example("record"), name="record", vocabularies=vocabularies)
    assert record.notes == ()
    patient = record.patient
    assert patient is not None
    for name in ("intake", "clinical-intake"):
        reading = read_intake(
            example(name), name=name, items=policy.intake, vocabularies=vocabularies,
            patient=patient,
        )  # fmt: skip
        # Of a clinician's answers it is always said that nothing in them speaks of identity.
        said = {one.kind for one in reading.notes}
        assert said == ({NoteKind.NOT_SELF_STATED} if name == "clinical-intake" else set())
        assert reading.patient is not None
        patient = reading.patient
    [told] = (one for one in patient.consents if one.use is ConsentUse.DISCLOSURE)
    assert (told.recipients, told.categories) == ({"group"}, {"participation", "schedule"})
    assert {one.use.value for one in patient.consents if one.agreed} == {
        "group-placement",
        "disclosure",
    }
    assert patient.identities.declined is not None
    assert [one.value for one in patient.readiness.statements] == []
    assert patient.readiness.complete


def test_the_history_is_read_and_every_kind_of_it_counts(tmp_path: Path, policy: Policy) -> None:
    path, faults = tmp_path / "history.json", Faults()
    path.write_bytes(example("history"))
    history = history_from(path, policy.safety.events, faults)
    assert faults.said == []
    assert history is not None
    as_of = datetime.fromisoformat("2026-03-02T12:00:00-06:00")
    assert assess(policy, history, as_of=as_of).notes == ()
    parts = (history.events, history.retractions, history.reassessments, history.coverage)
    assert [len(one) for one in parts] == [2, 1, 1, 1]


def test_every_example_is_read_by_a_test() -> None:
    source = Path(__file__).read_text("utf-8")
    names = re.findall(r"<!-- example: ([\w-]+) -->", TEXT)
    assert len(names) == len(set(names)) == TEXT.count("```json\n")
    assert all(f'"{name}"' in source for name in names)
