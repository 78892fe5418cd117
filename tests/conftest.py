"""What holds for every test: under continuous integration a skipped test is a failure."""

import os

import hypothesis
import pytest

# Machines differ too much in speed for a deadline to mean anything; `timeout` catches a hang.
hypothesis.settings.register_profile("peer_match", deadline=None, print_blob=True)
hypothesis.settings.load_profile("peer_match")


def skipped_under_ci(config: pytest.Config) -> list[pytest.TestReport]:
    """What was skipped, if that is not allowed here; empty in a worker, which has no terminal."""
    terminal = config.pluginmanager.get_plugin("terminalreporter")
    if terminal is None or os.environ.get("CI", "false") in ("", "0", "false"):
        return []
    return terminal.stats.get("skipped", [])


def pytest_sessionfinish(session: pytest.Session) -> None:
    if session.exitstatus == pytest.ExitCode.OK and skipped_under_ci(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    skipped = skipped_under_ci(config)
    if skipped:
        terminalreporter.section("skipped, which continuous integration does not allow")
        for report in skipped:
            reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
            terminalreporter.line(f"{report.nodeid}: {reason}")
