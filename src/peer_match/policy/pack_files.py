"""Every file of a pack, read and of the right shape, with its nodes for later positions."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import orjson

from peer_match.policy.diagnostics import Diagnostic, did_you_mean, error, quote, start_of_file
from peer_match.policy.file_header import Shape
from peer_match.policy.mended import HEADER, read_mended
from peer_match.policy.nodes import Mapping, Node, Scalar
from peer_match.policy.rule_files import FILE_KINDS, NOT_YET_KEYS
from peer_match.policy.schema_reader import read_model
from peer_match.policy.source import read_yaml
from peer_match.policy.typography import how_to_type

SINGLE_FILES = ("pack", "sources", "intake", "disclosure", "events", "crisis_lines", "safety_plan")
ONLY_FOR_SAFETY = ("events", "crisis_lines", "safety_plan")
"""The single files that a pack which says nothing of safety can do without."""
ABOUT_A_TARGET = ("must_not", "prefer")
SIGN_OFFS = "sign_offs"


@dataclass(frozen=True, slots=True)
class PackFileRead:
    """One file: its kind, its id, its checked shape and its nodes.

    `folder` is the file's first folder inside the pack (`group`, `mentor`, …), or "".
    `at_fault` are the keys of a rule that could not be read and were told; what the shape has
    there means nothing.
    """

    name: str
    folder: str
    kind: str
    id: str
    shape: Shape
    node: Mapping
    digest: str
    at_fault: frozenset[str] = frozenset()

    @property
    def is_bindable(self) -> bool:
        """Whether what the rule does can be read, whatever is wrong with its header."""
        return self.at_fault <= HEADER


@dataclass(frozen=True, slots=True)
class FilesRead:
    """The files of a pack that could be read, by name, and the names (without `.yaml`) of the rest.

    What refers to a file that could not be read is not at fault itself, and is not reported.
    """

    files: tuple[PackFileRead, ...] = ()
    refused: frozenset[str] = frozenset()


def read_files(root: Path, problems: list[Diagnostic]) -> FilesRead:
    """Every `.yaml` file below a folder; the problems of their text and shape are added."""
    if not root.is_dir():
        problems.append(
            error(
                "PM100",
                f"{quote(str(root))} is not a folder",
                start_of_file(str(root)),
                "name the folder that holds `pack.yaml`",
            )
        )
        return FilesRead()
    found: list[PackFileRead] = []
    refused: set[str] = set()
    for path in sorted(path for path in root.rglob("*") if path.suffix in (".yaml", ".yml")):
        relative = path.relative_to(root)
        one = read_file(path, f"{root.name}/{relative.as_posix()}", problems)
        if one is None:
            refused.add(path.stem)
        else:
            found.append(one)
            if one.kind in one.at_fault:
                refused.add(path.stem)
    for kind in SINGLE_FILES:
        is_there = kind in refused or any(one.kind == kind for one in found)
        if kind not in ONLY_FOR_SAFETY and not is_there:
            problems.append(
                error(
                    "PM138",
                    f"the pack has no `{kind}.yaml`",
                    start_of_file(f"{root.name}/{kind}.yaml"),
                    f"add the file; it begins with `{kind}:` and an id",
                )
            )
    return FilesRead(tuple(found), frozenset(refused))


def read_file(path: Path, name: str, problems: list[Diagnostic]) -> PackFileRead | None:
    """One file, or None with its problems added."""
    node, found = read_yaml(path, name)
    problems.extend(found)
    if node is None:
        return None
    if not isinstance(node, Mapping) or not node.entries:
        problems.append(
            error(
                "PM132",
                "a file of a pack is a mapping whose first key names its kind",
                node.position,
                "begin with a line such as `must_not: its-id`",
            )
        )
        return None
    key, value = node.entries[0]
    model = FILE_KINDS.get(key.text)
    if model is None:
        problems.append(
            error(
                "PM134",
                f"unknown kind {quote(key.text)}",
                key.position,
                how_to_type(key.text)
                or did_you_mean(key.text, FILE_KINDS)
                or "the first key names the kind, such as `must_not` or `prefer`",
            )
        )
        return None
    node = _without_keys_to_come(key.text, node, problems)
    shape = read_model(model, node, problems)
    at_fault = frozenset[str]()
    if shape is None:
        shape, at_fault = read_mended(key.text, node)
    if shape is None or not isinstance(value, Scalar):
        return None
    if key.text not in at_fault:
        _check_name(path, key.text, value, problems)
    parts = name.split("/")
    folder = parts[1] if len(parts) > 2 else ""
    return PackFileRead(
        name=name,
        folder=folder,
        kind=key.text,
        id=value.text,
        shape=shape,
        node=node,
        digest=_digest(node, folder if key.text in ABOUT_A_TARGET else ""),
        at_fault=at_fault,
    )


def _without_keys_to_come(kind: str, node: Mapping, problems: list[Diagnostic]) -> Mapping:
    """The file without keys that a coming version reads; each is refused by name."""
    coming = [key for key, _ in node.entries if key.text in NOT_YET_KEYS.get(kind, ())]
    for key in coming:
        problems.append(
            error(
                "PM133",
                f"{quote(key.text)} is not yet supported",
                key.position,
                "a coming version reads it; take it out until then",
            )
        )
    kept = tuple((key, value) for key, value in node.entries if key not in coming)
    return Mapping(kept, node.position)


def _check_name(path: Path, kind: str, value: Scalar, problems: list[Diagnostic]) -> None:
    if kind in SINGLE_FILES and path.stem != kind:
        problems.append(
            error(
                "PM135",
                f"the file that begins with {quote(kind)} is called {quote(path.name)}",
                value.position,
                f"call it `{kind}.yaml`",
            )
        )
    elif kind not in SINGLE_FILES and path.stem != value.text:
        problems.append(
            error(
                "PM135",
                f"the id {quote(value.text)} is not the file's name {quote(path.stem)}",
                value.position,
                "a rule's id and its file's name are the same, so that each can be found",
            )
        )


def _digest(node: Mapping, target: str) -> str:
    """What the file means: the folder says whom a rule is about, a sign-off is about the digest."""
    said = {key.text: meaning(value) for key, value in node.entries if key.text != SIGN_OFFS}
    found = [target, said]
    return hashlib.sha256(orjson.dumps(found, option=orjson.OPT_SORT_KEYS)).hexdigest()


def meaning(node: Node) -> object:
    """What a node says, without its layout: text with its white space made single."""
    if isinstance(node, Scalar):
        return " ".join(node.text.split())
    if isinstance(node, Mapping):
        return {key.text: meaning(value) for key, value in node.entries}
    return [meaning(item) for item in node.items]
