"""What only the caller knows of how a study came about, without the names of folders."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rashomon.io.checksum import digest_path
from rashomon.study.seal.ledger_fact import sessions
from rashomon.study.seal.machine import describe_machine

__all__ = ["Origin", "without_folders"]

_PART = r"[^\\/\s=,:;\"']+[\\/]"
_ABSOLUTE = re.compile(
    # where a word, or a value in it, begins; also glued to a short option
    r"(?:(?<![\w.\\/~-])|(?<=^-\w))"
    rf"(?:~[\w.-]*|[A-Za-z]:)?[\\/](?:{_PART})*(?=[^\s\\/])"
)
"""A path from the root or the home of somebody, up to its last part."""


@dataclass(frozen=True)
class Origin:
    """What only the caller knows of how a study came about.

    Parameters
    ----------
    command
        Words of the command line; folders are taken out of them.
    inputs
        Files that were read.
    with_host
        Whether the name of the machine is given.
    started, ended
        Wall time (ISO 8601); those of the ledger where empty.
    title, licence
        For the crate.

    Attributes
    ----------
    machine
        The environment of this process, which made the study.
    digests
        The sha256 (hex) of each input by its name.
    """

    command: Sequence[str] = ()
    inputs: Sequence[Path] = ()
    with_host: bool = False
    started: str = ""
    ended: str = ""
    title: str = ""
    licence: str = ""
    machine: Mapping[str, Any] = field(init=False)
    digests: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "machine", describe_machine(with_host=self.with_host))
        object.__setattr__(self, "digests", {path.name: digest_path(path) for path in self.inputs})

    def facts(self, folder: Path) -> dict[str, Any]:
        """Return command, times, title and licence, for the crate of the study in `folder`."""
        listed = sessions(folder)
        first = listed[0]["started"] if listed else ""
        last = next((row["ended"] for row in reversed(listed) if row["ended"]), "")
        return {
            "command": [without_folders(word) for word in self.command],
            "started": self.started or first,
            "ended": self.ended or last,
            "title": self.title,
            "license": self.licence,
        }


def without_folders(text: str) -> str:
    """Return a text with only the last part of every absolute path, and of those below a home.

    Parameters
    ----------
    text
        A word of a command line.

    Examples
    --------
    >>> without_folders("--out=/home/ada/secret/study"), without_folders("donor -> batch"), without_folders("a/b.h5ad")
    ('--out=study', 'donor -> batch', 'a/b.h5ad')
    """
    return _ABSOLUTE.sub("", text)
