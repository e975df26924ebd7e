"""Twins as steps of a plan: fit a world to the counts at the root once, then draw and cluster it many times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp

from rashomon.core import Step, UsageError
from rashomon.dataset import Dataset, Expression, Roles, Truth, TruthKind
from rashomon.engine import Call
from rashomon.sim.pack import pack_world, unpack_world
from rashomon.sim.twin import fit
from rashomon.sim.world import World

__all__ = ["PLANTED", "TYPES", "draw_call", "draw_twin", "fit_call", "fit_twin", "twin_roles"]

PLANTED = "planted"
"""Slot of the types that the cells of a draw truly have, ``int32`` codes."""

TYPES = "types"
"""Slot of the types that a twin is fitted with."""

_FEWEST = 10
"""Cells that a type must have to be fitted."""
_ROLES = ("donor", "batch")

_CODE = "code_"
"""Names of the levels of a twin are the codes of the data, so that draws have the same codes, absent ones or not."""


def twin_roles(dataset: Dataset) -> tuple[str, ...]:
    """Return the roles of `dataset` that its twin has: those of ``donor`` and ``batch`` with two levels or more."""
    columns = {role: truth for role, truth in dataset.roles if role in _ROLES}
    return tuple(role for role in _ROLES if role in columns and _n_levels(columns[role].codes) > 1)


def fit_call(roles: Sequence[str], *, null: bool, types: str = TYPES, max_obs: int = 2000) -> Call:
    """Return the call that fits a twin to the slots at the root.

    Parameters
    ----------
    roles
        From `twin_roles`; their slots are read.
    null
        One population. Else the slot `types` is read: ``int32`` codes of the cells' types, below 0 where unknown, which
        the question adds to the root.
    types
        Name of that slot.
    max_obs
        Cells that the twin is fitted to; a random part where there are more.
    """
    reads = ("x", *roles, *(() if null else (types,)))
    step = Step("fit_twin", f"{__name__}:fit_twin", reads, ("twin",), stochastic=True, summary="Fit a world to counts.")
    return Call(step, {"roles": list(roles), "null": null, "max_obs": max_obs})


def draw_call(
    roles: Sequence[str],
    *,
    replicate: int,
    n_obs: int | None = None,
    knobs: Mapping[str, Any] | None = None,
    do: Mapping[str, Any] | None = None,
) -> Call:
    """Return the call that draws cells of a fitted twin in place of the data.

    It writes ``x``, ``rows``, `PLANTED` and the slots of `roles`; the genes are those of the root. Steps of a pipeline
    may follow as on the data.

    Parameters
    ----------
    roles
        As in `fit_call`.
    replicate
        Number of the draw; draws of different knobs with one number share their random numbers.
    n_obs
        Number of cells; as many as the twin was fitted to when None.
    knobs
        Knobs that are given to the world (`rashomon.sim.KNOBS`): ``{"effect_size": 1.0}``.
    do
        An intervention, as keywords of `World.do`: ``{"batch_effect": 0}``.
    """
    writes = ("x", "rows", PLANTED, *roles)
    step = Step("draw_twin", f"{__name__}:draw_twin", ("twin",), writes, stochastic=True, stream=("replicate",),
                summary="Draw cells of a fitted world.")  # fmt: skip
    return Call(
        step,
        {
            "roles": list(roles),
            "replicate": replicate,
            "n_obs": n_obs,
            "knobs": dict(knobs or {}),
            "do": dict(do or {}),
        },
    )


def fit_twin(
    x: sp.csr_matrix, *codes: np.ndarray, roles: list[str], null: bool, max_obs: int, rng: np.random.Generator
) -> np.ndarray:
    """Return a world fitted to counts, as bytes; `rashomon.sim.pack.unpack_world` reads it.

    Parameters
    ----------
    x
        Counts, CSR, shape ``(n_cells, n_genes)``.
    *codes
        Codes of `roles` and, unless `null`, of the types, each of shape ``(n_cells,)``.
    roles, null, max_obs
        See `fit_call`.
    rng
        Chooses the cells, and is the seed of the fit.
    """
    kept = np.arange(x.shape[0])
    if kept.size > max_obs:
        kept = np.sort(rng.choice(kept, max_obs, replace=False))
    named = dict(zip((*roles, *(() if null else (TYPES,))), codes, strict=True))
    if TYPES in named:
        named[TYPES] = _large(named[TYPES], kept)
    truths = {name: _truth(name, values[kept]) for name, values in named.items()}
    obs = pd.DataFrame(index=pd.RangeIndex(kept.size).astype(str))
    genes = np.array([f"gene_{j}" for j in range(x.shape[1])], dtype=object)
    dataset = Dataset(
        obs,
        Expression(sp.csr_matrix(x[kept]), genes, "counts"),
        truths={name: truth for name, truth in truths.items() if name == TYPES},
        roles=Roles(**{role: truths[role] for role in roles}),
        source="the data",
    )
    world = fit(dataset, None if null else TYPES, null=null, rng=int(rng.integers(2**63)))
    return pack_world(world)


def draw_twin(
    twin: np.ndarray,
    *,
    roles: list[str],
    replicate: int,
    n_obs: int | None,
    knobs: dict[str, Any],
    do: dict[str, Any],
    rng: np.random.Generator,
) -> tuple[Any, ...]:
    """Return counts, positions, planted types and the codes of `roles` of one draw.

    Parameters
    ----------
    twin
        From `fit_twin`.
    roles, replicate, n_obs, knobs, do
        See `draw_call`.
    rng
        Seed of the draw.

    Raises
    ------
    UsageError
        When a knob is unknown or out of range.
    """
    del replicate
    world = unpack_world(twin)
    world = World(world.name, {**world.given, **knobs}, world.summary, world.n_obs, world.fitted, world.labels)
    world = world.do(**do) if do else world
    simulated = world.sample(n_obs, rng=int(rng.integers(2**63)))
    table = simulated.obs
    of = {role: _codes(table, role) for role in roles}
    rows = np.arange(simulated.n_obs, dtype=np.int64)
    return (simulated.counts, rows, _codes(table, "type"), *of.values())


def _large(codes: np.ndarray, kept: np.ndarray) -> np.ndarray:
    """Return codes in which types with too few cells to estimate a profile from are unassigned."""
    sizes = np.bincount(codes[kept][codes[kept] >= 0], minlength=int(codes.max(initial=-1)) + 1)
    return np.where((codes >= 0) & (sizes[np.maximum(codes, 0)] >= _FEWEST), codes, -1) if sizes.size else codes


def _truth(name: str, codes: np.ndarray) -> Truth:
    if codes.max(initial=-1) < 0:
        raise UsageError(f"no cell has a known {name}", where="twin", expected="labels", fix=f"declare another {name}")
    used, compact = np.unique(codes[codes >= 0], return_inverse=True)
    found = np.full(codes.size, -1, dtype=np.int32)
    found[codes >= 0] = compact
    kind: TruthKind = "annotation" if name == TYPES else "technical"
    return Truth(name, kind, found, tuple(f"{_CODE}{code}" for code in used))


def _n_levels(codes: np.ndarray) -> int:
    return int(np.unique(codes[codes >= 0]).size)


def _codes(table: pd.DataFrame, column: str) -> np.ndarray:
    """Return the codes of a column of truths, as in the data; one class where the world has no such column."""
    if column not in table:
        return np.zeros(len(table), dtype=np.int32)
    names = map(str, table[column].cat.categories)
    # types that a knob plants have names of the world
    code = [int(name.removeprefix(_CODE)) if name.startswith(_CODE) else place for place, name in enumerate(names)]
    return np.asarray(code, dtype=np.int32)[table[column].cat.codes.to_numpy()]
