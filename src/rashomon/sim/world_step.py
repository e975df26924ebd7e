"""A world as steps of a plan: cells are drawn in place of the data, and the oracle says what can be known of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from rashomon.core import Step
from rashomon.core.labels import MISSING
from rashomon.dataset import Dataset, Roles
from rashomon.engine import Call
from rashomon.multiverse import slots_of
from rashomon.sim.bayes import consult
from rashomon.sim.judge_receptor import receptors_of
from rashomon.sim.pack import unpack_world
from rashomon.sim.part import EXPRESSION
from rashomon.sim.simulation import Simulation

__all__ = [
    "BAYES",
    "TRUTHS",
    "WORLD_SLOT",
    "Sample",
    "dataset_of",
    "oracle_call",
    "sample_call",
    "sample_world",
    "world_oracle",
]

WORLD_SLOT = "world"
"""Slot at the root of such a plan: the world itself, as bytes."""

TRUTHS = "truths"
"""Slot of the true classes of every row that was drawn, ``int32``, shape ``(n_truths, n_rows)``; ``-2`` unknown."""

BAYES = "bayes"
"""Slot of the most probable classes given the counts, in the same shape; ``-2`` where a truth has no oracle."""

_CELLS = ("x", "genes", "gene_flags", "rows")
_RECEPTORS = ("receptors", "rows", "owner", "species", "v_names", "j_names", "v_raw_names", "j_raw_names")
_ROLES = ("donor", "batch")


@dataclass(frozen=True)
class Sample:
    """Which cells are drawn.

    Parameters
    ----------
    seed
        Seed of the cells: ``world.sample(n_obs, rng=seed)`` draws the same. Samples of one seed with other knobs share
        all random numbers that these knobs cannot reach.
    n_obs
        Number of cells.
    knobs
        Knobs that are given to the world at the root, in place of its own.
    """

    seed: int
    n_obs: int
    knobs: Mapping[str, Any]

    @property
    def params(self) -> dict[str, Any]:
        """The sample as parameters of a step."""
        return {"seed": self.seed, "n_obs": self.n_obs, "knobs": dict(self.knobs)}


def sample_call(sample: Sample, *, truths: Sequence[str], receptors: bool) -> Call:
    """Return the call that draws `sample` from the world at the root, in place of the data.

    Parameters
    ----------
    sample
        What is drawn.
    truths
        Names of the truths in the slot `TRUTHS`.
    receptors
        Whether the rows are the unique receptors of each donor, not cells.

    Returns
    -------
    A call that writes all slots of `rashomon.multiverse.slots_of`, ``copies`` excepted, and `TRUTHS`; steps of a
    pipeline may follow. ``donor`` and ``batch`` are all zero where the world has one.
    """
    writes = (*(_RECEPTORS if receptors else _CELLS), *_ROLES, TRUTHS)
    step = Step("sample_world", f"{__name__}:sample_world", (WORLD_SLOT,), writes, summary="Draw cells of a world.")
    return Call(step, {**sample.params, "truths": list(truths)})


def oracle_call(sample: Sample, *, truths: Sequence[str]) -> Call:
    """Return the call that asks the oracle of a world of cells about `sample`; it writes `BAYES`.

    Parameters
    ----------
    sample, truths
        As in `sample_call`.
    """
    step = Step("world_oracle", f"{__name__}:world_oracle", (WORLD_SLOT,), (BAYES,), summary="Ask the oracle.")
    return Call(step, {**sample.params, "truths": list(truths)})


def sample_world(
    world: np.ndarray, *, seed: int, n_obs: int, knobs: dict[str, Any], truths: list[str]
) -> tuple[Any, ...]:
    """Return the slots of a sample, in the order of `sample_call`.

    Parameters
    ----------
    world
        From `rashomon.sim.pack.pack_world`.
    seed, n_obs, knobs
        See `Sample`.
    truths
        Names; a world that has no such truth gives ``-2``.

    Raises
    ------
    UsageError
        When the knobs are impossible together, or there are more types than cells.
    """
    dataset = dataset_of(world, Sample(seed, n_obs, knobs))
    slots: dict[str, Any] = slots_of(dataset)
    none = np.zeros(dataset.n_obs, dtype=np.int32)
    codes = [dataset.truths[name].codes if name in dataset.truths else none + MISSING for name in truths]
    found = np.array(codes, dtype=np.int32).reshape(len(truths), dataset.n_obs)
    names = _CELLS if dataset.expression is not None else _RECEPTORS
    return (*(slots[name] for name in names), *(slots.get(role, none) for role in _ROLES), found)


def world_oracle(world: np.ndarray, *, seed: int, n_obs: int, knobs: dict[str, Any], truths: list[str]) -> np.ndarray:
    """Return the most probable class of each cell under each truth, as `BAYES` says.

    Parameters
    ----------
    world, seed, n_obs, knobs, truths
        As in `sample_world`.
    """
    simulated = _drawn(world.tobytes(), json.dumps(knobs, sort_keys=True), n_obs, seed)
    posterior = consult(simulated).posterior
    none = np.full(simulated.n_obs, MISSING, dtype=np.int32)
    found = [posterior[name].argmax(axis=1) if name in posterior else none for name in truths]
    return np.array(found, dtype=np.int32).reshape(len(truths), simulated.n_obs)


def dataset_of(world: np.ndarray, sample: Sample) -> Dataset:
    """Return a sample as every other room takes it: cells, or unique receptors where the world has no expression.

    Truths named ``donor`` and ``batch`` have these roles, too.

    Parameters
    ----------
    world
        From `rashomon.sim.pack.pack_world`.
    sample
        What is drawn.
    """
    return _dataset(world.tobytes(), json.dumps(dict(sample.knobs), sort_keys=True), sample.n_obs, sample.seed)


# the oracle and the scores of all pipelines ask for the sample that was drawn last
@lru_cache(maxsize=2)
def _drawn(world: bytes, knobs: str, n_obs: int, seed: int) -> Simulation:
    base = unpack_world(np.frombuffer(world, dtype=np.uint8))
    turned = replace(base, given={**base.given, **json.loads(knobs)})
    return turned.sample(n_obs, rng=seed)


@lru_cache(maxsize=2)
def _dataset(world: bytes, knobs: str, n_obs: int, seed: int) -> Dataset:
    simulated = _drawn(world, knobs, n_obs, seed)
    if EXPRESSION not in simulated.world.parts:
        return receptors_of(simulated)
    dataset = simulated.dataset
    known = {role: dataset.truths[role] for role in _ROLES if role in dataset.truths}
    return replace(dataset, roles=Roles(**known))
