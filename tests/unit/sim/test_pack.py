"""A world as bytes comes back whole."""

import numpy as np

from rashomon.sim import World
from rashomon.sim.pack import pack_world, unpack_world

CELLS = World("two", {"n_groups": 2, "n_genes": 60, "n_markers": 10, "effect_size": 2.0, "n_batches": 2})
RECEPTORS = World("ten", {"n_donors": 2, "n_epitopes": 1, "binder_share": 0.5}, parts=("receptors",))


def test_packed_worlds_come_back_with_everything_that_decides_what_is_drawn():
    """Interventions and parts are kept, and equal worlds are equal bytes: they are part of keys."""
    world = CELLS.do(batch_effect=1.0, batch="batch_1")
    back = unpack_world(pack_world(world))
    assert (back.digest, back.done, back.turned, back.parts) == (world.digest, world.done, world.turned, world.parts)
    assert np.array_equal(pack_world(CELLS), pack_world(World("two", dict(CELLS.given))))
    assert unpack_world(pack_world(RECEPTORS)).parts == ("receptors",)
