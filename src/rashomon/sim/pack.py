"""A world as bytes, and back: so that it can be a slot of a plan."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np

from rashomon.sim.intervention import plain_values
from rashomon.sim.world import World

__all__ = ["pack_world", "unpack_world"]


def pack_world(world: World) -> np.ndarray:
    """Return `world` as bytes, ``uint8``; `unpack_world` reads it, and equal worlds give equal bytes.

    Examples
    --------
    >>> world = World("two", {"n_groups": 2})
    >>> unpack_world(pack_world(world)).digest == world.digest
    True
    """
    facts = {
        "name": world.name,
        "given": dict(world.given),
        "summary": world.summary,
        "n_obs": world.n_obs,
        "labels": {kind: list(names) for kind, names in world.labels.items()},
        "done": plain_values(world.done),
        "turned": list(world.turned),
        "parts": list(world.parts),
    }
    buffer = io.BytesIO()
    tables: dict[str, Any] = {f"table:{name}": table for name, table in world.fitted.items()}
    np.savez(buffer, facts=np.array(json.dumps(facts)), **tables)
    return np.frombuffer(buffer.getvalue(), dtype=np.uint8)


def unpack_world(packed: np.ndarray) -> World:
    """Return the world that `pack_world` made `packed` of."""
    with np.load(io.BytesIO(packed.tobytes()), allow_pickle=False) as file:
        facts = json.loads(str(file["facts"]))
        fitted = {name.removeprefix("table:"): file[name] for name in file.files if name.startswith("table:")}
    labels = {kind: tuple(names) for kind, names in facts["labels"].items()}
    parts, turned = tuple(facts["parts"]), tuple(facts["turned"])
    return World(
        facts["name"], facts["given"], facts["summary"], facts["n_obs"], fitted, labels, facts["done"], turned, parts
    )
