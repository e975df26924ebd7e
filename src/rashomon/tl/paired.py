"""Cells with expression and receptors: which of them are in both, and the paired part of their audit."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from rashomon import io, study
from rashomon.core import InputError, Teller, UsageError
from rashomon.core.slots import AIRR, EXPRESSION
from rashomon.dataset import Dataset
from rashomon.engine import Engine, Store
from rashomon.study.paired import counts_line, pair

if TYPE_CHECKING:
    from anndata import AnnData
    from mudata import MuData

__all__ = ["Both", "Shared", "both_of", "expression_of", "read_both", "shared_receptors", "with_paired"]

_NO_MODALITY = "file.modality"


class Both(NamedTuple):
    """The receptors of cells.

    Parameters
    ----------
    airr
        AnnData with the receptors; its cells are a part of those with expression, or others.
    slot
        Where they are, for messages.
    """

    airr: AnnData
    slot: str


class Shared(NamedTuple):
    """The receptors of audited cells.

    Parameters
    ----------
    receptors
        One row per cell with both; None where there are none.
    n_receptors
        Cells with receptors in all.
    reason
        Why there are none.
    """

    receptors: Dataset | None
    n_receptors: int
    reason: str


def expression_of(data: AnnData | MuData) -> AnnData:
    """Return the AnnData with the expression: the data itself, or the modality ``gex`` of a MuData.

    Parameters
    ----------
    data
        In memory; not copied.

    Raises
    ------
    UsageError
        When a MuData has no such modality.
    """
    modalities = getattr(data, "mod", None)
    if not isinstance(modalities, Mapping):
        return data
    if EXPRESSION not in modalities:
        raise UsageError(
            f"the modalities are {', '.join(modalities) or 'none'}",
            where="MuData.mod",
            expected=f"a modality named {EXPRESSION!r}",
            fix=f"rename the modality: mdata.mod['{EXPRESSION}'] = mdata.mod.pop('rna')",
        )
    return modalities[EXPRESSION]


def both_of(data: AnnData | MuData) -> Both | None:
    """Return the receptors of cells with expression, or None where there are none.

    Parameters
    ----------
    data
        A MuData with the modality ``airr``, or an AnnData with ``obsm["airr"]``.
    """
    modalities = getattr(data, "mod", None)
    if isinstance(modalities, Mapping):
        airr = modalities.get(AIRR)
        return None if airr is None or AIRR not in airr.obsm else Both(airr, f"modality {AIRR!r}")
    return Both(data, f"obsm[{AIRR!r}]") if AIRR in data.obsm else None


def read_both(file: Path | str) -> AnnData | MuData:
    """Read the expression of a file, and with it the receptors of a MuData that has some.

    Parameters
    ----------
    file
        ``.h5ad``, ``.zarr`` or ``.h5mu``.

    Returns
    -------
    A MuData with ``gex`` and ``airr`` where the file has both modalities, else the AnnData with the expression.

    Raises
    ------
    InputError
        When there is no expression, or something cannot be read.
    """
    gex = io.read_adata(file)
    if Path(file).suffix.lower() != ".h5mu":
        return gex
    try:
        airr = io.read_adata(file, modality=AIRR)
    except InputError as error:
        if error.code == _NO_MODALITY:
            return gex
        raise
    import mudata

    with warnings.catch_warnings():
        # mudata warns about names that modalities share, which is what pairs them
        warnings.simplefilter("ignore")
        return mudata.MuData({EXPRESSION: gex, AIRR: airr})


def shared_receptors(
    both: Both, dataset: Dataset, expression: AnnData, *, keys: Mapping[str, str | None], announce: Teller
) -> Shared:
    """Return the receptors of the cells of `dataset`, and say how many cells have which.

    Parameters
    ----------
    both
        The receptors.
    dataset
        The cells with expression that are audited.
    expression
        Where the technical columns of these cells are.
    keys
        Columns of donor, batch and sample, by ``donor_key`` and so on.
    announce
        Receives the counts, and what is to be said of the receptors.

    Notes
    -----
    Receptors that the door refuses do not stop an audit of expression: the reason takes their place.
    """
    names = both.airr.obs_names
    chains = _with_chains(both)
    shared = np.flatnonzero(names.isin(pd.Index(dataset.obs_names)) & chains)
    receptors, reason = None, "" if shared.size else "no cell has both"
    try:
        if names.has_duplicates:
            reason = "names of cells with receptors repeat"
        elif shared.size:
            receptors = _receptors(both, shared, expression, keys, dataset.source)
    except InputError as error:
        reason = f"{error.what} [{error.code}]"
    n_both = 0 if receptors is None else receptors.n_obs
    counts = counts_line(dataset.n_obs, int(chains.sum()), n_both)
    announce(f"{dataset.source}: {counts}{f' ({reason})' if reason else ''}")
    for line in receptors.rows.notes if receptors is not None else ():
        announce(line)
    return Shared(receptors, int(chains.sum()), reason)


def with_paired(found: study.Audit, shared: Shared, *, engine: Engine, store: Store) -> study.Audit:
    """Return the audit with the tables of its paired part.

    Parameters
    ----------
    found
        The audit of the expression.
    shared
        Of `shared_receptors`.
    engine, store
        How the receptors are clustered, and where that is kept.
    """
    tables = pair(
        found, shared.receptors, n_receptors=shared.n_receptors, reason=shared.reason, engine=engine, store=store
    )
    return replace(found, tables={**found.tables, **tables})


def _with_chains(both: Both) -> np.ndarray:
    """Return which cells have receptors: of an AnnData those with a chain, of a modality all."""
    if both.slot.startswith("modality"):
        return np.ones(both.airr.n_obs, dtype=bool)
    import awkward

    return np.asarray(awkward.num(both.airr.obsm[AIRR], axis=1)) > 0


def _receptors(
    both: Both, shared: np.ndarray, expression: AnnData, keys: Mapping[str, str | None], source: str
) -> Dataset:
    """Return the receptors of the shared cells, with the technical columns of the expression."""
    import anndata

    part = both.airr[shared]
    columns = [key for key in dict.fromkeys(keys.values()) if key]
    # the expression was read with these columns, so it has them
    obs = expression.obs.loc[part.obs_names, columns].copy()
    slim = anndata.AnnData(obs=obs, obsm={AIRR: part.obsm[AIRR]})
    named: dict[str, Any] = dict(keys)
    return io.receptors_of_cells(slim, source=f"{source}, {both.slot}", **named)
