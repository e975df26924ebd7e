"""Where records are kept: in memory, or content-addressed in a directory."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from rashomon.core import StoreError
from rashomon.engine.note import Note
from rashomon.engine.record import Record, read_record, write_record

__all__ = ["DirectoryStore", "MemoryStore", "Store"]


class Store(Protocol):
    """What the engine asks of a store."""

    def get(self, key: str, slots: Iterable[str]) -> Record | None:
        """Return a finished record that holds `slots`, or None."""

    def put(self, key: str, record: Record) -> None:
        """Keep a record; a record of the same key is replaced."""

    def note(self, note: Note) -> None:
        """Write down how a record came about; called by the coordinator, after `put`."""

    def known(self, key: str) -> bool:
        """Return whether nothing is missing about a record: False asks for a `note` about one that was found."""


def _holds(record: Record, slots: Iterable[str]) -> bool:
    # failures are tried again in the next run
    return record.status == "ok" and set(slots) <= set(record.slots)


class MemoryStore:
    """Records in a dict; gone with the process."""

    def __init__(self) -> None:
        self._records: dict[str, Record] = {}

    def get(self, key: str, slots: Iterable[str]) -> Record | None:
        """Return a finished record that holds `slots`, or None."""
        record = self._records.get(key)
        return record if record is not None and _holds(record, slots) else None

    def put(self, key: str, record: Record) -> None:
        """Keep a record."""
        self._records[key] = record

    def note(self, note: Note) -> None:
        """Do nothing: there is no ledger."""

    def known(self, key: str) -> bool:
        """Return True: there is no ledger that could lack a line."""
        del key
        return True


class DirectoryStore:
    """Records as files named by their keys; safe to share between processes because files are only ever replaced whole.

    Parameters
    ----------
    path
        Folder of the records; made on the first write.

    Attributes
    ----------
    damaged
        Names of files that did not match their digest; they were set aside (``.damaged``) and are computed again.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self.damaged: list[str] = []

    def file(self, key: str) -> Path:
        """Return the file of a record."""
        return self.path / key[:2] / f"{key}.parquet"

    def get(self, key: str, slots: Iterable[str]) -> Record | None:
        """Return a finished, intact record that holds `slots`, or None."""
        file = self.file(key)
        if not file.exists():
            return None
        try:
            record = read_record(file)
        except StoreError:
            file.replace(file.with_suffix(".damaged"))
            self.damaged.append(file.name)
            return None
        return record if _holds(record, slots) else None

    def put(self, key: str, record: Record) -> None:
        """Write a record."""
        write_record(record, self.file(key))

    def note(self, note: Note) -> None:
        """Do nothing: there is no ledger."""

    def known(self, key: str) -> bool:
        """Return True: there is no ledger that could lack a line."""
        del key
        return True
