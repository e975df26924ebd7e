"""Memory is foretold from sizes: it grows with what is held, and is of the size that is measured."""

import pytest

from rashomon.multiverse import dense_bytes, expression_multiverse, peak_bytes
from tests.planted import blank, dataset


def test_dense_bytes_count_the_largest_choice_of_genes():
    """Eight bytes for each cell and chosen gene; "all" means every gene; an embedding makes nothing dense."""
    data = blank()
    assert dense_bytes(expression_multiverse(data), data) == 8 * data.n_obs * 2000
    small = blank(n_vars=300)
    assert dense_bytes(expression_multiverse(small), small) == 8 * small.n_obs * 300
    assert dense_bytes(expression_multiverse(data, use_rep="X_pca"), data) == 0


@pytest.mark.parametrize("budget", ["quick", "default"])
def test_the_peak_grows_with_the_data(budget):
    """Twice the cells need more, never more than twice as much; the libraries are always there."""
    sizes = [blank(n_obs) for n_obs in (10_000, 20_000)]
    one, two = (peak_bytes(expression_multiverse(data, budget=budget), data) for data in sizes)
    assert one < two < 2 * one
    assert one > 2 * dense_bytes(expression_multiverse(sizes[0], budget=budget), sizes[0])
    few = dataset()
    assert 2**27 < peak_bytes(expression_multiverse(few), few) < 2**29


def test_an_embedding_needs_no_dense_genes():
    """From an embedding only the graph counts."""
    data = blank(20_000)
    whole, start = expression_multiverse(data), expression_multiverse(data, use_rep="X_emb")
    assert peak_bytes(start, data) < peak_bytes(whole, data)
