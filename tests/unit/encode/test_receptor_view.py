import numpy as np
import pytest
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer

from rashomon.core import UsageError
from rashomon.encode.packed import AMINO_ACIDS
from rashomon.encode.receptor_chain import selected_dtype
from rashomon.encode.receptor_view import kmer_view, residue_view
from rashomon.encode.residue_view import residue_means, residue_places

NONE = np.empty(0, dtype=selected_dtype(1, 1))


def chains(junctions, item=None):
    """Selected chains with these junctions."""
    table = np.zeros(len(junctions), dtype=selected_dtype(max(map(len, junctions)), 1))
    table["item"] = np.arange(len(junctions)) if item is None else item
    table["aa"] = [junction.encode() for junction in junctions]
    return table


def random_junctions(n, seed=0):
    """Junctions of 8 to 16 residues."""
    rng = np.random.default_rng(seed)
    letters = np.array(list(AMINO_ACIDS))
    return ["C" + "".join(letters[rng.integers(8, size=rng.integers(6, 15))]) + "F" for _ in range(n)]


def products(view):
    """Products of rows, which do not depend on signs."""
    return view.astype(np.float64) @ view.T.astype(np.float64)


def test_kmer_view_is_latent_semantic_analysis():
    """The view equals TfidfVectorizer and TruncatedSVD of scikit-learn, up to the signs of the dimensions."""
    junctions = random_junctions(80)
    view = kmer_view(chains(junctions), NONE, np.arange(80), n_dims=12)
    counted = TfidfVectorizer(analyzer="char", ngram_range=(3, 3), lowercase=False).fit_transform(junctions)
    expected = TruncatedSVD(12, algorithm="arpack").fit_transform(counted)
    np.testing.assert_allclose(np.abs(view), np.abs(expected), atol=2e-5)
    assert view.dtype == np.float32
    assert view.flags.c_contiguous


def test_paired_arms_stand_side_by_side():
    """Where nothing is left out, products of paired rows are the sums of those of the two arms."""
    # six different junctions per arm: thirteen dimensions hold everything
    beta, alpha = random_junctions(6), random_junctions(6, seed=1)
    items = np.arange(30)
    beta, alpha = chains([beta[item % 6] for item in items]), chains([alpha[item // 5] for item in items])
    both = kmer_view(beta, alpha, items, n_dims=13)
    apart = [kmer_view(beta, NONE, items, n_dims=6), kmer_view(NONE, alpha, items, n_dims=6)]
    np.testing.assert_allclose(products(both), products(apart[0]) + products(apart[1]), atol=1e-5)
    values = residue_view(beta, alpha, items)
    np.testing.assert_array_equal(
        values, np.hstack([residue_view(beta, NONE, items), residue_view(NONE, alpha, items)])
    )


def test_two_chains_of_an_item_are_averaged():
    """An item with two chains in an arm lies in the middle of them."""
    junctions = random_junctions(21)
    item = np.array([*range(20), 19])
    view = residue_view(chains(junctions, item), NONE, np.arange(20))
    each = residue_means(junctions, trim=(3, 3))
    np.testing.assert_allclose(view[:19], each[:19], rtol=1e-6)
    np.testing.assert_allclose(view[19], each[19:].mean(axis=0), rtol=1e-5)
    twice = kmer_view(chains([*junctions[:20], junctions[19]], item), NONE, np.arange(20), form="counts", n_dims=5)
    once = kmer_view(chains(junctions[:20]), NONE, np.arange(20), form="counts", n_dims=5)
    np.testing.assert_allclose(twice, once, atol=1e-5)


def test_rows_of_one_item_share_a_row():
    """There is a row per item, however many rows of the data it stands for."""
    junctions = random_junctions(10)
    items = np.array([0, 1, 1, 2, 3, 4, 5, 6, 6, 6, 7, 8, 9])
    assert kmer_view(chains(junctions), NONE, items, n_dims=3).shape == (10, 3)


def test_the_same_chains_give_the_same_bits():
    """Nothing is random, and equal junctions lie at one point."""
    junctions = [*random_junctions(40), *random_junctions(40)]
    first, second = (kmer_view(chains(junctions), NONE, np.arange(80), n_dims=10) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(first[:40], first[40:])


def test_dimensions_without_variance_are_zero():
    """Three different junctions fill three dimensions, and no more."""
    junctions = ["CASSLGQF", "CAWWWNEF", "CGGKKDTF"] * 5
    view = kmer_view(chains(junctions), NONE, np.arange(15), n_dims=6)
    assert (np.abs(view).max(axis=0) > 1e-3).tolist() == [True] * 3 + [False] * 3


def test_places_are_taken_where_asked_for():
    """With places, the view holds the factors place by place."""
    junctions = random_junctions(6)
    view = residue_view(chains(junctions), NONE, np.arange(6), factors="kidera", n_places=9, trim=1)
    np.testing.assert_array_equal(view, residue_places(junctions, factors="kidera", length=9, trim=(1, 1)))


def test_what_cannot_be_viewed_is_refused():
    """No chains, items without a chain, junctions of which nothing is left, and too many dimensions are errors."""
    some = chains(random_junctions(5))
    for view in (kmer_view, residue_view):
        with pytest.raises(UsageError, match="no chains to compare"):
            view(NONE, NONE, np.arange(5))
        with pytest.raises(UsageError, match="1 items have no chain"):
            view(some, NONE, np.arange(6))
    with pytest.raises(UsageError, match="5 dimensions of 5 items"):
        kmer_view(some, NONE, np.arange(5), n_dims=5)
    with pytest.raises(UsageError, match="1 junctions have no residue left") as caught:
        residue_view(chains(["CASSLGQF", "CASSLF"]), NONE, np.arange(2))
    assert "items 1" in str(caught.value)
