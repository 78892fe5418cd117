"""The page: what it says, that nothing of it reaches out, and that it opens in a real browser."""

import os
import re
from collections import Counter
from dataclasses import fields, is_dataclass, replace
from html.parser import HTMLParser
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import sync_playwright

from peer_match.decide.decision import Decision, Reading, Score, Source
from peer_match.surfaces.report import WeekPicture, report

from .examples import (
    BELIEF,
    comes_first,
    decision,
    long_feed,
    nothing_fits,
    only_waits,
    week,
    withheld_person,
)

GOLDEN = Path(__file__).with_name("report_of_one.html")
STYLE = files("peer_match.surfaces.report").joinpath("templates", "report.css").read_text("utf-8")
CHROMIUM = Path("/usr/bin/chromium")
VOID = {"meta", "rect", "line"}
INLINE = {"bdi", "strong", "a", "code"}


class Page(HTMLParser):
    """A page as tags and text; fails on tags that do not nest."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self._open.append(tag)
        self._part(tag)

    def _part(self, tag: str) -> None:
        if tag not in INLINE:
            self.text.append(" ")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag
        self._part(tag)

    def handle_data(self, data: str) -> None:
        if not self._open or self._open[-1] != "style":
            self.text.append(data)

    @property
    def shape(self) -> list[tuple[str, frozenset[str]]]:
        """The tags with the names of their attributes."""
        return [(tag, frozenset(attributes)) for tag, attributes in self.tags]

    @property
    def words(self) -> str:
        """The text, each stretch of white space one space."""
        return " ".join("".join(self.text).split())


def page(*decisions: Decision, weeks: dict[str, WeekPicture] | None = None) -> Page:
    return Page(report(decisions, title="Caseload", weeks=weeks))


def normalised(html: str) -> str:
    """Without the style sheet, blank lines and the layout of the templates."""
    bare = html.replace(STYLE, "/* report.css */\n")
    lines = (" ".join(line.split()) for line in bare.splitlines())
    return "\n".join(line for line in lines if line) + "\n"


# -- what it says --------------------------------------------------------------------------------


def test_a_small_decision_reads_as_it_did() -> None:
    """`UPDATE_GOLDEN=1` writes the file anew; look at the difference before you commit it."""
    html = normalised(report([decision()], title="Caseload", weeks={"p1": week()}))
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(html, "utf-8")
    assert html == GOLDEN.read_text("utf-8")


def test_the_same_decisions_give_the_same_bytes_in_the_order_given() -> None:
    first, second = decision(), nothing_fits()
    one = report([first, second], title="Caseload")
    assert one == report([first, second], title="Caseload")
    assert one.index("Ana Marchetti</bdi></h2>") < one.index("Person p2</bdi></h2>")


def test_the_front_counts_people_and_names_who_acts_where_nothing_fits() -> None:
    words = page(decision(), nothing_fits()).words
    assert "2 people at a glance" in words
    assert "1 Something fits 0 Fits with support 0 Needs an answer first 1 Nothing fits" in words
    assert "1 Nothing fits Person p2 no one named yet: point of contact, by Sep 4, 2023" in words
    assert "1 person has no point of contact." in words


def test_the_front_says_what_the_page_rests_on() -> None:
    words = page(decision()).words
    for said in (
        "Not clinically approved.",
        "Safety not assessed. Nothing on this page says that anyone is safe.",
        "As of Sep 1, 2023, 09:00 UTC-07:00",
        "Prepared for clinician",
        "Rules peer-core 0.1.0",
        "abc123" * 10,
        "tzdata 2026.6",
        "peer_match 0.1.0",
    ):
        assert said in words


def test_a_signed_pack_is_not_called_unapproved() -> None:
    whole = decision()
    signed = replace(whole.policy, signed=True, statement="clinically approved")
    assert "approved" not in page(replace(whole, policy=signed)).words.lower()


def test_a_decision_for_nobody_in_particular_says_that_it_is_not_to_be_handed_on() -> None:
    assert "complete, and not to be handed on" in page(replace(decision(), recipient=None)).words


def test_safety_comes_first_in_a_persons_section_and_is_never_folded() -> None:
    html = report([decision()], title="Caseload")
    section = html[html.index('<section class="person"') :]
    assert section.index('class="safety"') < section.index("Point of contact")
    assert section.index('class="safety"') < section.index("<details")


def test_a_score_is_shown_as_a_range_in_words_and_as_a_bar() -> None:
    found = page(decision())
    assert "73, could be 60–85" in found.words
    [bar] = [a for _, a in found.tags if a.get("aria-label") == "73, could be 60–85 out of 100"][:1]
    assert bar["role"] == "img"


def test_each_rules_points_come_with_value_date_and_source() -> None:
    words = page(decision()).words
    assert "A group that can be reached 60 of 75" in words
    assert "where the group meets: 12 Ellis Ave county list row 7, from a public directory" in words
    assert "May 2023" in words
    assert "A group that meets when the person is free 0–25 of 25" in words
    assert "Measured: 2.3 km" in words


def test_what_is_said_of_all_suggestions_is_said_once() -> None:
    words = page(long_feed()).words
    assert "All 3 groups below Before placement, ask the programme manager: how many" in words
    assert words.count("Before placement, ask the programme manager:") == 1


def test_blocked_ones_say_why_and_who_may_override() -> None:
    words = page(decision()).words
    assert (
        "No group that opposes medication May be overridden by the clinician and the supervisor "
        "together, for at most 30 days. 1 Not available at present 1"
    ) in words
    assert (
        "Clean Slate No group that opposes medication What was seen medicines taken: Methadone"
    ) in words
    assert "Not known: the state of the consent. May be overridden by nobody. 1" in words


def test_long_lists_are_cut_and_say_how_much_is_not_shown() -> None:
    words = page(long_feed(2_000)).words
    assert "500 fit, 0 fit with support, 500 wait for an answer, 1,000 do not fit" in words
    assert "Fits: 500 groups, 3 of them above" in words
    assert "487 groups more are not listed here." in words
    assert "992 groups more are not listed here." in words
    assert "Not available at present 1,000" in words
    assert "Not known: the state of the consent. May be overridden by nobody. 500" in words


def test_a_long_feed_does_not_make_a_long_page() -> None:
    short, long = (len(report([long_feed(n)], title="Caseload")) for n in (100, 2_000))
    assert long - short < 1_000


def test_what_is_proposed_or_stands_is_never_cut_away() -> None:
    whole = long_feed()
    *others, last = whole.groups.eligible
    standing = replace(whole.groups, eligible=(*others, replace(last, existing=True)))
    assert f"{last.name} already placed here" in page(replace(whole, groups=standing)).words


def test_mentors_are_shown_with_both_sides() -> None:
    words = page(decision()).words
    assert "For the person 70, could be 50–90; for the mentor 100" in words
    assert "For the mentor: 100 A mentor with room 100 of 100" in words


def test_the_plan_names_owners_days_and_what_is_missing() -> None:
    words = page(decision()).words
    assert "the person's recorded choice and the signature of a named clinician" in words
    assert "Introduce the person to Tuesday Steps Jo Rivera, point of contact Sep 8, 2023" in words
    assert "How many seats are free? (Tuesday Steps) programme manager, no one named" in words
    assert "(1 of 2) Jo Rivera, point of contact Sep 15, 2023 and 1 more, to Sep 29, 2023" in words
    assert "Meetings attended, to increase to at least 3 a month; by Dec 1, 2023" in words


def test_a_rule_that_failed_is_loud() -> None:
    whole = decision()
    first = whole.groups.eligible[0]
    [seats] = first.screening
    failed = replace(first, screening=(replace(seats, truth="error"),))
    found = page(replace(whole, groups=replace(whole.groups, eligible=(failed,))))
    assert "This rule could not be evaluated; it holds." in found.words


def test_a_score_that_is_not_shown_shows_shares_of_the_rules_alone() -> None:
    whole = decision()
    first = replace(whole.groups.eligible[0], score=None)
    words = page(replace(whole, groups=replace(whole.groups, eligible=(first,)))).words
    assert "80% of what this rule can give" in words
    assert "no score" in words


def test_a_limit_by_a_rule_is_said() -> None:
    whole = decision()
    first = replace(
        whole.groups.eligible[0], score=Score(4_000, 4_000, 80_000, 90_000, 20, ("seats",))
    )
    words = page(replace(whole, groups=replace(whole.groups, eligible=(first,)))).words
    assert "Limited by a rule: A group needs a free seat." in words


def test_a_group_that_cannot_be_drawn_is_named_beside_the_picture() -> None:
    unplaced = replace(week(), meetings=(), without_zone=("g2",))
    words = page(decision(), weeks={"p1": unplaced}).words
    assert "Not drawn, since the listing does not say the time zone: Saturday Circle." in words


def test_what_comes_first_has_a_card_of_its_own_and_a_red_banner() -> None:
    html = report([decision(), comes_first()], title="Caseload")
    said = (
        "Have a professional evaluate: at once, by Sep 2, 2023 at the latest. For Dr Osei, "
        "clinician. the level of the last screens: High Observation/7, stated by a clinician, "
        "Aug 30, 2023"
    )
    words = page(decision(), comes_first()).words
    assert f"Before everything else: 1 person Tom Hale {said} 2 people at a glance" in words
    assert "1 Something must be done first 1 Something fits" in words
    assert "Tom Hale Something must be done first Have a professional evaluate" in words
    section = html[html.index('aria-labelledby="person-2"') :]
    banner = section.index('class="notice stop"')
    assert section.index('class="safety"') < banner < section.index("Point of contact")
    assert words.count(said) == 2


WAITED_FOR = (
    "Nobody is placed without consent. Not known: the state of the consent (ask the patient). "
    "No group that opposes medication. On record: reasons to wait: In a life crisis. "
    "Ask the clinician whether this still holds."
)


def test_who_waits_is_told_what_to_answer_and_whom_to_ask() -> None:
    words = page(only_waits()).words
    assert f"What is waited for {WAITED_FOR}" in words
    assert "nothing open" not in words


def test_what_is_not_to_be_told_is_not_waited_for_aloud() -> None:
    whole = only_waits()
    held, crisis = whole.groups.waiting
    [screening] = held.screening
    hidden = replace(held, screening=(replace(screening, rule="withheld"),))
    waiting = replace(whole.groups, waiting=(hidden, crisis))
    said = page(replace(whole, groups=waiting)).words
    assert "What is waited for No group that opposes medication." in said


def test_a_question_of_the_overview_says_whom_to_ask() -> None:
    assert "When are you free? Ask the patient" in page(decision()).words


def test_gaps_are_asked_of_who_can_answer_for_the_fact_and_not_of_whom_the_rule_names() -> None:
    whole = decision()
    seats = replace(whole.facts["group.free_seats@g1"], asked_of="supervisor")
    said = page(replace(whole, facts={**whole.facts, "group.free_seats@g1": seats})).words
    assert "Before placement, ask the supervisor: how many seats are free" in said
    nobody = replace(seats, asked_of=None)
    said = page(replace(whole, facts={**whole.facts, "group.free_seats@g1": nobody})).words
    assert "To be settled before placement: how many seats are free" in said


def test_the_persons_own_unknowns_are_not_folded() -> None:
    html = report([decision()], title="Caseload")
    at = html.index("Not known about the person")
    assert html.rindex("<h3>", 0, at) > html.rindex("<summary>", 0, at)


def test_every_way_forward_is_told() -> None:
    whole = nothing_fits()
    [first] = whole.plan.tasks
    mentor = replace(first, id="m", title="Find a mentor", owner="Jo Rivera")
    words = page(replace(whole, plan=replace(whole.plan, tasks=(first, mentor)))).words
    assert "Find a way forward" in words
    assert "Find a mentor. For Jo Rivera, by Sep 4, 2023." in words


# -- who sees what -------------------------------------------------------------------------------


def test_a_withheld_reading_shows_its_basis_and_nothing_else() -> None:
    leaky = Reading(BELIEF, "patient", "identity", "the place of faith", ("SECRET",), True, None,
                    (Source("SECRET source", "self", "2023"),), "needs consent")  # fmt: skip
    whole = decision()
    words = page(replace(whole, facts={**whole.facts, BELIEF: leaky})).words
    assert "the place of faith: withheld: needs consent" in words
    assert "SECRET" not in words


def test_a_neutral_block_says_nothing_else() -> None:
    html = report([decision()], title="Caseload")
    [line] = re.findall(r"<li><bdi class=\"name\">Friday Friends</bdi>.*?</li>", html, re.DOTALL)
    assert " ".join(Page(line).words.split()) == "Friday Friends Not available at present"


def test_a_person_who_is_not_shown_leaves_no_trace() -> None:
    words = page(withheld_person(), withheld_person()).words
    assert "Withheld: no valid consent to disclose" in words
    for trace in ("p1", "Ana", "Tuesday", "Nothing fits A person"):
        assert trace not in words


# -- nothing reaches out, nothing gets in --------------------------------------------------------


def test_the_page_asks_for_nothing_from_anywhere() -> None:
    html = report([decision(), nothing_fits()], title="Caseload", weeks={"p1": week()})
    found = Page(html)
    tags = {tag for tag, _ in found.tags}
    assert not tags & {"script", "link", "img", "iframe", "object", "embed", "base", "form", "use"}
    for _, attributes in found.tags:
        assert not any(name.startswith("on") or name in ("src", "srcset") for name in attributes)
        assert attributes.get("href", "#").startswith("#")
    assert "@import" not in html
    assert re.findall(r"url\((?!#)", html) == []
    assert re.findall(r"https?:|//[a-z]", html) == []


def test_the_content_policy_comes_before_anything_that_it_governs() -> None:
    tags = page(decision()).tags
    first = next(index for index, (tag, _) in enumerate(tags) if tag == "style")
    policies = [a["content"] for _, a in tags[:first] if a.get("http-equiv")]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'"]


hostile = st.one_of(
    st.sampled_from(
        [
            "</style><script>alert(1)</script>",
            '" onmouseover="alert(1)',
            "<!--",
            "]]>",
            "{{ 7 * 7 }}{% raw %}",
            "&lt;b&gt;",
            "\u202eevil\u202c",
            "\x00\x1b[31m",
            "\ud800",
        ]
    ),
    st.text(min_size=1, max_size=30),
).map(lambda text: f"x{text}")


def with_text(value: Any, text: str, names: frozenset[str]) -> Any:
    """The same value with some text in every field of these names, however deep."""
    if is_dataclass(value) and not isinstance(value, type):
        changed = {
            one.name: text
            if one.name in names and isinstance(getattr(value, one.name), str)
            else with_text(getattr(value, one.name), text, names)
            for one in fields(value)
        }
        return replace(value, **changed)
    if isinstance(value, tuple):
        return tuple(
            text if isinstance(one, str) and "values" in names else with_text(one, text, names)
            for one in value
        )
    if isinstance(value, dict):
        return {key: with_text(one, text, names) for key, one in value.items()}
    return value


FROM_DATA = frozenset(
    {"name", "owner", "asks", "title", "meaning", "source", "why", "note", "effect", "measured",
     "description", "measure_display", "point_of_contact", "safety", "file", "unknown"}
)  # fmt: skip


@settings(max_examples=60)
@given(hostile)
def test_text_from_data_never_becomes_a_tag_or_a_control_character(text: str) -> None:
    def shown(text: str) -> str:
        whole = with_text(decision(), text, FROM_DATA)
        whole = replace(whole, notes=(text,), safety=text)
        return report([whole], title=text, weeks={"p1": week()})

    html = shown(text)
    assert Page(html).shape == Page(shown("plain")).shape
    html.encode()  # a lone surrogate would fail here
    assert re.findall("[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", html) == []


# -- for everybody -------------------------------------------------------------------------------


def test_ids_are_unique_and_every_link_leads_somewhere() -> None:
    tags = page(decision(), nothing_fits(), decision(), weeks={"p1": week()}).tags
    ids = Counter(a["id"] for _, a in tags if "id" in a)
    assert [id for id, count in ids.items() if count > 1] == []
    links = {a["href"].removeprefix("#") for _, a in tags if "href" in a}
    assert {"people", "person-1", "person-3", "rule-1"} <= links
    assert links <= set(ids)


def test_headings_do_not_skip_a_level() -> None:
    tags = page(decision(), nothing_fits()).tags
    levels = [int(tag[1]) for tag, _ in tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_every_picture_has_words() -> None:
    tags = page(decision(), weeks={"p1": week()}).tags
    pictures = [a for tag, a in tags if tag == "svg"]
    assert len(pictures) > 1
    assert all(a["role"] == "img" and a["aria-label"] for a in pictures)


def test_the_page_names_its_language_and_its_parts() -> None:
    tags = page(decision()).tags
    assert ("html", {"lang": "en"}) in tags
    assert {"header", "main", "footer", "title"} <= {tag for tag, _ in tags}


def colours() -> dict[str, str]:
    return {"white": "#ffffff", **dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6});", STYLE))}


def luminance(colour: str) -> float:
    """Relative luminance; WCAG 2.2, https://www.w3.org/TR/WCAG22/#dfn-relative-luminance."""
    digits = colour.removeprefix("#")
    digits = "".join(one * 2 for one in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("ink", "paper"), ("ink", "wash"), ("muted", "paper"), ("muted", "wash"),
        ("muted", "free"), ("blue", "paper"), ("blue", "wash"), ("white", "blue"),
        ("white", "ink"), ("good", "good-soft"), ("warn", "warn-soft"), ("blue", "warn-soft"),
        ("stop", "stop-soft"), ("stop", "paper"), ("stop", "wash"),
    ],
)  # fmt: skip
def test_text_stands_out_from_its_ground(text: str, ground: str) -> None:
    found = colours()
    lighter, darker = sorted((luminance(found[text]), luminance(found[ground])), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


# -- the real thing ------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [320, 375, 1280])
def test_chromium_shows_the_page_without_a_complaint(width: int, tmp_path: Path) -> None:
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not here: sudo apt-get install chromium")
    path = tmp_path / "report.html"
    caseload = [decision(), comes_first(), nothing_fits(), long_feed(), withheld_person()]
    path.write_text(report(caseload, title="Caseload", weeks={"p1": week()}), "utf-8")
    said: list[str] = []
    asked: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        shown = browser.new_page(viewport={"width": width, "height": 800})
        shown.on("console", lambda message: said.append(message.text))
        shown.on("pageerror", lambda error: said.append(str(error)))
        shown.on("request", lambda request: asked.append(request.url))
        shown.goto(path.as_uri())
        shown.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert shown.evaluate("document.documentElement.scrollWidth") <= width
        assert shown.locator(".person").count() == len(caseload)
        bar = shown.locator(".card .bar").first.bounding_box()
        free = shown.locator(".week .free").first.bounding_box()
        heights = shown.locator(".who a").evaluate_all(
            "links => links.map(one => one.getBoundingClientRect().height)"
        )
        assert bar is not None and bar["height"] > 4 and bar["width"] > 100
        assert free is not None and free["height"] > 10
        assert heights and min(heights) >= 24  # WCAG 2.2, 2.5.8 Target Size
        assert len(shown.screenshot(full_page=True)) > 10_000
        assert shown.pdf()[:5] == b"%PDF-"
        browser.close()
    assert said == []
    assert asked == [path.as_uri()]


def test_the_printed_sheet_of_one_person_has_few_pages(tmp_path: Path) -> None:
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not here: sudo apt-get install chromium")
    path = tmp_path / "report.html"
    path.write_text(report([long_feed()], title="One", weeks={"p1": week()}), "utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        shown = browser.new_page()
        shown.goto(path.as_uri())
        pages = len(re.findall(rb"/Type\s*/Page\b", shown.pdf(format="Letter")))
        shown.emulate_media(media="print")
        assert not shown.locator(".rules").is_visible()
        assert shown.locator(".reasons").first.is_visible()
        assert shown.get_by_text("What speaks for it").first.is_visible()
        browser.close()
    assert 1 <= pages <= 4
