"""What planting does to the probability of generation: log10 Pgen before and after, on a sample."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from rashomon.core import UsageError
from rashomon.sim.stream import uniforms

__all__ = ["PgenShift", "pgen_shift"]

Pgen = Callable[..., np.ndarray]
"""Called as ``pgen(model, junction_aa, v, j)``; returns log10 Pgen, ``-inf`` where a receptor cannot be generated."""


@dataclass(frozen=True, eq=False)
class PgenShift:
    """log10 Pgen of a sample of receptors, before and after planting.

    Parameters
    ----------
    rows
        Positions of the receptors in the sample, ascending.
    before, after
        log10 Pgen, ``float64``; ``-inf`` where a receptor cannot be generated.
    """

    rows: np.ndarray
    before: np.ndarray
    after: np.ndarray

    @property
    def both(self) -> np.ndarray:
        """Which receptors can be generated before and after; ``bool``."""
        return np.asarray(np.isfinite(self.before) & np.isfinite(self.after))

    @property
    def median(self) -> float:
        """Median of the change in log10 Pgen over receptors that can be generated before and after; else NaN."""
        return float(np.median((self.after - self.before)[self.both])) if self.both.any() else float("nan")

    @property
    def lost_frac(self) -> float:
        """Share of the receptors that could be generated before and cannot after; NaN when none could."""
        could = np.isfinite(self.before)
        return float(np.isneginf(self.after[could]).mean()) if could.any() else float("nan")

    @property
    def text(self) -> str:
        """The shift in words."""
        if not self.both.any():
            return f"log10 Pgen: none of {self.rows.size} receptors can be generated before and after"
        quarter = np.quantile((self.after - self.before)[self.both], [0.25, 0.75])
        return (
            f"log10 Pgen of {self.rows.size} receptors changes by {self.median:+.2f} in the median "
            f"({quarter[0]:+.2f} to {quarter[1]:+.2f} for half of them); {self.lost_frac:.1%} can be generated no more"
        )


def pgen_shift(  # noqa: PLR0913 - what is asked, of whom, and the sample
    model: Any,
    before: np.ndarray,
    after: np.ndarray,
    *,
    pgen: Pgen,
    v: np.ndarray | None = None,
    j: np.ndarray | None = None,
    n_most: int = 1000,
    key: np.uint64,
) -> PgenShift:
    """Return log10 Pgen before and after planting, for a random sample of the receptors that changed.

    Parameters
    ----------
    model
        First argument of `pgen`.
    before, after
        Residues; bytes, shape ``(n,)``.
    pgen
        Called as ``pgen(model, junction_aa, v, j)``.
    v, j
        Genes of each receptor in the form that `pgen` takes; None: over all genes.
    n_most
        Most receptors that are asked for: Pgen costs milliseconds each.
    key
        From `rashomon.sim.stream.stream_key`; chooses the sample.

    Raises
    ------
    UsageError
        ``motif.shift`` when the columns differ in length, or `n_most` is below 1.

    Examples
    --------
    >>> from rashomon.sim.stream import stream_key
    >>> shorter = lambda model, aa, v, j: -model * np.strings.str_len(aa)
    >>> found = pgen_shift(
    ...     2.0, np.array([b"CAF", b"CF"]), np.array([b"CAAF", b"CF"]), pgen=shorter, key=stream_key(1, "shift")
    ... )
    >>> found.rows.tolist(), found.median
    ([0], -2.0)
    """
    if len(before) != len(after) or n_most < 1:
        raise UsageError(
            f"{len(before)} receptors before, {len(after)} after, a sample of {n_most}",
            where="pgen_shift",
            expected="the same receptors, and n_most of at least 1",
            code="motif.shift",
        )
    changed = np.flatnonzero(np.asarray(before) != np.asarray(after))
    order = np.argsort(uniforms(key, changed)[:, 0], kind="stable")
    rows = np.sort(changed[order[:n_most]])
    genes = [None if calls is None else np.asarray(calls)[rows] for calls in (v, j)]
    told = [np.asarray(pgen(model, np.asarray(texts)[rows], *genes), dtype=np.float64) for texts in (before, after)]
    return PgenShift(rows, told[0], told[1])
