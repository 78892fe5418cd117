"""`peer-match suggest` for one of the people of `expected.yaml`, as a program of its own."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import yaml

HERE = Path(__file__).parent
DATA = HERE / "data"
EXPECTED: dict[str, Any] = yaml.safe_load((HERE / "expected.yaml").read_text("utf-8"))
PEOPLE: dict[str, dict[str, Any]] = EXPECTED["people"]
FEED: str = EXPECTED["feed"]
NO_FELLOWSHIP = "no fellowship is given"
PROGRAM = Path(sys.executable).parent / "peer-match"


@dataclass(frozen=True)
class Outputs:
    """What one run gave: the decision in its canonical form, the FHIR bundle and the report."""

    canonical: bytes
    fhir: bytes
    html: bytes

    @property
    def decision(self) -> dict[str, Any]:
        return orjson.loads(self.canonical)


def suggest(corpus: Path, person: str, kind: str, folder: Path, hash_seed: str) -> Outputs:
    """Runs the program. `kind` is `as_is` or `with_intake`; `folder` takes what it writes.

    `hash_seed` sets the order of Python's own sets, which must never show.
    """
    folder.mkdir(parents=True)
    record = corpus / "patients" / "synthea-screeners" / PEOPLE[person]["record"]
    command: list[str | Path] = [PROGRAM, "suggest", "--patient", record]
    command += ["--groups", corpus / "meetings" / f"{FEED}.json", "--as-of", EXPECTED["as_of"]]
    if kind == "with_intake":
        command += ["--intake", DATA / "intakes" / f"{person}.json"]
        screened = DATA / "clinicians" / f"{person}.json"  # what a clinician answered, apart
        command += ["--intake", screened] if screened.exists() else []
        command += ["--annotations", DATA / "annotations.json"]
    fhir, html = folder / "bundle.json", folder / "report.html"
    done = subprocess.run(
        [*command, "--json", "--fhir", fhir, "--html", html],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    # As it is, the feed does not say which fellowship it is of.
    told = [line for line in done.stderr.decode().splitlines() if NO_FELLOWSHIP not in line]
    assert not told, told
    return Outputs(done.stdout, fhir.read_bytes(), html.read_bytes())
