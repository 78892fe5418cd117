"""The bundle of one decision, whole, as a reviewer would read it.

After a change that is meant, write the file anew and read the difference before it is committed:

    PEER_MATCH_GOLDEN=write .venv/bin/pytest tests/fhir/test_write_golden.py
"""

import json
import os
from pathlib import Path

from peer_match.fhir.write_bundle import write_bundle

from .decisions import decision, policy

GOLDEN = Path(__file__).parent / "golden" / "proposal.json"


def test_the_proposal_is_the_golden_one() -> None:
    written = json.dumps(write_bundle(decision(), policy()), indent=2, ensure_ascii=False) + "\n"
    if os.environ.get("PEER_MATCH_GOLDEN") == "write":
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text(written, "utf-8")
        assert os.environ.get("CI") != "true", "under CI nothing is written anew"
    assert written == GOLDEN.read_text("utf-8")
