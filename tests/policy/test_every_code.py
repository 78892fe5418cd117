"""Every code of the table is seen in a test: a check that nobody sees fail may not work."""

from pathlib import Path

from peer_match.policy.codes import CODES

TESTS = Path(__file__).parents[1]


def test_every_code_is_reported_by_some_test() -> None:
    written = "\n".join(
        path.read_text("utf-8")
        for folder in ("policy", "authoring")
        for path in sorted((TESTS / folder).rglob("test_*.py"))
    )
    assert [code for code in sorted(CODES) if f'"{code}"' not in written] == []
