"""Change-O tables (Immcantation before AIRR, BraCeR), under the names of AIRR."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from rashomon.io.receptor.airr import read_airr
from rashomon.io.receptor.chain_table import Reading
from rashomon.io.receptor.field import blanked

__all__ = ["is_changeo", "read_changeo"]

_NAMES = {
    "CELL": "cell_id", "FUNCTIONAL": "productive", "DUPCOUNT": "duplicate_count", "CONSCOUNT": "consensus_count",
    "UMICOUNT": "umi_count", "CLONE": "clone_id", "IN_FRAME": "vj_in_frame", "STOP": "stop_codon",
    "SEQUENCE_INPUT": "sequence", "SEQUENCE_VDJ": "sequence_vdj", "TPM": "tpm",
}  # fmt: skip
_LOCI = {"H": "IGH", "K": "IGK", "L": "IGL", "A": "TRA", "B": "TRB", "G": "TRG", "D": "TRD"}


def is_changeo(header: Collection[str]) -> bool:
    """Return whether columns are those of Change-O.

    Parameters
    ----------
    header
        Names of the columns.

    Examples
    --------
    >>> is_changeo(["SEQUENCE_ID", "V_CALL", "J_CALL", "JUNCTION"])
    True
    """
    return {"SEQUENCE_ID", "V_CALL", "JUNCTION"} <= set(header)


def read_changeo(table: Mapping[str, np.ndarray], *, where: str, sample_key: str | None = None) -> Reading:
    """Return the chains of a Change-O table; its columns get lower-case names.

    Parameters
    ----------
    table
        Columns of text; ``None`` is missing, as BraCeR writes it.
    where
        Name of the file.
    sample_key
        Column that tells samples apart, as the file names it.

    Raises
    ------
    InputError
        See `read_airr`.
    """
    columns = {}
    for name in table:
        lower = _NAMES.get(name, name.lower())
        columns[lower], _ = blanked(table[name], column=name, where=where, words=("None",))
    if "locus" in columns:
        columns["locus"] = np.array([_LOCI.get(text, text) for text in columns["locus"]], dtype=object)
    key = None if sample_key is None else _NAMES.get(sample_key, sample_key.lower())
    # TPM of BraCeR is a measure of expression, no count, and stays out of it
    return read_airr(columns, where=where, sample_key=key, compliant=False)
