"""Whether the truth about a cell can be told from its counts at best, and in what sense."""

from __future__ import annotations

from rashomon.sim.mechanism import KNOBS
from rashomon.sim.node import Scene
from rashomon.sim.oracle import Availability
from rashomon.sim.part import EXPRESSION, RECEPTORS
from rashomon.sim.state import states_of

__all__ = ["availability"]

_LATENT = {
    "programme": "programme_profile",
    "factor": "loading",
    "cycle": "cycle_profile",
    "stress": "stress_profile",
}
"""Nodes of cells that no method sees, and the table without which they do nothing."""

_LINKED = ("state_link", "expansion_state")
"""Knobs that tie the type of a cell to its clone."""


def availability(scene: Scene) -> Availability:
    """Return what kind of oracle a world has.

    Parameters
    ----------
    scene
        With its tables played.
    """
    if EXPRESSION not in scene.parts:
        return Availability("none", reason="receptors have no likelihood here: sequences are generated, not measured")
    if RECEPTORS in scene.parts and any(scene.knobs[name] != KNOBS[name].neutral for name in _LINKED):
        return Availability("none", reason="clones say something of the type of a cell, beyond its counts")
    if states_of(scene, with_modes=False) is None:
        return Availability("none", reason="there is one type and no continuum")
    fixed = {"type", "position", "branch"} & set(scene.done)
    if fixed:
        return Availability("none", reason=f"{', '.join(sorted(fixed))} was set by an intervention")
    if scene.knobs["depth"] == 0.0:
        return Availability("none", reason="there are no counts")
    hidden = [node for node, table in _LATENT.items() if len(scene[table]) and node not in scene.done]
    doubled = scene.done.get("doublet", scene.knobs["doublet_rate"] > 0)
    given = (*hidden, *(("doublet", "its second cell") if doubled else ()))
    return Availability("assisted oracle", given=(*given, "depth")) if given else Availability("oracle")
