import itertools

import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.sim.motif.motif import Motif
from rashomon.sim.motif.random import make_motifs, seed_distance
from rashomon.sim.motif.residue import RESIDUES, middle_shares
from rashomon.sim.stream import stream_key

KEY = stream_key(2, "motifs")


def test_no_two_motifs_are_near_each_other():
    """Whatever the gaps, two motifs differ at three places or more; for plain seeds that is the Hamming distance."""
    motifs = make_motifs(KEY, 40, length=5, gap_share=0.5)
    assert {each.gap == (0, 0) for each in motifs} == {True, False}
    assert min(seed_distance(a, b) for a, b in itertools.combinations(motifs, 2)) >= 3
    plain = make_motifs(KEY, 40, length=4)
    for a, b in itertools.combinations(plain, 2):
        hamming = sum(x != y for x, y in zip(a.seed, b.seed, strict=True))
        assert seed_distance(a, b) == hamming >= 3


def test_the_first_motifs_do_not_depend_on_how_many_follow():
    """A shorter request is the beginning of a longer one; another key gives other motifs."""
    some, more = make_motifs(KEY, 3), make_motifs(KEY, 9)
    assert [each.seed for each in some] == [each.seed for each in more[:3]]
    assert [each.seed for each in make_motifs(stream_key(3, "motifs"), 3)] != [each.seed for each in some]


def test_residues_come_as_often_as_in_junctions():
    """First residues of many motifs have the shares of junctions, and none is a cysteine."""
    letters = "".join(make_motifs(stream_key(seed, "m"), 1, length=6)[0].seed for seed in range(400))
    assert "C" not in letters
    share = letters.count("G") / len(letters)
    expected = middle_shares(cysteine=False)[RESIDUES.index("G")]
    assert abs(share - expected) < 4 * np.sqrt(expected * (1 - expected) / len(letters))


def test_options_reach_the_motifs():
    """Mismatches, the prefix and the gap are those asked for."""
    first = make_motifs(KEY, 1, gap_share=1.0, max_gap=1, mismatches=(0.5, 0.5), prefix="E1-")[0]
    assert (first.name, first.mismatches, first.gap) == ("E1-1", (0.5, 0.5), (1, 1))
    assert make_motifs(KEY, 0) == ()


def test_distances_open_gaps_and_slide():
    """The least distance over all lengths of the gap and all offsets of the shorter seed counts."""
    assert seed_distance(Motif("a", "SY/G", gap=(0, 1)), Motif("b", "SYAG")) == 0
    assert seed_distance(Motif("a", "SYG"), Motif("b", "WWSYGW")) == 0
    assert seed_distance(Motif("a", "S[YF]G"), Motif("b", "SFR")) == 1


@pytest.mark.parametrize(
    ("n", "given"), [(1, {"length": 2}), (20, {"length": 3}), (-1, {}), (1, {"gap_share": 2}), (300, {"length": 4})]
)
def test_what_cannot_be_is_refused(n, given):
    """More motifs than can lie apart, and more than are found, are refused; there is no endless search."""
    with pytest.raises(UsageError, match=r"cannot differ at 3 places|were found"):
        make_motifs(KEY, n, **given)
    assert len(make_motifs(KEY, 3, length=3)) == 3
