"""From a folder of rule files to a checked `Policy`, with every problem of the pack at once.

Steps:
1. Read every file's text and shape (`pack_files`).
2. Gather the vocabularies, the sources and the disclosure table: what words can refer to.
3. Check those tables on their own (`check_tables`).
4. Bind every rule's conditions, measures and edits to facts (`assemble`, `bind`).
5. Check what rules say of each other, what they mean and what they owe (`check`).
A policy is given only when nothing was an error.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from peer_match.facts.catalogue import CATALOGUE
from peer_match.facts.vocabulary import Term, Vocabularies, Vocabulary
from peer_match.policy.assemble import assemble
from peer_match.policy.assembly import Assembly
from peer_match.policy.check import check_pack
from peer_match.policy.check_tables import check_tables
from peer_match.policy.condition import Holds
from peer_match.policy.diagnostics import (
    Diagnostic,
    as_text,
    error,
    has_errors,
    in_order,
    meant,
    quote,
    start_of_file,
)
from peer_match.policy.nodes import Scalar, node_at
from peer_match.policy.pack_files import FilesRead, PackFileRead, read_files
from peer_match.policy.policy import MustNot, Policy
from peer_match.policy.reads import all_facts, all_sentences, reads_a_history
from peer_match.policy.rule_files import (
    DisclosureFile,
    IntakeFile,
    PackFile,
    SourcesFile,
    TermShape,
    VocabularyFile,
)
from peer_match.policy.safety import Safety

Shaped = TypeVar("Shaped")
OF_RULES = frozenset({"dimension", "override-role", "priority-level"})
"""The vocabularies that rules and `pack.yaml` use beside those of facts."""


class PolicyError(ValueError):
    """A pack that cannot be used. `diagnostics` are all its problems, in order."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(in_order(diagnostics))
        super().__init__(as_text(self.diagnostics))


@dataclass(frozen=True)
class PackReading:
    """A pack as read: the policy (None when there are errors), its files and its problems.

    `assembly` are the rules that could be bound, also where others are at fault.
    """

    policy: Policy | None
    files: tuple[PackFileRead, ...]
    diagnostics: tuple[Diagnostic, ...]
    assembly: Assembly


def read_pack(root: Path) -> PackReading:
    """Read and check the pack in a folder. Never raises for anything that the files say."""
    problems: list[Diagnostic] = []
    read = read_files(root, problems)
    files = read.files
    vocabularies = Vocabularies(_vocabulary(one) for one in files if one.kind == "vocabulary")
    _require_vocabularies(root, read, vocabularies, problems)
    check_tables(files, vocabularies, problems)
    assembly = assemble(read, vocabularies, problems)
    check_pack(assembly, problems)
    _check_no_plan(files, assembly, problems)
    policy = None if has_errors(problems) else _policy(files, vocabularies, assembly)
    return PackReading(policy, files, tuple(in_order(problems)), assembly)


def load_policy(root: Path | str | None = None) -> Policy:
    """The policy of a folder, or of the pack that ships with the engine.

    Raises PolicyError with all problems when the pack has errors.
    """
    reading = read_pack(Path(root) if root is not None else shipped_rules())
    if reading.policy is None:
        raise PolicyError(reading.diagnostics)
    return reading.policy


def shipped_rules() -> Path:
    """The folder of the default pack: inside the installed package, or the source tree's own."""
    package = Path(__file__).resolve().parent.parent
    packaged = package / "_rules"
    return packaged if packaged.is_dir() else package.parent.parent / "rules"


def _vocabulary(file: PackFileRead) -> Vocabulary:
    shape = file.shape
    assert isinstance(shape, VocabularyFile)
    return Vocabulary(
        id=shape.vocabulary,
        title=shape.title,
        order=shape.order,
        within_days=shape.within_days,
        counts_as=shape.counts_as,
        terms=tuple(_term(term) for term in shape.terms),
    )


def _term(shape: TermShape) -> Term:
    return Term(
        code=shape.code,
        label=shape.label,
        meaning=shape.meaning or "",
        kind_of=shape.kind_of,
        counts_as=shape.counts_as,
        codings=tuple(shape.codings),
        implies={fact: tuple(codes) for fact, codes in shape.implies.items()},
    )


def _require_vocabularies(
    root: Path, read: FilesRead, vocabularies: Vocabularies, problems: list[Diagnostic]
) -> None:
    if not root.is_dir():
        return
    of_facts = {fact.vocabulary for fact in CATALOGUE.values() if fact.vocabulary is not None}
    for missing in sorted((of_facts | OF_RULES) - read.refused):
        if missing in vocabularies:
            continue
        problems.append(
            error(
                "PM210",
                f"the pack has no vocabulary `{missing}`",
                start_of_file(f"{root.name}/vocabulary/{missing}.yaml"),
                "facts or rules use it; copy the file from the default pack",
            )
        )


def _policy(
    files: tuple[PackFileRead, ...], vocabularies: Vocabularies, assembly: Assembly
) -> Policy:
    pack = _only(files, PackFile)
    disclosure = _only(files, DisclosureFile)
    digests = "\n".join(sorted(f"{one.kind} {one.id} {one.digest}" for one in files))
    digest = hashlib.sha256(digests.encode()).hexdigest()
    return Policy(
        pack=pack,
        vocabularies=vocabularies,
        sources={one.id: one for one in _only(files, SourcesFile).entries},
        must_nots=tuple(
            replace(rule, digest=_expanded_digest(rule, files, assembly))
            for rule in assembly.must_nots
        ),
        prefers=tuple(assembly.prefers),
        findings=assembly.findings,
        supports=assembly.supports,
        plans=tuple(assembly.plans),
        instruments=assembly.instruments,
        safety=Safety(
            events=assembly.events,
            escalates=tuple(assembly.escalates),
            pathways=assembly.pathways,
            always=tuple(assembly.always),
            lines=tuple(assembly.lines),
            times=assembly.times,
            plan=assembly.plan_form,
        ),
        intake=tuple(_only(files, IntakeFile).items),
        disclosure_categories=frozenset(disclosure.categories),
        recipients={one.code: one for one in disclosure.recipients},
        digest=digest,
        signed=any(one.digest == digest for one in pack.sign_offs),
    )


def _expanded_digest(rule: MustNot, files: Iterable[PackFileRead], assembly: Assembly) -> str:
    """The digest of a rule with all that it reads: findings, and the vocabularies of its facts.

    An override is bound to it, so that a change of meaning by way of a finding voids it as well.
    """
    findings = {
        one.finding for one in all_sentences(rule, assembly.findings) if isinstance(one, Holds)
    }
    vocabularies = {CATALOGUE[name].vocabulary for name in all_facts(rule, assembly.findings)}
    parts = [
        f"{one.kind} {one.id} {one.digest}"
        for one in files
        if one.id == rule.id
        or (one.kind == "finding" and one.id in findings)
        or (one.kind == "vocabulary" and one.id in vocabularies)
    ]
    return hashlib.sha256("\n".join(sorted(parts)).encode()).hexdigest()


def _check_no_plan(
    files: Iterable[PackFileRead], assembly: Assembly, problems: list[Diagnostic]
) -> None:
    """The finding of `no_plan_when` is one of the pack's, and about the patient alone."""
    for file in files:
        node = node_at(file.node, ("no_plan_when", "finding"))
        if not isinstance(node, Scalar):
            continue
        finding = assembly.findings.get(node.text)
        if finding is not None:
            if reads_a_history(finding, assembly.findings):
                problems.append(
                    error(
                        "PM161",
                        f"{quote(node.text)} reads events; a plan knows facts of the patient only",
                        node.position,
                        "name a finding that reads facts of `patient` alone",
                    )
                )
            foreign = [
                name
                for name in all_facts(finding, assembly.findings)
                if CATALOGUE[name].subject != "patient"
            ]
            if foreign:
                problems.append(
                    error(
                        "PM213",
                        f"{quote(node.text)} reads `{foreign[0]}`; a plan knows the patient only",
                        node.position,
                        "name a finding that reads facts of `patient` alone",
                    )
                )
        elif not assembly.could_not_be_read("finding", node.text):
            problems.append(
                error(
                    "PM212",
                    f"no finding is called {quote(node.text)}",
                    node.position,
                    meant(node.text, assembly.findings, "findings"),
                )
            )


def _only(files: tuple[PackFileRead, ...], shape: type[Shaped]) -> Shaped:
    return next(one.shape for one in files if isinstance(one.shape, shape))
