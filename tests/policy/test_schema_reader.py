"""Models are read from nodes; every problem is reported where it stands, in plain English."""

import json
import re
from datetime import UTC, date, datetime, timedelta, timezone
from enum import Enum
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from pydantic import BaseModel, ConfigDict, Field, RootModel, StringConstraints, model_validator

from peer_match.policy.codes import CODES
from peer_match.policy.diagnostics import Diagnostic, as_text
from peer_match.policy.schema_reader import (
    READS_WHOLE_NUMBER,
    IsoDate,
    IsoDateTime,
    KebabId,
    PositiveWholeNumber,
    Text,
    WholeNumber,
    YesNo,
    plain_value,
    read_model,
    refused,
)
from peer_match.policy.source import read_yaml


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Cited(Shape):
    cite: KebabId
    finding: Text


class Override(Shape):
    all_of: Annotated[list[KebabId], Field(min_length=1)]
    at_most: Text


class Circle(Shape):
    shape: Literal["circle"]
    radius: WholeNumber


class Square(Shape):
    shape: Literal["square"]
    side: WholeNumber


class Colour(Enum):
    RED = "red"
    GREEN = "green"


class Names(RootModel[list[Text]]):
    pass


class Rule(Shape):
    must_not: KebabId
    title: Text
    source: list[Cited] = []
    status: Literal["draft", "active", "retired"] = "draft"
    effective: IsoDate | None = None
    known_at: IsoDateTime | None = None
    floor: YesNo = False
    weight: WholeNumber = 0
    share: Annotated[int, Field(ge=1, le=100), READS_WHOLE_NUMBER] = 100
    override: Literal["nobody"] | Override = "nobody"
    limit: Literal["none"] | WholeNumber = "none"
    grade: dict[str, WholeNumber] = {}
    labels: dict[KebabId, Text] = {}
    area: Annotated[Circle | Square, Field(discriminator="shape")] | None = None
    figure: Circle | Square | Text | None = None
    colour: Colour = Colour.RED
    pair: tuple[WholeNumber, WholeNumber] | None = None
    names: Names | None = None
    per: Annotated[str, StringConstraints(pattern="^(day|week)$")] = "day"
    as_: Annotated[Text | None, Field(alias="as")] = None
    when: Any = None

    @model_validator(mode="after")
    def _retired_has_no_weight(self) -> "Rule":
        if self.status == "retired" and self.weight:
            raise ValueError("a retired rule has no weight")
        return self


HOW_TO_WRITE_AN_ID = "use lower-case letters a to z, digits and single hyphens; start with a letter"
START = "must_not: acute-risk\ntitle: A title\n"


def read(text: str) -> tuple[Rule | None, list[Diagnostic]]:
    node, found = read_yaml(text, "rule.yaml")
    assert node is not None
    assert found == []
    return read_model(Rule, node, found), found


def value(key: str, text: str) -> Any:
    rule, found = read(f"{START}{key}: {text}\n")
    assert rule is not None, as_text(found)
    assert found == []
    return getattr(rule, key)


def one_problem(text: str) -> tuple[int, int, str, str, str]:
    rule, found = read(START + text)
    assert rule is None
    assert len(found) == 1, as_text(found)
    place = found[0].position
    return place.line, place.column, found[0].code, found[0].message, found[0].help


class TestValues:
    def test_a_whole_rule(self) -> None:
        rule, found = read(
            "must_not: acute-risk\n"
            "title: '  A title '\n"
            "source: [{cite: white-2013, finding: a third}]\n"
            "effective: 2026-01-01\n"
            "floor: yes\n"
            "weight: 15\n"
            "override: {all_of: [patient], at_most: 90 days}\n"
            "grade: {2 km: 100, 10 km: 60}\n"
            "area: {shape: square, side: 3}\n"
            "colour: green\n"
            "pair: [1, 2]\n"
            "names: [a, b]\n"
            "as: known\n"
            "when: {all: [a is b]}\n"
        )
        assert found == []
        assert rule == Rule(
            must_not="acute-risk",
            title="A title",
            source=[Cited(cite="white-2013", finding="a third")],
            effective=date(2026, 1, 1),
            floor=True,
            weight=15,
            override=Override(all_of=["patient"], at_most="90 days"),
            grade={"2 km": 100, "10 km": 60},
            area=Square(shape="square", side=3),
            colour=Colour.GREEN,
            pair=(1, 2),
            names=Names(["a", "b"]),
            when={"all": ["a is b"]},
        ).model_copy(update={"as_": "known"})

    @pytest.mark.parametrize(
        ("text", "expected"), [("yes", True), ("no", False), ("true", True), ("false", False)]
    )
    def test_yes_and_no(self, text: str, expected: bool) -> None:
        assert value("floor", text) is expected

    @pytest.mark.parametrize("text", ["Yes", "NO", "on", "off", "y", "1", "0", "~", "null", "''"])
    def test_nothing_else_is_yes_or_no(self, text: str) -> None:
        line, column, code, message, _ = one_problem(f"floor: {text}\n")
        assert (line, column, code) == (3, 8, "PM122")
        assert message.startswith("expected `yes` or `no`, found ")

    def test_yes_in_capitals_is_explained(self) -> None:
        assert one_problem("floor: YES\n")[4] == "write `yes`"
        assert one_problem("floor: False\n")[4] == "write `no`"

    @given(st.integers(0, 10**15 - 1))
    def test_whole_numbers(self, number: int) -> None:
        assert value("weight", str(number)) == number

    @pytest.mark.parametrize(
        "text",
        ["12:30", "1.10", "1_000", "1e3", "+1", "-1", "0x1F", "007", "true", "no", "٣", "1 0", "''",
         "9" * 16, "9" * 5_000, "null", "Infinity", "[1]", "{a: 1}", "1,000"],
    )  # fmt: skip
    def test_nothing_else_is_a_whole_number(self, text: str) -> None:
        line, column, code, message, _ = one_problem(f"weight: {text}\n")
        assert (line, column, code) == (3, 9, "PM122")
        assert message.startswith("expected a whole number")

    def test_the_message_shows_what_was_written(self) -> None:
        assert one_problem("weight: 12:30\n")[3] == "expected a whole number, found `12:30`"
        assert one_problem("weight:\n")[3] == "expected a whole number, found nothing"
        assert one_problem("weight: ''\n")[3] == "expected a whole number, found empty text"
        assert one_problem("weight: [1]\n")[3] == "expected a whole number, found a list"
        assert one_problem("weight: {a: 1}\n")[3] == (
            "expected a whole number, found a block of keys"
        )

    @given(st.dates())
    def test_dates(self, day: date) -> None:
        assert value("effective", day.isoformat()) == day

    @pytest.mark.parametrize(
        "text",
        ["2026-02-30", "2026-1-1", "20260101", "01/02/2026", "2026-01-01T00:00:00Z", "0000-01-01",
         "2026", "today", "２０２６-01-01", "2026-W01-1"],
    )  # fmt: skip
    def test_nothing_else_is_a_date(self, text: str) -> None:
        assert one_problem(f"effective: {text}\n")[:3] == (3, 12, "PM122")

    @given(
        st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)),  # noqa: DTZ001
        st.integers(-14 * 60, 14 * 60),
    )
    def test_moments(self, local: datetime, minutes: int) -> None:
        moment = local.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))
        assert value("known_at", moment.isoformat()) == moment

    def test_a_moment_may_leave_out_seconds_and_write_z(self) -> None:
        nine = datetime(2026, 3, 1, 9, tzinfo=UTC)
        assert value("known_at", "2026-03-01T09:00Z") == nine
        assert value("known_at", "2026-03-01T04:00-05:00") == nine

    @pytest.mark.parametrize(
        "text",
        ["2026-03-01T09:00:00", "2026-03-01", "2026-03-01 09:00:00Z", "2026-03-01T25:00:00Z",
         "0001-01-01T00:00:00+14:00", "2026-03-01T09:00:00+99:00", "2026-03-01T09:00:00z"],
    )  # fmt: skip
    def test_nothing_else_is_a_moment(self, text: str) -> None:
        assert one_problem(f"known_at: {text}\n")[:3] == (3, 11, "PM122")

    @given(st.from_regex(r"[a-z][a-z0-9]{0,5}(-[a-z0-9]{1,5}){0,3}", fullmatch=True))
    def test_ids(self, text: str) -> None:
        rule, _ = read(f"must_not: {text}\ntitle: x\n")
        assert rule is not None
        assert rule.must_not == text

    @pytest.mark.parametrize(
        ("text", "help"),
        [
            ("Acute_Risk", "write `acute-risk`"),
            ("acuteRisk", "write `acute-risk`"),
            ("acute risk", "write `acute-risk`"),
            ("acute--risk-", "write `acute-risk`"),
            ("2013-white", HOW_TO_WRITE_AN_ID),
            ("é", HOW_TO_WRITE_AN_ID),
        ],
    )
    def test_nothing_else_is_an_id(self, text: str, help: str) -> None:
        rule, found = read(f"must_not: {text}\ntitle: x\n")
        assert rule is None
        assert [(d.code, d.position.column, d.help) for d in found] == [("PM137", 11, help)]

    def test_an_id_is_not_endless(self) -> None:
        assert one_problem("labels: {" + "a" * 101 + ": x}\n")[2] == "PM137"

    def test_text_is_not_empty(self) -> None:
        assert one_problem("names: ['  ', x]\n")[:4] == (3, 9, "PM122", "expected text, found `  `")

    def test_finished_values_are_taken_as_they_are(self) -> None:
        made = Rule(must_not="a", title="b", floor=True, weight=3, effective=date(2026, 1, 1))
        assert Rule.model_validate(made.model_dump(by_alias=True)) == made
        for wrong in ({"weight": True}, {"floor": 1}, {"effective": datetime.now(UTC)}):
            with pytest.raises(ValueError, match="expected"):
                Rule.model_validate({"must_not": "a", "title": "b", **wrong})
        with pytest.raises(ValueError, match="offset"):
            Rule.model_validate(
                {"must_not": "a", "title": "b", "known_at": datetime(2026, 1, 1)}  # noqa: DTZ001
            )


class TestProblems:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            (
                "wieght: 3\n",
                (3, 1, "PM120", "unknown key `wieght`", "did you mean `weight`?"),
            ),
            (
                "source:\n  - cite: a\n    finding: b\n    zzz: c\n",
                (6, 5, "PM120", "unknown key `zzz`", "the keys here are `cite` and `finding`"),
            ),
            (
                "source:\n  - finding: b\n",
                (4, 5, "PM121", "`cite` is missing", "add a line `cite: …`"),
            ),
            (
                "source:\n  - cite: a\n    findign: b\n",
                (5, 5, "PM120", "unknown key `findign`", "did you mean `finding`?"),
            ),
            (
                "status: activ\n",
                (3, 9, "PM123", "expected one of `draft`, `active` or `retired`, found `activ`",
                 "did you mean `active`?"),
            ),
            (
                "colour: gren\n",
                (3, 9, "PM123", "expected one of `red` or `green`, found `gren`",
                 "did you mean `green`?"),
            ),
            ("source: white-2013\n", (3, 9, "PM122", "expected a list, found `white-2013`", "")),
            (
                "source: [white-2013]\n",
                (3, 10, "PM122", "expected a block of keys, found `white-2013`", ""),
            ),
            ("names: x\n", (3, 8, "PM122", "expected a list, found `x`", "")),
            ("share: 0\n", (3, 8, "PM124", "expected at least 1, found `0`", "")),
            ("share: 101\n", (3, 8, "PM124", "expected at most 100, found `101`", "")),
            ("pair: [1]\n", (3, 7, "PM124", "the list has too few items", "")),
            ("pair: [1, 2, 3]\n", (3, 7, "PM124", "expected at most 2 items, found 3", "")),
            (
                "override: {all_of: [], at_most: 1 day}\n",
                (3, 20, "PM124", "expected at least 1 item, found 0", ""),
            ),
            (
                "override: {all_of: [a, B], at_most: 1 day}\n",
                (3, 24, "PM137", "`B` is not in kebab-case", "write `b`"),
            ),
            (
                "override: nobdy\n",
                (3, 11, "PM122", "expected `nobody`, or a block of keys, found `nobdy`",
                 "did you mean `nobody`?"),
            ),
            (
                "override: []\n",
                (3, 11, "PM122", "expected `nobody`, or a block of keys, found a list", ""),
            ),
            (
                "limit: lots\n",
                (3, 8, "PM122", "expected `none`, or a whole number, found `lots`", ""),
            ),
            (
                "grade: {2 km: far}\n",
                (3, 15, "PM122", "expected a whole number, found `far`",
                 "write it in digits only, such as `1000`"),
            ),
            ("labels: {A B: x}\n", (3, 10, "PM137", "`A B` is not in kebab-case", "write `a-b`")),
            ("labels: {a: ''}\n", (3, 13, "PM122", "expected text, found empty text", "")),
            (
                "area: {shape: sqare, side: 1}\n",
                (3, 15, "PM123", "expected one of `circle` or `square`, found `sqare`",
                 "did you mean `square`?"),
            ),
            ("area: {side: 1}\n", (3, 8, "PM121", "`shape` is missing", "add a line `shape: …`")),
            (
                "area: {shape: square}\n",
                (3, 8, "PM121", "`side` is missing", "add a line `side: …`"),
            ),
            (
                "area: {shape: square, side: x}\n",
                (3, 29, "PM122", "expected a whole number, found `x`",
                 "write it in digits only, such as `1000`"),
            ),
            (
                "area: {shape: square, sied: 1}\n",
                (3, 23, "PM120", "unknown key `sied`", "did you mean `side`?"),
            ),
            (
                "figure: {shape: square, side: x}\n",
                (3, 31, "PM122", "expected a whole number, found `x`",
                 "write it in digits only, such as `1000`"),
            ),
            (
                "figure: [1]\n",
                (3, 9, "PM122", "expected a block of keys, or text, found a list", ""),
            ),
            ("per: year\n", (3, 6, "PM125", "`year` is not accepted here", "")),
            ("as_: x\n", (3, 1, "PM120", "unknown key `as_`", "did you mean `as`?")),
            (
                "weight: 3\nstatus: retired\n",
                (1, 1, "PM125", "a retired rule has no weight", ""),
            ),
        ],
    )  # fmt: skip
    def test_each_where_it_stands(
        self, text: str, expected: tuple[int, int, str, str, str]
    ) -> None:
        assert one_problem(text) == expected

    def test_a_block_that_is_empty_misses_every_key(self) -> None:
        _, found = read(START + "source: [{}]\n")
        assert [(d.position.column, d.code, d.message) for d in found] == [
            (10, "PM121", "`cite` is missing"),
            (10, "PM121", "`finding` is missing"),
        ]

    def test_a_choice_that_is_no_scalar_is_of_the_wrong_kind(self) -> None:
        assert one_problem("status: [draft]\n")[2:4] == (
            "PM122",
            "expected one of `draft`, `active` or `retired`, found a list",
        )

    @pytest.mark.parametrize("text", ["a list", "[a, b]", "'quoted'"])
    def test_a_file_that_is_no_block(self, text: str) -> None:
        _, found = read(text)
        assert [(d.position.line, d.position.column, d.code) for d in found] == [(1, 1, "PM122")]

    def test_all_problems_at_once_each_once(self) -> None:
        rule, found = read(
            "must_not: Acute Risk\n"
            "titel: A title\n"
            "source:\n"
            "  - cite: white-2013\n"
            "  - {cite: w, finding: 'x', page: 3}\n"
            "status: actve\n"
            "effective: 2026-02-30\n"
            "floor: on\n"
            "weight: 12:30\n"
            "override: {all_of: patient, at_most: 90 days}\n"
        )
        assert rule is None
        assert sorted((d.position.line, d.position.column, d.code) for d in found) == [
            (1, 11, "PM137"),
            (2, 1, "PM120"),
            (4, 5, "PM121"),
            (5, 29, "PM120"),
            (6, 9, "PM123"),
            (7, 12, "PM122"),
            (8, 8, "PM122"),
            (9, 9, "PM122"),
            (10, 20, "PM122"),
        ]
        assert as_text(found).count("    | ") == 9

    def test_two_misspelled_keys_and_one_truly_missing(self) -> None:
        _, found = read("must_no: a\nweigth: 1\n")
        assert sorted((d.code, d.message, d.help) for d in found) == [
            ("PM120", "unknown key `must_no`", "did you mean `must_not`?"),
            ("PM120", "unknown key `weigth`", "did you mean `weight`?"),
            ("PM121", "`title` is missing", "add a line `title: …`"),
        ]

    def test_a_key_that_is_there_is_not_suggested(self) -> None:
        assert one_problem("titel: x\n")[4] != "did you mean `title`?"

    def test_models_can_refuse_with_their_own_code(self) -> None:
        class Odd(Shape):
            number: WholeNumber

            @model_validator(mode="after")
            def _is_odd(self) -> "Odd":
                if self.number % 2 == 0:
                    raise refused("PM124", "an odd number is needed", "add one")
                return self

        node, found = read_yaml("number: 2\n", "odd.yaml")
        assert node is not None
        assert read_model(Odd, node, found) is None
        assert [(d.code, d.message, d.help) for d in found] == [
            ("PM124", "an odd number is needed", "add one")
        ]


junk = st.recursive(
    st.sampled_from(["yes", "12:30", "acute-risk", "2026-01-01", "nobody", "circle", "", "7"]),
    lambda children: (
        st.lists(children, max_size=3)
        | st.dictionaries(
            st.sampled_from([*Rule.model_fields, "as", "shape", "side", "cite", "titel", "all_of"]),
            children,
            max_size=6,
        )
    ),
    max_leaves=15,
)


@given(junk)
def test_any_tree_gives_a_rule_or_readable_problems(tree: object) -> None:
    node, found = read_yaml(json.dumps(tree, ensure_ascii=False) or "''", "junk.yaml")
    if node is None:
        return
    assert plain_value(node) == tree
    rule = read_model(Rule, node, found)
    assert (rule is None) == bool(found)
    for one in found:
        assert one.code in CODES
        assert one.message
        assert not re.search(
            r"\b(str|int|bool|dict|input|valid|integer|string|boolean|literal|Extra|Field|None|"
            r"Rule|Shape|tuple|enum|pattern|parse)\b",
            re.sub(r"`[^`]*`", "", one.message + one.help),
        )


class TestEditors:
    def schema(self) -> dict[str, Any]:
        return Rule.model_json_schema()

    def test_scalar_types(self) -> None:
        fields = self.schema()["properties"]
        assert fields["floor"]["anyOf"] == [{"type": "boolean"}, {"enum": ["yes", "no"]}]
        assert (fields["weight"]["type"], fields["weight"]["minimum"]) == ("integer", 0)
        assert (fields["share"]["minimum"], fields["share"]["maximum"]) == (1, 100)
        assert fields["effective"]["anyOf"][0] == {"type": "string", "format": "date"}
        assert fields["known_at"]["anyOf"][0] == {"type": "string", "format": "date-time"}
        assert fields["title"]["type"] == "string"
        assert fields["title"]["minLength"] == 1
        assert re.fullmatch(fields["must_not"]["pattern"], "acute-risk")
        assert not re.fullmatch(fields["must_not"]["pattern"], "Acute")
        schema = RootModel[PositiveWholeNumber].model_json_schema()
        assert (schema["type"], schema["minimum"]) == ("integer", 1)

    @pytest.mark.parametrize(
        ("key", "written", "fits"),
        [
            ("floor", True, True),
            ("floor", "yes", True),
            ("floor", "maybe", False),
            ("weight", 15, True),
            ("weight", "15", False),
            ("weight", -1, False),
            ("effective", "2026-01-01", True),
            ("effective", "tomorrow", False),
            ("must_not", "acute-risk", True),
            ("must_not", "Acute", False),
            ("title", "", False),
            ("titel", "x", False),
            ("status", "activ", False),
        ],
    )
    def test_an_editor_agrees_with_the_reader(
        self, key: str, written: str | int, fits: bool
    ) -> None:
        schema = self.schema()
        Draft202012Validator.check_schema(schema)
        validator = Draft202012Validator(schema, format_checker=FormatChecker())
        assert validator.is_valid({"must_not": "a", "title": "b", key: written}) is fits
