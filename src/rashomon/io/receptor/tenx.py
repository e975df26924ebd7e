"""Contig annotations of 10x Cell Ranger, as .csv and .json, under the names of AIRR."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from rashomon.io.matrix import BUDGET
from rashomon.io.receptor.airr import read_airr
from rashomon.io.receptor.cell import called_only
from rashomon.io.receptor.chain_table import Reading
from rashomon.io.receptor.field import blanked
from rashomon.io.receptor.table import RawTable
from rashomon.io.receptor.text import text_of
from rashomon.io.rule import refuse

__all__ = ["is_tenx", "is_tenx_clonotypes", "read_tenx", "read_tenx_json"]

_NAMES = {
    "barcode": "cell_id", "contig_id": "sequence_id", "chain": "locus", "v_gene": "v_call", "d_gene": "d_call",
    "j_gene": "j_call", "c_gene": "c_call", "cdr3": "junction_aa", "cdr3_nt": "junction", "reads": "consensus_count",
    "umis": "umi_count",
}  # fmt: skip
"""10x calls CDR3 what IMGT calls junction: both anchors are included."""

_WORDS = ("None", "No")
"""What Cell Ranger writes where there is no call, by version."""

_REGIONS = {"L-REGION+V-REGION": "v_gene", "D-REGION": "d_gene", "J-REGION": "j_gene", "C-REGION": "c_gene"}


def is_tenx(header: Collection[str]) -> bool:
    """Return whether columns are those of contig annotations.

    Parameters
    ----------
    header
        Names of the columns.

    Examples
    --------
    >>> is_tenx(["barcode", "contig_id", "cdr3", "v_gene"])
    True
    """
    return {"barcode", "contig_id", "cdr3"} <= set(header)


def is_tenx_clonotypes(header: Collection[str]) -> bool:
    """Return whether columns are those of the clonotypes or the consensus sequences of 10x.

    Parameters
    ----------
    header
        Names of the columns.

    Examples
    --------
    >>> is_tenx_clonotypes(["clonotype_id", "frequency", "proportion", "cdr3s_aa", "cdr3s_nt"])
    True
    """
    names = set(header)
    return {"clonotype_id", "cdr3s_aa"} <= names or {"clonotype_id", "consensus_id"} <= names


def read_tenx(table: Mapping[str, np.ndarray], *, where: str, sample_key: str | None = None) -> Reading:
    """Return the chains of contig annotations; contigs that belong to no cell are left out, and counted.

    Parameters
    ----------
    table
        Columns of text.
    where
        Name of the file.
    sample_key
        Column that tells samples apart.

    Raises
    ------
    InputError
        See `read_airr`; ``table.empty`` where no contig belongs to a cell.
    """
    columns = {_NAMES.get(name, name): table[name] for name in table}
    for name in ("locus", "v_call", "d_call", "j_call", "c_call", "junction_aa", "junction", "productive"):
        if name in columns:
            columns[name], _ = blanked(columns[name], column=name, where=where, words=_WORDS)
    columns, notes = called_only(columns, ("is_cell", "high_confidence"), where=where)
    reading = read_airr(columns, where=where, sample_key=sample_key, compliant=False)
    return Reading(reading.chains, reading.obs, reading.item, (*notes, *reading.notes))


def read_tenx_json(path: Path | str, *, memory_budget: int = BUDGET) -> RawTable:
    """Read ``all_contig_annotations.json`` as the table that 10x writes beside it.

    Parameters
    ----------
    path
        The file, plain or packed with gzip.
    memory_budget
        Bytes; a larger file is refused.

    Raises
    ------
    InputError
        ``receptor.json`` where it is no list of contigs, or a ``file.`` rule.
    """
    file = Path(path)
    data, note = text_of(file, memory_budget=memory_budget)
    try:
        contigs = json.loads(data)
        rows = [_contig(contig) for contig in contigs]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise refuse("receptor.json", f"{file.name} is no list of contigs: {error!r}", where=str(file)) from error
    if not rows:
        raise refuse("table.empty", f"0 rearrangements: {file.name} lists no contigs", where=str(file))
    columns = {name: np.array([row[name] for row in rows], dtype=object) for name in rows[0]}
    return RawTable(columns, len(rows), file.name, (note,))


def _contig(contig: Mapping[str, Any]) -> dict[str, str]:
    genes = dict.fromkeys(_REGIONS.values(), "")
    chains: dict[str, None] = {}
    for annotation in contig["annotations"]:
        feature = annotation["feature"]
        if feature["region_type"] in _REGIONS:
            genes[_REGIONS[feature["region_type"]]] = str(feature["gene_name"])
            chains[str(feature["chain"])] = None
    info = contig.get("info") or {}
    fields = {
        "barcode": contig["barcode"], "is_cell": contig["is_cell"], "contig_id": contig["contig_name"],
        "high_confidence": contig["high_confidence"], "chain": "".join(chains) if len(chains) == 1 else "Multi",
        "productive": contig["productive"], "cdr3": contig["cdr3"], "cdr3_nt": contig["cdr3_seq"],
        "reads": contig["read_count"], "umis": contig["umi_count"], "raw_clonotype_id": info.get("raw_clonotype_id"),
    }  # fmt: skip
    return {name: "" if value is None else str(value) for name, value in fields.items()} | genes
