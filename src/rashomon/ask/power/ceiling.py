"""What the best of all methods could find in a draw of the twin: the oracle's set of cells of every cluster."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from rashomon.core import Step
from rashomon.engine import Call

__all__ = ["CEILING", "KIND", "ceiling_call", "ceiling_of_draw"]

CEILING, KIND = "ceiling", "ceiling_kind"
"""Slots: code, F1 and recovery (0 or 1) of every planted cluster, shape ``(n_types, 3)``; and the kind of oracle."""

_CODE = "code_"


def ceiling_call(*, replicate: int, n_obs: int, knobs: Mapping[str, Any]) -> Call:
    """Return the call that asks the oracle of a fitted twin about cells of its own.

    Parameters
    ----------
    replicate
        Number of the draw.
    n_obs, knobs
        As in `rashomon.sim.twin_step.draw_call`.
    """
    step = Step("twin_ceiling", f"{__name__}:ceiling_of_draw", ("twin",), (CEILING, KIND), stochastic=True,
                stream=("replicate",), summary="What any method could find in a draw.")  # fmt: skip
    return Call(step, {"replicate": replicate, "n_obs": n_obs, "knobs": dict(knobs)})


def ceiling_of_draw(
    twin: np.ndarray, *, replicate: int, n_obs: int, knobs: dict[str, Any], rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return how well the posterior of the true parameters finds every cluster in cells that they made.

    Of the posterior, the set of cells with the largest expected F1 is taken (`rashomon.sim.detect.best.best_set`): in
    the mean no method that knows less does better. An assisted oracle, which knows what the counts do not say, is an
    upper bound that may be out of reach.

    Parameters
    ----------
    twin
        From `rashomon.sim.twin_step.fit_twin`.
    replicate, n_obs, knobs
        See `ceiling_call`.
    rng
        Seed of the draw.

    Returns
    -------
    Rows of `CEILING`, none where there is no oracle, and its kind: ``oracle``, ``assisted oracle`` or ``none``.
    """
    del replicate
    from rashomon.sim.bayes import consult
    from rashomon.sim.detect import recovery
    from rashomon.sim.detect.best import best_set
    from rashomon.sim.pack import unpack_world
    from rashomon.sim.world import World

    world = unpack_world(twin)
    world = World(world.name, {**world.given, **knobs}, world.summary, world.n_obs, world.fitted, world.labels)
    drawn = world.sample(n_obs, rng=int(rng.integers(2**63)))
    oracle = consult(drawn)
    kind = np.array([oracle.availability.kind], dtype="S16")
    rows = []
    for place, name in enumerate(oracle.classes.get("type", ())):
        member = (drawn.obs["type"] == name).to_numpy(dtype=bool)
        found = recovery(best_set(oracle.posterior["type"][:, place]).astype(np.int32), member)
        rows.append((int(str(name).removeprefix(_CODE)), found.f1, float(found.recovered)))
    return np.array(rows, dtype=np.float64).reshape(-1, 3), kind
