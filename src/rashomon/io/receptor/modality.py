"""Receptors of cells in AnnData and MuData: which modality holds them, and which cells are in both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from rashomon.core import RowLog, UsageError, first_few
from rashomon.dataset import Dataset
from rashomon.io.convert import Truths, checked_table, refuse_few, with_labels
from rashomon.io.origin import namespace, origin_notes
from rashomon.io.quiet import quiet_awkward
from rashomon.io.receptor.awkward import receptors_from_obsm, receptors_to_obsm
from rashomon.io.receptor.repair import receptors_of
from rashomon.io.rule import refuse, remark
from rashomon.io.world import world_facts, world_notes
from rashomon.truth import specs

if TYPE_CHECKING:
    from anndata import AnnData
    from mudata import MuData

__all__ = ["FEW_SHARED", "MIN_SHARED", "receptor_dataset", "write_airr_obsm"]

MIN_SHARED, FEW_SHARED = 0.05, 0.5
"""Share of the smaller modality that must be in the other one, and below which that is said."""


def receptor_dataset(  # noqa: PLR0913 - one argument per role of a column, all by keyword
    data: AnnData | MuData,
    *,
    truths: Truths = None,
    donor_key: str | None = None,
    batch_key: str | None = None,
    sample_key: str | None = None,
    condition_key: str | None = None,
    species: str | None = None,
    complete_end: bool = False,
    airr_mod: str = "airr",
    gex_mod: str = "gex",
    airr_key: str = "airr",
    source: str = "AnnData",
) -> Dataset:
    """Make a data set of the receptors of cells, in the layout of scirpy.

    Parameters
    ----------
    data
        An AnnData with receptors in ``obsm``, or a MuData with a modality that is one; not changed.
    truths
        Label columns, as for `from_anndata`.
    donor_key, batch_key, sample_key, condition_key
        Columns with that role.
    species, complete_end
        See `receptors_of`.
    airr_mod, gex_mod
        Modalities of a MuData with the receptors and with the expression; the latter may be absent.
    airr_key
        Slot of ``obsm``.
    source
        Name for messages.

    Returns
    -------
    Rows are the cells of the modality with the receptors, in its order; columns are its own and, joined by name, those
    of the MuData and of the expression (with the prefix ``gex:`` where a name means two things). `expression` is None.

    Raises
    ------
    InputError
        ``modality.absent``, ``modality.repeated``, ``modality.overlap``; what `receptors_from_obsm`, `receptors_of` and
        the rules of labels refuse.
    UsageError
        When `data` is neither AnnData nor MuData.
    """
    airr, others, notes = _modalities(data, airr_mod, gex_mod, source)
    if airr_key not in airr.obsm:
        what = f"there is no obsm[{airr_key!r}]; obsm has {first_few(airr.obsm) or 'nothing'}"
        raise refuse("modality.absent", what, where=source)
    chains, found = receptors_from_obsm(airr.obsm[airr_key], where=f"{source}, obsm[{airr_key!r}]")
    obs, columns = _joined(airr.obs, others)
    obs, named = checked_table(obs)
    notes += (*columns, *named, *refuse_few(len(obs), None, source), *found)
    receptors, repairs = receptors_of(chains, species=species, complete_end=complete_end)
    without = len(obs) - np.unique(receptors.obs).size
    if without:
        notes += (f"{source}: {without:,} of {len(obs):,} cells have no chain",)
    world = world_facts(data.uns)
    notes = (*world_notes(world), *origin_notes(data.uns), *notes, *repairs)
    dataset = Dataset(
        obs, rows=RowLog(len(obs), notes=notes), source=source, world=world, receptors=receptors, item="cell"
    )
    keys = {"donor": donor_key, "batch": batch_key, "sample": sample_key, "condition": condition_key}
    return with_labels(dataset, specs(truths, uns=namespace(data.uns)), keys, tables=(airr.obsm, data.uns))


def write_airr_obsm(adata: AnnData, dataset: Dataset, *, airr_key: str = "airr") -> None:
    """Put the receptors of a data set into ``obsm`` of an AnnData, in the layout of scirpy.

    Parameters
    ----------
    adata
        Its cells may be in another order, and more than those of the data set; these have no chains then. An entry of
        that name is replaced.
    dataset
        With receptors.
    airr_key
        Slot of ``obsm``.

    Raises
    ------
    UsageError
        When the data set has no receptors, or cells that `adata` does not have.
    """
    if dataset.receptors is None:
        raise UsageError("there are no receptors", where=dataset.source, fix="read the data with receptor_dataset")
    place = adata.obs_names.get_indexer(pd.Index(dataset.obs_names))
    if (place < 0).any():
        missing = first_few(dataset.obs_names[place < 0])
        raise UsageError(f"{int((place < 0).sum())} cells are not in the AnnData: {missing}", where="obs_names")
    receptors = dataset.receptors
    moved = receptors.take(np.arange(receptors.n_chains), obs=place[receptors.obs].astype(np.int64))
    with quiet_awkward():
        adata.obsm[airr_key] = receptors_to_obsm(moved, adata.n_obs)


def _modalities(
    data: AnnData | MuData, airr_mod: str, gex_mod: str, source: str
) -> tuple[Any, dict[str, pd.DataFrame], tuple[str, ...]]:
    """Return the AnnData with the receptors, tables of further columns by their prefix, and what is to be said."""
    modalities = getattr(data, "mod", None)
    if not isinstance(modalities, Mapping):
        if not all(hasattr(data, name) for name in ("obs", "obsm", "uns")):
            raise UsageError(f"a {type(data).__name__} is no AnnData", where=source, expected="an AnnData or a MuData")
        _refuse_repeated(data.obs_names, source)
        return data, {}, ()
    if airr_mod not in modalities:
        what = f"there is no modality {airr_mod!r}; the modalities are {', '.join(modalities) or 'none'}"
        raise refuse("modality.absent", what, where=source)
    airr = modalities[airr_mod]
    _refuse_repeated(airr.obs_names, f"{source}, modality {airr_mod!r}")
    prefixes = tuple(f"{name}:" for name in modalities)
    own = data.obs[[name for name in data.obs.columns if not str(name).startswith(prefixes)]]
    if gex_mod not in modalities:
        return airr, {"mudata": own}, (f"{source}: there is no modality {gex_mod!r}",)
    gex = modalities[gex_mod]
    _refuse_repeated(gex.obs_names, f"{source}, modality {gex_mod!r}")
    return airr, {"mudata": own, gex_mod: gex.obs}, _overlap(airr.obs_names, gex.obs_names, source)


def _refuse_repeated(names: pd.Index, where: str) -> None:
    repeated = names[names.duplicated()].unique()
    if repeated.size:
        raise refuse(
            "modality.repeated", f"{repeated.size} names occur more than once: {first_few(repeated)}", where=where
        )


def _overlap(airr: pd.Index, gex: pd.Index, source: str) -> tuple[str, ...]:
    shared = int(airr.isin(gex).sum())
    smaller = max(min(len(airr), len(gex)), 1)
    what = f"{len(airr):,} cells with receptors and {len(gex):,} with expression, {shared:,} with both"
    if shared < MIN_SHARED * smaller:
        where = f"{source}: receptors {first_few(airr, n=2)}; expression {first_few(gex, n=2)}"
        raise refuse("modality.overlap", f"{what} ({shared / smaller:.0%})", where=where)
    few = shared < FEW_SHARED * smaller
    return (remark("modality.partial", what, where=source),) if few else (f"{source}: {what}",)


def _joined(obs: pd.DataFrame, others: Mapping[str, pd.DataFrame]) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return the columns of the receptors and, by name of the cell, those of the other tables."""
    joined = obs.copy()
    notes = []
    for prefix, table in others.items():
        rows = table.reindex(obs.index)
        for name in table.columns:
            target = name
            if name in joined.columns:
                if _same(joined[name], rows[name]):
                    continue
                target = f"{prefix}:{name}"
                notes.append(f"obs: column {name!r} of {prefix} differs from that of the receptors and is {target!r}")
            joined[target] = rows[name]
    return joined, tuple(notes)


def _same(a: pd.Series[Any], b: pd.Series[Any]) -> bool:
    """Return whether two columns agree wherever both have a value."""
    both = a.notna() & b.notna()
    return bool((a[both].astype(str) == b[both].astype(str)).all())
