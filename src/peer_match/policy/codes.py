"""The one table of diagnostic codes, and the page each code has.

A code is given out once and never reused, not even after the check behind it is gone. The first
digit says what kind of problem it is: PM1 file and syntax, PM2 references, PM3 meaning,
PM4 stewardship, PM5 examples. A new check adds its row here before it can report anything:
`Diagnostic` refuses a code that has no row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from peer_match.policy.rule_codes import (
    EXAMPLES,
    INSTRUMENTS,
    MEANING,
    REFERENCES,
    SENTENCES,
    STEWARDSHIP,
)
from peer_match.policy.safety_codes import SAFETY

FAMILIES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "PM1": "File and syntax",
        "PM2": "References",
        "PM3": "Meaning",
        "PM4": "Stewardship",
        "PM5": "Examples",
    }
)


@dataclass(frozen=True, slots=True)
class Code:
    """One row of the table.

    title: a short lower-case phrase, without a full stop.
    explanation: one paragraph for a policy author: what is wrong, and why it matters.
    example: a fix, as the lines of a rule file ("# before" / "# after") or a sentence.
    """

    title: str
    explanation: str
    example: str


_FILE_AND_SYNTAX: Final[dict[str, Code]] = {
    "PM100": Code(
        "the file cannot be read",
        "The path is missing, is a folder, or may not be opened by the account that runs the "
        "check. A file that cannot be read is an error of the whole pack: a rule that is silently "
        "left out could be the one that keeps somebody safe.",
        "Check that the name is spelled as on disk and that the file may be read.",
    ),
    "PM101": Code(
        "the file is not UTF-8 text",
        "Rule files are UTF-8. Other encodings would turn names and accents into different "
        "letters on different computers, so nothing is guessed. The position is that of the first "
        "byte that is not UTF-8.",
        'In your editor choose "Save with encoding", then "UTF-8".',
    ),
    "PM102": Code(
        "the file is too large",
        "A rule file may hold at most 1 MiB (1,048,576 bytes). The limit keeps a broken or "
        "hostile file from using up the memory of the program that reads it.",
        "Give each rule its own file, or split a vocabulary in two.",
    ),
    "PM103": Code(
        "a character that is not allowed",
        "Control characters (such as NUL), invisible marks that reverse the direction of text, "
        "and unusual line separators are refused, typed as they are or written as an escape in "
        "double quotes. They make a file look different from what it says.",
        "Delete the character and type the text again; pasted text is the usual cause.",
    ),
    "PM104": Code(
        "the file starts with a byte order mark",
        "Some editors put three invisible bytes at the start of a UTF-8 file. They are ignored, "
        "but they make two files that look alike differ.",
        'In your editor choose "Save with encoding", then "UTF-8" (not "UTF-8 with BOM").',
    ),
    "PM105": Code(
        "line ends are not line feeds",
        "Lines end with a line feed. Windows line ends (carriage return and line feed) are read, "
        "with a warning. A carriage return on its own is an error: some editors show it as a new "
        "line and some do not, so people could disagree about what a line says.",
        'In your editor set the line ends of the file to "LF".',
    ),
    "PM106": Code(
        "the file is empty",
        "The file holds nothing, or nothing but comments. An empty rule file is more likely an "
        "accident than an intention, so it is not skipped.",
        "Restore the rule, or delete the file.",
    ),
    "PM107": Code(
        "a tab where spaces are expected",
        "YAML shows by indentation what belongs to what, and only spaces count. A tab looks like "
        "a different number of spaces in every editor.",
        "when:\n  all:                 # two spaces for each level\n"
        "    - patient.phq9 is at least 10 points",
    ),
    "PM108": Code(
        "a list item that YAML reads as part of the text above",
        "Text may go on over several lines as long as they are indented further. A line that "
        "starts with a dash and is indented too far is then no list item: YAML joins it to the "
        "text above, and two conditions become one sentence.",
        "# before\nall:\n  - patient.suicide_screen is high\n   - group.kind is community\n"
        "# after\nall:\n  - patient.suicide_screen is high\n  - group.kind is community",
    ),
    "PM110": Code(
        "the file is not valid YAML",
        "The text breaks the syntax of YAML, so what follows cannot be read with certainty and "
        "the rest of the file is not looked at. Usual causes: a bracket or quote that is not "
        "closed, a line with the wrong indentation, or text with a colon and a space in it that "
        "needs quotes.",
        '# before\ntitle: Mentors: who may see what\n# after\ntitle: "Mentors: who may see what"',
    ),
    "PM111": Code(
        "anchors are not allowed",
        "An anchor (`&name`) lets YAML repeat a value elsewhere in the file. Rules are read by "
        "people one line at a time, and repetition by reference is also how a tiny file is made "
        "to fill all memory, so anchors are refused.",
        "# before\nwhy: &reason Members report pressure.\n# after\nwhy: Members report pressure.",
    ),
    "PM112": Code(
        "aliases are not allowed",
        "An alias (`*name`) stands for a value written elsewhere in the file. Write the value "
        "out, or make it a finding that several rules can name. Text that starts with a star "
        "needs quotes.",
        "# before\nwhy: *reason\n# after\nwhy: Members report pressure.",
    ),
    "PM113": Code(
        "tags are not allowed",
        "A tag (`!name`) tells YAML to build a special kind of value. The kind of every value is "
        "settled by the rule language, so tags are refused. Text that starts with an exclamation "
        "mark needs quotes.",
        '# before\ntitle: !important text\n# after\ntitle: "!important text"',
    ),
    "PM114": Code(
        "a key is given twice",
        "The same key occurs twice in one block. Many YAML readers keep the last one and say "
        "nothing, so half of a rule could vanish. Here it is an error, whether or not the two "
        "values are equal.",
        "# before\nweight: 15\nweight: 20\n# after\nweight: 20",
    ),
    "PM115": Code(
        "nested too deeply",
        "Lists and blocks may be nested 30 deep. No rule that a person can read comes near that; "
        "a file that does is broken or hostile.",
        "Name the inner condition as a finding of its own, and write `finding-id holds`.",
    ),
    "PM116": Code(
        "more than one document in the file",
        "A line of three dashes starts a second YAML document. A file holds one rule, so that "
        "its name, its history and its sign-off belong to that rule alone.",
        "Move what follows the `---` line into a file of its own.",
    ),
    "PM117": Code(
        "a key that is not a word",
        "A key is a word or a short phrase before a colon. Lists, blocks and nothing at all "
        "cannot be keys.",
        "# before\n? [adult, minor]\n: allowed\n# after\nadult: allowed\nminor: allowed",
    ),
    "PM118": Code(
        "YAML directives are not allowed",
        "A line that starts with a percent sign before the content changes how YAML itself reads "
        "the file. All rule files are read in the same way, so such lines are refused.",
        "Delete the line that starts with `%`.",
    ),
    "PM119": Code(
        "too many problems in one file",
        "Reading a file stops after its first hundred problems. One cause early in the file often "
        "explains many of them.",
        "Mend the first problems in the list, then check again.",
    ),
    "PM120": Code(
        "an unknown key",
        "The key means nothing here. A key that is misspelled is never ignored, because the rule "
        "would then mean something else than it says.",
        "# before\nwieght: 15\n# after\nweight: 15",
    ),
    "PM121": Code(
        "a key is missing",
        "This block needs the key, and nothing is filled in by default where a person has to "
        "decide.",
        "# after\nowner: clinical-safety",
    ),
    "PM122": Code(
        "a value of the wrong kind",
        "The key takes another kind of value than the one written: for example a whole number, "
        "a date written as 2026-01-31, yes or no, a list, or a block of keys. Nothing is "
        "converted by guessing.",
        "# before\nweight: 1e3\n# after\nweight: 1000",
    ),
    "PM123": Code(
        "a value that is not one of the choices",
        "The key takes one of a few words, and this is none of them. A misspelled word is never "
        "read as the nearest one.",
        "# before\nif_unknown: pass\n# after\nif_unknown: ask",
    ),
    "PM124": Code(
        "a value that is out of range",
        "The value is of the right kind, but too small, too large, too short or too long for this "
        "key.",
        "# before\nweight: 0\n# after\nweight: 15",
    ),
    "PM125": Code(
        "a value that this key does not accept",
        "The value is of the right kind but breaks a rule of this key, or two keys of one block "
        "do not go together. The message says which.",
        "# before\neffective: 2027-01-01\nreview_by: 2026-01-01\n"
        "# after\neffective: 2026-01-01\nreview_by: 2027-01-01",
    ),
    "PM132": Code(
        "the first key does not name a kind",
        "A file of a pack is a block of keys, and its first key names its kind, such as "
        "`must_not` or `prefer`.",
        "# before\n- must_not: acute-risk\n# after\nmust_not: acute-risk",
    ),
    "PM133": Code(
        "a key that is not supported yet",
        "The key is part of the rule language (`extends` of a pack), but this version of the "
        "engine cannot carry it out. It is refused rather than ignored, so that nobody relies on "
        "what does nothing.",
        "Take it out of the pack until a version that supports it is installed.",
    ),
    "PM134": Code(
        "an unknown kind of file",
        "The first key of a file names its kind, such as `must_not` or `prefer`. This one is not "
        "a kind of the rule language.",
        "# before\nmustnot: acute-risk\n# after\nmust_not: acute-risk",
    ),
    "PM135": Code(
        "the id is not the name of the file",
        "The value of the first key is the id of the rule, and it equals the name of the file "
        "without `.yaml`. So a rule is found by its id, and no two rules can share one.",
        "# in acute-risk.yaml\n# before\nmust_not: risk-acute\n# after\nmust_not: acute-risk",
    ),
    "PM137": Code(
        "an id that is not in kebab-case",
        "Ids are lower-case words of the letters a to z and digits, joined by single hyphens, and "
        "start with a letter. They are read aloud, sorted and written into records, so there is "
        "one way to write them.",
        "# before\nmust_not: Acute_Risk\n# after\nmust_not: acute-risk",
    ),
    "PM150": Code(
        "a sentence that cannot be read",
        "Conditions and measures are sentences of a small fixed English. The caret stands under "
        "the first word that does not fit, and the help line says what could stand there.",
        "# before\n- patient.phq9 >= 10\n# after\n- patient.phq9 is at least 10 points",
    ),
}

CODES: Final[Mapping[str, Code]] = MappingProxyType(
    _FILE_AND_SYNTAX
    | {
        code: Code(*row)
        for rows in (SENTENCES, REFERENCES, INSTRUMENTS, MEANING, SAFETY, STEWARDSHIP, EXAMPLES)
        for code, row in rows.items()
    }
)


def code_page(code: str) -> str:
    """The Markdown page of `code`: title, family, explanation, example. KeyError if unknown."""
    row = CODES[code]
    return (
        f"# {code}: {row.title}\n\n"
        f"*{FAMILIES[code[:3]]}*\n\n"
        f"{row.explanation}\n\n"
        f"## Example\n\n"
        f"```yaml\n{_as_yaml(row.example)}\n```\n"
    )


def write_pages(folder: Path) -> tuple[Path, ...]:
    """Write one page for each code, and `README.md` that lists them; returns the paths written."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = {f"{code}.md": code_page(code) for code in CODES}
    pages["README.md"] = _index_page()
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8")
    return tuple(folder / name for name in pages)


def _index_page() -> str:
    parts = ["# Diagnostic codes\n"]
    for family, title in FAMILIES.items():
        rows = [
            f"- [{code}]({code}.md) {row.title}"
            for code, row in sorted(CODES.items())
            if code.startswith(family)
        ]
        if rows:
            parts.append(f"\n## {family}: {title}\n\n" + "\n".join(rows) + "\n")
    return "".join(parts)


def _as_yaml(example: str) -> str:
    """A one-line example is advice in words; as a comment it stays valid in a YAML block."""
    return example if "\n" in example else f"# {example}"
