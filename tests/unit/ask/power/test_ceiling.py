"""What any method could find in a draw of a twin: the posterior of true parameters, cluster by cluster."""

import numpy as np
import pytest

from rashomon.ask.power.ceiling import ceiling_call, ceiling_of_draw
from rashomon.sim import World
from rashomon.sim.twin_step import fit_twin


@pytest.fixture(scope="module")
def fitted():
    """A twin of two groups whose codes are 4 and 6."""
    knobs = {"n_groups": 2, "n_genes": 120, "n_markers": 15, "effect_size": 2.0, "depth": 400.0, "rare_share": 0.3}
    drawn = World("two", knobs).sample(150, rng=3)
    codes = np.where(drawn.obs["type"] == "type_2", 4, 6).astype(np.int32)
    x = drawn.counts.astype(np.float32).tocsr()
    return fit_twin(x, codes, roles=[], null=False, max_obs=500, rng=np.random.default_rng(0))


def asked(twin, **knobs):
    """F1 of the oracle by code."""
    call = ceiling_call(replicate=0, n_obs=120, knobs=knobs)
    table, kind = ceiling_of_draw(twin, **call.params, rng=np.random.default_rng(1))
    assert kind[0] in {b"oracle", b"assisted oracle"}
    return dict(zip(table[:, 0].astype(int).tolist(), table[:, 1].tolist(), strict=True))


@pytest.mark.statistical  # half a minute
def test_every_cluster_has_a_ceiling_that_rises_with_strength(fitted):
    """Codes are those of the data; without differences no set of cells is better than all of them."""
    own, none = asked(fitted), asked(fitted, type_strength=0.0)
    assert set(own) == {4, 6}
    assert all(own[code] > none[code] for code in own)
    assert min(own.values()) > 0.8


def test_the_same_draw_has_the_same_ceiling(fitted):
    """Bit for bit."""
    assert asked(fitted) == asked(fitted)
