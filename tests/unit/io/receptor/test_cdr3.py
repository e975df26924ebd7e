import numpy as np
import pytest

from rashomon.io.receptor.cdr3 import is_cdr3
from tests.receptor_table import JUNCTIONS
from tests.sample import refused

WHOLE = np.array(JUNCTIONS, dtype=object)
BARE = np.array([junction[1:-1] for junction in JUNCTIONS], dtype=object)
NONE = np.array([""] * 12, dtype=object)
TRB = np.array(["TRB"] * 12, dtype=object)


@pytest.mark.parametrize(("aa", "expected"), [(WHOLE, False), (BARE, True), (NONE, False)])
def test_anchors_tell_junctions_from_cdr3(aa, expected):
    """Junctions begin with C, and CDR3 as IMGT defines it almost never do (B77)."""
    assert is_cdr3(aa, NONE, TRB, where="a.tsv") is expected


def test_nucleotides_decide_where_there_is_nothing_else():
    """The codons of C are TGT and TGC, in any case."""
    nt = np.array(["tgtgcc", "TGCGCC"] * 6, dtype=object)
    assert not is_cdr3(NONE, nt, TRB, where="a.tsv")
    assert is_cdr3(NONE, np.array(["GCCAGC"] * 12, dtype=object), TRB, where="a.tsv")


def test_mixed_columns_are_refused():
    """Half with and half without anchors, or alpha with and beta without: two writings of one thing."""
    mixed = np.where(np.arange(12) % 2, WHOLE, BARE)
    with refused("receptor.mixed_cdr3", what="begin with C: 50% of TRB", where="a.tsv"):
        is_cdr3(mixed, NONE, TRB, where="a.tsv")
    by_arm = np.array(["TRA", "TRB"] * 6, dtype=object)
    with refused("receptor.mixed_cdr3", what="begin with C: 0% of TRA, 100% of TRB", where="a.tsv"):
        is_cdr3(mixed, NONE, by_arm, where="a.tsv")
