"""V genes that primers catch worse."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from rashomon.core import UsageError
from rashomon.dataset import GeneCalls
from rashomon.sim.readout import own_chains, primer_bias
from rashomon.sim.readout.primer_bias import efficiencies
from rashomon.sim.stream import stream_key

KEY = stream_key(12, "primer")
NAMES = ("TRBV5-1*01", "TRBV5-1*02", "TRBV9*01", "TRBV12-3*01,TRBV12-4*01")


def chains(n, umis):
    calls = GeneCalls(np.arange(n, dtype=np.int32) % 5 - 1, NAMES)
    found = own_chains(np.arange(n), np.zeros(n, dtype=int), np.full(n, b"TGTGCATTT"), v=calls, j=calls)
    return replace(found, umis=np.full(n, umis), reads=np.full(n, 10 * umis))


def test_molecules_are_binomial_with_the_efficiency_of_gene_and_batch():
    """In each batch the chains of a gene keep a binomial number of molecules; those without a call keep all."""
    n, umis = 4000, 50
    batch = np.array(["a", "b"])[np.arange(n) // (n // 2)]
    found = primer_bias(chains(n, umis), KEY, sd=0.7, batch=batch)
    table = efficiencies(NAMES, ("a", "b"), KEY, sd=0.7)
    for b, name in enumerate(("a", "b")):
        for code in range(len(NAMES)):
            kept = found.umis[(batch == name) & (found.v.codes == code)]
            assert stats.binomtest(int(kept.sum()), umis * kept.size, table[b, code]).pvalue > 1e-4
    assert (found.umis[found.v.codes < 0] == umis).all()
    np.testing.assert_array_equal(found.reads, 10 * found.umis)


def test_efficiencies_are_of_genes_and_batches():
    """Alleles of a gene share an efficiency, batches and genes do not, and ln efficiency is half normal of scale sd."""
    table = efficiencies(NAMES, ("a", "b"), KEY, sd=1.0)
    np.testing.assert_array_equal(table[:, 0], table[:, 1])
    assert np.unique(table).size == 6
    many = efficiencies(tuple(f"TRBV{i}" for i in range(400)), tuple("abcde"), KEY, sd=0.3)
    assert stats.kstest(-np.log(many).ravel(), stats.halfnorm(scale=0.3).cdf).pvalue > 1e-4
    np.testing.assert_array_equal(efficiencies(NAMES[2:], ("b",), KEY, sd=1.0)[0], table[1, 2:])


def test_neutral_and_touches_counts_only():
    """At 0 nothing changes; otherwise molecules and reads only, which never grow."""
    table = chains(40, 9)
    batch = np.zeros(40, dtype=int)
    assert primer_bias(table, KEY, sd=0.0, batch=batch) is table
    found = primer_bias(table, KEY, sd=2.0, batch=batch)
    assert (found.umis <= table.umis).all()
    assert (found.umis < table.umis).any()
    for name in ("unit", "cell", "junction", "junction_aa", "v", "j", "productive", "source", "origin"):
        assert getattr(found, name) is getattr(table, name)


def test_wrong_input_is_refused():
    """Negative strengths, and cells without a batch."""
    with pytest.raises(UsageError, match="sd holds -1"):
        primer_bias(chains(2, 1), KEY, sd=-1.0, batch=np.zeros(2))
    with pytest.raises(UsageError, match="batches of 1 cells"):
        primer_bias(chains(2, 1), KEY, sd=1.0, batch=np.zeros(1))
