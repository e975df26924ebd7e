"""A peer's idea of a simulator: every marginal of the data, and nothing that goes together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rashomon.core import UsageError
from rashomon.sim.repertoire_realism.repertoire import Repertoire

__all__ = ["marginal_shuffle"]


def marginal_shuffle(
    real: Repertoire | Sequence[Repertoire], *, n: int | None = None, rng: np.random.Generator
) -> Repertoire:
    """Return receptors with V, J, length and residues drawn each for itself from real receptors.

    A peer's idea (simulators such as immuneSIM take gene usage and lengths as separate tables), in a few lines of our
    own: what it lacks against the data is all that goes together, such as residues that V and J fix.

    Parameters
    ----------
    real
        Repertoires from which to draw, all receptors alike. Never those that judge: its marginals would be theirs.
    n
        Receptors to draw; None: as many as are given.
    rng
        Random numbers.

    Returns
    -------
    Receptors, not all distinct. The first half of a junction (rounded up) is drawn by position from its start, the rest
    by position from its end, so that anchors stay; clone sizes are drawn likewise if all `real` have counts.

    Raises
    ------
    UsageError
        When there are no receptors to draw from.

    Examples
    --------
    >>> real = Repertoire(["CASSF", "CATTTF"], ["TRBV9", "TRBV2"], ["TRBJ1-1"] * 2)
    >>> made = marginal_shuffle(real, n=100, rng=np.random.default_rng(0))
    >>> made.n, sorted(set(made.v.tolist())), b"CASTF" in made.junction_aa.tolist()
    (100, [b'TRBV2', b'TRBV9'], True)
    """
    given = [real] if isinstance(real, Repertoire) else list(real)
    n_given = sum(one.n for one in given)
    if n_given == 0:
        raise UsageError("there are no receptors to draw from", where="marginal_shuffle")
    size = n_given if n is None else n
    v, j = (np.concatenate([getattr(one, name) for one in given]) for name in ("v", "j"))
    known = [one.counts for one in given if one.counts is not None]
    counts = rng.choice(np.concatenate(known), size) if len(known) == len(given) else None
    junctions = np.concatenate([one.junction_aa for one in given])
    return Repertoire(_shuffled(junctions, size, rng), rng.choice(v, size), rng.choice(j, size), counts, "shuffled")


def _shuffled(junctions: np.ndarray, n: int, rng: np.random.Generator) -> np.ndarray:
    letters = np.ascontiguousarray(junctions).view(np.uint8).reshape(junctions.size, -1)
    lengths = np.strings.str_len(junctions).astype(np.int64)
    drawn = rng.choice(lengths, n)
    found = np.zeros((n, letters.shape[1]), dtype=np.uint8)
    for at in range(letters.shape[1]):
        for place in (_from_start, _from_end):
            target, source = place(drawn, at), place(lengths, at)
            to, known = np.flatnonzero(target >= 0), np.flatnonzero(source >= 0)
            found[to, target[to]] = rng.choice(letters[known, source[known]], to.size) if to.size else 0
    return found.view(f"S{letters.shape[1]}").ravel()


def _from_start(lengths: np.ndarray, at: int) -> np.ndarray:
    """Return position `at` of the first half (rounded up) of each junction; -1 where it has none."""
    return np.where(at < (lengths + 1) // 2, at, -1)


def _from_end(lengths: np.ndarray, at: int) -> np.ndarray:
    """Return the position `at` from the end, of the second half; -1 where it has none."""
    return np.where(at < lengths // 2, lengths - 1 - at, -1)
