"""What an oracle knows of the depth of a cell: its value, or its law given the state."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rashomon.core import UsageError

__all__ = ["Depth", "DepthTable", "KnownDepth", "LogNormalDepth"]


@dataclass(frozen=True, eq=False)
class KnownDepth:
    """The depth of each cell is given.

    Parameters
    ----------
    depth
        Molecules, above 0, shape ``(n_cells,)``, or ``(n_cells, n_states)`` where it depends on the state.

    Examples
    --------
    >>> KnownDepth(np.array([100.0, 200.0])).log_depth(2, 3).shape
    (2, 3)
    """

    depth: np.ndarray

    def log_depth(self, n_cells: int, n_states: int) -> np.ndarray:
        """Return the natural logarithm per cell and state, shape ``(n_cells, n_states)``.

        Parameters
        ----------
        n_cells, n_states
            The shape that is wanted; the depth must fit it.

        Raises
        ------
        UsageError
            When the depth has another shape, or is not above 0.
        """
        depth = np.asarray(self.depth, dtype=np.float64)
        if not (np.isfinite(depth).all() and (depth > 0).all()):
            raise UsageError("a depth is not above 0", where="KnownDepth", expected="molecules, finite, above 0")
        column = depth[:, None] if depth.ndim == 1 else depth
        return _per_cell(np.log(column), n_cells, n_states, where="KnownDepth")


@dataclass(frozen=True, eq=False)
class LogNormalDepth:
    """The natural logarithm of the depth is normal given the state.

    Parameters
    ----------
    log_mean
        Mean of the logarithm: shape ``(n_states,)``, or ``(n_cells, n_states)`` where it also depends on batch or
        donor; a number counts for all.
    log_sd
        Standard deviation of the logarithm, above 0, shape ``(n_states,)``; a number counts for all.

    Examples
    --------
    >>> mean, sd = LogNormalDepth(np.log(1000.0), 0.4).moments(5, 2)
    >>> mean.shape, sd
    ((5, 2), array([0.4, 0.4]))
    """

    log_mean: np.ndarray | float
    log_sd: np.ndarray | float

    def moments(self, n_cells: int, n_states: int) -> tuple[np.ndarray, np.ndarray]:
        """Return means, shape ``(n_cells, n_states)``, and standard deviations, shape ``(n_states,)``.

        Parameters
        ----------
        n_cells, n_states
            The shape that is wanted; the law must fit it.

        Raises
        ------
        UsageError
            When the law has another shape, or a standard deviation is not above 0.
        """
        mean = np.asarray(self.log_mean, dtype=np.float64)
        sd = np.asarray(self.log_sd, dtype=np.float64)
        if sd.shape not in {(), (n_states,)} or not (np.isfinite(sd).all() and (sd > 0).all()):
            raise UsageError(
                "the standard deviation of the log depth is not usable",
                where="LogNormalDepth",
                expected=f"one number, or {n_states}, above 0",
                fix="use KnownDepth where the depth does not vary",
            )
        return _per_cell(mean, n_cells, n_states, where="LogNormalDepth"), np.broadcast_to(sd, n_states).copy()


@dataclass(frozen=True, eq=False)
class DepthTable:
    """The law of the log depth is given by its quantiles, and is uniform between two neighbouring ones.

    Parameters
    ----------
    log_depth
        Quantiles of the natural logarithm at the probabilities 0, 1/(n - 1), ..., 1; ascending (equal neighbours are
        a point mass), shape ``(n_states, n_quantiles)``, at least two of them.

    Examples
    --------
    >>> DepthTable(np.log([[100.0, 200.0, 400.0]])).quantiles(1).shape
    (1, 3)
    """

    log_depth: np.ndarray

    def quantiles(self, n_states: int) -> np.ndarray:
        """Return the quantiles as ``float64``, shape ``(n_states, n_quantiles)``.

        Parameters
        ----------
        n_states
            Rows that are wanted.

        Raises
        ------
        UsageError
            When the table has another shape, is not finite, or descends.
        """
        table = np.ascontiguousarray(self.log_depth, dtype=np.float64)
        if table.ndim != 2 or table.shape[0] != n_states or table.shape[1] < 2:
            raise UsageError(
                f"the quantiles have shape {table.shape}",
                where="DepthTable",
                expected=f"({n_states}, at least 2)",
            )
        if not np.isfinite(table).all() or (np.diff(table, axis=1) < 0).any():
            raise UsageError("the quantiles are not finite or descend", where="DepthTable", expected="ascending rows")
        return table


Depth = KnownDepth | LogNormalDepth | DepthTable
"""What may be known of the depth of a cell."""


def _per_cell(values: np.ndarray, n_cells: int, n_states: int, *, where: str) -> np.ndarray:
    if values.ndim == 2 and values.shape[0] != n_cells:
        raise UsageError(f"{values.shape[0]} rows for {n_cells} cells", where=where, expected=f"({n_cells}, ...)")
    if values.ndim > 2 or (values.ndim > 0 and values.shape[-1] not in {1, n_states}):
        raise UsageError(f"shape {values.shape} for {n_states} states", where=where, expected=f"(..., {n_states})")
    if not np.isfinite(values).all():
        raise UsageError("a log depth is not finite", where=where, expected="finite numbers")
    return np.ascontiguousarray(np.broadcast_to(values, (n_cells, n_states)))
