"""Contig tables of the BD Rhapsody pipeline, under the names of AIRR."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

import numpy as np

from rashomon.io.receptor.airr import read_airr
from rashomon.io.receptor.cell import called_only
from rashomon.io.receptor.chain_table import Reading, blank
from rashomon.io.rule import remark

__all__ = ["is_rhapsody", "read_rhapsody"]

_NAMES = {
    "Cell_Index": "cell_id", "Contig_ID": "sequence_id", "Chain_Type": "locus", "V_gene": "v_call", "D_gene": "d_call",
    "J_gene": "j_call", "C_gene": "c_call", "CDR3_Nucleotide": "junction", "CDR3_Translation": "junction_aa",
    "Read_Count": "consensus_count", "Molecule_Count": "umi_count", "Productive": "productive",
}  # fmt: skip
_DOMINANT = "_Dominant"
"""Ends the names of columns in tables of dominant contigs."""

_MARKS = ("Putative_Cell",)
_LOCI = {
    "TCR_Alpha": "TRA", "TCR_Beta": "TRB", "TCR_Gamma": "TRG", "TCR_Delta": "TRD",
    "BCR_Heavy": "IGH", "BCR_Kappa": "IGK", "BCR_Lambda": "IGL",
}  # fmt: skip


def is_rhapsody(header: Collection[str]) -> bool:
    """Return whether columns are those of BD Rhapsody.

    Parameters
    ----------
    header
        Names of the columns.

    Examples
    --------
    >>> is_rhapsody(["Cell_Index", "Chain_Type", "CDR3_Translation_Dominant"])
    True
    """
    names = {name.removesuffix(_DOMINANT) for name in header}
    return {"Cell_Index", "Chain_Type", "CDR3_Translation"} <= names


def read_rhapsody(table: Mapping[str, np.ndarray], *, where: str, sample_key: str | None = None) -> Reading:
    """Return the chains of a BD Rhapsody table; contigs of barcodes that are no putative cells are left out.

    BD writes the CDR3 without the two residues beside it. They are the last of FR3 and the first of FR4 of the same
    contig; where these are missing the junction is not known. A table without FR3 and FR4 keeps its CDR3.

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
        See `read_airr`.
    """
    plain, notes = called_only({name.removesuffix(_DOMINANT): table[name] for name in table}, _MARKS, where=where)
    columns = {_NAMES.get(name, name): values for name, values in plain.items()}
    columns["locus"] = np.array([_LOCI.get(text, text) for text in columns["locus"]], dtype=object)
    framed = {"FR3_Translation", "FR4_Translation", "FR3_Nucleotide", "FR4_Nucleotide"} <= set(plain)
    if framed:
        n = columns["cell_id"].size
        columns["junction_aa"] = _between(plain["FR3_Translation"], columns["junction_aa"], plain["FR4_Translation"], 1)
        nucleotides = columns.get("junction", blank(n))
        columns["junction"] = _between(plain["FR3_Nucleotide"], nucleotides, plain["FR4_Nucleotide"], 3)
        n_lost = int(((plain["CDR3_Translation"] != "") & (columns["junction_aa"] == "")).sum())
        what = f"{n_lost:,} of {n:,} contigs have a CDR3 and lack FR3 or FR4: their junction is not known"
        notes += (remark("receptor.flank", what, where=where),) if n_lost else ()
    reading = read_airr(columns, where=where, sample_key=sample_key, compliant=False)
    chains = replace(reading.chains, is_cdr3=not framed)
    return Reading(chains, reading.obs, reading.item, (*notes, *reading.notes))


def _between(left: np.ndarray, middle: np.ndarray, right: np.ndarray, n: int) -> np.ndarray:
    """Return the middle with `n` letters of both sides; empty where one of the three is."""
    parts = zip(left, middle, right, strict=True)
    return np.array([a[-n:] + b + c[:n] if a and b and c else "" for a, b, c in parts], dtype=object)
