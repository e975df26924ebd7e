"""Reads per molecule."""

import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.dataset import GeneCalls
from rashomon.sim.readout import own_chains, pcr_copies, umi_counts
from rashomon.sim.stream import stream_key

KEY = stream_key(7, "pcr")


def chains(n=3000, mean=3.0):
    calls = GeneCalls(np.zeros(n, dtype=np.int32), ("TRBV9*01",))
    found = own_chains(np.arange(n), np.zeros(n, dtype=int), np.full(n, b"TGTGCATTT"), v=calls, j=calls)
    return umi_counts(found, KEY, vdj=mean, vj=0.0)


def test_reads_have_the_stated_mean_and_variance():
    """Further reads have mean umis (copies - 1) and the stated dispersion; each molecule is read at least once."""
    table, copies, dispersion = chains(), 20.0, 0.2
    found = pcr_copies(table, KEY, copies=copies, dispersion=dispersion)
    assert (found.reads >= found.umis).all()
    assert (found.reads[table.umis == 0] == 0).all()
    seen = table.umis > 0
    mean = table.umis[seen] * (copies - 1)
    z = (found.reads - table.umis)[seen] - mean
    z = z / np.sqrt(mean + dispersion * mean**2)
    assert abs(z.mean()) < 4.5 / np.sqrt(z.size)
    assert z.var() == pytest.approx(1, abs=0.15)


def test_neutral_is_one_read_per_molecule():
    """At one copy the reads are the molecules, and nothing but the reads ever changes."""
    table = chains(200)
    np.testing.assert_array_equal(pcr_copies(table, KEY).reads, table.umis)
    found = pcr_copies(table, KEY, copies=9.0)
    for name in ("unit", "cell", "umis", "junction", "junction_aa", "v", "j", "productive", "source"):
        assert getattr(found, name) is getattr(table, name)


def test_fewer_than_one_read_is_refused():
    """A molecule that is seen is read at least once."""
    with pytest.raises(UsageError, match=r"copies holds 0\.5"):
        pcr_copies(chains(2), KEY, copies=0.5)
