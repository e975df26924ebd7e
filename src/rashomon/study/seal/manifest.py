"""The manifest: size and sha256 of every file of a study."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from rashomon.core import StoreError, digest_file
from rashomon.study.seal.canonical import read_canonical, write_canonical
from rashomon.study.seal.ledger_fact import LEDGER, ledger_fact, ledger_problem

__all__ = ["MANIFEST", "SIGNATURE", "STATEMENT", "Changed", "Entry", "Manifest", "list_files", "make_manifest"]

MANIFEST, STATEMENT, SIGNATURE = "manifest.json", "statement.json", "signature.json"

FORMAT = 1
"""Version of the manifest."""

_NOT_RESULTS = {MANIFEST, STATEMENT, SIGNATURE, "lock", LEDGER, f"{LEDGER}-journal"}
_TEMPORARY = re.compile(r"\..*\.\d+-[0-9a-f]{8}\.tmp(\..*)?")
"""Names that `rashomon.core.publish` gives to files it has not finished."""

_SHA256 = re.compile(r"[0-9a-f]{64}")


class Entry(NamedTuple):
    """A file: its path below the study, with slashes; its size; its digest (hex)."""

    path: str
    bytes: int
    sha256: str


class Changed(NamedTuple):
    """What is not as it was sealed: problems, and remarks on what no result depends on."""

    problems: tuple[str, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class Manifest:
    """Every file of a study but those of the seal itself, the lock and unfinished ones.

    Parameters
    ----------
    files
        In the order of their paths.
    ledger
        See `rashomon.study.seal.ledger_fact.ledger_fact`; None where there is no ledger.
    """

    files: tuple[Entry, ...]
    ledger: Mapping[str, Any] | None = None

    def write(self, folder: Path) -> None:
        """Write the manifest to `folder`."""
        write_canonical(folder / MANIFEST, self.as_dict())

    def as_dict(self) -> dict[str, Any]:
        """Return the manifest in JSON types."""
        ledger = None if self.ledger is None else dict(self.ledger)
        return {"format": FORMAT, "files": [entry._asdict() for entry in self.files], "ledger": ledger}

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """Read the manifest of a study.

        Parameters
        ----------
        folder
            The study.

        Raises
        ------
        StoreError
            ``seal.missing`` or ``seal.damaged``.
        """
        found = read_canonical(folder / MANIFEST)
        try:
            files = tuple(Entry(**entry) for entry in found["files"])
            ledger = found["ledger"]
            sound = found["format"] == FORMAT and all(map(_is_sound, files))
            sound &= ledger is None or all(_SHA256.fullmatch(ledger[name]) for name in ("sha256", "rows_sha256"))
        except (KeyError, TypeError):
            sound = False
        if not sound:
            raise StoreError(f"{MANIFEST} is none of ours", where=str(folder), code="seal.damaged")
        return cls(files, ledger)

    def compare(self, folder: Path) -> Changed:
        """Compare the files that stand in `folder` with those that were sealed.

        A file that was added is a problem among results (in a folder where sealed files lie, below the study's own) and
        a remark elsewhere: notes of the user belong to the user.

        Parameters
        ----------
        folder
            The study; nothing is written to it.
        """
        found, problems = _found(folder)
        for entry in self.files:
            file = found.pop(entry.path, None)
            problems += [f"{entry.path} is missing"] if file is None else _changed(entry, file)
        homes = {entry.path.rpartition("/")[0] for entry in self.files} - {""}
        added = sorted(found)
        problems += [f"{path} was added" for path in added if path.rpartition("/")[0] in homes]
        remarks = [f"{path} is no part of the study" for path in added if path.rpartition("/")[0] not in homes]
        if self.ledger is not None:
            problem, remark = ledger_problem(folder, self.ledger)
            problems += [problem] if problem else []
            remarks += [remark] if remark else []
        elif (folder / LEDGER).exists():
            problems.append(f"{LEDGER} was added")
        return Changed(tuple(problems), tuple(remarks))


def make_manifest(folder: Path) -> Manifest:
    """Return the manifest of the files that stand in `folder` now.

    Parameters
    ----------
    folder
        The study; nobody may write to it meanwhile.

    Raises
    ------
    StoreError
        ``seal.link`` when a link leads out of the folder, ``seal.file`` when something is no regular file,
        ``store.ledger`` when the ledger is damaged.
    """
    entries = [Entry(path, file.stat().st_size, digest_file(file)) for path, file in list_files(folder).items()]
    return Manifest(tuple(entries), ledger_fact(folder))


def list_files(folder: Path) -> dict[str, Path]:
    """Return the files of a study that a manifest covers, by their path with slashes, in order.

    Parameters
    ----------
    folder
        The study.

    Raises
    ------
    StoreError
        As `make_manifest` does.
    """
    files: dict[str, Path] = {}
    for path, file in sorted(_walk(folder)):
        if _refusal(folder, file):
            raise StoreError(f"{path} {_refusal(folder, file)}", where=path, expected="files", code="seal.file")
        files[path] = file
    return files


def _walk(folder: Path) -> Iterator[tuple[str, Path]]:
    root = os.fspath(folder)
    for where, folders, names in os.walk(root):
        # a link to a folder is not followed, and is looked at like a file
        linked = [name for name in folders if Path(where, name).is_symlink()]
        folders[:] = [name for name in folders if name not in linked and not _TEMPORARY.fullmatch(name)]
        for name in (*names, *linked):
            path = Path(where, name).relative_to(root).as_posix()
            if path not in _NOT_RESULTS and not _TEMPORARY.fullmatch(name):
                yield path, Path(where, name)


def _refusal(folder: Path, file: Path) -> str:
    """Return why a file cannot be part of a study; empty where it can."""
    try:
        mode = file.stat().st_mode
    except OSError:
        return "leads nowhere"
    if file.is_symlink() and not file.resolve().is_relative_to(folder.resolve()):
        return "is a link that leads out of the study"
    if not stat.S_ISREG(mode):
        return "is no regular file"
    return ""


def _found(folder: Path) -> tuple[dict[str, Path], list[str]]:
    """Return the files that stand in `folder`, and what is wrong with others."""
    walked = sorted(_walk(folder))
    refused = {path: _refusal(folder, file) for path, file in walked}
    problems = [f"{path} {why}" for path, why in refused.items() if why]
    return {path: file for path, file in walked if not refused[path]}, problems


def _changed(entry: Entry, file: Path) -> list[str]:
    size = file.stat().st_size
    if size != entry.bytes:
        return [f"{entry.path} has {size} bytes, and {entry.bytes} were sealed"]
    try:
        digest = digest_file(file)
    except OSError as error:
        return [f"{entry.path} cannot be read: {error.strerror}"]
    return [] if digest == entry.sha256 else [f"{entry.path} was changed"]


def _is_sound(entry: Entry) -> bool:
    parts = entry.path.split("/")
    inside = ".." not in parts and "" not in parts
    return inside and type(entry.bytes) is int and _SHA256.fullmatch(entry.sha256) is not None
