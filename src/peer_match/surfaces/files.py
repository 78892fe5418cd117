"""The files that a command reads and writes: checked before anything is done, whole or not at all.

Outputs hold what is known about a person, so nobody but their owner may read them, and they never
take the place of a file that the same command reads or writes.
"""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from peer_match.surfaces.faults import Faults, stop

LARGEST = 100_000_000  # bytes of an intake, an annotation file or a roster; more is refused


# -- reading -------------------------------------------------------------------------------------


def check_readable(path: Path) -> None:
    """Raises OSError, in the same words for every input, for a file that cannot be read.

    Nothing is opened: whoever writes to a pipe would take that for the reading.
    """
    if stat.S_ISDIR(path.stat().st_mode):
        raise _error(errno.EISDIR, path)
    if not os.access(path, os.R_OK):
        raise _error(errno.EACCES, path)


def read_whole(path: Path) -> bytes:
    """The content of a file or a pipe, to the limit and no further. Raises OSError."""
    check_readable(path)
    too_large = OSError(errno.EFBIG, f"larger than {LARGEST:,} bytes", str(path))
    if path.stat().st_size > LARGEST:
        raise too_large
    with path.open("rb") as file:
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise too_large
    return data


# -- writing -------------------------------------------------------------------------------------


def check_outputs(outputs: Sequence[Path], inputs: Sequence[Path], faults: Faults) -> None:
    """Every reason why a command may not write its outputs, before it reads or writes anything.

    `inputs` are the files and folders that it reads.
    """
    for number, output in enumerate(outputs):
        try:
            _check_place(output)
        except OSError as problem:
            faults.unwritable(output, problem)
            continue
        for read in inputs:
            if is_same_file(output, read):
                faults.file(output, f"it would replace {read}, which is read", _ANOTHER_NAME)
            elif read.is_dir() and _lies_in(output, read):
                faults.file(output, f"it would change {read}, which is read", _ANOTHER_NAME)
        if any(_will_be_same(output, other) for other in outputs[:number]):
            faults.file(output, "another output has this name", _ANOTHER_NAME)


def check_named_outputs(outputs: Sequence[Path], inputs: Sequence[Path], faults: Faults) -> None:
    """The same for files that were named one by one: their own folder may be new, and no other.

    A longer way that is not there is most often mistyped, and the file would be hard to find.
    """
    astray = [one for one in outputs if not _is_near(one)]
    for one in astray:
        faults.file(one, f"no such folder: {one.parent.parent}", "make it, or name one that exists")
    check_outputs([one for one in outputs if one not in astray], inputs, faults)


def _is_near(path: Path) -> bool:
    return os.path.lexists(path.parent) or Path(os.path.realpath(path)).parent.parent.exists()


_ANOTHER_NAME = "give the output a name of its own"


def _check_place(path: Path) -> None:
    """Raises OSError where an ordinary file cannot be put."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        mode = None
    if mode is not None:
        if stat.S_ISDIR(mode):
            raise _error(errno.EISDIR, path)
        if stat.S_ISLNK(mode):
            # Whether the link or what it points to is meant, nobody can say; and in a folder that
            # is shared, anyone may have put it there.
            raise OSError(errno.EINVAL, "a symbolic link, which is not written through", str(path))
        if not stat.S_ISREG(mode):
            raise OSError(errno.EINVAL, "not an ordinary file", str(path))
        if not os.access(path, os.W_OK):
            raise _error(errno.EACCES, path)
    folder = path.parent
    while not os.path.lexists(folder):  # it is made when the file is written
        folder = folder.parent
    if not folder.is_dir():
        raise _error(errno.ENOTDIR, path)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise _error(errno.EACCES, path)


def is_same_file(one: Path, other: Path) -> bool:
    """Whether two names mean one file, by any road: a relative path, a link, an inode."""
    try:
        return os.path.samefile(one, other)
    except OSError:  # one of them is not there yet
        return os.path.realpath(one) == os.path.realpath(other)


def _will_be_same(one: Path, other: Path) -> bool:
    """Whether two outputs that are not there yet would be one file."""
    # Some file systems do not tell capital letters from small ones.
    names = (os.path.realpath(path).casefold() for path in (one, other))
    return is_same_file(one, other) or next(names) == next(names)


def _lies_in(path: Path, folder: Path) -> bool:
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))


def write_or_stop(contents: Mapping[Path, bytes]) -> None:
    """`write_all`, or the end of the command with a word on the file that could not be written."""
    try:
        write_all(contents)
    except OSError as problem:
        faults = Faults()
        faults.unwritable(Path(problem.filename), problem)
        stop(faults.said)


def write_all(contents: Mapping[Path, bytes]) -> None:
    """Write files, making their folders: all of them beside their places first, then put in place.

    Their owner alone may read them. Raises OSError, whose `filename` is the file that could not be
    written. Every file is then as it was, unless the system fails while they are put in place.
    """
    beside: dict[Path, Path] = {}
    try:
        for path, data in contents.items():
            try:
                beside[path] = _empty_beside(path)
                beside[path].write_bytes(data)
            except OSError as problem:
                raise _about(path, problem) from None
        for path in contents:
            try:
                beside[path].replace(path)
            except OSError as problem:
                raise _about(path, problem) from None
            del beside[path]
    finally:
        for left in beside.values():
            left.unlink(missing_ok=True)


def _empty_beside(path: Path) -> Path:
    """A new file in the same folder, of mode 0600; it never is one that was there before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(prefix=".peer-match-", dir=path.parent)
    os.close(number)
    return Path(name)


def _error(number: int, path: Path) -> OSError:
    return OSError(number, os.strerror(number), str(path))


def _about(path: Path, problem: OSError) -> OSError:
    """The same problem, said of the file that the caller named."""
    return OSError(problem.errno, problem.strerror, str(path))
