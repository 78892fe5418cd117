"""Rules of a test as an author lays them out, and what is told of a pack at fault."""

import re

from peer_match.policy.diagnostics import as_text

from .packs import DEFAULTS, FOLDERS, HEADER, NEITHER, Pack, as_lines


def write(pack: Pack, kind: str, text: str, *, id: str = "the-rule", folder: str = "") -> Pack:
    """A rule whose header is given and whose other lines are as the author writes them.

    A key of the header that the text has is left to the text.
    """
    own = set(re.findall(r"^(\w+):", text, re.MULTILINE))
    head = {**HEADER, "examples": NEITHER, **DEFAULTS[kind]}
    above = as_lines({key: value for key, value in head.items() if key not in own})
    pack.write(f"{folder or FOLDERS[kind]}/{id}.yaml", f"{kind}: {id}\n{above}{text}")
    return pack


def told(pack: Pack) -> str:
    """Everything that the author is told, as it is printed."""
    return as_text(pack.problems()) + "\n"


def told_without_files(pack: Pack) -> str:
    """The same without the names of the files, for tests of one rule."""
    return re.sub(r"^pack/\S+?\.yaml(?=:[0-9])", "", told(pack), flags=re.MULTILINE)
