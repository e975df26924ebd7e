"""Receptors of cells in the layout of scirpy: an awkward array in ``obsm["airr"]``, a list of AIRR records per cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from rashomon.dataset import LOCI, Receptors
from rashomon.io.receptor.chain_table import ChainTable, blank
from rashomon.io.rule import refuse

if TYPE_CHECKING:
    import awkward as ak

__all__ = ["COUNTS", "receptors_from_obsm", "receptors_to_obsm"]

COUNTS = ("umi_count", "duplicate_count", "consensus_count")
"""Fields that count a chain; the first that has any value is used, and they are never mixed."""

_EMPTY = (
    "sequence_id",
    "sequence",
    "rev_comp",
    "sequence_alignment",
    "germline_alignment",
    "v_cigar",
    "d_cigar",
    "j_cigar",
)
"""Fields that AIRR requires and receptors do not have; their values are missing."""

_TRUTH = {"T": 1, "TRUE": 1, "F": 0, "FALSE": 0, "": -1}


def receptors_from_obsm(airr: ak.Array, *, where: str = "obsm['airr']") -> tuple[ChainTable, tuple[str, ...]]:
    """Return the chains of an awkward array of cells, after checking that it is whole.

    Parameters
    ----------
    airr
        One list of records per cell, with fields of the AIRR Rearrangement schema: ``junction_aa`` or ``junction``
        (else ``cdr3_aa`` or ``cdr3``, without anchors), and as far as there are any ``v_call``, ``d_call``, ``j_call``,
        ``c_call``, ``locus``, ``productive``, ``sequence_id`` and one of `COUNTS`. Cells without receptor have an
        empty list, or None.
    where
        The place, for messages.

    Returns
    -------
    chains
        In the order of the cells.
    notes
        Which counts were used.

    Raises
    ------
    InputError
        ``receptor.awkward`` when the array is damaged or has another form.

    Examples
    --------
    >>> import awkward as ak
    >>> chain = {"locus": "TRB", "junction_aa": "CASSF", "v_call": "TRBV9", "umi_count": 3, "productive": True}
    >>> chains, notes = receptors_from_obsm(ak.Array([[chain], [], None, [chain, chain]]))
    >>> chains.obs.tolist(), chains.v_call[0], notes
    ([0, 3, 3], 'TRBV9', ("obsm['airr']: counts of chains are umi_count",))
    """
    flat, obs = _flat(airr, where)
    fields = set(flat.fields)
    sequences = next(
        (names for names in (("junction", "junction_aa"), ("cdr3", "cdr3_aa")) if fields & set(names)), None
    )
    if sequences is None and obs.size:
        raise refuse("receptor.awkward", f"the records have no junction; they have {sorted(fields)}", where=where)
    nt, aa = sequences or ("junction", "junction_aa")
    texts = {name: _texts(flat, name, where) for name in (nt, aa, "locus", "sequence_id", *_CALLS)}
    count, said = _count(flat, obs.size, where)
    return ChainTable(
        obs=obs, locus=texts["locus"], junction=texts[nt], junction_aa=texts[aa], v_call=texts["v_call"],
        d_call=texts["d_call"], j_call=texts["j_call"], c_call=texts["c_call"], count=count,
        productive=_productive(flat, obs.size, where), sequence_id=texts["sequence_id"], is_cdr3=nt == "cdr3",
        where=where, n_obs=len(airr),
    ), said  # fmt: skip


def receptors_to_obsm(
    receptors: Receptors,
    n_obs: int,
    *,
    genes: Literal["repaired", "as written"] = "repaired",
    count_field: str = "umi_count",
) -> ak.Array:
    """Return receptors in the layout of scirpy.

    Parameters
    ----------
    receptors
        Chains; within a cell they keep their order.
    n_obs
        Number of cells.
    genes
        V and J ``repaired``, or ``as written``. Calls of several genes are separated by commas.
    count_field
        Field of the counts, one of `COUNTS`: receptors do not know what was counted.

    Returns
    -------
    One list of records per cell. What is unknown is None; the fields that AIRR requires and receptors do not have are
    None throughout.

    Examples
    --------
    >>> import awkward as ak
    >>> from rashomon.io.receptor.repair import receptors_of
    >>> chain = {"locus": "TRB", "junction_aa": "CASSF", "v_call": "TRBV9", "umi_count": 3, "productive": True}
    >>> receptors, _ = receptors_of(receptors_from_obsm(ak.Array([[], [chain]]))[0])
    >>> receptors_to_obsm(receptors, 2)[1, 0, ["v_call", "umi_count"]].to_list()
    {'v_call': 'TRBV9', 'umi_count': 3}
    """
    import awkward as ak

    order = np.argsort(receptors.obs, kind="stable")
    v, j = (receptors.v, receptors.j) if genes == "repaired" else (receptors.v_raw, receptors.j_raw)
    texts = {
        "locus": np.array([*LOCI, ""], dtype=object)[receptors.locus],
        "junction": receptors.junction.astype(str), "junction_aa": receptors.junction_aa.astype(str),
        "v_call": v.texts, "d_call": receptors.d.texts, "j_call": j.texts, "c_call": receptors.c.texts,
    }  # fmt: skip
    count = receptors.count[order]
    known = ~np.isnan(count)
    # whole numbers, as scirpy has them; other counts (means) stay fractions
    whole = bool((count[known] == np.round(count[known])).all())
    numbers = np.where(known, count, 0).astype(np.int64 if whole else np.float64)
    columns: dict[str, Any] = {name: _option(values[order], values[order] != "") for name, values in texts.items()}
    columns[count_field] = ak.mask(ak.Array(numbers), known)
    productive = receptors.productive[order]
    columns["productive"] = ak.mask(ak.Array(productive == 1), productive >= 0)
    columns |= {name: _option(blank(order.size), np.zeros(order.size, dtype=bool)) for name in _EMPTY}
    records = ak.zip({name: columns[name] for name in sorted(columns)}, depth_limit=1)
    return ak.unflatten(records, np.bincount(receptors.obs, minlength=n_obs))


_CALLS = ("v_call", "d_call", "j_call", "c_call")


def _flat(airr: Any, where: str) -> tuple[Any, np.ndarray]:
    """Return all records one after the other, and the cell of each; nothing is touched before offsets were checked."""
    import awkward as ak

    if not isinstance(airr, ak.Array):
        raise refuse("receptor.awkward", f"a {type(airr).__name__} is no awkward array", where=where)
    fault = ak.validity_error(airr)
    if fault:
        raise refuse(
            "receptor.awkward", f"the array is damaged: {fault.partition(' (in compiled')[0][:200]}", where=where
        )
    # nobody knows the type of what no cell has
    empty = len(airr) == 0 or str(airr.type).endswith("unknown")
    if not empty and (airr.layout.minmax_depth[0] < 2 or not airr.fields):
        raise refuse("receptor.awkward", f"the array is {str(airr.type)[:120]}", where=where)
    # a cell, or a record, that is None holds no chain
    number = ak.to_numpy(ak.fill_none(ak.num(airr, axis=1), 0)).astype(np.int64)
    flat, obs = ak.flatten(airr, axis=1), np.repeat(np.arange(len(airr), dtype=np.int64), number)
    if not flat.layout.is_option:
        return flat, obs
    there = np.asarray(flat.layout.mask_as_bool(valid_when=True))
    return flat[there], obs[there]


def _values(flat: Any, name: str, where: str) -> np.ndarray:
    """Return a field as objects, None where it is missing."""
    import awkward as ak
    import pyarrow as pa

    try:
        found = ak.to_arrow(flat[name], extensionarray=False, list_to32=False, string_to32=False)
        values: np.ndarray = found.to_numpy(zero_copy_only=False).astype(object)
    except (ValueError, TypeError, pa.ArrowException) as error:
        raise refuse("receptor.awkward", f"field {name!r} cannot be read: {error}", where=where) from error
    return values


def _texts(flat: Any, name: str, where: str) -> np.ndarray:
    n = len(flat)
    if name not in flat.fields:
        return blank(n)
    values = _values(flat, name, where)
    missing = np.asarray(pd.isna(values))
    other = {type(value).__name__ for value in values[~missing].tolist()} - {"str"}
    if other:
        raise refuse("receptor.awkward", f"field {name!r} holds {', '.join(sorted(other))}, not text", where=where)
    return np.where(missing, "", values) if missing.any() else values


def _count(flat: Any, n: int, where: str) -> tuple[np.ndarray, tuple[str, ...]]:
    for name in COUNTS:
        if name in flat.fields:
            try:
                numbers = _values(flat, name, where).astype(np.float64)
            except ValueError as error:
                raise refuse("receptor.awkward", f"field {name!r} holds no numbers: {error}", where=where) from error
            if (~np.isnan(numbers)).any():
                return numbers, (f"{where}: counts of chains are {name}",)
    return np.full(n, np.nan), (f"{where}: there are no counts of chains",)


def _productive(flat: Any, n: int, where: str) -> np.ndarray:
    if "productive" not in flat.fields:
        return np.full(n, -1, dtype=np.int8)
    codes = {None: -1, True: 1, False: 0}
    values = [
        codes.get(each, _TRUTH.get(str(each).upper(), -2)) for each in _values(flat, "productive", where).tolist()
    ]
    if -2 in values:
        raise refuse("receptor.awkward", "field 'productive' holds other values than true and false", where=where)
    return np.array(values, dtype=np.int8)


def _option(values: np.ndarray, known: np.ndarray) -> Any:
    import awkward as ak
    import pyarrow as pa

    return ak.from_arrow(pa.array(values.tolist(), type=pa.large_string(), mask=~known))
