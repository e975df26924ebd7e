"""The row log: which rows came in, which were dropped, and why."""

from __future__ import annotations

from dataclasses import dataclass, field

from rashomon.core.errors import first_few

__all__ = ["Dropped", "RowLog"]


@dataclass(frozen=True)
class Dropped:
    """Rows that were left out at one place, for one reason."""

    where: str
    reason: str
    names: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.where}: {len(self.names)} dropped, {self.reason} ({first_few(self.names, n=3)})"


@dataclass(frozen=True)
class RowLog:
    """How many rows came in and what happened to them; a new log is made for every change.

    Parameters
    ----------
    n_in
        Rows that entered.
    dropped
        What was left out, in order.
    notes
        Repairs and warnings that changed no row.

    Examples
    --------
    >>> log = RowLog(5).drop("filter", "no counts", ["c1", "c4"])
    >>> log.n_used, str(log.dropped[0])
    (3, 'filter: 2 dropped, no counts (c1, c4)')
    """

    n_in: int
    dropped: tuple[Dropped, ...] = field(default=())
    notes: tuple[str, ...] = field(default=())

    @property
    def n_used(self) -> int:
        """Rows that are left."""
        return self.n_in - sum(len(entry.names) for entry in self.dropped)

    def drop(self, where: str, reason: str, names: list[str]) -> RowLog:
        """Return a log with `names` dropped at `where`; unchanged when there are none."""
        if not names:
            return self
        return RowLog(self.n_in, (*self.dropped, Dropped(where, reason, tuple(names))), self.notes)

    def note(self, text: str) -> RowLog:
        """Return a log with one more note."""
        return RowLog(self.n_in, self.dropped, (*self.notes, text))

    def lines(self) -> list[str]:
        """Return the log as readable lines."""
        return [f"{self.n_in} rows in, {self.n_used} used", *map(str, self.dropped), *self.notes]
