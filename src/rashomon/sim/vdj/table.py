"""A recombination model as the kernel reads it: a few flat arrays, because a compiled call pays for each array."""

from __future__ import annotations

from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from rashomon.sim.vdj.choice import Level, choices
from rashomon.sim.vdj.distribution import distributions, rows_of
from rashomon.sim.vdj.model import RecombinationModel

__all__ = ["NUCLEOTIDES", "Place", "Tables", "tables"]

NUCLEOTIDES = b"ACGT"
"""Letters of the codes 0, 1, 2 and 3."""


class Place(IntEnum):
    """Positions in ``layout``: numbers of the first distribution of each kind, then sizes, then palindromes."""

    FIRST = 0
    SECOND = 1
    V_DELETION = 2
    D_DELETION = 3
    J_DELETION = 4
    INSERTION_1 = 5
    INSERTION_2 = 6
    N_V = 7
    N_D = 8
    N_J = 9
    N_DELETION_3 = 10
    V_PALINDROME = 11
    D_PALINDROME_5 = 12
    D_PALINDROME_3 = 13
    J_PALINDROME = 14
    LONGEST = 15


class Tables(NamedTuple):
    """Arrays of a model.

    Parameters
    ----------
    cells, starts
        See `rashomon.sim.vdj.distribution.Distributions`: choices of alleles, deletions given the allele (those of D
        together, ``5' * N_DELETION_3 + 3'``), lengths of insertions.
    germline
        Codes of nucleotides, ``uint8``, a row for each V, D and J allele in this order.
    sizes
        Nucleotides of each row, ``int64``.
    chains
        Cumulative probabilities of the next nucleotide, shape ``(10, 4)``: five rows for each chain, the last of them
        for the first nucleotide, the others by the one before.
    layout
        See `Place`, ``int64``.
    """

    cells: np.ndarray
    starts: np.ndarray
    germline: np.ndarray
    sizes: np.ndarray
    chains: np.ndarray
    layout: np.ndarray


@lru_cache(maxsize=32)
def tables(model: RecombinationModel, level: Level) -> Tables:
    """Return the tables of a model, made once.

    Parameters
    ----------
    model
        From `rashomon.sim.vdj.model.recombination_model`.
    level
        What conditions on V and J count.
    """
    choice = choices(model, level)
    n_d, n_5, n_3 = model.d_deletion_p.shape
    pieces = [choice.first.piece, choice.second.piece, rows_of(model.v_deletion_p)]
    pieces += [rows_of(model.d_deletion_p.reshape(n_d, n_5 * n_3)), rows_of(model.j_deletion_p)]
    pieces += [rows_of(model.insertion_1_p[None]), rows_of(model.insertion_2_p[None])]
    made = distributions(pieces)
    begins = np.cumsum([0, *(piece[2].size for piece in pieces)])[:-1]
    germline, sizes = _codes(np.concatenate([model.v_germline, model.d_germline, model.j_germline]))
    palindromes = model.v_palindrome, model.d_palindrome_5, model.d_palindrome_3, model.j_palindrome
    n = len(model.v_names), len(model.d_names), len(model.j_names), n_3
    chains = np.vstack([model.step_1_p, model.start_1_p, model.step_2_p, model.start_2_p])
    layout = np.array([*begins, *n, *palindromes, model.max_length], dtype=np.int64)
    return Tables(made.cells, made.starts, germline, sizes, np.cumsum(chains, axis=1), layout)


def _codes(germline: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    letters = germline.view(np.uint8).reshape(germline.size, -1)
    code = np.zeros(256, dtype=np.uint8)
    code[list(NUCLEOTIDES)] = np.arange(4)
    return code[letters], np.char.str_len(germline).astype(np.int64)
