import itertools

import numpy as np
from olga.utils import nt2aa

from rashomon.sim.vdj.kernel import AMINO_ACIDS, spread


def test_codons_are_translated_as_olga_does():
    """The residue of each of the 64 codons is olga's."""
    codons = ["".join(letters) for letters in itertools.product("ACGT", repeat=3)]
    assert AMINO_ACIDS.decode() == "".join(map(nt2aa, codons))


def test_sequences_are_spread_over_rows():
    """Sequences one behind the other become rows, filled up with nothing."""
    table = np.zeros((3, 4), np.uint8)
    spread(np.frombuffer(b"ACGTTT", np.uint8), np.array([2, 0, 4]), table)
    assert table.view("S4").ravel().tolist() == [b"AC", b"", b"GTTT"]
