"""Genes as selection tells them apart: those that the data call together share one group."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import scipy.sparse as sp

from rashomon.core import UsageError
from rashomon.dataset import at_level

__all__ = ["gene_groups", "group_codes"]


def gene_groups(calls: Sequence[str], *, genes: Sequence[str], able: np.ndarray) -> np.ndarray:
    """Return which genes share a group: those that stand in one call, directly or through others.

    Parameters
    ----------
    calls
        Distinct calls; genes of a call separated by commas, with or without alleles.
    genes
        Names of all genes of the model.
    able
        Which of `genes` are generated at all; the others are in no group, shape ``(n_genes,)``.

    Returns
    -------
    Group of each gene, ``int32``, numbered in the order of `genes`; -1 for those that are not generated.

    Examples
    --------
    >>> genes, able = ["TRBV9", "TRBV12-3", "TRBV12-4", "TRBV1"], np.array([True, True, True, False])
    >>> gene_groups(["TRBV12-3*01,TRBV12-4*01", "TRBV9"], genes=genes, able=able).tolist()
    [0, 1, 1, -1]
    """
    place = {gene: position for position, gene in enumerate(genes)}
    links = []
    for call in calls:
        members = [place[name] for name in _names(call) if name in place and able[place[name]]]
        links += [(members[0], other) for other in members[1:]]
    rows, columns = np.array(links, dtype=np.int64).reshape(-1, 2).T
    graph = sp.coo_matrix((np.ones(rows.size), (rows, columns)), shape=(len(genes), len(genes)))
    component = sp.csgraph.connected_components(graph, directed=False)[1]
    groups = np.full(len(genes), -1, dtype=np.int32)
    groups[able] = pd.factorize(component[able])[0]
    return groups


def group_codes(
    calls: Sequence[str] | np.ndarray, *, genes: Sequence[str], groups: np.ndarray, where: str
) -> np.ndarray:
    """Return the group of each call.

    Parameters
    ----------
    calls
        Texts, one per chain, a call being one or more genes with or without alleles; or integers, positions in
        `genes`, -1 for no call.
    genes
        Names of all genes of the model.
    groups
        From `gene_groups`.
    where
        What an error names.

    Returns
    -------
    Groups, ``int32``, shape ``(n,)``; -1 where there is no call, the gene is unknown or in no group, or the genes of
    the call are of several groups.

    Raises
    ------
    UsageError
        When a code has no gene, or the calls are neither texts nor integers.

    Examples
    --------
    >>> genes, groups = ["TRBV9", "TRBV12-3", "TRBV12-4"], np.array([0, 1, 1])
    >>> group_codes(["TRBV12-4*01", "TRBV12-3,TRBV9", ""], genes=genes, groups=groups, where="v")
    array([ 1, -1, -1], dtype=int32)
    """
    column = np.asarray(calls)
    if column.dtype.kind in "iu":
        if column.size and not -1 <= column.min() <= column.max() < len(genes):
            raise UsageError(
                f"codes of genes lie in [{column.min()}, {column.max()}]",
                where=where,
                expected=f"-1 to {len(genes) - 1}",
                code="selection.gene",
            )
        return np.asarray(np.append(groups, -1)[column], dtype=np.int32)
    if column.size and column.dtype.kind not in "UO":
        raise UsageError(
            f"calls are of type {column.dtype}",
            where=where,
            expected="names of genes, or integers",
            code="selection.gene",
        )
    codes, names = pd.factorize(column.astype(object))
    place = dict(zip(genes, groups.tolist(), strict=True))
    found = []
    for name in names:
        met = {place.get(gene, -1) for gene in _names(str(name))}
        found.append(met.pop() if len(met) == 1 else -1)
    return np.asarray(np.array([*found, -1], dtype=np.int32)[codes])


def _names(call: str) -> list[str]:
    return list(dict.fromkeys(at_level(name.strip(), "gene") for name in call.split(",") if name.strip()))
