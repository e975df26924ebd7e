"""The law of junctions given V and J: generation, and a selection of length and residues fitted upon it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rashomon.sim.repertoire.tilted import SPACE, chain_codes
from rashomon.sim.selection import LEARNED, learned_selection
from rashomon.sim.selection.bound import MAX_CUT, rejection_bound
from rashomon.sim.selection.feature import KINDS, add_weights, letters_of
from rashomon.sim.selection.fit import fit_weights
from rashomon.sim.selection.support import Support
from rashomon.sim.stream import stream_key
from rashomon.sim.vdj import RecombinationModel, recombine

__all__ = ["FEWEST_OF_LAW", "ResidueLaw", "fit_residue_law"]

FEWEST_OF_LAW = 500
"""Receptors for a selection of residues; fewer have one of the length only."""

_PENALTY = 3.0
_POOL, _PILOT = 100_000, 200_000
_MOST_PILOT, _FEWEST_PILOT = 1_000, 60


@dataclass(frozen=True, eq=False)
class ResidueLaw:
    """A fitted selection of junctions whose genes are given.

    Parameters
    ----------
    weights
        Of the features in `rashomon.sim.repertoire.tilted.SPACE`.
    cap
        Logarithm of the value at which Q is cut for each pair of V and J; infinite for those that are never asked for.
    lengths
        Share of each length for each pair of V and J, shape ``(n_v, n_j, MAX_LENGTH + 1)``.
    note
        What was fitted.
    """

    weights: np.ndarray
    cap: np.ndarray
    lengths: np.ndarray
    note: str


def fit_residue_law(
    junction_aa: np.ndarray,
    v: np.ndarray,
    j: np.ndarray,
    *,
    model: RecombinationModel,
    possible: np.ndarray,
    root: int,
) -> ResidueLaw:
    """Return the selection that turns chains generated with the genes of real ones into these.

    As `rashomon.sim.selection.fit_selection`, but for its genes: they are given, not selected, so that one which data
    have often and the model makes hardly ever is no weight that grows without limit.

    Parameters
    ----------
    junction_aa
        Junctions of real chains, one of each family.
    v, j
        Codes of their genes; at least 0.
    model
        Of the locus.
    possible
        Pairs of genes that may be asked for.
    root
        Seed of what is generated.
    """
    n_each = -(-_POOL // max(v.size, 1))
    units = np.arange(n_each * v.size)
    made = recombine(model, stream_key(root, "law"), units, v=np.tile(v, n_each), j=np.tile(j, n_each), level="gene")
    codes = chain_codes(made.junction_aa)
    support = Support.of(letters_of(made.junction_aa), np.tile(v, n_each), np.tile(j, n_each))
    # wrong calls and errors of reading would get weights that grow without limit
    alike = support.reasons(letters_of(junction_aa), v, j) == 0
    real = chain_codes(junction_aa[alike])
    if len(real) >= FEWEST_OF_LAW:
        weights = fit_weights(real, codes, size=SPACE.size, penalty=_PENALTY)
        note = f"length and residues: a selection fitted to {len(real):,} receptors, one of each family"
    else:
        known = (model.species, model.locus) in LEARNED
        weights = _learned(model) if known else np.zeros(SPACE.size)
        weights = _with_length(weights, real, codes)
        note = f"{len(real)} receptors, one of each family, are too few for a selection of residues: these are as "
        note += ("learned from blood" if known else "generated") + ", and the length is fitted"
    return ResidueLaw(weights, *_by_pair(model, weights, possible, root), note)


def _learned(model: RecombinationModel) -> np.ndarray:
    learned = learned_selection(model.species, model.locus)
    starts, found = SPACE.starts, np.zeros(SPACE.size)
    for kind in ("left", "right", "length"):
        place = KINDS.index(kind)
        found[starts[place] : starts[place + 1]] = learned.weights[kind].ravel()
    return found


def _with_length(weights: np.ndarray, real: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Return the weights with those of lengths changed so that reweighted chains have the lengths of real ones."""
    n = SPACE.shapes["length"][0]
    mass = np.exp(add_weights(codes, weights))
    drawn = np.bincount(codes[:, 0], weights=mass, minlength=n)[:n] / mass.sum()
    wanted = (np.bincount(real[:, 0], minlength=n)[:n] + _PENALTY * drawn) / (len(real) + _PENALTY)
    found = weights.copy()
    found[:n] += np.where(drawn > 0, np.log(np.where(drawn > 0, wanted, 1.0) / np.where(drawn > 0, drawn, 1.0)), 0.0)
    return found


def _by_pair(
    model: RecombinationModel, weights: np.ndarray, possible: np.ndarray, root: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the cap of each pair of genes, and the lengths of its chains."""
    v, j = np.nonzero(possible)
    n = int(np.clip(_PILOT // max(v.size, 1), _FEWEST_PILOT, _MOST_PILOT))
    units = np.arange(n * v.size)
    made = recombine(model, stream_key(root, "cap"), units, v=np.repeat(v, n), j=np.repeat(j, n), level="gene")
    codes = chain_codes(made.junction_aa)
    log_q = add_weights(codes, weights).reshape(v.size, n)
    cap, n_lengths = np.full(possible.shape, np.inf), SPACE.shapes["length"][0]
    cap[v, j] = [rejection_bound(each, max_cut=MAX_CUT)[0] for each in log_q]
    mass = np.exp(log_q - log_q.max(axis=1, keepdims=True))
    of = np.repeat(np.arange(v.size), n) * n_lengths + codes[:, 0]
    shares = np.bincount(of, weights=mass.ravel(), minlength=v.size * n_lengths).reshape(v.size, n_lengths)
    lengths = np.zeros((*possible.shape, n_lengths))
    lengths[v, j] = shares / shares.sum(axis=1, keepdims=True)
    return cap, lengths
