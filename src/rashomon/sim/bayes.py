"""The oracle of a world: the posterior of every truth given the counts, or given more where that has no closed form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import scipy.sparse as sp
from scipy.special import log_ndtr, xlogy

from rashomon.core.thread import run_threads
from rashomon.sim.block import cell_mixture
from rashomon.sim.expression.rate import log_rates
from rashomon.sim.knowable import availability
from rashomon.sim.node import Scene
from rashomon.sim.oracle import (
    Availability,
    Depth,
    DepthTable,
    KnownDepth,
    LogNormalDepth,
    PositionLimit,
    coarsen,
    log_likelihood,
    position_limit,
    posterior,
)
from rashomon.sim.simulation import Simulation
from rashomon.sim.state import States, states_of

__all__ = ["Oracle", "consult"]

_DEPTHS = 4001
_BLOCK = 64


@dataclass(frozen=True, eq=False)
class Oracle:
    """What can be known about each cell.

    Parameters
    ----------
    availability
        Whether the posterior is exact given the counts (``oracle``), given nuisances too (``assisted oracle``, an upper
        bound only), or does not exist, and why.
    posterior
        By truth: probability of each class, shape ``(n_cells, n_classes)``.
    classes
        By truth: names of its classes.
    position
        Of a continuum: the best estimates of position and their expected errors.
    """

    availability: Availability
    posterior: Mapping[str, np.ndarray]
    classes: Mapping[str, tuple[str, ...]]
    position: PositionLimit | None = None

    def labels(self, truth: str) -> pd.Categorical:
        """Return the most probable class of each cell under `truth`."""
        return pd.Categorical.from_codes(
            self.posterior[truth].argmax(axis=1), categories=pd.Index(self.classes[truth], dtype=object)
        )


def consult(simulation: Simulation) -> Oracle:
    """Return the posterior of every truth of simulated cells.

    Donor and batch of a cell are taken as seen. The depth is integrated out by quadrature where the oracle is exact,
    and given where it is assisted.

    Parameters
    ----------
    simulation
        The cells, with the world and the seed that made them.
    """
    scene = simulation.world.scene(simulation.n_obs, root=simulation.root)
    kind = availability(scene)
    states = states_of(scene, with_modes=kind.kind == "oracle") if kind.exists else None
    if states is None:
        return Oracle(kind, {}, {})
    cells = scene.cells(np.arange(simulation.n_obs))
    made = _exact if kind.kind == "oracle" else _assisted
    # receptor genes stand behind the others, and say nothing of the state
    of_states = made(simulation.counts[:, : scene.n("gene")], cells, states)
    found = {name: coarsen(of_states, code, len(names)) for name, (names, code) in states.classes.items()}
    limit = _position(of_states, states, period=1.0 if scene.knobs["topology"] == "cycle" else None)
    return Oracle(kind, found, {name: names for name, (names, _) in states.classes.items()}, limit)


def _position(of_states: np.ndarray, states: States, *, period: float | None) -> PositionLimit | None:
    """Return how near any method can come to the position of the cells of a continuum, whatever their branch."""
    if "position" not in states.values:
        return None
    points, point_of = np.unique(states.values["position"], return_inverse=True)
    return position_limit(coarsen(of_states, point_of, points.size), points, period=period)


def _exact(counts: sp.csr_matrix, cells: Scene, states: States) -> np.ndarray:
    """Return the posterior of the states where genes are independent given them: sample after sample."""
    found = np.empty((cells.units.size, states.n))
    kept = 1.0 - cells.knobs["swapping"]
    for sample in np.unique(cells["donor"] * cells.n("batch") + cells["batch"]):
        donor, batch = divmod(int(sample), cells.n("batch"))
        mine = np.flatnonzero((cells["donor"] == donor) & (cells["batch"] == batch))
        given = {"donor": np.full(states.n, donor), "batch": np.full(states.n, batch), **states.values}
        pure = cells.cells(np.arange(states.n), role="state", given=given)
        rows, row_of = log_rates(pure)
        log = log_likelihood(
            counts[mine],
            kept * np.exp(rows.astype(np.float64))[row_of],
            dispersion=cells["gene_dispersion"],
            depth=_depth_law(pure, cells["cell_depth"][mine]),
            ambient=_free_molecules(cells, sample, batch),
            extra_zeros=float(cells.knobs["extra_zeros"]),
        )
        found[mine] = posterior(log, states.log_prior(cells, donor, batch))
    return found


def _free_molecules(s: Scene, sample: int, batch: int) -> np.ndarray | None:
    parts = []
    if s.knobs["ambient"]:
        parts.append(s.knobs["ambient"] * s.knobs["depth"] * s["ambient_profile"][sample])
    if s.knobs["swapping"]:
        parts.append(s.knobs["swapping"] * s["swap_profile"][batch])
    return np.sum(parts, axis=0)[None, :] if parts else None


def _depth_law(pure: Scene, seen: np.ndarray) -> Depth:
    """Return the law of the depth in each state; where it has no spread, the depth is known."""
    knobs = pure.knobs
    spread = knobs["depth_sd"] > 0 or "depth_quantile" in pure.fitted
    if "cell_depth" in pure.done or not spread:
        # without spread the depth of a state is a number
        return KnownDepth(np.tile(pure["cell_depth"], (seen.size, 1)))
    if "depth_quantile" not in pure.fitted and knobs["depth_min"] == 0.0:
        return LogNormalDepth(_location(pure), knobs["depth_sd"])
    return DepthTable(_quantiles(pure))


def _location(pure: Scene) -> np.ndarray:
    """Return the centre of the log depth of each state: what its mechanism gives without spread."""
    still = replace(pure, knobs={**pure.knobs, "depth_sd": 0.0, "depth_min": 0.0})
    values = {name: value for name, value in pure.values.items() if pure.nodes[name].level == "cell"}
    del values["cell_depth"]
    return np.asarray(np.log(still.cells(pure.units, role="state", given=values)["cell_depth"]))


def _quantiles(pure: Scene) -> np.ndarray:
    """Return quantiles of the log depth of each state, from draws of its own mechanism."""
    tables = []
    for state in range(pure.units.size):
        given = {
            name: np.repeat(pure[name][[state]], _DEPTHS, axis=0)
            for name in ("donor", "batch", "type", "position", "branch", "depth_mode")
        }
        drawn = pure.cells(np.arange(_DEPTHS), role="depth law", given=given)["cell_depth"]
        tables.append(np.quantile(np.log(drawn), np.linspace(0, 1, 401)))
    return np.array(tables)


def _assisted(counts: sp.csr_matrix, cells: Scene, states: States) -> np.ndarray:
    """Return the posterior of the states given everything else about a cell; dense, in blocks of cells."""
    n = cells.units.size
    found = np.empty((n, states.n))
    sample = cells["donor"] * cells.n("batch") + cells["batch"]
    priors = {s: states.log_prior(cells, *divmod(int(s), cells.n("batch"))) for s in np.unique(sample)}

    def work(start: int) -> None:
        mine = np.arange(start, min(start + _BLOCK, n))
        x = counts[mine].toarray().astype(np.float64)
        log = np.stack(
            [_given_all(x, cells, mine, {k: v[j] for k, v in states.values.items()}) for j in range(states.n)]
        )
        prior = np.array([priors[s] for s in sample[mine]])
        found[mine] = posterior(log.T, prior)

    run_threads(work, range(0, n, _BLOCK))
    return found


def _given_all(x: np.ndarray, cells: Scene, mine: np.ndarray, state: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return log p(counts, depth | state, all else) of the cells in `mine`, up to a constant in the state."""
    own = {node.name: cells[node.name][mine] for node in cells.nodes.values() if node.level == "cell"}
    given = {**own, **{name: np.full(mine.size, value) for name, value in state.items()}}
    scene = cells.cells(cells.units[mine], given=given)
    means = cell_mixture(scene).means()
    log = _log_counts(x, means, cells["gene_dispersion"], cells.knobs["extra_zeros"])
    return np.asarray(log + _log_depth(scene))


def _log_counts(x: np.ndarray, means: np.ndarray, dispersion: np.ndarray, extra_zeros: float) -> np.ndarray:
    with np.errstate(divide="ignore"):
        sizes = 1.0 / dispersion
    poisson = np.isinf(sizes)
    bounded = np.where(poisson, 1.0, sizes)
    zero = np.where(poisson, -means, -bounded * np.log1p(means / bounded))
    law = zero + xlogy(x, np.where(poisson, means, means / (means + bounded)))
    if extra_zeros:
        law = np.where(x == 0, np.log(extra_zeros + (1.0 - extra_zeros) * np.exp(zero)), law)
    return np.asarray(law.sum(axis=1))


def _log_depth(scene: Scene) -> np.ndarray:
    """Return the log density of the given depths under the state; 0 where the state has no part in it."""
    knobs, log = scene.knobs, np.log(scene["cell_depth"])
    if len(scene["path_profile"]) or "cell_depth" in scene.done:
        return np.zeros(log.size)
    if "depth_quantile" in scene.fitted:
        return _log_table_density(scene, log)
    if knobs["depth_sd"] == 0.0:
        # the depth tells the type outright, and nothing can be said by densities
        return (
            np.where(np.isclose(log, _location(scene)), 0.0, -np.inf) if knobs["depth_by_type"] else np.zeros(log.size)
        )
    z = (log - _location(scene)) / knobs["depth_sd"]
    above = 0.0
    if knobs["depth_min"]:
        above = log_ndtr(-(np.log(knobs["depth_min"]) - _location(scene)) / knobs["depth_sd"])
    return np.asarray(-0.5 * z**2 - above)


def _log_table_density(scene: Scene, log: np.ndarray) -> np.ndarray:
    # all cells in play are of one state
    one = scene.cells(
        scene.units[:1], role="state", given={name: scene[name][:1] for name in ("donor", "batch", "type")}
    )
    edges = _quantiles(one)[0][::20]
    place = np.clip(np.searchsorted(edges, log) - 1, 0, edges.size - 2)
    return np.asarray(-np.log(np.maximum(np.diff(edges)[place], 1e-3)))
