"""The roster file: mentors, ties, placements and refusals, staff, and every fault at once."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from peer_match.directories.roster import Roster, read_roster
from peer_match.facts.catalogue import CATALOGUE
from peer_match.facts.conflict import RecordedConflict
from peer_match.facts.fact import FactSet, Statement
from peer_match.facts.fact_type import Kind
from peer_match.facts.group import Group
from peer_match.facts.observed import Observed, observe
from peer_match.facts.pair import pair_of
from peer_match.facts.patient import LivedExperience, Patient, Person
from peer_match.facts.provenance import Moment, PartialDate, Provenance, StatedBy
from peer_match.facts.vocabulary import Term, Vocabularies, Vocabulary

MOMENT = Moment.at(datetime(2026, 3, 2, tzinfo=UTC))
WHO = {"source": "mentor file", "date": "2026-02-20"}


def vocabulary(id: str, *codes: str, rising: bool = False) -> Vocabulary:
    return Vocabulary(
        id=id,
        title=id,
        order="rising" if rising else "none",
        terms=tuple(Term(code=code, label=code) for code in codes),
    )


VOCABULARIES = Vocabularies(
    [
        vocabulary("staff-status", "active", "paused"),
        vocabulary("credential", "volunteer", "credentialed"),
        vocabulary("incident-severity", "none", "severe", rising=True),
        vocabulary("strain", "none", "high", rising=True),
        vocabulary("language", "english", "spanish"),
        vocabulary("format", "in-person", "online"),
        vocabulary("concern", "alcohol", "opioids", "gambling"),
        vocabulary("experience", "incarceration", "migration"),
        vocabulary("pathway", "twelve-step", "secular"),
        vocabulary("goal", "stay-stopped", "parenting"),
        vocabulary("preference", "women-group"),
        vocabulary("culture", "latino", "jewish"),
        Vocabulary(
            id="tie",
            title="tie",
            terms=(
                Term(code="protective-order", label="protective-order"),
                Term(code="sponsor", label="sponsor"),
                Term(code="close-tie", label="close-tie"),
                Term(code="household", label="household", kind_of="close-tie"),
            ),
        ),
        vocabulary("override-role", "supervisor", "clinician"),
    ]
)


def roster(**parts: Any) -> Roster:
    content = orjson.dumps({"peer_match_mentors": 1} | parts)
    return read_roster(content, vocabularies=VOCABULARIES)


def mentor(id: str = "m-1", **parts: Any) -> dict[str, Any]:
    return {"id": id, "name": "Ruth"} | WHO | parts


def observed(found: Roster, field: str) -> Observed:
    assert found.problems == ()
    fact = CATALOGUE[f"mentor.{field}"]
    own = VOCABULARIES[fact.vocabulary] if fact.vocabulary else None
    return observe(getattr(found.mentors[0], field), fact, own, MOMENT)


AVAILABILITY = {"zone": "America/Chicago", "free": ["Mon 18:00-21:00"], "busy": ["Tue 09:00-17:00"]}
EXAMPLES: dict[Kind, Any] = {
    Kind.YES_NO: True,
    Kind.QUANTITY: 3,
    Kind.DATE: "2024-06",
    Kind.PLACE: {"latitude": 40.1, "longitude": -90.4, "label": "Larkhaven"},
    Kind.AVAILABILITY: AVAILABILITY,
}


@pytest.mark.parametrize("name", sorted(one for one in CATALOGUE if one.startswith("mentor.")))
def test_every_fact_of_a_mentor_can_be_written(name: str) -> None:
    fact = CATALOGUE[name]
    if fact.kind in (Kind.CODE, Kind.CODES):
        code = VOCABULARIES[fact.vocabulary or ""].terms[0].code
        written: Any = [code] if fact.kind is Kind.CODES else code
    else:
        written = EXAMPLES[fact.kind]
    section = "says" if fact.self_stated else "facts"
    seen = observed(roster(mentors=[mentor() | {section: {fact.field: written}}]), fact.field)
    assert len(seen.values) == 1
    [basis] = seen.basis
    assert (basis.source, basis.date) == ("mentor file", PartialDate("2026-02-20"))


class TestMentors:
    def test_who_said_so(self) -> None:
        found = roster(
            mentors=[
                mentor(
                    person="person-7",
                    facts={"credential": "volunteer"},
                    says={"cultures": ["latino"], "languages": ["english", "spanish"]},
                )
            ]
        )
        [one] = found.mentors
        assert (one.id, one.name, one.person) == ("m-1", "Ruth", "person-7")
        assert one.credential.statements[0].provenance.stated_by is StatedBy.PROGRAMME
        assert one.cultures.statements[0].provenance.stated_by is StatedBy.SELF
        assert observed(found, "languages").values == ("english", "spanish")

    def test_identity_counts_only_where_the_mentor_says_it(self) -> None:
        found = roster(mentors=[mentor(facts={"cultures": ["latino"]})])
        [problem] = found.problems
        assert (problem.code, problem.path) == ("not-self-stated", "mentors[0].facts.cultures")
        assert found.mentors == ()

    def test_a_fact_is_not_said_twice(self) -> None:
        found = roster(
            mentors=[mentor(facts={"strain": "none"}, says={"strain": "high"})],
        )
        [problem] = found.problems
        assert (problem.code, problem.path) == ("contradiction", "mentors[0].says.strain")

    def test_experiences_are_what_was_lived_through(self) -> None:
        written = {"are": ["migration"], "are_not": ["incarceration"], "complete": True}
        found = roster(mentors=[mentor(says={"experiences": written})])
        [one] = found.mentors
        assert [s.value for s in one.experiences.statements] == [LivedExperience(code="migration")]
        assert [s.value for s in one.experiences.denied] == [LivedExperience(code="incarceration")]
        assert observed(found, "experiences").complete

    def test_they_come_by_id(self) -> None:
        found = roster(mentors=[mentor("m-2"), mentor("m-1")])
        assert [one.id for one in found.mentors] == ["m-1", "m-2"]

    def test_what_is_not_written_is_not_known(self) -> None:
        found = roster(mentors=[mentor()])
        assert observed(found, "status").unknown is not None
        assert observed(found, "declines").holds("gambling").value == "unknown"

    def test_a_window_that_cannot_be_read_is_one_problem(self) -> None:
        written = {"zone": "America/Chicago", "free": ["Mondays"]}
        found = roster(mentors=[mentor(says={"availability": written})])
        assert [one.path for one in found.problems] == ["mentors[0].says.availability.free[0]"]

    @pytest.mark.parametrize(
        ("written", "path"),
        [
            ({"zone": "America/Larkhaven", "free": ["Mon 18:00-21:00"]}, ".zone"),
            ({"zone": "America/Chicago"}, ""),
            ({"free": ["Mon 18:00-21:00"]}, ".zone"),
            ({"zone": "America/Chicago", "free": "Mon 18:00-21:00"}, ".free"),
            (
                {"zone": "America/Chicago", "weekends": True, "free": ["Sat 09:00-12:00"]},
                ".weekends",
            ),
            ("evenings", ""),
        ],
    )
    def test_an_availability_that_is_none(self, written: Any, path: str) -> None:
        found = roster(mentors=[mentor(says={"availability": written})])
        assert [one.path for one in found.problems] == [f"mentors[0].says.availability{path}"]


def tie(id: str = "c-1", **parts: Any) -> dict[str, Any]:
    return {"id": id, "between": ["p-1", "p-2"], "kind": "sponsor"} | WHO | parts


class TestConflicts:
    def test_as_written(self) -> None:
        found = roster(
            conflicts=[
                tie("c-2", kind="protective-order", start="2025-11", end="2027-11-30"),
                tie("c-1", kind="household", both_agree=True),
            ]
        )
        provenance = Provenance(
            source="mentor file", stated_by=StatedBy.PROGRAMME, date=PartialDate("2026-02-20")
        )
        assert found.conflicts == (
            RecordedConflict(
                id="c-2",
                between=("p-1", "p-2"),
                kind="protective-order",
                provenance=provenance,
                start=PartialDate("2025-11"),
                end=PartialDate("2027-11-30"),
            ),
            RecordedConflict(
                id="c-1",
                between=("p-1", "p-2"),
                kind="household",
                provenance=provenance,
                both_agree=True,
            ),
        )

    @pytest.mark.parametrize(
        ("parts", "path"),
        [
            ({"between": ["p-1", "p-1"]}, ".between"),
            ({"between": ["p-1", ""]}, ".between"),
            ({"between": ["p-1"]}, ".between[1]"),
            ({"between": ["p-1", "p-2", "p-3"]}, ".between"),
            ({"kind": "neighbour"}, ".kind"),
            ({"start": "yesterday"}, ".start"),
            ({"both_agree": "yes"}, ".both_agree"),
            ({"both_agree": True}, ".both_agree"),
            ({"source": ""}, ".source"),
        ],
    )
    def test_a_tie_that_is_none(self, parts: dict[str, Any], path: str) -> None:
        found = roster(conflicts=[tie(**parts)])
        assert [one.path for one in found.problems] == [f"conflicts[0]{path}"]
        assert found.conflicts == ()


def test_people_of_a_tie_are_named_as_fhir_refers_to_them_too() -> None:
    found = roster(
        mentors=[mentor(person="Person/person-1")],
        conflicts=[tie(between=["Patient/p-1", "https://ehr.example.org/fhir/Person/person-1"])],
    )
    assert found.mentors[0].person == "person-1"
    assert found.conflicts[0].between == ("p-1", "person-1")


def test_nobody_has_a_tie_to_themselves() -> None:
    found = roster(conflicts=[tie(between=["Patient/p-1", "p-1"])])
    assert [one.path for one in found.problems] == ["conflicts[0].between"]


class TestStandings:
    PLACED = {"person": "p-1", "target": "riverbend/tuesday"} | WHO
    REFUSED = {"person": "p-1", "target": "m-1"} | WHO

    def test_they_are_added_to_the_person_they_are_about(self) -> None:
        found = roster(
            placements=[self.PLACED, self.PLACED | {"person": "p-2", "target": "a"}],
            refusals=[self.REFUSED, self.REFUSED | {"target": "m-2", "until": "2026-01-31"}],
        )
        earlier = Statement(
            value="a", provenance=Provenance(source="record", stated_by=StatedBy.RECORD)
        )
        person = found.add_to(Patient(id="p-1", placements=FactSet(statements=(earlier,))))
        assert [one.value for one in person.placements.statements] == ["a", "riverbend/tuesday"]
        assert [one.value for one in person.declined_targets.statements] == ["m-1", "m-2"]
        assert [one.in_force(MOMENT) for one in person.declined_targets.statements] == [True, False]

    def test_a_refusal_is_known_of_the_pair(self) -> None:
        person = roster(refusals=[self.REFUSED]).add_to(Patient(id="p-1"))
        assert pair_of(person, "m-1", (), (), moment=MOMENT).declined.statements[0].value is True
        assert pair_of(person, "m-2", (), (), moment=MOMENT).declined.statements[0].value is False

    @pytest.mark.parametrize(
        "target", ["riverbend/tuesday", "riverbend/tue-2", "riverbend/tuesday~tu-1900"]
    )
    def test_what_names_a_group_by_another_id_holds_for_the_group(self, target: str) -> None:
        group = Group(
            id="riverbend/tuesday", name="Tue", also_listed_as=frozenset({"riverbend/tue-2"})
        )
        found = roster(
            placements=[self.PLACED | {"target": target}],
            refusals=[self.REFUSED | {"target": target}],
        )
        person = found.add_to(Patient(id="p-1"), [group])
        for stated in (person.placements, person.declined_targets):
            assert group.id in {one.value for one in stated.statements}
        pair = pair_of(person, group.id, (), (), moment=MOMENT)
        assert pair.declined.statements[0].value is True

    def test_a_mentor_is_named_as_a_person_too(self) -> None:
        found = roster(
            mentors=[mentor(person="person-1")],
            refusals=[self.REFUSED | {"target": "person-1"}],
        )
        assert [one.target.value for one in found.refusals] == ["m-1"]

    def test_the_person_is_named_as_fhir_refers_to_them_too(self) -> None:
        found = roster(refusals=[self.REFUSED | {"person": "Patient/p-1"}])
        person = found.add_to(Patient(id="p-1"))
        assert [one.value for one in person.declined_targets.statements] == ["m-1"]

    def test_nobody_else_is_changed(self) -> None:
        person = Patient(id="p-3")
        assert roster(placements=[self.PLACED], refusals=[self.REFUSED]).add_to(person) == person


def test_staff_by_role() -> None:
    found = roster(staff={"supervisor": {"id": "s-1", "name": "Ada"}})
    assert found.staff == {"supervisor": Person(id="s-1", name="Ada", role="supervisor")}


def test_an_empty_roster() -> None:
    assert roster() == Roster()


def test_every_fault_at_once_each_at_its_path() -> None:
    found = roster(
        mentors=[
            mentor("same", facts={"status": "actve", "mentees": -1, "shoe_size": 9}),
            mentor("same", says={"languages": ["klingon"], "home": {"latitude": 91}}),
            {"id": "m-3"},
            "Ruth",
        ],
        conflicts=[tie(kind="neighbour"), tie(note="n")],
        placements=[{"person": "p-1"} | WHO],
        refusals={},
        staff={"boss": {"id": "s-1", "name": "Ada"}, "supervisor": {"id": "s-2"}},
        notes="n",
    )
    assert (found.mentors, found.conflicts, found.placements) == ((), (), ())
    assert (found.refusals, found.staff) == ((), {})
    assert sorted(one.path or "" for one in found.problems) == sorted(
        [
            "notes",
            "refusals",
            "mentors[0].id",
            "mentors[1].id",
            "mentors[0].facts.status",
            "mentors[0].facts.mentees",
            "mentors[0].facts.shoe_size",
            "mentors[1].says.languages",
            "mentors[1].says.home.latitude",
            "mentors[1].says.home.longitude",
            "mentors[2].name",
            "mentors[2].source",
            "mentors[2].date",
            "mentors[3]",
            "conflicts[0].id",
            "conflicts[1].id",
            "conflicts[0].kind",
            "conflicts[1].note",
            "placements[0].target",
            "staff.boss",
            "staff.supervisor.name",
        ]
    )
    by_path = {one.path: one for one in found.problems}
    assert by_path["mentors[0].facts.status"].help == "did you mean `active`?"
    assert all(one.message and one.help for one in found.problems)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"{", "not-json"),
        (b"", "not-json"),
        (b"[]", "version-not-known"),
        (b'{"peer_match_mentors": 2}', "version-not-known"),
        (b'{"peer_match_mentors": true}', "version-not-known"),
        (b'{"peer_match_mentors": 1, "mentors": {}}', "not-understood"),
        (b'{"peer_match_mentors": 1, "staff": []}', "not-understood"),
    ],
)
def test_a_file_that_is_not_one(content: bytes, code: str) -> None:
    found = read_roster(content, vocabularies=VOCABULARIES)
    assert [one.code for one in found.problems] == [code]


def test_a_file_too_large_is_not_read() -> None:
    found = read_roster(b" " * 11, vocabularies=VOCABULARIES, size_limit=10)
    assert [one.code for one in found.problems] == ["file-too-large"]
