"""Chains of given genes under a fitted selection: candidates are generated until one is accepted, by address."""

from __future__ import annotations

from dataclasses import fields

import numpy as np

from rashomon.core import RashomonError
from rashomon.sim.selection.apply import MAX_CANDIDATES
from rashomon.sim.selection.feature import FeatureSpace, add_weights, feature_codes, letters_of
from rashomon.sim.selection.fit import DEPTH, MAX_LENGTH
from rashomon.sim.stream import uniforms, unit_keys
from rashomon.sim.vdj import RecombinationModel, Recombinations, recombine

__all__ = ["SPACE", "chain_codes", "draw_tilted"]

SPACE = FeatureSpace(n_v=1, n_j=1, max_length=MAX_LENGTH, depth=DEPTH)
"""Features of a fitted selection: length and residues from both ends; the genes are given, and have no weight."""

_MOST, _BATCH = 500_000, 65_536
"""Candidates of a unit before it is given up, and candidates drawn at once; what is drawn depends on neither."""


def chain_codes(junction_aa: np.ndarray) -> np.ndarray:
    """Return the features of junctions among `SPACE`, as `rashomon.sim.selection.feature.feature_codes` has them.

    Parameters
    ----------
    junction_aa
        Bytes, shape ``(n,)``.
    """
    none = np.zeros(len(junction_aa), dtype=np.int32)
    return feature_codes(letters_of(np.asarray(junction_aa)), none, none, space=SPACE)


def draw_tilted(
    model: RecombinationModel,
    key: np.uint64,
    units: np.ndarray,
    *,
    genes: tuple[np.ndarray, np.ndarray],
    weights: np.ndarray,
    by_length: np.ndarray,
    log_cap: np.ndarray,
) -> Recombinations:
    """Return one chain per unit, with the law ``Q(chain) exp(by_length) P(chain | v, j)``, scaled.

    Parameters
    ----------
    model
        Of the locus.
    key, units
        Address of the random numbers; units are integers in [0, 2**43).
    genes
        Codes of V and J genes of each unit.
    weights
        Of the features in `SPACE`.
    by_length
        Added to log Q by the residues of the junction, shape ``(n, MAX_LENGTH + 1)``; longer ones have the last.
    log_cap
        Where Q with `by_length` is cut, shape ``(n,)``: what is above is as frequent as what is at it.

    Raises
    ------
    RashomonError
        ``selection.candidates`` when no candidate of a unit was accepted.
    """
    event_key, accept_key = unit_keys(key, np.arange(2))
    pending, done = np.arange(units.size), 0
    parts: list[Recombinations] = []
    places: list[np.ndarray] = []
    while pending.size or not parts:
        n = int(np.clip(_BATCH // max(pending.size, 1), 1, _MOST - done))
        rows = np.repeat(pending, n)
        address = units[rows] * MAX_CANDIDATES + np.tile(np.arange(done, done + n), pending.size)
        made = recombine(model, event_key, address, v=genes[0][rows], j=genes[1][rows], level="gene")
        length = np.minimum(np.strings.str_len(made.junction_aa), MAX_LENGTH)
        log_q = add_weights(chain_codes(made.junction_aa), weights) + by_length[rows, length]
        good = (np.log(uniforms(accept_key, address)[:, 0]) < log_q - log_cap[rows]).reshape(pending.size, n)
        hit = good.any(axis=1)
        kept = np.flatnonzero(hit)
        # only the first that is accepted counts, so that n does not matter
        parts.append(made[kept * n + good.argmax(axis=1)[kept]] if kept.size else made[:0])
        places.append(pending[kept])
        pending, done = pending[~hit], done + n
        if pending.size and done >= _MOST:
            raise _given_up(model, genes, pending, done)
    names = [field.name for field in fields(Recombinations) if field.name != "model"]
    joined = Recombinations(model, *(np.concatenate([getattr(part, name) for part in parts]) for name in names))
    return joined[np.argsort(np.concatenate(places))]


def _given_up(
    model: RecombinationModel, genes: tuple[np.ndarray, np.ndarray], pending: np.ndarray, n: int
) -> RashomonError:
    v, j = model.v_genes[genes[0][pending[0]]], model.j_genes[genes[1][pending[0]]]
    return RashomonError(
        f"no candidate was accepted for {pending.size} receptors in {n:,} candidates each",
        where=f"first: {v} with {j}",
        expected="genes with which the fitted lengths and residues can be made",
        fix="fit the twin again: its tables do not belong to this model",
        code="selection.candidates",
    )
