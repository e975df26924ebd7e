import numpy as np
import pytest
from scipy.stats import chi2_contingency

from rashomon.core import UsageError
from rashomon.sim.repertoire_realism.repertoire import Repertoire
from rashomon.sim.repertoire_realism.shuffle import marginal_shuffle


@pytest.fixture
def tied(rng):
    """Receptors in which V fixes J and the first residue, with two lengths."""
    v = rng.random(400) < 0.3
    junctions = np.where(v, "CSDEF", "CTKKRGF")
    return Repertoire(
        junctions, np.where(v, "TRBV2", "TRBV9"), np.where(v, "TRBJ1-1", "TRBJ2-7"), np.where(v, 5, 1), "A"
    )


def test_marginals_stay_and_ties_go(tied):
    """V, J, lengths and anchors keep their shares; V and J, V and length, are independent (each P > 1e-3)."""
    made = marginal_shuffle(tied, n=4000, rng=np.random.default_rng(1))
    lengths = np.strings.str_len(made.junction_aa)
    for share in ((made.v == b"TRBV2").mean(), (made.j == b"TRBJ1-1").mean(), (lengths == 5).mean()):
        assert share == pytest.approx((tied.v == b"TRBV2").mean(), abs=0.03)
    for other in (made.j == b"TRBJ1-1", lengths == 5, made.counts == 5):
        table = np.histogram2d(made.v == b"TRBV2", other, bins=2)[0]
        assert chi2_contingency(table).pvalue > 1e-3
    assert {junction[:1] for junction in made.junction_aa} == {b"C"}
    assert {junction[-1:] for junction in made.junction_aa} == {b"F"}


def test_residues_come_from_their_position(tied):
    """The first half from the start, the rest from the end, each residue with its share among all that have it."""
    made = marginal_shuffle(tied, n=4000, rng=np.random.default_rng(1))
    short = np.array([list(text.decode()) for text in made.junction_aa if len(text) == 5])
    # positions 0, 1, 2 from the start, 2 and 1 from the end
    assert [set(column) for column in short.T] == [{"C"}, {"S", "T"}, {"D", "K"}, {"E", "G"}, {"F"}]
    assert (short[:, 1] == "S").mean() == pytest.approx((tied.v == b"TRBV2").mean(), abs=0.05)
    assert (short[:, 3] == "E").mean() == pytest.approx((tied.v == b"TRBV2").mean(), abs=0.05)


def test_counts_need_all_repertoires(tied):
    """One repertoire without counts, and none are drawn; the number is that of all receptors."""
    bare = Repertoire(tied.junction_aa, tied.v, tied.j)
    made = marginal_shuffle([tied, bare], rng=np.random.default_rng(1))
    assert (made.n, made.counts) == (800, None)
    assert set(marginal_shuffle(tied, rng=np.random.default_rng(1)).counts) == {1, 5}


def test_one_stream_gives_one_repertoire(tied):
    """Equal generators, equal receptors."""
    a, b = (marginal_shuffle(tied, rng=np.random.default_rng(4)) for _ in range(2))
    assert np.array_equal(a.junction_aa, b.junction_aa)
    assert np.array_equal(a.v, b.v)


def test_nothing_cannot_be_shuffled():
    """Without receptors there are no marginals."""
    with pytest.raises(UsageError, match="no receptors"):
        marginal_shuffle(Repertoire([], [], []), rng=np.random.default_rng(0))
