"""Whether sequences called CDR3 are junctions, as most tables mean, or CDR3 as IMGT defines it: without the anchors."""

from __future__ import annotations

import numpy as np

from rashomon.io.rule import refuse

__all__ = ["is_cdr3"]

_FEW, _MANY = 0.2, 0.8
"""Shares of sequences that begin with C, below and above which a column is of one kind."""


def is_cdr3(aa: np.ndarray, nt: np.ndarray, locus: np.ndarray, *, where: str) -> bool:
    """Return whether sequences lack their anchors: fewer than a fifth of them begin with the conserved C.

    Parameters
    ----------
    aa, nt
        Amino acids and nucleotides, empty where unknown; objects (str), shape ``(n_chains,)``.
    locus
        Name of the locus of each chain, as far as it is known.
    where
        The file.

    Raises
    ------
    InputError
        ``receptor.mixed_cdr3`` where neither holds, or loci differ.

    Examples
    --------
    >>> one = np.array([""], dtype=object)
    >>> is_cdr3(np.array(["ASSLGETQY"], dtype=object), one, one, where="a.tsv")
    True
    >>> is_cdr3(np.array(["CASSLGETQYF"], dtype=object), one, one, where="a.tsv")
    False
    """
    there = (aa != "") | (nt != "")
    begins = np.array([_begins(*pair) for pair in zip(aa, nt, strict=True)], dtype=bool)
    shares = {name: float(begins[there & (locus == name)].mean()) for name in sorted(set(locus[there]))}
    kinds = {name: share < _FEW for name, share in shares.items()}
    if len(set(kinds.values())) > 1 or any(_FEW <= share <= _MANY for share in shares.values()):
        listing = ", ".join(f"{share:.0%} of {name or 'the sequences'}" for name, share in shares.items())
        raise refuse("receptor.mixed_cdr3", f"begin with C: {listing}", where=where)
    return any(kinds.values())


def _begins(aa: str, nt: str) -> bool:
    # with both, the nucleotides may be a longer read
    return aa[:1] in "Cc" if aa else nt[:3].upper() in {"TGT", "TGC", "TGY"}
