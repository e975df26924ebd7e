"""Receptor genes in the expression."""

import numpy as np
import pytest
from scipy import stats

from rashomon.sim import World
from rashomon.sim.repertoire.receptor_gene import receptor_gene_counts
from rashomon.sim.vdj import recombination_model

PAIRED = ("expression", "receptors")


def cells(n=500, **changes):
    knobs = {"loci": "TRA+TRB", "selection": "none", "receptor_gene_depth": 1.5, **changes}
    return World("genes", knobs, parts=PAIRED).scene(n, root=4).cells(np.arange(n))


@pytest.mark.parametrize("depth", [0.05, 1.5, 300.0])
def test_molecules_are_quantiles_of_a_poisson_law(depth):
    """They equal those of scipy for the same uniform numbers, chain by chain; other genes have none."""
    scene = cells(receptor_gene_depth=depth)
    counts, names = receptor_gene_counts(scene)
    dense, start = counts.toarray(), 0
    for arm, locus in (("vdj", "TRB"), ("vj", "TRA")):
        model = recombination_model("human", locus)
        assert names[start : start + len(model.v_genes)] == tuple(model.v_genes)
        part = dense[:, start : start + len(model.v_genes)]
        wanted = stats.poisson(depth).ppf(scene.chances(f"{arm} molecules")[:, 0])
        own = model.v_gene_codes[scene[arm]["v"]]
        np.testing.assert_array_equal(part[np.arange(500), own], wanted)
        np.testing.assert_array_equal(part.sum(axis=1), wanted)
        start += len(model.v_genes)
    assert counts.dtype == np.float32


def test_without_depth_there_are_no_genes():
    """No columns, so that the expression is as it was."""
    counts, names = receptor_gene_counts(cells(receptor_gene_depth=0.0))
    assert (counts.shape, names) == ((500, 0), ())
