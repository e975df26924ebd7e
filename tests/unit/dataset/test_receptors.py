import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.dataset import locus_codes
from tests.receptor_sample import receptors


def test_columns_have_one_length():
    """A column of another length is refused by name."""
    with pytest.raises(UsageError, match=r"other lengths.*count"):
        receptors(["CASSF", "CAF"], count=[1.0])


def test_taking_chains_takes_every_column():
    """Chains that are taken keep all that belongs to them, and may move to other rows."""
    chains = receptors(["CASSF", "CAF", "CASF"], v=["A", "B", "A"], count=[1, 2, 3])
    kept = chains.take(np.array([2, 1]), obs=np.array([0, 1]))
    assert kept.junction_aa.tolist() == [b"CASF", b"CAF"]
    assert kept.v.texts.tolist() == ["A", "B"]
    assert (kept.count.tolist(), kept.obs.tolist(), kept.length.tolist()) == ([3, 2], [0, 1], [4, 3])


def test_loci_are_named():
    """Loci that occur are listed in a fixed order; other names have no code."""
    assert receptors(["CF", "CW"], locus=["TRB", "TRA"]).loci == ("TRA", "TRB")
    assert locus_codes(np.array(["TRB", "chr7"])).tolist() == [1, -1]


def test_the_digest_follows_sequences_and_names():
    """Another residue or another gene name changes the digest; the same chains do not."""
    one = receptors(["CASSF"])
    assert one.digest == receptors(["CASSF"]).digest
    assert len({one.digest, receptors(["CASTF"]).digest, receptors(["CASSF"], v=["TRBV5-1"]).digest}) == 3
