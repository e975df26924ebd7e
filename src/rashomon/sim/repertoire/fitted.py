"""Chains of a twin: V and J as the data use them, by label and donor, and residues by the fitted selection."""

from __future__ import annotations

import numpy as np

from rashomon.sim.node import Scene
from rashomon.sim.repertoire.tilted import draw_tilted
from rashomon.sim.selection.fit import MAX_LENGTH
from rashomon.sim.stream import stream_key, uniforms
from rashomon.sim.vdj import RecombinationModel, Recombinations, recombine

__all__ = ["FREE", "draw_fitted", "is_fitted", "row_of"]

FREE = -1
"""No donor, no gene that is asked for."""


def is_fitted(s: Scene, arm: str) -> bool:
    """Return whether the chains of an `arm` of scene `s` were fitted to data."""
    return f"{arm}_genes" in s.fitted


def row_of(s: Scene, clones: np.ndarray) -> np.ndarray:
    """Return the row of the fitted tables for each of `clones`: its label, or the last row, of those without one.

    Parameters
    ----------
    s
        With its tables played.
    clones
        Numbers.
    """
    if "label_share" not in s.fitted:
        return np.zeros(clones.size, dtype=np.int64)
    seen = s["clone_epitope"][clones]
    return np.asarray(np.where(seen >= 0, seen, s.fitted["label_share"].shape[1]))


def draw_fitted(  # noqa: PLR0913 - what is asked of a chain is independent
    s: Scene,
    model: RecombinationModel,
    arm: str,
    units: np.ndarray,
    *,
    rows: np.ndarray,
    donors: np.ndarray,
    genes: tuple[np.ndarray, np.ndarray] | None = None,
    by_length: np.ndarray | None = None,
) -> Recombinations:
    """Return a chain for each of `units`, which depends on its unit and what is said of it, on nothing else.

    Parameters
    ----------
    s
        A scene of a twin.
    model, arm
        Model of the arm, and its name.
    units
        Numbers of receptors.
    rows, donors
        Row of the tables and donor of each unit; a donor of `FREE` has no habits.
    genes
        Codes of V and J genes that are asked for, `FREE` where they are not.
    by_length
        What is added to log Q by length, in place of the lengths of label and donor.
    """
    key, t = stream_key(s.root, arm), s.fitted
    # donors that are planted into a twin of one are like it
    donors = np.minimum(donors, len(t[f"{arm}_donor_length"]) - 1)
    v, j = _genes(s, arm, units, rows, donors, genes or (np.full(units.size, FREE),) * 2)
    if s.knobs["selection"] == "none":
        return recombine(model, key, units, v=v, j=j, level="gene")
    if by_length is None:
        habit = np.vstack([t[f"{arm}_donor_length"], np.zeros(MAX_LENGTH + 1)])[donors]
        by_length = t[f"{arm}_length"][rows] + habit
    log_cap = t[f"{arm}_cap"][v, j] + by_length.max(axis=1)
    weights = t[f"{arm}_weights"]
    return draw_tilted(model, key, units, genes=(v, j), weights=weights, by_length=by_length, log_cap=log_cap)


def _genes(
    s: Scene, arm: str, units: np.ndarray, rows: np.ndarray, donors: np.ndarray, asked: tuple[np.ndarray, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    table = s.fitted[f"{arm}_genes"]
    habits = [np.vstack([np.exp(s.fitted[f"{arm}_donor_{part}"]), np.ones(table.shape[axis])])
              for axis, part in ((1, "v"), (2, "j"))]  # fmt: skip
    chance = uniforms(stream_key(s.root, f"{arm} fitted genes"), units, 2)
    v = np.where(asked[0] >= 0, asked[0], _pick(table.sum(axis=2)[rows] * habits[0][donors], chance[:, 0]))
    given_v = table[rows, v]
    # a V that is asked for and that the data do not have takes any J
    given_v = np.where(given_v.sum(axis=1, keepdims=True) > 0, given_v, table.sum(axis=1)[rows])
    possible = np.isfinite(s.fitted[f"{arm}_cap"])[v]
    given_v = np.where(possible, given_v, 0.0)
    # a J that is asked for and that does not recombine with the V is not had
    takes = (asked[1] >= 0) & possible[np.arange(v.size), asked[1]]
    return v, np.where(takes, asked[1], _pick(given_v * habits[1][donors], chance[:, 1]))


def _pick(weights: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Return a column for each row of `weights`, as often as they say."""
    edges = np.cumsum(weights, axis=1)
    return np.asarray((edges <= (chance * edges[:, -1])[:, None]).sum(axis=1)).clip(max=weights.shape[1] - 1)
