"""From rows of a table to unique receptors per donor: the unit of sequence clustering, its scores and its nulls."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import scipy.sparse as sp

from rashomon.core import UsageError
from rashomon.core.labels import MISSING, UNASSIGNED
from rashomon.dataset.dataset import Dataset
from rashomon.dataset.item import SLOTS, receptor_items
from rashomon.dataset.receptors import Receptors
from rashomon.dataset.roles import Roles
from rashomon.dataset.truth import Truth

__all__ = ["owners", "relative_copies", "unique_receptors"]

_PARTS = ("aa", "nt", "v", "j", "locus")
"""Fields of a chain that make two of them the same."""


def unique_receptors(dataset: Dataset) -> tuple[Dataset, np.ndarray]:
    """Return the data set of unique receptors per donor, and the receptor of each row.

    Copies of a receptor in one donor are one observation: cells of a clone, or reads, would be free purity. The key of
    a receptor holds the donor (where none is declared the sample, else the batch), the junctions and the calls of V and
    J of up to two chains per arm.

    Parameters
    ----------
    dataset
        With receptors. Rows without a junction have no receptor.

    Returns
    -------
    receptors
        One row per receptor, named and described by its first row, with the columns ``n_rows`` and ``copies`` (sum of
        the counts of its rows, 1 for a row without count) added. A label is that of all its labelled rows; where they
        differ, the item carries several labels (`Truth.sets`); a role that differs has no class.
    row_of
        Receptor of each row, ``int64``, shape ``(n_obs,)``; ``-1`` without.

    Raises
    ------
    UsageError
        When the data set has no receptors.

    Notes
    -----
    A table with every row doubled gives the same data set, but for `n_rows` and `copies`.

    Examples
    --------
    >>> from rashomon.dataset import GeneCalls
    >>> calls = GeneCalls.from_texts(["", ""])
    >>> two = Receptors(
    ...     obs=np.array([0, 1]), locus=np.array([1, 1], dtype=np.int8), junction_aa=np.array([b"CASSF", b"CASSF"]),
    ...     junction=np.array([b"", b""]), v=calls, j=calls, v_raw=calls, j_raw=calls, d=calls, c=calls,
    ...     count=np.array([2.0, 9.0]), productive=np.array([1, 1], dtype=np.int8),
    ... )
    >>> found, row_of = unique_receptors(Dataset(pd.DataFrame(index=["a", "b"]), receptors=two, item="row"))
    >>> found.n_obs, row_of.tolist(), found.obs["copies"].tolist()
    (1, [0, 0], [11.0])
    """
    if dataset.receptors is None:
        raise UsageError(
            "there are no receptors", where=dataset.source, expected="a table of receptors", fix="give AIRR data"
        )
    items = receptor_items(dataset.receptors, dataset.n_obs)
    there = np.flatnonzero(items["n_vdj"] + items["n_vj"] > 0)
    group = _groups(items[there], owners(dataset)[there])
    first = there[np.unique(group, return_index=True)[1]] if there.size else there
    # receptors in the order in which they first occur
    order = np.argsort(first, kind="stable")
    rank = np.empty(order.size, dtype=np.int64)
    rank[order] = np.arange(order.size)
    row_of = np.full(dataset.n_obs, -1, dtype=np.int64)
    row_of[there] = rank[group]
    return _collapsed(dataset, first[order], row_of), row_of


def owners(dataset: Dataset) -> np.ndarray:
    """Return a number for the donor of each row of a `dataset` (else sample, else batch), ``int64``, ``(n_obs,)``.

    Rows without one share a number within their batch.

    Examples
    --------
    >>> donor = Truth("donor", "technical", np.array([0, 1, -2, -2]), ("a", "b"))
    >>> owners(Dataset(pd.DataFrame(index=list("wxyz")), roles=Roles(donor=donor))).tolist()
    [0, 1, 3, 3]
    """
    roles = dataset.roles
    owner = roles.donor or roles.sample or roles.batch
    if owner is None:
        return np.zeros(dataset.n_obs, dtype=np.int64)
    codes = owner.codes.astype(np.int64)
    # rows of unknown donors in different batches are not one donor
    batch = roles.batch.codes if roles.batch is not None else np.zeros(dataset.n_obs, dtype=np.int64)
    unknown = len(owner.categories) + np.maximum(batch, -1) + 1
    return np.where(codes >= 0, codes, unknown)


def relative_copies(dataset: Dataset) -> np.ndarray | None:
    """Return the copies of the receptors of `dataset` in units of their greatest common divisor; None where unknown.

    A table with every row twice says nothing that the table itself does not: both have the same relative copies, and so
    the same samples of copies. Copies that are no whole numbers (frequencies) are returned as they are.

    Returns
    -------
    ``float64``, shape ``(n_obs,)``.

    Examples
    --------
    >>> relative_copies(Dataset(pd.DataFrame({"copies": [4.0, 2.0, 6.0]}, index=list("xyz")), item="receptor")).tolist()
    [2.0, 1.0, 3.0]
    """
    if "copies" not in dataset.obs or dataset.item != "receptor":
        return None
    copies = dataset.obs["copies"].to_numpy(dtype=np.float64)
    whole = copies.size > 0 and bool((np.isfinite(copies) & (copies >= 1) & (np.floor(copies) == copies)).all())
    return copies / np.gcd.reduce(copies.astype(np.int64)) if whole else copies


def _groups(items: np.ndarray, owner: np.ndarray) -> np.ndarray:
    """Return the number of each distinct combination of owner and chains."""
    group = np.unique(owner, return_inverse=True)[1].astype(np.int64)
    for slot in SLOTS:
        for part in _PARTS:
            codes, names = pd.factorize(items[slot][part])
            if len(names) > 1:
                group = pd.factorize(group * len(names) + codes)[0].astype(np.int64)
    return np.unique(group, return_inverse=True)[1].astype(np.int64)


def _collapsed(dataset: Dataset, first: np.ndarray, row_of: np.ndarray) -> Dataset:
    n = first.size
    kept = row_of >= 0
    obs = dataset.obs.iloc[first].copy()
    obs["n_rows"] = np.bincount(row_of[kept], minlength=n)
    obs["copies"] = _copies(dataset, row_of, n)
    truths = {name: _label(truth, row_of, n) for name, truth in dataset.truths.items()}
    roles = Roles(**{name: _single(truth, row_of, n) for name, truth in dataset.roles})
    lost = dataset.obs_names[~kept].tolist()
    rows = dataset.rows.drop("receptors", "no junction", lost)
    rows = rows.note(f"{int(kept.sum())} rows are {n} receptors that are unique within their donor")
    views = {name: view[first] for name, view in dataset.views.items()}
    return replace(
        dataset, obs=obs, expression=None, views=views, truths=truths, roles=roles, rows=rows,
        receptors=_chains(dataset, first), item="receptor",
    )  # fmt: skip


def _copies(dataset: Dataset, row_of: np.ndarray, n: int) -> np.ndarray:
    receptors = dataset.receptors
    assert receptors is not None  # noqa: S101 - checked by the caller
    largest = pd.Series(receptors.count).groupby(receptors.obs).max()
    copies = np.ones(dataset.n_obs)
    copies[largest.index.to_numpy()] = largest.fillna(1.0).to_numpy()
    kept = row_of >= 0
    return np.bincount(row_of[kept], weights=copies[kept], minlength=n)


def _chains(dataset: Dataset, first: np.ndarray) -> Receptors:
    receptors = dataset.receptors
    assert receptors is not None  # noqa: S101 - checked by the caller
    new = np.full(dataset.n_obs, -1, dtype=np.int64)
    new[first] = np.arange(first.size)
    chains = np.flatnonzero(new[receptors.obs] >= 0)
    chains = chains[np.argsort(new[receptors.obs[chains]], kind="stable")]
    return receptors.take(chains, obs=new[receptors.obs[chains]])


def _label(truth: Truth, row_of: np.ndarray, n: int) -> Truth:
    """Return the truth of the receptors: the set of the classes of their rows."""
    rows = sp.csr_matrix(truth.label_sets)
    member = sp.csr_matrix(
        (np.ones(int((row_of >= 0).sum()), dtype=np.int32), (row_of[row_of >= 0], np.flatnonzero(row_of >= 0))),
        shape=(n, row_of.size),
    )
    sets = sp.csr_matrix((member @ rows.astype(np.int32)) > 0)
    n_labels = np.diff(sets.indptr)
    codes = np.full(n, MISSING, dtype=np.int32)
    codes[n_labels == 1] = sets.indices[sets.indptr[:-1][n_labels == 1]]
    present = np.zeros(n, dtype=bool)
    present[row_of[(row_of >= 0) & (truth.codes == UNASSIGNED)]] = True
    codes[(n_labels > 1) | ((n_labels == 0) & present)] = UNASSIGNED
    return replace(truth, codes=codes, sets=sets if (n_labels > 1).any() else None)


def _single(truth: Truth, row_of: np.ndarray, n: int) -> Truth:
    return replace(_label(truth, row_of, n), sets=None)
