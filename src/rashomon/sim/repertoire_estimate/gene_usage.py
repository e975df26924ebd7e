"""Genes that receptors use: V and J together by label, and the habits of donors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from rashomon.dataset import at_level
from rashomon.sim.stream import stream_key
from rashomon.sim.vdj import RecombinationModel, recombine
from rashomon.sim.vdj.choice import choices

__all__ = ["GeneCodes", "code_genes", "donor_habit", "gene_table", "possible_pairs"]

_PAIRS, _OF_LABEL, _OF_DONOR = 50.0, 10.0, 50.0
"""Receptors that what is drawn towards is worth: pairs to their margins, labels to all receptors, donors to labels."""

_LEAST = 1e-12
_TRIALS, _MOST_ATTEMPTS = 8, 100


@dataclass(frozen=True, eq=False)
class GeneCodes:
    """V and J of each receptor.

    Parameters
    ----------
    v, j
        Positions in ``v_genes`` and ``j_genes`` of the model, -1 where the call names no gene that it can make.
    notes
        How many calls name none, and how many name several.
    """

    v: np.ndarray
    j: np.ndarray
    notes: tuple[str, ...]


@lru_cache(maxsize=8)
def possible_pairs(model: RecombinationModel) -> np.ndarray:
    """Return which pairs of V and J genes a `model` makes productive chains of; ``bool``, ``(n_v, n_j)``.

    A pair of which hardly one event in a hundred is productive, because it has lost an anchor, is none: about four
    events are needed elsewhere.

    Examples
    --------
    >>> from rashomon.sim.vdj import recombination_model
    >>> model = recombination_model("human", "TRB")
    >>> possible = possible_pairs(model)
    >>> bool(possible[model.v_genes.index("TRBV9")].all()), bool(possible[model.v_genes.index("TRBV1")].any())
    (True, False)
    """
    n_v, n_j = len(model.v_genes), len(model.j_genes)
    v, j = (codes.ravel() for codes in np.meshgrid(np.arange(n_v), np.arange(n_j), indexing="ij"))
    mass = choices(model, "gene").mass(v, j, functional=True)
    found = mass > _LEAST
    pairs = np.repeat(np.flatnonzero(found), _TRIALS)
    made = recombine(model, stream_key(0, "pairs"), np.arange(pairs.size), v=v[pairs], j=j[pairs], level="gene")
    found[found] = made.attempts.reshape(-1, _TRIALS).mean(axis=1) <= _MOST_ATTEMPTS
    found = found.reshape(n_v, n_j)
    found.flags.writeable = False
    return found


def code_genes(
    v: Sequence[str] | np.ndarray, j: Sequence[str] | np.ndarray, *, model: RecombinationModel, chance: np.ndarray
) -> GeneCodes:
    """Return the genes of calls; a call of several is one of them.

    Parameters
    ----------
    v, j
        Calls, genes of one separated by commas.
    model
        Of the locus.
    chance
        Uniform numbers that choose among the genes of a call, shape ``(n,)``.

    Examples
    --------
    >>> from rashomon.sim.vdj import recombination_model
    >>> model = recombination_model("human", "TRB")
    >>> found = code_genes(["TRBV9*01", "TRBV1"], ["TRBJ2-7", "TRBJ2-7"], model=model, chance=np.array([0.1, 0.1]))
    >>> model.v_genes[found.v[0]], int(found.v[1]), found.notes
    ('TRBV9', -1, ('1 of 2 calls of V name no gene that the model makes productive (TRBV1)',))
    """
    able = possible_pairs(model)
    notes: list[str] = []
    v_codes = _codes(v, model.v_genes, np.asarray(able.any(axis=1)), chance, "V", notes)
    j_codes = _codes(j, model.j_genes, np.asarray(able.any(axis=0)), chance, "J", notes)
    known = (v_codes >= 0) & (j_codes >= 0)
    known[known] = able[v_codes[known], j_codes[known]]
    return GeneCodes(np.where(known, v_codes, -1), np.where(known, j_codes, -1), tuple(notes))


def _codes(
    calls: Sequence[str] | np.ndarray,
    genes: tuple[str, ...],
    able: np.ndarray,
    chance: np.ndarray,
    what: str,
    notes: list[str],
) -> np.ndarray:
    place = {gene: code for code, gene in enumerate(genes) if able[code]}
    codes, names = pd.factorize(np.asarray(calls, dtype=object))
    sets = [[place[g] for g in dict.fromkeys(at_level(x.strip(), "gene") for x in name.split(",")) if g in place]
            for name in map(str, names)]  # fmt: skip
    n_of = np.array([len(each) for each in sets])
    table = np.full((len(sets), max(n_of.max(initial=0), 1)), -1)
    for row, each in enumerate(sets):
        table[row, : len(each)] = each
    unknown = n_of[codes] == 0
    if unknown.any():
        often = np.bincount(codes[unknown], minlength=len(names))
        said = [str(names[row]) or "no call" for row in np.argsort(-often, kind="stable")[:3] if often[row]]
        notes.append(f"{int(unknown.sum()):,} of {codes.size:,} calls of {what} name no gene that the model makes "
                     f"productive ({', '.join(said)})")  # fmt: skip
    if (n_of[codes] > 1).any():
        notes.append(f"{int((n_of[codes] > 1).sum()):,} calls of {what} name several genes, and count as one of them")
    at = np.minimum((chance * np.maximum(n_of[codes], 1)).astype(np.int64), np.maximum(n_of[codes] - 1, 0))
    return np.asarray(table[codes, at])


def gene_table(
    v: np.ndarray, j: np.ndarray, rows: np.ndarray, *, weights: np.ndarray, n_rows: int, possible: np.ndarray
) -> np.ndarray:
    """Return P(V, J) by row, shape ``(n_rows, n_v, n_j)``: V drawn towards all receptors, J of each V likewise.

    Parameters
    ----------
    v, j
        Codes of genes; receptors without (-1) do not count.
    rows
        Label of each receptor.
    weights
        What each counts.
    n_rows
        Number of rows.
    possible
        From `possible_pairs`; others get nothing.

    Examples
    --------
    >>> v, j, rows = np.array([0, 0, 1]), np.array([0, 0, 0]), np.array([0, 0, 1])
    >>> table = gene_table(v, j, rows, weights=np.ones(3), n_rows=2, possible=np.ones((2, 1), bool))
    >>> table.sum(axis=(1, 2)).round(6).tolist(), bool(table[0, 0, 0] > table[1, 0, 0])
    ([1.0, 1.0], True)
    """
    counts = np.zeros((n_rows, *possible.shape))
    known = v >= 0
    np.add.at(counts, (rows[known], v[known], j[known]), weights[known])
    pooled, n = counts.sum(axis=0), max(counts.sum(), _LEAST)
    margins = np.outer(pooled.sum(axis=1), pooled.sum(axis=0)) * possible
    prior = (pooled + _PAIRS * margins / max(margins.sum(), _LEAST)) / (n + _PAIRS)
    prior = prior / prior.sum()
    of_v = counts.sum(axis=2)
    v_share = (of_v + _OF_LABEL * prior.sum(axis=1)) / (of_v.sum(axis=1, keepdims=True) + _OF_LABEL)
    given = prior / np.maximum(prior.sum(axis=1, keepdims=True), _LEAST)
    j_share = (counts + _OF_LABEL * given) / (of_v[:, :, None] + _OF_LABEL)
    found = v_share[:, :, None] * j_share
    return np.asarray(found / found.sum(axis=(1, 2), keepdims=True))


def donor_habit(
    codes: np.ndarray,
    donors: np.ndarray,
    rows: np.ndarray,
    expected: np.ndarray,
    *,
    weights: np.ndarray,
    n_donors: int,
) -> np.ndarray:
    """Return by how much donors depart from what their labels lead to expect, as log ratios, drawn towards 0.

    Parameters
    ----------
    codes
        Class of each receptor (gene, length), -1 unknown.
    donors, rows
        Donor and label of each.
    expected
        Share of each class by row, shape ``(n_rows, n_classes)``.
    weights
        What each receptor counts, as in `expected`.
    n_donors
        Number of donors.

    Returns
    -------
    Shape ``(n_donors, n_classes)``; 0 where a class is not expected at all.

    Examples
    --------
    >>> none = np.zeros(100, dtype=int)
    >>> codes, expected = np.repeat([0, 1], 50), np.array([[0.5, 0.5]])
    >>> habit = donor_habit(codes, none, none, expected, weights=np.ones(100), n_donors=1)
    >>> habit.round(6).tolist()
    [[0.0, 0.0]]
    """
    known = codes >= 0
    seen, mix = np.zeros((n_donors, expected.shape[1])), np.zeros((n_donors, len(expected)))
    np.add.at(seen, (donors[known], codes[known]), weights[known])
    np.add.at(mix, (donors[known], rows[known]), weights[known])
    n = mix.sum(axis=1, keepdims=True)
    share = np.where(n > 0, mix @ expected / np.maximum(n, _LEAST), 1.0)
    possible = share > 0
    safe = np.where(possible, share, 1.0)
    return np.where(possible, np.log((seen + _OF_DONOR * safe) / (n + _OF_DONOR) / safe) * (n > 0), 0.0)
