"""Variance shares of choices: how much of the spread of a score each choice explains, noise taken out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from rashomon.multiverse import Choice

__all__ = ["INTERACTIONS", "NOISE", "design_weights", "variance_shares"]

INTERACTIONS = "interactions"
NOISE = "seed (noise)"


def _level_keys(frame: pd.DataFrame, names: Sequence[str]) -> np.ndarray:
    """Return one integer per row for the combination of levels of `names`; a choice that does not apply is a level."""
    if not names:
        return np.zeros(len(frame), dtype=np.int64)
    # levels of mixed types are compared as text
    text = frame[list(names)].astype(object).map(str).agg("\x1f".join, axis=1)
    return pd.factorize(text)[0].astype(np.int64)


def design_weights(pipelines: pd.DataFrame, choices: Sequence[Choice]) -> np.ndarray:
    """Return the weight of each pipeline: at every choice, the levels that apply share the weight equally.

    Parameters
    ----------
    pipelines
        One row per pipeline, one column per choice; missing where a choice does not apply.
    choices
        In the order of the analysis.

    Returns
    -------
    Weights, shape ``(n_pipelines,)``, summing to 1.

    Examples
    --------
    >>> from rashomon.multiverse import Option
    >>> a = Choice("a", (Option("x", ""), Option("y", "")))
    >>> b = Choice("b", (Option(1, ""), Option(2, "")), within={"a": ("x",)})
    >>> design_weights(pd.DataFrame({"a": ["x", "x", "y"], "b": [1, 2, None]}), [a, b]).tolist()
    [0.25, 0.25, 0.5]
    """
    weights = np.ones(len(pipelines))
    prefix: list[str] = []
    for choice in choices:
        parent = _level_keys(pipelines, prefix)
        child = _level_keys(pipelines, [*prefix, choice.name])
        n_children = pd.Series(child).groupby(parent).nunique()
        weights /= n_children.loc[parent].to_numpy()
        prefix.append(choice.name)
    return np.asarray(weights / weights.sum())


def _averages(keys: np.ndarray, weights: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return, for each row, the weighted mean of `values` over its group."""
    total = np.bincount(keys, weights=weights)
    return np.asarray((np.bincount(keys, weights=weights * values) / total)[keys])


def _noise_gain(child: np.ndarray, parent: np.ndarray, weights: np.ndarray) -> float:
    """Return the expected weighted square of (group mean - parent mean) when values are unit-variance noise."""
    in_child, in_parent = np.bincount(child, weights=weights)[child], np.bincount(parent, weights=weights)[parent]
    squares = np.bincount(child, weights=weights**2)[child]
    squares_parent = np.bincount(parent, weights=weights**2)[parent]
    return float(
        np.sum(weights * (squares / in_child**2 - 2 * squares / (in_child * in_parent) + squares_parent / in_parent**2))
    )


def variance_shares(runs: pd.DataFrame, values: np.ndarray, choices: Sequence[Choice]) -> pd.DataFrame:
    """Split the variance of a score over a multiverse into main effects of choices, interactions and noise.

    The pipelines are the population: effects are fixed, seeds are replicates within a pipeline. A choice that applies
    only within levels of others enters as its variance within those levels. The share of noise expected by chance in
    every effect is subtracted, so a share can be slightly negative; the shares sum to 1 exactly.

    Parameters
    ----------
    runs
        One row per run with a column per choice and ``seed``.
    values
        The score of each run, shape ``(n_runs,)``; runs with NaN are left out (whole pipelines only if all fail).
    choices
        The choices of the multiverse in order; the one marked ``replicate`` is the noise.

    Returns
    -------
    One row per choice, then interactions and noise: ``choice``, ``variance``, ``share``, ``within``.

    Notes
    -----
    For pipeline means m_u of s_u seeds, weights w_u and the noise variance v (mean within-pipeline variance):
    V_F = sum_u w_u (E[m | levels of F, and of the choices F lies within] - E[m | those choices])^2 - v g_F, where g_F
    is the value of the sum for unit noise. Interactions are what is left of sum_u w_u (m_u - mean)^2, less its noise.
    """
    factors = [choice for choice in choices if not choice.replicate]
    names = [choice.name for choice in factors]
    table = runs[names].assign(value=values)[np.isfinite(values)].reset_index(drop=True)
    if table.empty:
        undefined = pd.DataFrame({"choice": [*names, INTERACTIONS, NOISE], "variance": np.nan, "within": ""})
        return undefined.assign(share=np.nan)
    keys = _level_keys(table, names)
    grouped = table.groupby(keys)["value"]
    first = ~pd.Series(keys).duplicated().to_numpy()
    pipelines, order = table[first], keys[first]
    means, sizes = grouped.mean().loc[order].to_numpy(), grouped.size().loc[order].to_numpy()
    within = grouped.var(ddof=1).loc[order].to_numpy()
    weights = design_weights(pipelines, factors)
    repeated = sizes > 1
    noise = float(np.average(within[repeated], weights=weights[repeated])) if repeated.any() else 0.0
    rows, per_pipeline = [], noise / float(np.average(sizes, weights=weights))
    spread = means - np.average(means, weights=weights)
    everything = np.arange(len(means))
    left = float(np.sum(weights * spread**2)) - per_pipeline * _noise_gain(
        everything, np.zeros_like(everything), weights
    )
    for choice in factors:
        # a choice with one level left was taken out of `choices`: lying within it is no condition
        outer = [name for name in choice.within if name in names]
        parent, child = _level_keys(pipelines, outer), _level_keys(pipelines, [*outer, choice.name])
        effect = _averages(child, weights, means) - _averages(parent, weights, means)
        variance = float(np.sum(weights * effect**2)) - per_pipeline * _noise_gain(child, parent, weights)
        rows.append((choice.name, variance, ", ".join(outer)))
        left -= variance
    rows += [(INTERACTIONS, left, ""), (NOISE, noise, "")]
    result = pd.DataFrame(rows, columns=["choice", "variance", "within"])
    total = result["variance"].sum()
    return result.assign(share=result["variance"] / total if total > 0 else np.nan)
