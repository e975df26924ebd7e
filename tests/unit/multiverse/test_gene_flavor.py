"""Flavors name what the steps know."""

from typing import get_args

from rashomon.encode.count_gene import CountFlavor
from rashomon.encode.variable_gene import Flavor
from rashomon.multiverse.gene_flavor import GENE_FLAVORS


def test_flavors_are_those_of_the_steps():
    """Those on counts are known to the ranking of counts, the others to the choice on the matrix; none is left out."""
    on_counts = {name for name, record in GENE_FLAVORS.items() if record.on_counts}
    assert on_counts == set(get_args(CountFlavor))
    assert set(GENE_FLAVORS) - on_counts == set(get_args(Flavor))


def test_what_needs_counts_says_so():
    """A trend of counts, and residuals of them, are never looked for in logarithms."""
    assert GENE_FLAVORS["seurat_v3"].kinds == GENE_FLAVORS["pearson_residuals"].kinds == ("counts",)
    assert all(record.citation and record.summary for record in GENE_FLAVORS.values())
