from functools import partial

import numpy as np

from rashomon.sim.repertoire_realism.sampler import recombination_sampler
from rashomon.sim.vdj import recombination_model, recombine


def test_chains_become_receptors_with_genes():
    """Junctions and genes are those of the chains drawn with the key that the generator gives."""
    model = recombination_model("human", "TRB")
    made = recombination_sampler(partial(recombine, model))(200, np.random.default_rng(3))
    chains = recombine(model, np.uint64(np.random.default_rng(3).integers(2**63)), np.arange(200))
    assert np.array_equal(made.junction_aa, chains.junction_aa)
    assert [name.decode() for name in made.v] == [model.v_names[code].partition("*")[0] for code in chains.v]
    assert [name.decode() for name in made.j] == [model.j_names[code].partition("*")[0] for code in chains.j]
    assert made.counts is None
