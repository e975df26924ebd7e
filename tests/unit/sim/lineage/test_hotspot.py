"""Hot and cold spots."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rashomon.core import UsageError
from rashomon.sim.lineage import Targeting, site_weights

IUPAC = {"W": "[AT]", "R": "[AG]", "Y": "[CT]", "S": "[CG]", "A": "A", "C": "C", "G": "G", "T": "T"}
MOTIFS = {("WRCY", 2): "hot", ("RGYW", 1): "hot", ("WA", 1): "warm", ("TW", 0): "warm", ("SYC", 2): "cold",
          ("GRS", 0): "cold"}  # fmt: skip


@given(st.text("ACGT", min_size=1, max_size=60))
def test_weights_follow_the_motifs(sequence):
    """A base has the weight of the IUPAC motif that is found around it, found by regular expressions."""
    law = Targeting(hot=5.0, warm=3.0, cold=0.5)
    expected = np.ones(len(sequence))
    for (motif, place), kind in MOTIFS.items():
        pattern = "".join(IUPAC[letter] for letter in motif)
        for found in re.finditer(f"(?={pattern})", sequence):
            expected[found.start() + place] = getattr(law, kind)
    np.testing.assert_array_equal(site_weights(sequence.encode(), targeting=law), expected)


@given(st.text("ACGT", min_size=8, max_size=40))
def test_both_strands_are_hit_alike(sequence):
    """The motifs are those of both strands: the reverse complement has the weights in reverse order."""
    other = sequence[::-1].translate(str.maketrans("ACGT", "TGCA")).encode()
    np.testing.assert_array_equal(site_weights(sequence.encode()), site_weights(other)[::-1])


def test_wrong_weights_are_refused():
    """Weights near 0 would never be hit, and shares lie in [0, 1]."""
    with pytest.raises(UsageError, match="targeting holds 0"):
        Targeting(cold=0.0)
    with pytest.raises(UsageError, match="transition"):
        Targeting(transition=1.5)
