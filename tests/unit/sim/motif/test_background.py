import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.sim.motif.background import Background
from rashomon.sim.motif.motif import Motif

TEXTS = np.array([b"CASSYGTQYF", b"CASSYATQYF", b"CASSF", b"CAYGTTTTTF"])
V = np.array(["TRBV19*01", "TRBV19*01", "TRBV2*01", "TRBV2*01"])


def test_carriers_are_counted_beside_their_genes():
    """A carrier has the motif inside its window, and a gene of it."""
    background = Background(TEXTS, V)
    assert background.found(Motif("m", "YG", window=(2, 2))) == 2
    assert background.found(Motif("m", "YG")) == 1
    assert background.found(Motif("m", "YG", window=(2, 2), v_genes=("TRBV2",))) == 1


def test_room_is_what_ends_and_window_leave():
    """There is room where the instance fits between the larger of window and end; a gap counts by its lengths."""
    assert Background(TEXTS).room(Motif("m", "YGT")) == 0.75
    assert Background(TEXTS, v_keep=4, j_keep=np.array([3, 4, 1, 3])).room(Motif("m", "YGT")) == 0.5
    assert Background(TEXTS).room(Motif("m", "YGT/T", gap=(0, 1))) == pytest.approx(0.75 / 2)
    assert Background(TEXTS, V).room(Motif("m", "YGT", v_genes=("TRBV2",))) == 0.5


def test_tries_add_up():
    """A carrier that is generated twice has no room when both chains have none."""
    assert Background(TEXTS, n_tries=2).room(Motif("m", "YGT")) == 1 - 0.25**2
    assert Background(TEXTS, V, n_tries=3).room(Motif("m", "YGT", v_genes=("TRBV2",))) == 1 - 0.5**3


def test_no_receptor_with_the_genes_leaves_the_room_open():
    """Where nobody has the genes of a motif, its room is not a number."""
    assert np.isnan(Background(TEXTS, V).room(Motif("m", "YG", v_genes=("TRBV7",))))


def test_an_empty_background_is_refused():
    """Nothing can be said from no receptors."""
    with pytest.raises(UsageError, match="the background has no receptors"):
        Background(np.array([], dtype="S1"))
