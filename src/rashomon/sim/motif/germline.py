"""Which residues at the ends of a junction are germline: those that no planted motif may change."""

from __future__ import annotations

import numpy as np

from rashomon.sim.vdj import Recombinations

__all__ = ["ends_of", "germline_ends"]


def ends_of(
    chains: Recombinations, *, v_most: int | None = None, j_most: int | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return how many residues at each end of recombined chains are germline throughout, see `germline_ends`.

    Parameters
    ----------
    chains
        From `rashomon.sim.vdj.recombine`, productive ones.
    v_most, j_most
        Most residues that are counted at each end; None: all. Without a D segment hardly anything else is left: of
        human TRA chains 21 % have room for four residues, and 86 % with ``v_most=4, j_most=5`` (TRB: 90 and 94 %).

    Returns
    -------
    v_keep, j_keep
        Residues, ``int64``, shape ``(n_chains,)``.

    Examples
    --------
    >>> from rashomon.sim.stream import stream_key
    >>> from rashomon.sim.vdj import recombination_model, recombine
    >>> chains = recombine(recombination_model("human", "TRB"), stream_key(1, "receptor"), np.arange(5))
    >>> v_keep, j_keep = ends_of(chains)
    >>> bool((v_keep + j_keep <= np.strings.str_len(chains.junction_aa)).all())
    True
    """
    model = chains.model
    v_length, j_length = (
        np.strings.str_len(germline) - palindrome
        for germline, palindrome in ((model.v_germline, model.v_palindrome), (model.j_germline, model.j_palindrome))
    )
    ends = germline_ends(v_length[chains.v], chains.v_deletion, j_length[chains.j], chains.j_deletion)
    v_keep, j_keep = (
        keep if most is None else np.minimum(keep, most) for keep, most in zip(ends, (v_most, j_most), strict=True)
    )
    return v_keep, j_keep


def germline_ends(
    v_length: np.ndarray, v_deletion: np.ndarray, j_length: np.ndarray, j_deletion: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return how many residues at each end are made by codons that are V or J germline throughout.

    Parameters
    ----------
    v_length
        Nucleotides of each V gene from the codon of its C to its end, shape ``(n,)``.
    v_deletion
        Nucleotides deleted from it; negative for palindromic ones, which are not germline.
    j_length
        Nucleotides of each J gene from its start to the end of the codon of its F or W.
    j_deletion
        As `v_deletion`.

    Returns
    -------
    v_keep, j_keep
        Residues, ``int64``, shape ``(n,)``; at least the anchor each.

    Examples
    --------
    >>> ends = germline_ends(np.array([12, 12]), np.array([0, 2]), np.array([20, 20]), np.array([-3, 5]))
    >>> ends[0].tolist(), ends[1].tolist()
    ([4, 3], [6, 5])
    """
    v, j = (
        np.maximum((np.asarray(length, np.int64) - np.maximum(deletion, 0)) // 3, 1)
        for length, deletion in ((v_length, v_deletion), (j_length, j_deletion))
    )
    return np.asarray(v), np.asarray(j)
