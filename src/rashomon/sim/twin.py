"""A twin: a world fitted to real counts, from which look-alikes with known truths are drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp

from rashomon.core import RNGLike, Teller, UsageError, child, root_entropy, silent
from rashomon.core.slots import AIRR
from rashomon.dataset import Dataset, Expression
from rashomon.io import from_anndata, receptors_of_cells
from rashomon.io.quiet import quiet_awkward
from rashomon.sim.estimate import Fitted, estimate, split_counts
from rashomon.sim.judge import cluster
from rashomon.sim.repertoire_estimate import fit_receptors
from rashomon.sim.world import World

if TYPE_CHECKING:
    from anndata import AnnData

__all__ = ["LEARNT", "fit"]

LEARNT = "learnt"
"""Name of the types of a twin for which no label column was given."""


def fit(
    adata: AnnData | Dataset,
    labels: str | None = None,
    *,
    donor_key: str | None = None,
    batch_key: str | None = None,
    null: bool = False,
    rng: RNGLike = 0,
    announce: Teller = silent,
) -> World:
    """Return the world that looks most like real counts.

    Estimated are the shares of the genes, their dispersion gene by gene, the depths, the types with their profiles and
    shares, factors that correlate genes within types, and the effects of batches and donors. Effects are shrunken, so
    that the twin is not easier to cluster than the data; factors are calibrated by simulation.

    Parameters
    ----------
    adata
        Raw counts; not changed. Receptors without expression (a `Dataset`, or an AnnData with ``obsm["airr"]`` and no
        genes) are fitted as `rashomon.sim.repertoire_estimate.fit_receptors` says; labels may be any column.
    labels
        Column of the types. None: types are found by the default pipeline on one half of the counts, and their profiles
        are estimated on the other half.
    donor_key, batch_key
        Columns of donors and batches.
    null
        One population: no types; all else as in the data, and any type can be planted by the knobs.
    rng
        Seed of the splits and of the calibration.
    announce
        Told what was decided, in plain words.

    Returns
    -------
    A world whose `fitted` tables describe the data; any other knob can be turned.

    Raises
    ------
    InputError
        When the door refuses the data.
    UsageError
        ``fit.counts`` when there are no counts; ``fit.aliased`` when types, batches or donors cannot be told apart.
    """
    found = _receptors(adata, labels, donor_key=donor_key, batch_key=batch_key)
    if found is not None:
        return fit_receptors(
            found, labels, donor_key=donor_key, batch_key=batch_key, null=null, rng=rng, announce=announce
        )
    dataset = _read(adata, labels, donor_key=donor_key, batch_key=batch_key)
    counts, root = _counts(dataset), root_entropy(rng)
    given: dict[str, Any] = {"null": null, "gene_names": tuple(map(str, _expression(dataset).var_names)), "rng": root}
    for role, truth in (("donor", dataset.roles.donor), ("batch", dataset.roles.batch)):
        if truth is not None:
            given |= {_ARGUMENTS[role]: truth.codes, f"{role}_names": truth.categories}
    announce(f"fitting {counts.shape[0]:,} cells x {counts.shape[1]:,} genes")
    if null:
        fitted = estimate(counts, types=None, type_names=("population",), **given)
    elif labels is not None:
        truth = dataset.truths[labels]
        fitted = estimate(counts, types=truth.codes, type_names=truth.categories, **given)
    else:
        announce("no labels were given: types are found on one half of the counts")
        fitted = _with_learnt_types(dataset, counts, root, given)
    for note in fitted.notes:
        announce(note)
    return _world(fitted, source=dataset.source, null=null)


def _receptors(
    adata: AnnData | Dataset, labels: str | None, *, donor_key: str | None, batch_key: str | None
) -> Dataset | None:
    """Return receptors that come without expression; None for everything else."""
    if isinstance(adata, Dataset):
        return adata if adata.receptors is not None and adata.expression is None else None
    truths = [] if labels is None else [labels]
    with quiet_awkward():
        if adata.n_vars or AIRR not in adata.obsm:
            return None
        return receptors_of_cells(adata, truths=truths, donor_key=donor_key, batch_key=batch_key)


def _read(adata: AnnData | Dataset, labels: str | None, *, donor_key: str | None, batch_key: str | None) -> Dataset:
    if isinstance(adata, Dataset):
        return adata
    truths = [] if labels is None else [labels]
    return from_anndata(adata, truths=truths, donor_key=donor_key, batch_key=batch_key, expect="counts")


def _expression(dataset: Dataset) -> Expression:
    if dataset.expression is None or dataset.expression.kind != "counts":
        kind = "there is no matrix" if dataset.expression is None else f"the matrix is {dataset.expression.kind}"
        raise UsageError(
            f"{kind}: a twin needs counts",
            where=dataset.source,
            expected="raw counts in X, raw.X or layers['counts']",
            fix="give the file as it was before normalisation",
            code="fit.counts",
        )
    return dataset.expression


def _counts(dataset: Dataset) -> sp.csr_matrix:
    return _expression(dataset).x


def _with_learnt_types(dataset: Dataset, counts: sp.csr_matrix, root: int, given: Mapping[str, Any]) -> Fitted:
    """Return what is estimated on one half of the counts, with types that the other half showed."""
    for_labels, for_means = split_counts(counts, child(root, "split"))
    half = replace(_expression(dataset), x=for_labels)
    found = cluster(Dataset(dataset.obs, half, source=dataset.source), rng=root)
    names = tuple(f"{LEARNT}_{code + 1}" for code in range(found.n_clusters))
    return estimate(for_means, types=found.labels, type_names=names, depth_scale=2.0, **given)


def _world(fitted: Fitted, *, source: str, null: bool) -> World:
    tables = {_NODES.get(name, name): np.asarray(table) for name, table in fitted.tables.items()}
    names = dict(fitted.names)
    # what there is only one of can be planted
    for kind, decided in _DECIDED.items():
        if len(names.get(kind, ())) < 2:
            names.pop(kind, None)
            tables = {name: table for name, table in tables.items() if name not in decided}
    log_depth = tables["depth_quantile"]
    centre = float(tables.get("composition", np.ones((1, 1))).mean(axis=0) @ log_depth.mean(axis=1))
    tables["depth_quantile"] = log_depth - centre
    summary = f"Fitted to {fitted.n_cells:,} cells of {source}" + (", as one population" if null else "")
    return World(f"twin of {source}", {"depth": float(np.exp(centre))}, summary, fitted.n_cells, tables, names)


_ARGUMENTS = {"donor": "donors", "batch": "batches"}
_NODES = {"dispersion": "gene_dispersion"}
_DECIDED = {
    "type": {"type_profile", "composition"},
    "donor": {"donor_profile", "donor_share"},
    "batch": {"batch_profile", "batch_type_profile", "batch_share", "depth_of_batch"},
}
"""Tables that go when there is only one class of a kind."""
