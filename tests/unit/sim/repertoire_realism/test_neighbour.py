from itertools import combinations

import numpy as np
import pytest

from rashomon.sim.repertoire_realism.neighbour import curve_sizes, linked_genes, neighbour_number, neighbour_share
from rashomon.sim.repertoire_realism.prepared import UndefinedPropertyError
from rashomon.sim.repertoire_realism.repertoire import Repertoire
from tests.repertoire_sample import prepared, receptors


@pytest.fixture
def dense(rng):
    """Few residues, so that many are neighbours."""
    inner = rng.choice(list("AST"), (300, 5), p=[0.6, 0.2, 0.2])
    genes = rng.choice(["TRBV2", "TRBV9"], 300), rng.choice(["TRBJ1-1", "TRBJ2-7"], 300)
    (one,) = prepared(Repertoire(["C" + "".join(row) + "F" for row in inner], *genes), n=128)
    return one


def test_sizes_halve():
    """The last size is everything."""
    assert curve_sizes(128).tolist() == [2, 4, 8, 16, 32, 64, 128]


def test_curves_are_the_mean_over_all_subsamples(dense):
    """Pairs by enumeration, larger subsamples by drawing 3,000 of them, everything by counting."""
    n, linked = dense.drawn.n, set(zip(dense.links.i.tolist(), dense.links.j.tolist(), strict=True))
    share, number = neighbour_share(dense), neighbour_number(dense)
    pairs = list(combinations(range(n), 2))
    assert share[0] == pytest.approx(sum(pair in linked for pair in pairs) / len(pairs), rel=1e-9)
    assert number[0] == pytest.approx(share[0], rel=1e-9)
    assert share[-1] == pytest.approx((dense.degrees > 0).mean(), rel=1e-9)
    assert number[-1] == pytest.approx(dense.degrees.mean(), rel=1e-9)
    near = np.zeros((n, n), bool)
    near[dense.links.i, dense.links.j] = near[dense.links.j, dense.links.i] = True
    drawn = np.random.default_rng(3)
    for at, m in ((3, 16), (5, 64)):
        some = [drawn.permutation(n)[:m] for _ in range(3000)]
        found = [near[np.ix_(rows, rows)] for rows in some]
        shares = [one.any(axis=1).mean() for one in found]
        assert share[at] == pytest.approx(np.mean(shares), abs=4 * np.std(shares) / np.sqrt(3000))
        sums = [one.sum(axis=1).mean() for one in found]
        assert number[at] == pytest.approx(np.mean(sums), abs=4 * np.std(sums) / np.sqrt(3000))


def test_no_neighbours_are_a_curve_of_zeros(rng):
    """Receptors that are all alone have none at any size."""
    (one,) = prepared(receptors(70, rng))
    assert one.degrees.sum() == 0
    assert neighbour_share(one).tolist() == neighbour_number(one).tolist() == [0.0] * 7


def test_genes_of_links_are_counted(dense):
    """Shares of pairs with the same V and the same J."""
    pairs = list(zip(dense.links.i, dense.links.j, strict=True))
    expected = [np.mean([names[i] == names[j] for i, j in pairs]) for names in (dense.drawn.v, dense.drawn.j)]
    assert linked_genes(dense) == pytest.approx(expected)


def test_without_links_genes_of_links_are_undefined(rng):
    """There is nothing to take a share of."""
    with pytest.raises(UndefinedPropertyError, match="has no neighbours"):
        linked_genes(prepared(receptors(70, rng))[0])
