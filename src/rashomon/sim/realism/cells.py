"""The cells that a realism report compares: counts, names of genes, and labels where there are any."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pandas as pd
import scipy.sparse as sp

from rashomon.core import UsageError, did_you_mean, first_few
from rashomon.dataset import Dataset

__all__ = ["Cells", "as_cells", "same_genes"]


@dataclass(frozen=True, eq=False)
class Cells:
    """Counts of cells with what is known about them.

    Parameters
    ----------
    counts
        CSR, shape ``(n_cells, n_genes)``: whole numbers, 0 or more. Stored as ``float32`` without explicit zeros.
    genes
        Names of the genes, shape ``(n_genes,)``; None: only their number is known.
    groups
        Codes of cell types or other groups, shape ``(n_cells,)``, -1 for a cell without one; None: not known.
    batches
        Codes of batches, likewise.

    Raises
    ------
    UsageError
        When the values are no counts, or the parts differ in length.

    Examples
    --------
    >>> Cells(sp.csr_matrix(np.eye(3)), groups=np.array([0, 0, 1])).take(np.array([2])).groups
    array([1])
    """

    counts: sp.csr_matrix
    genes: np.ndarray | None = None
    groups: np.ndarray | None = None
    batches: np.ndarray | None = None

    def __post_init__(self) -> None:
        # a copy: the caller's matrix stays as it is
        counts = sp.csr_matrix(self.counts, dtype=np.float32, copy=True)
        counts.sum_duplicates()
        counts.eliminate_zeros()
        if not ((counts.data > 0) & (counts.data == np.floor(counts.data)) & np.isfinite(counts.data)).all():
            raise UsageError(
                "the matrix does not hold counts",
                where="realism",
                expected="whole numbers, 0 or more",
                fix="pass raw counts, not normalised expression",
            )
        object.__setattr__(self, "counts", counts)
        expected = {"genes": counts.shape[1], "groups": counts.shape[0], "batches": counts.shape[0]}
        for name, n in expected.items():
            part = getattr(self, name)
            if part is not None and np.shape(part) != (n,):
                raise UsageError(f"{name} has shape {np.shape(part)}", where="realism", expected=f"({n},)")

    @property
    def n(self) -> int:
        """Number of cells."""
        return int(self.counts.shape[0])

    def take(self, rows: np.ndarray) -> Cells:
        """Return the cells at the positions `rows`, in this order."""
        groups, batches = (None if codes is None else codes[rows] for codes in (self.groups, self.batches))
        return Cells(self.counts[rows], self.genes, groups, batches)


def as_cells(data: Any, *, groups_key: str | None = None, batch_key: str | None = None, what: str = "cells") -> Cells:
    """Return the counts and labels of a matrix, a data set or an AnnData.

    Parameters
    ----------
    data
        `Cells` (returned as they are), a sparse matrix or array of counts, a `Dataset`, a `Simulation`, or an AnnData,
        which enters through the door that every audit uses.
    groups_key, batch_key
        Columns of obs, or truths or roles of a `Dataset`. A bare matrix has no columns and stays without labels.
    what
        What the cells are, for messages.

    Raises
    ------
    UsageError
        When there are no counts, or a table has no such column.

    Examples
    --------
    >>> as_cells(np.array([[1, 0], [2, 3]])).n
    2
    """
    if isinstance(data, Cells):
        return data
    if sp.issparse(data) or isinstance(data, np.ndarray):
        return Cells(sp.csr_matrix(cast("Any", data)))
    data = getattr(data, "dataset", data)
    dataset = data if hasattr(data, "expression") else _dataset(data, what)
    if dataset.expression is None or dataset.expression.kind != "counts":
        raise UsageError(f"the {what} cells have no counts", where="realism", expected="an expression matrix of counts")
    columns = (None if key is None else _codes(dataset, key, what) for key in (groups_key, batch_key))
    return Cells(dataset.expression.x, np.asarray(dataset.expression.var_names, dtype=str), *columns)


def _dataset(data: Any, what: str) -> Dataset:
    from rashomon.io import from_anndata

    if not (hasattr(data, "X") and hasattr(data, "obs")):
        raise UsageError(
            f"the {what} cells are of type {type(data).__name__}",
            where="realism",
            expected="a sparse matrix of counts, a Dataset, a Simulation, an AnnData, or Cells",
        )
    return from_anndata(data, expect="counts", source=f"{what} cells")


def _codes(dataset: Dataset, key: str, what: str) -> np.ndarray:
    labels = dict(dataset.truths) | dict(dataset.roles)
    if key in dataset.obs.columns:
        return np.asarray(pd.factorize(dataset.obs[key], sort=True)[0])
    if key not in labels:
        raise UsageError(
            f"the {what} cells have no column {key!r}",
            where="realism, obs",
            fix=did_you_mean(key, [*map(str, dataset.obs.columns), *labels]),
        )
    return np.asarray(np.maximum(labels[key].codes, -1))


def same_genes(real: Cells, other: Cells, *, what: str = "simulated") -> Cells:
    """Return the `other` cells with their genes in the order of the `real` ones.

    Parameters
    ----------
    real, other
        Where one of them has no names, the genes are taken to be the same if there are as many.
    what
        What the other cells are, for messages.

    Raises
    ------
    UsageError
        When the genes are not the same by name and in number.

    Examples
    --------
    >>> x = sp.csr_matrix(np.array([[1, 2]]))
    >>> same_genes(Cells(x, np.array(["A", "B"])), Cells(x, np.array(["B", "A"]))).counts.toarray()
    array([[2., 1.]], dtype=float32)
    """
    n_real, n_other = real.counts.shape[1], other.counts.shape[1]
    known = real.genes is not None and other.genes is not None
    if not known and n_real == n_other:
        return other
    if known and np.array_equal(real.genes, other.genes):  # type: ignore[arg-type]
        return other
    if known and len(set(real.genes)) == n_real and set(real.genes) == set(other.genes) and n_real == n_other:  # type: ignore[arg-type]
        order = pd.Index(other.genes).get_indexer(real.genes)  # type: ignore[arg-type]
        return Cells(other.counts[:, order], real.genes, other.groups, other.batches)
    raise UsageError(
        f"the real and the {what} cells have different genes: {n_real} and {n_other}",
        where=_difference(real, other, what) if known else "",
        expected="the same genes, in any order",
        fix="take the genes that both have",
    )


def _difference(real: Cells, other: Cells, what: str) -> str:
    mine, theirs = set(real.genes), set(other.genes)  # type: ignore[arg-type]
    parts = [
        f"only in the {name} cells: {first_few(sorted(names))}"
        for name, names in (("real", mine - theirs), (what, theirs - mine))
        if names
    ]
    return "; ".join(parts) or "names repeat"
