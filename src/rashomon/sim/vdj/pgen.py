"""Pgen: the probability that V(D)J recombination makes a junction, summed over all events that do; by OLGA."""

from __future__ import annotations

import warnings
from functools import lru_cache
from importlib.resources import as_file, files
from typing import Any

import numpy as np

from rashomon.core import Listener, Progress, UsageError, silent
from rashomon.sim.vdj.choice import Level, known_codes
from rashomon.sim.vdj.model import RecombinationModel
from rashomon.sim.vdj.model_file import model_folder

__all__ = ["SECONDS_PER_1000", "pgen"]

SECONDS_PER_1000 = {"TRA": 6.0, "TRB": 20.0, "IGH": 370.0, "IGK": 17.0, "IGL": 14.0}
"""Seconds that OLGA took for 1,000 different productive junctions of a human locus, V and J free, on one core."""

_RESIDUES = np.frombuffer(b"ACDEFGHIKLMNPQRSTVWY", dtype=np.uint8)


def pgen(
    model: RecombinationModel,
    junction_aa: np.ndarray,
    v: np.ndarray | None = None,
    j: np.ndarray | None = None,
    *,
    level: Level = "allele",
    n_most: int = 5000,
    listener: Listener = silent,
) -> np.ndarray:
    """Return log10 of the generation probability of each junction (Sethna et al., Bioinformatics 2019).

    Parameters
    ----------
    model
        From `rashomon.sim.vdj.model.recombination_model`.
    junction_aa
        Residues from the conserved cysteine to the phenylalanine or tryptophan, dtype ``S``, shape ``(n,)``.
    v, j
        Codes of V and J, shape ``(n,)``, -1 where they are not asked for; None: none is. With codes the number is
        that of the junction *and* these V and J, not given them: it is summed over functional alleles.
    level
        Whether `v` and `j` count alleles or genes, as in `rashomon.sim.vdj.recombine.recombine`.
    n_most
        Largest number of different junctions that are computed.
    listener
        Told how many are done.

    Returns
    -------
    ``float64``, shape ``(n,)``, at most 0: of all recombinations, productive or not. -inf: no event of the model makes
    it. NaN: there is no junction (``b""``), or it has a symbol that is none of the 20 residues.

    Raises
    ------
    UsageError
        When there are more than `n_most` different junctions, or shapes or codes do not fit.

    Notes
    -----
    Cost: OLGA is Python, one junction at a time, on one core: `SECONDS_PER_1000`. Equal junctions are computed once. A
    sample of a few thousand says what a repertoire looks like; say that it was one.

    Examples
    --------
    >>> from rashomon.sim.vdj.model import recombination_model
    >>> model = recombination_model("human", "TRB")
    >>> pgen(model, np.array([b"CAWSVAPDRGGYTF", b""])).round(3).tolist()
    [-9.803, nan]
    """
    sequences = np.asarray(junction_aa, dtype=bytes)
    n_v, n_j = (len(names) for names in _names(model, level))
    v_codes = known_codes(v, sequences.size, n_v, name="v")
    j_codes = known_codes(j, sequences.size, n_j, name="j")
    some = _readable(sequences)
    asked = np.rec.fromarrays([sequences[some], v_codes[some], j_codes[some]])
    rows, inverse = np.unique(asked, return_inverse=True)
    if rows.size > n_most:
        minutes = rows.size * SECONDS_PER_1000[model.locus] / 60_000
        raise UsageError(
            f"Pgen of {rows.size:,} junctions takes about {minutes:,.0f} minutes",
            where="junction_aa",
            expected=f"at most n_most={n_most:,} different junctions",
            fix="take a sample of them, or raise n_most",
            code="vdj.pgen",
        )
    engine = _engine(model)
    masks = _masks(model, level, "v", engine.d_V_usage_mask), _masks(model, level, "j", engine.d_J_usage_mask)
    found = np.empty(rows.size)
    for row, (sequence, v_code, j_code) in enumerate(rows.tolist()):
        v_mask, j_mask = masks[0][v_code], masks[1][j_code]
        found[row] = engine.compute_CDR3_pgen(sequence.decode(), v_mask, j_mask) if v_mask and j_mask else 0.0
        if row % 100 == 99:
            listener(Progress("Pgen", row + 1, rows.size))
    result = np.full(sequences.size, np.nan)
    with np.errstate(divide="ignore"):
        # rounding may leave a difference of sums below 0
        result[some] = np.log10(np.maximum(found, 0))[inverse]
    return result


def _readable(sequences: np.ndarray) -> np.ndarray:
    letters = np.ascontiguousarray(sequences).view(np.uint8).reshape(sequences.size, sequences.dtype.itemsize)
    return np.asarray((np.isin(letters, _RESIDUES) | (letters == 0)).all(axis=1) & (sequences != b""))


def _names(model: RecombinationModel, level: Level) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return (model.v_names, model.j_names) if level == "allele" else (model.v_genes, model.j_genes)


def _masks(model: RecombinationModel, level: Level, segment: str, usable: list[int]) -> dict[int, list[int]]:
    """Return the functional alleles of each code, and all of them for -1."""
    names = getattr(model, f"{segment}_names")
    codes = range(len(names)) if level == "allele" else getattr(model, f"{segment}_gene_codes").tolist()
    masks: dict[int, list[int]] = {-1: usable, **{code: [] for code in codes}}
    for allele in usable:
        masks[codes[allele]].append(allele)
    return masks


@lru_cache(maxsize=16)
def _engine(model: RecombinationModel) -> Any:
    from olga import generation_probability, load_model

    kind = "VDJ" if model.has_d else "VJ"
    genomic, generative = getattr(load_model, f"GenomicData{kind}")(), getattr(load_model, f"GenerativeModel{kind}")()
    home = files("olga").joinpath("default_models", model_folder(model.species, model.locus))
    # olga leaves its files open, and takes the logarithm of 0 for entropies that nobody asked for
    with as_file(home) as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        warnings.simplefilter("ignore", RuntimeWarning)
        anchors = str(folder / "V_gene_CDR3_anchors.csv"), str(folder / "J_gene_CDR3_anchors.csv")
        genomic.load_igor_genomic_data(str(folder / "model_params.txt"), *anchors)
        generative.load_and_process_igor_model(str(folder / "model_marginals.txt"))
    return getattr(generation_probability, f"GenerationProbability{kind}")(generative, genomic)
