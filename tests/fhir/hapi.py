"""The reference FHIR R4 validator as a context manager: one Java process for a whole test run.

It reads nothing but what it is given, so codes of systems it does not hold (SNOMED CT, LOINC, our
own unless handed in as `conformance`) come back as warnings that they were not looked up; what the
base specification itself says is wrong comes back as an error.
"""

import hashlib
import json
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "tests" / "validator"
BUILT = ROOT / "build" / "validator"
PROGRAM = BUILT / "validator.jar"

# Hundreds of short runs on a test machine want a quick start and little memory, not peak speed.
JAVA = ("java", "-Xmx2g", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-jar", str(PROGRAM))


@dataclass(frozen=True)
class Issue:
    """One finding about one resource.

    `severity` is `information`, `warning`, `error` or `fatal` (the resource could not be read);
    `location` is a FHIRPath such as `Task.status`, empty for the whole; `code` names the rule:
    the validator's message id, or `profile#invariant`.
    """

    severity: str
    location: str
    message: str
    code: str

    @property
    def is_error(self) -> bool:
        return self.severity in ("error", "fatal")


class Validator:
    """Validates resources one at a time while it is open.

    `conformance` are directories, `.json` files or FHIR packages (`.tgz`) with the profiles, value
    sets, code systems and questionnaires to hold resources to besides the base ones.
    """

    def __init__(self, conformance: Sequence[Path] = ()) -> None:
        self._command = [*JAVA]
        for path in conformance:
            self._command += ["--conformance", str(path)]

    def __enter__(self) -> Self:
        self._faults: IO[str] = tempfile.TemporaryFile("w+", encoding="utf-8")
        self._java = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._faults,
            encoding="utf-8",
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # Leaving on a fault may mean that an answer is still under way: nobody waits for it.
        if kind is not None:
            self._java.kill()
        self._java.communicate()
        self._faults.close()

    def issues(self, resource: Mapping[str, object] | str) -> list[Issue]:
        """Everything said about `resource`, a resource as JSON text or as what would become it."""
        text = resource if isinstance(resource, str) else json.dumps(resource, ensure_ascii=False)
        assert self._java.stdin is not None
        assert self._java.stdout is not None
        try:
            # One line is one resource; within JSON a line break is only ever between tokens.
            self._java.stdin.write(text.replace("\r", " ").replace("\n", " ") + "\n")
            self._java.stdin.flush()
            answer = self._java.stdout.readline()
        except BrokenPipeError:
            answer = ""
        if not answer:
            self._java.wait()
            self._faults.seek(0)
            raise RuntimeError(f"the validator stopped: {self._faults.read()}")
        return [
            Issue(
                severity=issue["severity"],
                location=issue["location"] or "",
                message=issue["message"],
                code=issue["code"] or "",
            )
            for issue in json.loads(answer)["issues"]
        ]

    def errors(self, resource: Mapping[str, object] | str) -> list[Issue]:
        """What makes `resource` invalid; empty when nothing does."""
        return [issue for issue in self.issues(resource) if issue.is_error]


def why_not() -> str:
    """Why no `Validator` can be had here and how to change that; empty when it can."""
    if shutil.which("java") is None:
        return (
            "no Java here to run the FHIR validator; get it with: "
            "apt-get install openjdk-17-jdk-headless maven, then: make validator"
        )
    if not PROGRAM.exists():
        return "the FHIR validator has not been built here; build it with: make validator"
    built = PROGRAM.stat().st_mtime
    newer = [
        path
        for path in (SOURCES / "pom.xml", *SOURCES.rglob("src/**/*.*"))
        if path.stat().st_mtime > built
    ]
    if newer:
        return f"the FHIR validator is older than {newer[0].name}; build it with: make validator"
    return ""


def unrecorded_libraries() -> list[str]:
    """The names of libraries that are not, byte for byte, those of `jars.sha256`; sorted."""
    recorded = {
        name: digest
        for digest, name in map(str.split, (SOURCES / "jars.sha256").read_text().splitlines())
    }
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (BUILT / "lib").glob("*.jar")
    }
    return sorted(name for name, _ in recorded.items() ^ found.items())
