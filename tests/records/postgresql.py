"""A PostgreSQL server of the tests' own, on a socket in a folder of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ADMINISTRATOR = "postgres"
PASSWORD_ROLE = "locked"


@dataclass(frozen=True)
class Server:
    """A running server. `folder` holds its socket."""

    folder: Path
    programs: Path

    def url(self, database: str, user: str = ADMINISTRATOR, password: str = "") -> str:
        who = f"{user}:{password}" if password else user
        return f"postgresql://{who}@/{database}?host={self.folder}"

    def execute(self, *statements: str) -> None:
        commands = [part for statement in statements for part in ("--command", statement)]
        self._run("psql", "--quiet", "--set=ON_ERROR_STOP=1", "--dbname=postgres", *commands)

    def _run(self, program: str, *options: str) -> None:
        there = [f"--host={self.folder}", f"--username={ADMINISTRATOR}"]
        subprocess.run([self.programs / program, *there, *options], check=True, capture_output=True)


def programs() -> Path | None:
    """The folder of the server's programs; None where it is not installed."""
    if configured := shutil.which("pg_config"):
        found = subprocess.run([configured, "--bindir"], check=True, capture_output=True, text=True)
        if (folder := Path(found.stdout.strip())).joinpath("initdb").exists():
            return folder
    installed = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return next((path.parent for path in sorted(installed, reverse=True)), None)


@contextmanager
def running(programs: Path) -> Generator[Server, None, None]:
    """A new server, stopped and removed at the end."""
    # The name of a socket may have about 100 characters, so pytest's folders are too deep.
    folder = Path(tempfile.mkdtemp(prefix="peer-match-pg-", dir="/tmp"))
    # The server refuses to run as root.
    as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    prefix = as_user if os.geteuid() == 0 else []
    if prefix:
        shutil.chown(folder, "postgres", "postgres")
    data = folder / "data"

    def run(program: str, *options: str) -> None:
        command = [*prefix, programs / program, f"--pgdata={data}", *options]
        subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL)

    run("initdb", f"--username={ADMINISTRATOR}", "--auth=trust", "--no-sync", "--encoding=UTF8")
    access = data / "pg_hba.conf"
    access.write_text(f"local all {PASSWORD_ROLE} scram-sha-256\n{access.read_text()}")
    # Nothing here is to survive the machine; what a killed client leaves behind is the same.
    settings = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
    try:
        run("pg_ctl", "start", "--wait", f"--log={folder / 'log'}", f"--options={settings}")
        yield Server(folder, programs)
    finally:
        run("pg_ctl", "stop", "--wait", "--mode=immediate")
        shutil.rmtree(folder)
