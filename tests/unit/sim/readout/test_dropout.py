"""Chains that are lost."""

import numpy as np
import pytest
from scipy import stats

from rashomon.core import UsageError
from rashomon.dataset import GeneCalls
from rashomon.sim.limit import chance_unseen
from rashomon.sim.readout import dropout, own_chains
from rashomon.sim.stream import stream_key

KEY = stream_key(8, "dropout")


def pairs(n):
    calls = GeneCalls(np.zeros(2 * n, dtype=np.int32), ("TRBV9*01",))
    junction = np.full(2 * n, b"TGTGCATTT")
    return own_chains(np.repeat(np.arange(n), 2), np.tile([0, 1], n), junction, v=calls, j=calls)


def test_arms_are_lost_at_their_shares_independently():
    """Alpha and beta are lost at their own shares, and independently of each other (chi-square, p > 1e-4)."""
    n = 20_000
    lost = (dropout(pairs(n), KEY, vdj=0.05, vj=0.25).umis == 0).reshape(n, 2)
    counts = np.bincount(2 * lost[:, 0] + lost[:, 1], minlength=4)
    expected = np.outer([0.95, 0.05], [0.75, 0.25]).ravel()
    assert stats.chisquare(counts, n * expected).pvalue > 1e-4


@pytest.mark.parametrize("size", [1, 2, 5])
def test_clones_are_missed_as_the_closed_form_says(size):
    """No cell of a clone of n cells keeps its chain with probability share**n (exact binomial test, p > 1e-4)."""
    n, share = 8000, 0.4
    kept = dropout(pairs(n * size), KEY, vdj=share).umis[::2].reshape(n, size).any(axis=1)
    assert stats.binomtest(int((~kept).sum()), n, float(chance_unseen(1 - share, size))).pvalue > 1e-4


def test_neutral_and_monotone():
    """At 0 nothing is lost, at 1 everything of that arm, and a larger share loses those lost before."""
    table = pairs(500)
    np.testing.assert_array_equal(dropout(table, KEY).umis, table.umis)
    np.testing.assert_array_equal(dropout(table, KEY, vj=1.0).umis == 0, table.arm == 1)
    few, many = (dropout(table, KEY, vdj=share).umis == 0 for share in (0.2, 0.4))
    assert (many | ~few).all()
    found = dropout(table, KEY, vdj=0.5)
    np.testing.assert_array_equal(found.reads == 0, found.umis == 0)
    for name in ("unit", "cell", "junction", "junction_aa", "v", "j", "productive", "source", "origin"):
        assert getattr(found, name) is getattr(table, name)


def test_shares_are_shares():
    """Shares above 1 are refused."""
    with pytest.raises(UsageError, match="dropout holds 2"):
        dropout(pairs(1), KEY, vj=2.0)
