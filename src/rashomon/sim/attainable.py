"""What any method could reach: Bayes labels beside the truths, and the ceiling of every chance-corrected score."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd

from rashomon.core import RNGLike
from rashomon.dataset import Ceiling
from rashomon.score import SCORES
from rashomon.sim.bayes import Oracle, consult
from rashomon.sim.oracle import ceilings
from rashomon.sim.simulation import Simulation

__all__ = ["CEILING_SCORES", "attainable", "bayes_column", "with_oracle"]

CEILING_SCORES = tuple(
    name
    for name, each in SCORES.items()
    if each.needs == "labels" and each.against == "truth" and each.chance_corrected
)
"""Scores with a ceiling worth stating: the others can be had for nothing by splitting or merging."""


def bayes_column(truth: str) -> str:
    """Return the name of the column of the most probable classes.

    Examples
    --------
    >>> bayes_column("type")
    'bayes_type'
    """
    return f"bayes_{truth}"


def attainable(oracle: Oracle, *, n_draws: int = 100, rng: RNGLike = 0) -> tuple[Ceiling, ...]:
    """Return the ceiling of every chance-corrected score under every truth that has a posterior.

    A continuum has none: its segments are cut by convention, and what bounds every method there is the error of the
    position, `Oracle.position`.

    Parameters
    ----------
    oracle
        From `consult`.
    n_draws
        Draws of the truth behind each ceiling, and as many to choose the labels.
    rng
        Seed of the draws.
    """
    found: list[Ceiling] = []
    if oracle.position is not None:
        return ()
    for truth, posterior in oracle.posterior.items():
        for name, each in ceilings(posterior, CEILING_SCORES, n_draws=n_draws, rng=rng).items():
            if not math.isnan(each.value):
                chance = float(SCORES[name].chance or 0.0)
                found.append(
                    Ceiling(truth, name, each.value, each.standard_error, chance, each.rule, posterior.shape[0])
                )
    return tuple(found)


def with_oracle(simulation: Simulation, *, n_draws: int = 100, rng: RNGLike = 0) -> Simulation:
    """Return the simulation with what its oracle says: Bayes labels, their probability, the posterior, and ceilings.

    Parameters
    ----------
    simulation
        Cells of a world.
    n_draws, rng
        As in `attainable`.

    Returns
    -------
    The same cells, with columns ``bayes_{truth}`` and ``bayes_{truth}_probability``, declared as made from the
    expression, so that they can never win a comparison; where a world has no oracle, nothing is added.

    Examples
    --------
    >>> from rashomon.sim.world import World
    >>> knobs = {"n_groups": 2, "n_genes": 60, "n_markers": 10, "effect_size": 3.0, "depth": 300.0}
    >>> found = with_oracle(World("two", knobs).sample(40, rng=1), n_draws=10)
    >>> bool((found.obs["bayes_type"] == found.obs["type"]).mean() > 0.9), found.ceilings[0].score
    (True, 'ari')
    """
    oracle = consult(simulation)
    if not oracle.posterior:
        return simulation
    columns: dict[str, object] = {}
    declared = dict(simulation.declared)
    for truth, posterior in oracle.posterior.items():
        columns[bayes_column(truth)] = oracle.labels(truth)
        columns[f"{bayes_column(truth)}_probability"] = posterior.max(axis=1)
        declared[bayes_column(truth)] = "mechanism:expression"
    if oracle.position is not None:
        columns["bayes_position"] = oracle.position.median
    obs = pd.concat([simulation.obs, pd.DataFrame(columns, index=simulation.obs.index)], axis=1)
    return replace(
        simulation,
        obs=obs,
        declared=declared,
        position_error=None if oracle.position is None else oracle.position.absolute_error,
        obsm={bayes_column(truth): np.asarray(values, np.float32) for truth, values in oracle.posterior.items()},
        ceilings=attainable(oracle, n_draws=n_draws, rng=rng),
    )
