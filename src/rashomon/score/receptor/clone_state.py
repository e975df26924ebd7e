"""States of clones: in which expression clusters the cells of a clone are, and whether clones keep together."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import scipy.sparse as sp

from rashomon.score.halfsample import HalfSampleInterval, interval_around
from rashomon.score.item import check_codes, same_length
from rashomon.score.receptor.permutation import baseline, orders
from rashomon.score.split import MIN_BLOCKS, half_splits

__all__ = ["Coherence", "Expansion", "States", "clone_coherence", "clone_states", "state_expansion"]


class States(NamedTuple):
    """The states of clones.

    Parameters
    ----------
    profile
        Cells per clone and state, CSR, shape ``(n_clones, n_states)``.
    n_cells
        Cells per clone.
    main
        State that most of its cells are in; among equals the one that more cells have, then the first. -1 without cell.
    share
        Share of its cells that are in it, in [1 / states, 1]; NaN without cell.
    n_states
        States it has cells in.
    """

    profile: sp.csr_matrix
    n_cells: np.ndarray
    main: np.ndarray
    share: np.ndarray
    n_states: np.ndarray


class Coherence(NamedTuple):
    """How far the cells of a clone are in one state.

    Parameters
    ----------
    value
        Mean over clones of two cells or more of the share of cells in the main state, in (0, 1]; larger is more alike.
    low, high
        95 % interval from half-samples of donors where there are six, else of clones; NaN, with a reason, without.
    expected
        The mean of the value when the states of the cells change places within donors.
    p
        Share of these at least as large, from ``1 / (n_permutations + 1)``.
    of_clone
        The expected share of each clone, shape ``(n_clones,)``; NaN where it has fewer than two cells.
    n_clones, n_movable
        Clones with two cells or more, and those of donors with other cells in other states.
    over
        What the interval is over.
    reason
        Why there is no value, or no interval.
    """

    value: float
    low: float
    high: float
    expected: float
    p: float
    of_clone: np.ndarray
    n_clones: int
    n_movable: int
    over: str
    reason: str = ""


class Expansion(NamedTuple):
    """Expanded clones by state.

    Parameters
    ----------
    observed
        Sum over expanded clones of the share of their cells in each state, shape ``(n_states,)``.
    expected
        Its mean when clones of a donor change places.
    p
        Probability of at least as many.
    """

    observed: np.ndarray
    expected: np.ndarray
    p: np.ndarray


def clone_states(state: np.ndarray, clone: np.ndarray, *, n_states: int, n_clones: int) -> States:
    """Return in which states the cells of each clone are.

    Parameters
    ----------
    state
        Code of the state of each cell, shape ``(n,)``; cells with a negative code are left out.
    clone
        Code of its clone, shape ``(n,)``; negative: none, and the cell is left out.
    n_states, n_clones
        Numbers of codes.

    Examples
    --------
    >>> found = clone_states(np.array([1, 0, 1, 0]), np.array([0, 0, 0, 1]), n_states=2, n_clones=2)
    >>> found.main.tolist(), found.share.round(2).tolist(), found.n_states.tolist()
    ([1, 0], [0.67, 1.0], [2, 1])
    """
    states, clones = check_codes(state, where="state"), check_codes(clone, where="clone")
    same_length(states.size, clones.size, where="states and clones")
    some = (states >= 0) & (clones >= 0)
    ones = np.ones(int(some.sum()), dtype=np.int64)
    profile = sp.csr_matrix((ones, (clones[some], states[some])), shape=(n_clones, n_states))
    profile.sum_duplicates()
    n_cells = np.asarray(profile.sum(axis=1)).ravel().astype(np.int64)
    overall = np.bincount(states[some], minlength=n_states)
    row = np.repeat(np.arange(n_clones), np.diff(profile.indptr))
    # the largest first; among equals the more common state, then the lower code
    order = np.lexsort((profile.indices, -overall[profile.indices], -profile.data, row))
    first = order[np.diff(row[order], prepend=-1) > 0]
    main, share = np.full(n_clones, -1, dtype=np.int32), np.full(n_clones, np.nan)
    main[row[first]] = profile.indices[first]
    share[row[first]] = profile.data[first] / n_cells[row[first]]
    return States(profile, n_cells, main, share, np.diff(profile.indptr).astype(np.int64))


def clone_coherence(
    state: np.ndarray,
    clone: np.ndarray,
    donor: np.ndarray,
    *,
    n_permutations: int = 199,
    n_pairs: int = 100,
    rng: np.random.Generator,
) -> Coherence:
    """Measure whether the cells of a clone are in one state more than other cells of the same donor.

    Parameters
    ----------
    state, clone
        As in `clone_states`; every clone counts once, whatever its size.
    donor
        Donor of each cell, shape ``(n,)``, the same in all cells of a clone; negative: left out.
    n_permutations
        Permutations of the states of the cells within donors.
    n_pairs
        Pairs of half-samples.
    rng
        Random numbers.

    Returns
    -------
    The mean share of a clone in its main state, with what chance gives. Clones of a few cells have a high share by
    chance (at least a half, with two cells), so only the difference says something.

    Raises
    ------
    UsageError
        When the vectors differ in length, or hold no codes.

    Examples
    --------
    >>> clone = np.repeat(np.arange(40), 2)
    >>> zero = np.zeros(80, dtype=int)
    >>> found = clone_coherence(clone % 2, clone, zero, rng=np.random.default_rng(0))
    >>> found.value, 0.6 < found.expected < 0.9, found.p
    (1.0, True, 0.005)
    """
    codes = {"state": state, "clone": clone, "donor": donor}
    codes = {name: check_codes(values, where=name) for name, values in codes.items()}
    for name, values in codes.items():
        same_length(codes["state"].size, values.size, where=f"states and {name}")
    kept = np.logical_and.reduce([values >= 0 for values in codes.values()])
    states, clones, donors = (codes[name][kept].astype(np.int64) for name in ("state", "clone", "donor"))
    n_clones = int(codes["clone"].max(initial=-1)) + 1
    n_cells = np.bincount(clones, minlength=n_clones)
    large = np.flatnonzero(n_cells > 1)
    open_ = _open_donors(states, donors)
    home = np.zeros(n_clones, dtype=np.int64)
    home[clones] = donors
    movable = int(open_[home[large]].sum()) if large.size else 0
    unknown = np.full(n_clones, np.nan)
    if not movable:
        reason = "no clone has two cells" if not large.size else "cells of a donor do not differ in state"
        return Coherence(np.nan, np.nan, np.nan, np.nan, np.nan, unknown, large.size, 0, "", f"cannot tell: {reason}")
    value, draws, of_clone = _shares(states, clones, donors, large, n_permutations, rng)
    unknown[large] = of_clone
    beside = baseline(float(value.mean()), draws)
    over, units = _units(home[large])
    interval = _interval(value - of_clone, units, float(of_clone.mean()), n_pairs, rng)
    return Coherence(
        float(value.mean()), interval.low, interval.high, float(draws.mean()), beside.p, unknown, large.size, movable,
        over, interval.reason,
    )  # fmt: skip


def state_expansion(
    profile: sp.csr_matrix, donor: np.ndarray, *, n_permutations: int = 999, rng: np.random.Generator
) -> Expansion:
    """Test in which states expanded clones (two cells or more) are more than their donors explain.

    Parameters
    ----------
    profile
        Cells per clone and state (`clone_states`); every clone counts once, by the shares of its cells.
    donor
        Donor of each clone, shape ``(n_clones,)``.
    n_permutations
        Permutations of which clones of a donor are expanded.
    rng
        Random numbers.

    Returns
    -------
    One number per state. The test is against more than expected. Shares of several cells vary less than the state of
    one, so that the test is too strict rather than too lenient where clones spread over states; a main state instead
    would favour common ones.

    Examples
    --------
    >>> cells = sp.csr_matrix(np.array([[2, 0]] * 5 + [[0, 1]] * 15))
    >>> found = state_expansion(cells, np.zeros(20, dtype=int), rng=np.random.default_rng(0))
    >>> found.observed.tolist(), found.expected.tolist(), found.p.round(2).tolist()
    ([5.0, 0.0], [1.25, 3.75], [0.0, 1.0])
    """
    donors = check_codes(donor, where="donor")
    same_length(profile.shape[0], donors.size, where="clones and donors")
    n_cells = np.asarray(profile.sum(axis=1)).ravel()
    kept = np.flatnonzero((n_cells > 0) & (donors >= 0))
    some = sp.csr_matrix(profile[kept])
    shares = sp.csr_matrix(sp.diags(1.0 / n_cells[kept]) @ some)
    stratum = np.unique(donors[kept], return_inverse=True)[1]
    expanded = (n_cells[kept] > 1).astype(float)
    size = np.bincount(stratum, minlength=1)
    chance = np.bincount(stratum, weights=expanded, minlength=1) / np.maximum(size, 1)
    observed, expected = shares.T @ expanded, shares.T @ chance[stratum]
    as_many = np.zeros(observed.size)
    for order in orders(kept.size, strata=stratum, n_permutations=n_permutations, rng=rng):
        # sums of the same shares in another order may differ in the last bit
        as_many += shares.T @ expanded[order] >= observed - 1e-9
    return Expansion(observed, expected, (1 + as_many) / (n_permutations + 1))


def _open_donors(states: np.ndarray, donors: np.ndarray) -> np.ndarray:
    """Return which donors have cells in more than one state, by their code."""
    n = int(donors.max(initial=-1)) + 1
    pairs = np.unique(np.stack([donors, states]), axis=1)
    return np.asarray(np.bincount(pairs[0], minlength=n) > 1)


def _shares(
    states: np.ndarray,
    clones: np.ndarray,
    donors: np.ndarray,
    large: np.ndarray,
    n_permutations: int,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the share of each large clone, the mean of permutations, and the expected share of each clone."""
    place = np.full(int(clones.max()) + 1, -1, dtype=np.int64)
    place[large] = np.arange(large.size)
    member = np.flatnonzero(place[clones] >= 0)
    row, size = place[clones[member]], np.bincount(place[clones[member]], minlength=large.size)
    n_states = int(states.max()) + 1

    def shares(values: np.ndarray) -> np.ndarray:
        key = np.sort(row * n_states + values[member])
        first = np.flatnonzero(np.diff(key, prepend=-1))
        most = np.zeros(large.size)
        np.maximum.at(most, key[first] // n_states, np.diff(np.append(first, key.size)))
        return np.asarray(most / size)

    draws, total = [], np.zeros(large.size)
    for order in orders(states.size, strata=donors, n_permutations=n_permutations, rng=rng):
        drawn = shares(states[order])
        total += drawn
        draws.append(drawn.mean())
    return shares(states), np.array(draws), total / n_permutations


def _units(donors: np.ndarray) -> tuple[str, np.ndarray]:
    """Return what an interval is over, and the unit of each clone."""
    units = np.unique(donors, return_inverse=True)[1]
    if units.max() + 1 >= MIN_BLOCKS:
        return "donors", units
    return "clones of these donors", np.arange(donors.size)


def _interval(
    excess: np.ndarray, units: np.ndarray, expected: float, n_pairs: int, rng: np.random.Generator
) -> HalfSampleInterval:
    n_units = int(np.unique(units).size)
    if n_units < MIN_BLOCKS:
        reason = f"no interval: {n_units} clones, fewer than {MIN_BLOCKS}"
        return HalfSampleInterval(np.nan, np.nan, np.empty(0), reason)
    splits = half_splits(excess.size, n_pairs=n_pairs, blocks=units, rng=rng)
    draws = np.array([excess[split == half].mean() for split in splits for half in (0, 1)])
    found = interval_around(float(excess.mean()), draws, n_units=n_units)
    # a share never exceeds 1
    return found._replace(low=expected + found.low, high=min(1.0, expected + found.high))
