import numpy as np

from rashomon.encode.rank import combine_ranks


def test_the_median_is_over_the_batches_in_which_a_gene_is_high(rng):
    """Brute force: rank in each batch, forget ranks from n_top on, take the median of the rest."""
    variance, n_top = rng.random((5, 30)), 8
    ranks, count = combine_ranks(variance, n_top=n_top)
    for gene in range(30):
        own = [int((batch > batch[gene]).sum()) for batch in variance]
        high = [rank for rank in own if rank < n_top]
        assert count[gene] == len(high)
        assert np.isnan(ranks[gene]) if not high else ranks[gene] == np.median(high)


def test_every_batch_has_as_many_high_genes_as_asked(rng):
    """The counts add up to n_top for each batch."""
    assert combine_ranks(rng.random((3, 40)), n_top=7)[1].sum() == 21
