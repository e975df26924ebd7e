"""The states among which an oracle chooses: types, or places on a continuum, with their prior and their classes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from rashomon.sim.node import Scene
from rashomon.sim.record import cell_table

__all__ = ["States", "states_of"]

_POINTS_PER_SEGMENT = 15
_MIN_POINTS = 40


@dataclass(frozen=True, eq=False)
class States:
    """What a cell may be.

    Parameters
    ----------
    values
        Nodes of a cell that make up its state, shape ``(n_states,)`` each.
    classes
        By truth: names of its classes, and the class of each state.
    """

    values: Mapping[str, np.ndarray]
    classes: Mapping[str, tuple[tuple[str, ...], np.ndarray]]

    @property
    def n(self) -> int:
        """Number of states."""
        return int(next(iter(self.values.values())).size)

    def log_prior(self, scene: Scene, donor: int, batch: int) -> np.ndarray:
        """Return the log probability of each state of a cell whose donor and batch are seen, up to a constant.

        Parameters
        ----------
        scene
            With its tables played.
        donor, batch
            Of the cell.
        """
        if "position" in self.values:
            return np.zeros(self.n)
        shares = scene["composition"][donor] * scene["batch_share"][donor, :, batch]
        with np.errstate(divide="ignore"):
            prior = np.log(shares)[self.values["type"]]
            if "depth_mode" in self.values:
                low = scene.knobs["low_share"]
                prior = prior + np.log(np.where(self.values["depth_mode"] == 0, low, 1.0 - low))
        return np.asarray(prior)


def states_of(scene: Scene, *, with_modes: bool) -> States | None:
    """Return the states of the cells of a world; None where there is nothing to tell apart.

    Parameters
    ----------
    scene
        With its tables played.
    with_modes
        Whether the two modes of the depth are states of their own, because the depth is not given.
    """
    if len(scene["path_profile"]):
        return _places(scene)
    if scene.n("type") < 2:
        return None
    types = np.arange(scene.n("type"))
    modes = np.arange(2) if with_modes and scene.knobs["depth_gap"] else None
    values = {"type": types if modes is None else np.repeat(types, 2)}
    if modes is not None:
        values["depth_mode"] = np.tile(modes, types.size)
    return States(values, _classes(scene, values, ("type", *(f"level_{j + 1}" for j in range(len(scene.tree.levels))))))


def _places(scene: Scene) -> States:
    n_segments, branching = int(scene.knobs["n_segments"]), scene.knobs["topology"] == "branching"
    # as many points in every segment, in the middle of equal intervals
    n = n_segments * max(_POINTS_PER_SEGMENT, -(-_MIN_POINTS // n_segments))
    n_branches = int(scene.knobs["n_branches"]) if branching else 1
    position = np.tile((np.arange(n) + 0.5) / n, n_branches)
    values = {"position": position, "branch": np.repeat(np.arange(n_branches), n)}
    return States(values, _classes(scene, values, ("segment", "branch") if branching else ("segment",)))


def _classes(
    scene: Scene, values: Mapping[str, np.ndarray], truths: tuple[str, ...]
) -> dict[str, tuple[tuple[str, ...], np.ndarray]]:
    """Return the classes of the states as the columns of the truths have them: one rule for cells and states."""
    n = next(iter(values.values())).size
    table, _ = cell_table(scene.cells(np.arange(n), role="state", given=values))
    return {
        name: (tuple(map(str, table[name].cat.categories)), table[name].cat.codes.to_numpy(np.int64))
        for name in truths
        if name in table
    }
