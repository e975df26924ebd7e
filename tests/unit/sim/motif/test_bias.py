import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.sim.motif.bias import NO_BIAS, GeneBias

NAMES, USAGE = ["TRBV19*01", "TRBV19*02", "TRBV9*01"], np.array([0.1, 0.1, 0.8])


def test_usage_moves_from_generation_to_the_preferred_gene():
    """At strength s the preferred gene has ``(1 - s)`` of its usage and ``s``; its alleles keep their ratio."""
    for strength in (0.25, 1.0):
        found = GeneBias(("TRBV19",), strength).shares(NAMES, USAGE)
        assert found.sum() == pytest.approx(1)
        assert found[:2].sum() == pytest.approx((1 - strength) * 0.2 + strength)
        assert found[0] == pytest.approx(found[1])


def test_no_bias_is_generation():
    """Without preferred genes the usage is that of generation, in an array of its own."""
    found = NO_BIAS.shares(NAMES, USAGE)
    assert found.tolist() == USAGE.tolist()
    assert found is not USAGE


def test_bias_without_genes_is_refused():
    """A strength needs genes, genes need a strength, and the genes must be generated."""
    for genes, strength in (((), 0.5), (("TRBV19",), 0.0), (("TRBV19",), 1.5)):
        with pytest.raises(UsageError, match="a strength of"):
            GeneBias(genes, strength)
    with pytest.raises(UsageError, match="none of TRBV2 is ever generated"):
        GeneBias(("TRBV2",), 0.5).shares(NAMES, USAGE)
