"""A new ledger from the artefacts, in the place of a damaged one."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from rashomon.core import StoreError, digest_file, publish
from rashomon.engine.ledger import LEDGER, Ledger, Session
from rashomon.engine.ledger_store import RECORDS
from rashomon.engine.lock import StudyLock
from rashomon.engine.note import Note
from rashomon.engine.record import read_record

__all__ = ["Rebuilt", "rebuild_ledger"]

_LOST = "what ran where, how often it was tried, and steps and parameters until the next run, cannot be known again"


@dataclass(frozen=True)
class Rebuilt:
    """What became of a ledger.

    Parameters
    ----------
    n_records
        Intact records that the new ledger holds.
    n_failed
        Those among them that say that a run failed; it is tried again in the next run.
    damaged
        Names of files that did not match their digest; they were set aside, and the next run computes them.
    kept
        Name under which the old ledger was set aside; empty when there was none.
    """

    n_records: int
    n_failed: int
    damaged: tuple[str, ...]
    kept: str

    def lines(self) -> list[str]:
        """Return what happened, for a reader."""
        old = f"the old one is kept as {self.kept}" if self.kept else "there was none"
        said = [f"rebuilt the ledger from {self.n_records} records ({self.n_failed} of them failed); {old}"]
        if self.damaged:
            said.append(f"{len(self.damaged)} damaged records were set aside and will be computed again")
        return [*said, _LOST]


def rebuild_ledger(folder: Path | str) -> Rebuilt:
    """Set the ledger of a study aside, and make a new one from the records in its folder.

    Parameters
    ----------
    folder
        The study; it is locked meanwhile.

    Returns
    -------
    How many records were found. Attempts, workers and sessions cannot be known again; steps and parameters are written
    down by the next run, which knows its plan.

    Raises
    ------
    StoreError
        When there is no study, another process runs it, or the folder cannot be written to.
    """
    home = Path(folder)
    if not (home / RECORDS).is_dir() and not (home / LEDGER).exists():
        raise StoreError(
            "there is nothing to rebuild a ledger from", where=str(home), expected=f"a study with a folder {RECORDS}"
        )
    with StudyLock(home, command="rebuild the ledger"):
        # whole or not at all: the old ledger stays until the new one is complete
        with publish(home / LEDGER) as temporary:
            damaged: list[str] = []
            with Ledger(temporary) as ledger:
                session = ledger.begin(Session(platform.node(), os.getpid(), "{}", "", "rebuild the ledger"))
                ledger.add_all(_found(home / RECORDS, damaged), session=session)
                counts = ledger.counts()
                ledger.tell("rebuilt", f"made from {sum(counts.values())} records; {_LOST}", session=session)
                for name in damaged:
                    ledger.tell("damaged", f"{name} did not match its digest; it was set aside", session=session)
                ledger.end(session, outcome="finished", n_reused=0)
            kept = _set_aside(home)
        return Rebuilt(sum(counts.values()), counts.get("failed", 0), tuple(damaged), kept)


def _found(records: Path, damaged: list[str]) -> Iterator[tuple[Note, int, str]]:
    """Yield a note for every intact record; files that are not are set aside, and named in `damaged`."""
    for file in sorted(records.glob("??/*.parquet")):
        if file.name.startswith("."):
            continue
        try:
            record = read_record(file)
        except StoreError:
            file.replace(file.with_suffix(".damaged"))
            damaged.append(file.name)
            continue
        note = Note(file.stem, "", "", "", "", record.status, record.reason, "", record.seconds, attempt=0)
        yield note, file.stat().st_size, digest_file(file)


def _set_aside(home: Path) -> str:
    """Keep the old ledger beside the new one, with the journal that belongs to it."""
    names = (f"{LEDGER}.damaged", *(f"{LEDGER}.damaged-{n}" for n in range(2, 10_000)))
    name = next(name for name in names if not (home / name).exists())
    with suppress(FileNotFoundError):
        (home / f"{LEDGER}-journal").replace(home / f"{name}-journal")
    try:
        os.link(home / LEDGER, home / name)
    except FileNotFoundError:
        return ""
    except OSError:
        # no hard links here: the ledger is away for the moment until the new one takes its name
        (home / LEDGER).replace(home / name)
    return name
