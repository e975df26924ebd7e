"""Posterior of the state of each cell, and what it says about any method: entropy and attainable accuracy."""

from __future__ import annotations

import numpy as np

from rashomon.core import UsageError, first_few

__all__ = ["check_posterior", "coarsen", "entropy", "expected_accuracy", "posterior"]

_TOLERANCE = 1e-6


def posterior(log_likelihood: np.ndarray, log_prior: np.ndarray) -> np.ndarray:
    """Return p(state | cell), shape ``(n_cells, n_states)``; every row sums to 1.

    Parameters
    ----------
    log_likelihood
        From `rashomon.sim.oracle.log_likelihood`, shape ``(n_cells, n_states)``.
    log_prior
        Logarithm of the probability of each state, up to a constant, shape ``(n_states,)``, or ``(n_cells, n_states)``
        where it depends on the cell (its donor, its sample); ``-inf`` excludes a state.

    Raises
    ------
    UsageError
        When shapes do not fit, a number is NaN, or no state can have produced a cell.

    Examples
    --------
    >>> posterior(np.log([[0.2, 0.1], [0.3, 0.3]]), np.log([0.5, 0.5])).round(3)
    array([[0.667, 0.333],
           [0.5  , 0.5  ]])
    """
    likelihood = np.asarray(log_likelihood, dtype=np.float64)
    prior = np.asarray(log_prior, dtype=np.float64)
    if likelihood.ndim != 2 or prior.shape not in {likelihood.shape, likelihood.shape[1:]}:
        raise UsageError(
            f"the prior has shape {prior.shape}, the likelihood {likelihood.shape}",
            where="posterior",
            expected="(n_states,) or (n_cells, n_states)",
        )
    joint = likelihood + prior
    top = joint.max(axis=1, keepdims=True)
    lost = np.flatnonzero(~np.isfinite(top[:, 0]))
    if lost.size:
        raise UsageError(
            "no state can have produced some cells",
            where=f"cells {first_few(lost)}",
            expected="a finite log-likelihood plus log prior in at least one state",
            fix="were these cells drawn from this world?",
        )
    weight = np.exp(joint - top)
    return np.asarray(weight / weight.sum(axis=1, keepdims=True))


def coarsen(posterior: np.ndarray, parent_of_state: np.ndarray, n_parents: int) -> np.ndarray:
    """Return the posterior of the parents of states: the sum over their leaves, shape ``(n_cells, n_parents)``.

    Parameters
    ----------
    posterior
        Shape ``(n_cells, n_states)``.
    parent_of_state
        Parent of each state, in [0, `n_parents`), shape ``(n_states,)``.
    n_parents
        Number of parents; one without states gets probability 0.

    Raises
    ------
    UsageError
        When a state has no parent.

    Examples
    --------
    >>> coarsen(np.array([[0.5, 0.25, 0.25]]), np.array([0, 0, 1]), 2)
    array([[0.75, 0.25]])
    """
    table, parents = np.asarray(posterior, dtype=np.float64), np.asarray(parent_of_state)
    if parents.shape != table.shape[1:] or (parents < 0).any() or (parents >= n_parents).any():
        raise UsageError(
            "parents do not fit the states", where="coarsen", expected=f"{table.shape[1]} numbers in [0, {n_parents})"
        )
    member = np.zeros((table.shape[1], n_parents))
    member[np.arange(parents.size), parents] = 1.0
    return np.asarray(table @ member)


def entropy(posterior: np.ndarray) -> np.ndarray:
    """Return what is left unknown about each cell, in nats, shape ``(n_cells,)``: 0 certain, log K nothing known.

    Parameters
    ----------
    posterior
        Shape ``(n_cells, n_states)``.

    Examples
    --------
    >>> entropy(np.array([[1.0, 0.0], [0.5, 0.5]])).round(4)
    array([0.    , 0.6931])
    """
    table = check_posterior(posterior)
    logs = np.log(table, out=np.zeros_like(table), where=table > 0)
    return np.asarray(np.maximum(-(table * logs).sum(axis=1), 0.0))


def expected_accuracy(posterior: np.ndarray) -> float:
    """Return the largest expected share of cells that any method can name right: the mean of the largest posterior.

    Parameters
    ----------
    posterior
        Shape ``(n_cells, n_states)``.

    Returns
    -------
    A number in [1 / n_states, 1]; NaN without cells. One minus the Bayes error.

    Examples
    --------
    >>> expected_accuracy(np.array([[0.9, 0.1], [0.4, 0.6]]))
    0.75
    """
    table = check_posterior(posterior)
    return float(table.max(axis=1).mean()) if table.shape[0] else float("nan")


def check_posterior(posterior: np.ndarray) -> np.ndarray:
    """Return a posterior as ``float64`` after checking that its rows are probabilities.

    Parameters
    ----------
    posterior
        Shape ``(n_cells, n_states)``, at least one state; the rows sum to 1 within 1e-6.

    Raises
    ------
    UsageError
        When it is no table of probabilities.

    Examples
    --------
    >>> check_posterior([[1, 0]])
    array([[1., 0.]])
    """
    table = np.ascontiguousarray(posterior, dtype=np.float64)
    if table.ndim != 2 or table.shape[1] == 0:
        raise UsageError(f"shape {table.shape}", where="posterior", expected="(n_cells, n_states)")
    wrong = ~((table >= 0).all(axis=1) & (np.abs(table.sum(axis=1) - 1.0) <= _TOLERANCE))
    if wrong.any():
        raise UsageError(
            "rows are no probabilities",
            where=f"posterior of cells {first_few(np.flatnonzero(wrong))}",
            expected="numbers in [0, 1] that sum to 1",
        )
    return table
