"""One record per summary: what it describes, who proposed it, and what it needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from rashomon.core import resolve
from rashomon.sim.realism.prepared import Prepared, UndefinedSummaryError

__all__ = ["CROWELL", "SIMBENCH", "Level", "Need", "Summary", "Values"]

Level = Literal["gene", "cell", "pair"]
Need = Literal["groups", "batches"]

CROWELL = "Crowell et al. (2023), Genome Biology 24:62"
SIMBENCH = "Cao, Yang & Yang (2021), Nature Communications 12:6911 (SimBench)"


@dataclass(frozen=True, eq=False)
class Values:
    """The values of a summary for one table of cells.

    Parameters
    ----------
    values
        ``float64``, shape ``(n_items,)``, or ``(n_items, 2)`` for a relation; without NaN; empty where undefined.
    reason
        Why there are none; empty where there are.
    """

    values: np.ndarray
    reason: str = ""


@dataclass(frozen=True)
class Summary:
    """A distribution by which tables of counts are compared.

    Parameters
    ----------
    name
        The name in tables.
    display
        The name on the axis of a figure, with the unit.
    summary
        One line for lists.
    level
        What one value belongs to: a ``gene``, a ``cell``, or a ``pair`` of genes or cells.
    sources
        Benchmarks that use it.
    function
        Dotted path ``module:function``, called with the `Prepared` cells; returns one or two numbers per item, NaN
        where an item has none, or raises `UndefinedSummaryError`.
    needs
        Labels that it cannot do without.

    Examples
    --------
    >>> import scipy.sparse as sp
    >>> from rashomon.sim.realism.cells import Cells
    >>> path = "rashomon.sim.realism.cell:log_library_size"
    >>> record = Summary("n", "n", "One.", "cell", (CROWELL,), path, ("groups",))
    >>> record.compute(Prepared(Cells(sp.eye(3, format="csr")), root=0)).reason
    'needs groups, and the cells have none'
    """

    name: str
    display: str
    summary: str
    level: Level
    sources: tuple[str, ...]
    function: str
    needs: tuple[Need, ...] = ()

    def compute(self, prepared: Prepared) -> Values:
        """Return the values for `prepared` cells, or why there are none."""
        for need in self.needs:
            if getattr(prepared.cells, need) is None:
                return Values(np.empty(0), f"needs {need}, and the cells have none")
        try:
            found: Any = resolve(self.function)(prepared)
        except UndefinedSummaryError as error:
            return Values(np.empty(0), error.what)
        values = np.asarray(found, dtype=np.float64)
        kept = values[np.isfinite(values) if values.ndim == 1 else np.isfinite(values).all(axis=1)]
        return Values(kept, "" if kept.size else "no item has a value")
