"""Which alleles recombine: the distribution of V, D and J, and its exact conditionals given V, J or both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

from rashomon.core import UsageError
from rashomon.sim.vdj.distribution import Piece
from rashomon.sim.vdj.model import RecombinationModel

__all__ = ["Choice", "Choices", "Level", "choices", "drawable", "known_codes"]

Level = Literal["allele", "gene"]
"""What codes of V and J count: positions in ``v_names`` and ``j_names``, or in ``v_genes`` and ``j_genes``."""


@dataclass(frozen=True, eq=False)
class Choice:
    """Distributions on the same outcomes, one for each condition, one behind the other.

    Parameters
    ----------
    piece
        The distributions: of no condition, then of each.
    mass, functional
        Probability of the condition, of all events, and of those whose V and J alleles can be in a productive
        junction: an allele that keeps three nucleotides must have the anchor there; shape ``(n_groups,)``.
    """

    piece: Piece
    mass: np.ndarray
    functional: np.ndarray


@dataclass(frozen=True, eq=False)
class Choices:
    """How the alleles of an event are drawn.

    Parameters
    ----------
    first
        Of V with a D segment; of V and J together, code ``v * n_j + j``, without.
    second
        Of D and J, code ``d * n_j + j``; without a D segment nothing is drawn from it.
    n_v, n_j
        How many codes there are.
    has_d
        Whether the locus has D segments.
    """

    first: Choice
    second: Choice
    n_v: int
    n_j: int
    has_d: bool

    def groups(self, v: np.ndarray, j: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the distributions of `first` and `second` given codes `v` and `j`, -1 where they are free."""
        if self.has_d:
            return v + 1, j + 1
        both = 1 + self.n_v + self.n_j + v * self.n_j + j
        only_v, only_j = 1 + v, 1 + self.n_v + j
        found = np.where(j < 0, np.where(v < 0, 0, only_v), np.where(v < 0, only_j, both))
        return found, np.zeros_like(found)

    def mass(self, v: np.ndarray, j: np.ndarray, *, functional: bool) -> np.ndarray:
        """Return the probability of codes `v` and `j`, of productive alleles alone where `functional`."""
        first, second = self.groups(v, j)
        name = "functional" if functional else "mass"
        return np.asarray(getattr(self.first, name)[first] * getattr(self.second, name)[second])


@lru_cache(maxsize=32)
def choices(model: RecombinationModel, level: Level) -> Choices:
    """Return the distributions of the alleles given codes of one level.

    Parameters
    ----------
    model
        From `rashomon.sim.vdj.model.recombination_model`.
    level
        See `Level`.
    """
    names = {"allele": (np.arange(len(model.v_names)), np.arange(len(model.j_names)))}
    v_code, j_code = names.get(level, (model.v_gene_codes.astype(np.int64), model.j_gene_codes.astype(np.int64)))
    n_v, n_j = int(v_code.max()) + 1, int(j_code.max()) + 1
    v_able, j_able = drawable(model)
    v_works, j_works = _anchored(model)
    if model.has_d:
        dj = model.dj_p * j_able * (model.d_deletion_p.sum(axis=(1, 2)) > 0)[:, None]
        by_j = np.broadcast_to(j_code, dj.shape).ravel()
        first = _choice(model.genes_p * v_able, v_works, [v_code])
        second = _choice(dj.ravel(), np.broadcast_to(j_works, dj.shape).ravel(), [by_j])
        return Choices(first, second, n_v, n_j, has_d=True)
    v_grid, j_grid = (grid.ravel() for grid in np.meshgrid(v_code, j_code, indexing="ij"))
    weights, works = model.genes_p * np.outer(v_able, j_able), np.outer(v_works, j_works)
    first = _choice(weights.ravel(), works.ravel(), [v_grid, j_grid, v_grid * n_j + j_grid], (n_v, n_j, n_v * n_j))
    return Choices(first, _choice(np.ones(1), np.ones(1, dtype=bool), []), n_v, n_j, has_d=False)


def drawable(model: RecombinationModel) -> tuple[np.ndarray, np.ndarray]:
    """Return which V and which J alleles can be drawn: those of which the model knows deletions.

    Parameters
    ----------
    model
        From `rashomon.sim.vdj.model.recombination_model`.

    Notes
    -----
    Models of light chains give a few alleles, together less than 0.0003, a probability but no deletions. Their Pgen is
    0, and they are not drawn here; the generator of OLGA deletes the largest number of nucleotides from them.
    """
    return model.v_deletion_p.sum(axis=1) > 0, model.j_deletion_p.sum(axis=1) > 0


def _anchored(model: RecombinationModel) -> tuple[np.ndarray, np.ndarray]:
    """Return which V and which J alleles can be in a productive junction, as far as its first and last codon say."""
    v = [
        any(
            _is_part(germline[: len(germline) - k][:3], _V_ANCHORS, bytes.startswith) for k in kept if k < len(germline)
        )
        for germline, kept in zip(model.v_germline.tolist(), map(np.flatnonzero, model.v_deletion_p), strict=True)
    ]
    # J may be deleted altogether, where what is inserted ends with an anchor
    j = [
        germline != b""
        and any(_is_part(germline[k:][-3:], _J_ANCHORS, bytes.endswith) for k in kept if k <= len(germline))
        for germline, kept in zip(model.j_germline.tolist(), map(np.flatnonzero, model.j_deletion_p), strict=True)
    ]
    return np.array(v), np.array(j)


def _is_part(letters: bytes, codons: tuple[bytes, ...], has: Callable[[bytes, bytes], bool]) -> bool:
    return any(has(codon, letters) for codon in codons)


_V_ANCHORS = (b"TGT", b"TGC")
_J_ANCHORS = (b"TTT", b"TTC", b"TGG", b"GTT", b"GTC", b"GTA", b"GTG")


def known_codes(codes: np.ndarray | None, n: int, n_codes: int, *, name: str) -> np.ndarray:
    """Return the codes that a caller asks for, ``int64``, shape ``(n,)``; -1 everywhere when None.

    Parameters
    ----------
    codes
        At least -1.
    n, n_codes
        How many there must be, and how many different ones there are.
    name
        What the caller calls them.

    Raises
    ------
    UsageError
        When there are more or fewer, or one is unknown.

    Examples
    --------
    >>> known_codes(None, 2, 5, name="v"), known_codes(np.array([4]), 1, 5, name="v")
    (array([-1, -1]), array([4]))
    """
    found = np.full(n, -1, dtype=np.int64) if codes is None else np.asarray(codes)
    if found.shape != (n,):
        raise UsageError(f"{name} has shape {found.shape}", where=name, expected=f"shape ({n},)", code="vdj.codes")
    if n and (found.dtype.kind not in "iu" or not -1 <= found.min() <= found.max() < n_codes):
        raise UsageError(
            f"{name} has codes that the model has not",
            where=name,
            expected=f"integers -1 to {n_codes - 1}",
            code="vdj.codes",
        )
    return found.astype(np.int64)


def _choice(
    weights: np.ndarray, works: np.ndarray, codes: list[np.ndarray], sizes: tuple[int, ...] | None = None
) -> Choice:
    """Return the distribution without condition, and then those given each of `codes`."""
    every = [np.zeros(weights.size, dtype=np.int64), *codes]
    n_groups = (1, *(sizes or tuple(int(code.max()) + 1 for code in codes)))
    order = np.concatenate([np.argsort(code, kind="stable") for code in every])
    counts = np.concatenate([np.bincount(code, minlength=n) for code, n in zip(every, n_groups, strict=True)])
    mass, functional = (
        np.concatenate([np.bincount(code, some, n) for code, n in zip(every, n_groups, strict=True)])
        for some in (weights, weights * works)
    )
    return Choice((weights[order], order, counts), mass, functional)
