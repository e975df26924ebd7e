"""Molecules per chain."""

import numpy as np
import pytest
from scipy import stats

from rashomon.core import UsageError
from rashomon.dataset import GeneCalls
from rashomon.sim.readout import own_chains, umi_counts
from rashomon.sim.readout.umi_count import molecules
from rashomon.sim.stream import stream_key

KEY = stream_key(6, "umis")


def pairs(n):
    calls = GeneCalls(np.zeros(2 * n, dtype=np.int32), ("TRBV9*01",))
    junction = np.full(2 * n, b"TGTGCATTT")
    return own_chains(np.repeat(np.arange(n), 2), np.tile([0, 1], n), junction, v=calls, j=calls)


@pytest.mark.parametrize("dispersion", [0.0, 0.8])
def test_counts_follow_the_law_of_each_arm(dispersion):
    """Beta and alpha chains have negative binomial counts of their means (chi-square against scipy, p > 1e-4)."""
    chains = umi_counts(pairs(20_000), KEY, vdj=4.0, vj=1.5, dispersion=dispersion)
    for arm, mean in ((0, 4.0), (1, 1.5)):
        size = 1 / dispersion if dispersion else 1e9
        law = stats.nbinom(size, size / (size + mean)).pmf(np.arange(12))
        counts = np.bincount(np.minimum(chains.umis[chains.arm == arm], 12), minlength=13)
        kept = law * 20_000 > 5
        observed = np.append(counts[:12][kept], counts.sum() - counts[:12][kept].sum())
        assert stats.chisquare(observed, 20_000 * np.append(law[kept], 1 - law[kept].sum())).pvalue > 1e-4


def test_expression_scales_the_mean_of_the_cell_of_origin():
    """Cells that make ten times as much have ten times the molecules, none where they make nothing."""
    factor = np.repeat([0.0, 1.0, 10.0], 1000)
    chains = umi_counts(pairs(3000), KEY, vdj=3.0, vj=3.0, expression=factor)
    means = [chains.umis[factor[chains.origin] == f].mean() for f in (0.0, 1.0, 10.0)]
    assert means[0] == 0
    assert means[1] == pytest.approx(3.0, abs=4.5 * np.sqrt(3 / 2000))
    assert means[2] == pytest.approx(30.0, abs=4.5 * np.sqrt(30 / 2000))


def test_only_molecules_and_reads_change():
    """Sequences, calls and order stay, reads equal molecules, and subsets get the same numbers."""
    chains = pairs(50)
    found = umi_counts(chains, KEY, vdj=4.0, vj=1.5)
    for name in ("unit", "cell", "source", "origin", "junction", "junction_aa", "v", "j", "productive"):
        assert getattr(found, name) is getattr(chains, name)
    np.testing.assert_array_equal(found.reads, found.umis)
    some = np.array([40, 3])
    np.testing.assert_array_equal(umi_counts(chains.take(some), KEY, vdj=4.0, vj=1.5).umis, found.umis[some])
    assert (umi_counts(chains, KEY, vdj=0.0, vj=0.0).umis == 0).all()


def test_large_means_are_drawn():
    """The law holds at means of thousands: mean and variance within 4.5 standard errors."""
    n = 4000
    found = molecules(np.full(n, 5000.0), 0.0, KEY, np.arange(n), "x")
    assert abs(found.mean() - 5000) < 4.5 * np.sqrt(5000 / n)
    assert found.var() / 5000 == pytest.approx(1, abs=4.5 * np.sqrt(2 / n))


def test_wrong_numbers_are_refused():
    """Negative means and expression of too few cells are refused."""
    with pytest.raises(UsageError, match="expected molecules holds -1"):
        umi_counts(pairs(2), KEY, vdj=-1.0, vj=0.0)
    with pytest.raises(UsageError, match="expression of 1 cells"):
        umi_counts(pairs(2), KEY, vdj=1.0, vj=0.0, expression=np.ones(1))
