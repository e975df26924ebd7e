"""A model of V(D)J recombination: probabilities of every choice, and the germlines it is made of.

``P(event) = P(V) P(D, J)`` with a D segment and ``P(V, J)`` without, times the deletions given the alleles and the
insertions, whose nucleotides are a Markov chain: the factorisation of OLGA (Sethna et al., Bioinformatics 2019) on the
models inferred by IGoR (Marcou, Mora and Walczak, Nature Communications 2018).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from rashomon.core import UsageError, did_you_mean
from rashomon.sim.vdj.model_file import MODELS, ModelFile, read_model_file

__all__ = ["MODELS", "RecombinationModel", "recombination_model"]


@dataclass(frozen=True, eq=False)
class RecombinationModel:
    """Probabilities and germlines of one locus; codes of alleles are positions in `v_names`, `d_names` and `j_names`.

    `v_genes` and `j_genes` name the genes, sorted: what stands before the star; `v_gene_codes` and `j_gene_codes` give
    the position there of each allele, ``int16``.

    Parameters
    ----------
    species, locus
        One of `MODELS`.
    v_names, d_names, j_names
        Alleles, as in the files.
    v_germline, d_germline, j_germline
        Nucleotides that can stand in a junction, palindromic ones included, dtype ``S``: from the codon of the
        conserved cysteine on (V), all (D), up to the conserved phenylalanine or tryptophan (J). ``b""``: the allele is
        not functional or has no anchor, so it is never productive.
    v_front
        Nucleotides of V in front of the codon of the conserved cysteine, dtype ``S``; ``b""`` as in `v_germline`.
    v_palindrome, d_palindrome_5, d_palindrome_3, j_palindrome
        Largest number of palindromic nucleotides; column ``k`` of a table of deletions is the deletion of ``k`` minus
        that number of nucleotides.
    genes_p
        P(V), shape ``(n_v,)``, with D; P(V, J), shape ``(n_v, n_j)``, without.
    dj_p
        P(D, J), shape ``(n_d, n_j)``; no rows without D.
    v_deletion_p, j_deletion_p
        P(deletion | allele), shape ``(n_alleles, n_deletions)``; a row of zeros: the allele is never drawn.
    d_deletion_p
        P(5' deletion, 3' deletion | D), shape ``(n_d, n_5, n_3)``.
    insertion_1_p, insertion_2_p
        P(length) between V and D (V and J without D), and between D and J.
    start_1_p, start_2_p
        P(first nucleotide): the stationary distribution of the chain, as OLGA has it; order A, C, G, T.
    step_1_p, step_2_p
        P(nucleotide | the one before), rows: the one before. The first chain runs from V towards J, the second from J
        towards V.
    """

    species: str
    locus: str
    v_names: tuple[str, ...]
    d_names: tuple[str, ...]
    j_names: tuple[str, ...]
    v_germline: np.ndarray
    d_germline: np.ndarray
    j_germline: np.ndarray
    v_front: np.ndarray
    v_palindrome: int
    d_palindrome_5: int
    d_palindrome_3: int
    j_palindrome: int
    genes_p: np.ndarray
    dj_p: np.ndarray
    v_deletion_p: np.ndarray
    j_deletion_p: np.ndarray
    d_deletion_p: np.ndarray
    insertion_1_p: np.ndarray
    insertion_2_p: np.ndarray
    start_1_p: np.ndarray
    start_2_p: np.ndarray
    step_1_p: np.ndarray
    step_2_p: np.ndarray
    v_genes: tuple[str, ...] = field(init=False)
    j_genes: tuple[str, ...] = field(init=False)
    v_gene_codes: np.ndarray = field(init=False)
    j_gene_codes: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        for segment, names in (("v", self.v_names), ("j", self.j_names)):
            genes, codes = np.unique([name.partition("*")[0] for name in names], return_inverse=True)
            object.__setattr__(self, f"{segment}_genes", tuple(genes.tolist()))
            object.__setattr__(self, f"{segment}_gene_codes", codes.astype(np.int16))

    @property
    def has_d(self) -> bool:
        """Whether the locus has D segments."""
        return bool(self.d_names)

    @property
    def v_sequences(self) -> dict[str, bytes]:
        """Germline of each functional V allele, up to its 3' end, without palindromic nucleotides."""
        n, rows = self.v_palindrome, zip(self.v_names, self.v_front.tolist(), self.v_germline.tolist(), strict=True)
        return {name: front + germline[: len(germline) - n] for name, front, germline in rows if germline}

    @property
    def max_length(self) -> int:
        """Nucleotides of the longest junction that the model can make."""
        germline = sum(int(table.dtype.itemsize) for table in (self.v_germline, self.d_germline, self.j_germline))
        return germline + self.insertion_1_p.size + self.insertion_2_p.size - 2


def recombination_model(species: str, locus: str) -> RecombinationModel:
    """Return the model of a locus, read once per process from the files that olga brings.

    Parameters
    ----------
    species
        ``"human"`` or ``"mouse"``.
    locus
        ``"TRA"``, ``"TRB"``, ``"IGH"``, ``"IGK"`` or ``"IGL"``.

    Raises
    ------
    UsageError
        When there is no such model, or olga is not installed.

    Examples
    --------
    >>> model = recombination_model("human", "TRB")
    >>> model.has_d, model.v_names[0], len(model.v_genes), model.genes_p.shape
    (True, 'TRBV1*01', 59, (89,))
    """
    if (species, locus) not in MODELS:
        known = [" ".join(pair) for pair in MODELS]
        raise UsageError(
            f"there is no recombination model of {species} {locus}",
            where="species, locus",
            fix=did_you_mean(f"{species} {locus}", known),
            code="vdj.model",
        )
    return _model(species, locus)


@lru_cache(maxsize=len(MODELS))
def _model(species: str, locus: str) -> RecombinationModel:
    file = read_model_file(species, locus)
    tables = file.marginals
    has_d = "D" in file.names
    first, second = ("vd", "dj") if has_d else ("vj", None)
    v_p, j_p = tables["v_choice"], tables["j_choice"]
    step_1, step_2 = (
        _by_row(np.ones((4, 4)) if name is None else tables[f"{name}_dinucl"].reshape(4, 4)) for name in (first, second)
    )
    model = RecombinationModel(
        species=species,
        locus=locus,
        v_names=file.names["V"],
        d_names=file.names.get("D", ()),
        j_names=file.names["J"],
        v_germline=_bytes(file.germlines["V"]),
        d_germline=_bytes(file.germlines.get("D", ())),
        j_germline=_bytes(file.germlines["J"]),
        v_front=_bytes(file.fronts),
        v_palindrome=file.palindromes["v_3_del"],
        d_palindrome_5=file.palindromes.get("d_5_del", 0),
        d_palindrome_3=file.palindromes.get("d_3_del", 0),
        j_palindrome=file.palindromes["j_5_del"],
        genes_p=_scaled(v_p if has_d else v_p[:, None] * j_p),
        dj_p=_scaled(_dj(file)) if has_d else np.zeros((0, len(file.names["J"]))),
        v_deletion_p=_by_row(tables["v_3_del"]),
        j_deletion_p=_by_row(tables["j_5_del"]),
        d_deletion_p=_d_deletions(file) if has_d else np.zeros((0, 1, 1)),
        insertion_1_p=_scaled(tables[f"{first}_ins"]),
        insertion_2_p=_scaled(tables["dj_ins"]) if has_d else np.ones(1),
        start_1_p=_stationary(step_1),
        start_2_p=_stationary(step_2),
        step_1_p=step_1,
        step_2_p=step_2,
    )
    # shared by everybody who asks
    for value in vars(model).values():
        if isinstance(value, np.ndarray):
            value.flags.writeable = False
    return model


def _bytes(sequences: tuple[str, ...]) -> np.ndarray:
    return np.array([sequence.encode() for sequence in sequences], dtype=bytes)


def _scaled(table: np.ndarray) -> np.ndarray:
    """Return the table scaled to sum 1: the files keep six digits."""
    return np.asarray(table / table.sum())


def _by_row(table: np.ndarray) -> np.ndarray:
    """Return the table with rows of sum 1; those of an allele that nobody saw stay 0."""
    total = table.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(table, total, out=np.zeros_like(table), where=total > 0))


def _dj(file: ModelFile) -> np.ndarray:
    v_p, j_p, d_p = (file.marginals[name] for name in ("v_choice", "j_choice", "d_gene"))
    if j_p.ndim == 1:
        return np.asarray((j_p[:, None] * d_p).T)
    # B cells: P(V, D, J) is inferred; as in OLGA, V and (D, J) are taken as independent, because what they share is
    # the haplotypes of the donors
    return np.asarray(np.einsum("v,vj,vjd->dj", v_p, j_p, d_p))


def _d_deletions(file: ModelFile) -> np.ndarray:
    table = file.marginals["d_5_del"][:, :, None] * file.marginals["d_3_del"]
    return _by_row(table.reshape(table.shape[0], -1)).reshape(table.shape)


def _stationary(step: np.ndarray) -> np.ndarray:
    """Return the distribution that a Markov chain keeps: the solution of ``p = p step`` that sums to 1."""
    equations = np.vstack([step.T - np.eye(4), np.ones(4)])
    return np.asarray(np.linalg.lstsq(equations, np.array([0.0, 0, 0, 0, 1]), rcond=None)[0])
