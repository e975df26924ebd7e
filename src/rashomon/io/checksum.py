"""The bytes that were read: their digest, whether anything vouches for it, and whether they stayed the same."""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

from rashomon.core import digest_file
from rashomon.io.rule import refuse, remark

__all__ = ["Watch", "digest_path", "promised", "verify"]

_LISTINGS = ("SHA256SUMS", "SHA256SUMS.txt", "sha256sums.txt")
_LINE = re.compile(r"^\\?([0-9a-fA-F]{64})(?:[ \t]+\*?(.*))?$")
_LARGEST_LISTING = 2**24

_RACY_NS = 2 * 10**9
"""A file changed within this time may change again without its times showing it: clocks of file systems are coarse."""

Stamp = tuple[tuple[str, int, int, int, int, int], ...]


def digest_path(path: Path) -> str:
    """Return the sha256 (hex) of a file, or of a folder.

    Parameters
    ----------
    path
        A regular file, or a folder without links.

    Returns
    -------
    For a folder, the digest of the sorted lines that sha256sum prints for its files, as
    ``cd FOLDER && find . -type f | LC_ALL=C sort | xargs sha256sum | sha256sum``.
    """
    if not path.is_dir():
        return digest_file(path)
    lines = [f"{digest_file(file)}  ./{name}\n" for name, file in _files(path)]
    return hashlib.sha256("".join(lines).encode("utf-8", "surrogateescape")).hexdigest()


def promised(path: Path) -> tuple[str, str] | None:
    """Return the digest that ``NAME.sha256`` beside `path`, or a SHA256SUMS there or one folder up, promises.

    Parameters
    ----------
    path
        File or folder.

    Returns
    -------
    The digest (hex, lower case) and the name of the file that promises it; None when there is none.
    """
    here = path.parent
    listings = [(here / f"{path.name}.sha256", {path.name, ""})]
    listings += [(here / name, {path.name}) for name in _LISTINGS]
    listings += [(here.parent / name, {f"{here.name}/{path.name}"}) for name in _LISTINGS]
    for listing, names in listings:
        for digest, name in _lines(listing):
            if name.removeprefix("./") in names:
                return digest.lower(), listing.name
    return None


def verify(path: Path, digest: str) -> str:
    """Return the note that puts the digest of `path` on record; refuse another one than is promised.

    Parameters
    ----------
    path
        File or folder.
    digest
        Its sha256 (hex), as read.

    Raises
    ------
    InputError
        ``file.checksum`` with both digests.
    """
    promise = promised(path)
    if promise is None:
        return remark("file.unverified", f"sha256 {digest}, which nothing beside it confirms", where=path.name)
    expected, listing = promise
    if digest != expected:
        raise refuse(
            "file.checksum",
            f"the sha256 of {path.name} is {digest[:12]}..., and {listing} says {expected[:12]}...",
            where=str(path),
            expected=expected,
        )
    return f"{path.name}: sha256 {digest}, as {listing} says"


class Watch:
    """The state of a file, or of all files of a folder, when reading began.

    Sizes, times and inodes are compared at the end. That misses a change within one tick of the clock of the file
    system, so the digest of a path that was changed within two seconds before reading began is computed again as well.

    Parameters
    ----------
    path
        File or folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._before = _stamp(path)
        self.digest = digest_path(path)
        self._racy = max((stamp[4] for stamp in self._before), default=0) > time.time_ns() - _RACY_NS

    def check(self) -> None:
        """Refuse a path that changed since.

        Raises
        ------
        InputError
            ``file.changed`` with what changed.
        """
        after = _stamp(self.path)
        changed = sorted({entry[0] for entry in set(self._before) ^ set(after)})
        if not changed and self._racy and digest_path(self.path) != self.digest:
            changed = [self.path.name]
        if changed:
            raise refuse("file.changed", f"{changed[0]} changed while {self.path.name} was read", where=str(self.path))


def _stamp(path: Path) -> Stamp:
    files = _files(path) if path.is_dir() else [(path.name, path)]
    found = []
    for name, file in files:
        try:
            state = file.stat()
        except OSError:
            continue  # gone: the comparison says so
        found.append((name, state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns))
    return tuple(found)


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    names = [Path(where, name) for where, _, files in os.walk(folder) for name in files]
    paths = {file.relative_to(folder).as_posix(): file for file in names}
    yield from sorted(paths.items(), key=lambda entry: os.fsencode(entry[0]))


def _lines(listing: Path) -> Iterator[tuple[str, str]]:
    try:
        # a listing is text of a few kB; nothing else is worth reading
        if not listing.is_file() or listing.stat().st_size > _LARGEST_LISTING:
            return
        text = listing.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return
    for line in text.splitlines():
        match = _LINE.match(line.strip())
        if match is not None:
            yield match[1], (match[2] or "").strip()
