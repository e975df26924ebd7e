import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.sim.motif.conditional import pick
from rashomon.sim.motif.motif import Motif
from rashomon.sim.stream import stream_key
from rashomon.sim.vdj import recombination_model, recombine

MODEL, KEY = recombination_model("human", "TRB"), stream_key(9, "chains")


def generate(units):
    """Human beta chains by number, with their V and J."""
    chains = recombine(MODEL, KEY, units)
    return chains.junction_aa, np.array(MODEL.v_names)[chains.v], np.array(MODEL.j_names)[chains.j]


def test_what_is_picked_carries_the_motif():
    """The first carriers among all generated receptors are returned, beside their genes, and no others."""
    motif = Motif("m", "GG", v_genes=("TRBV5-1",))
    found = pick(motif, generate, 30, n_most=50_000)
    texts, v, _ = generate(np.arange(found.n_tried))
    expected = np.flatnonzero(motif.found_in(texts)[0] & np.strings.startswith(v, "TRBV5-1*"))
    assert found.complete
    assert found.units.tolist() == expected.tolist()
    assert found.units[-1] == found.n_tried - 1
    assert found.rate == pytest.approx(29 / (found.n_tried - 1))
    assert found.low < found.rate < found.high


def test_a_rare_motif_ends():
    """What is never found ends at the bound, with an upper limit of the rate of about 3.7 in the receptors tried."""
    found = pick(Motif("m", "WCWCWC"), generate, 5, n_most=100_000)
    assert (found.complete, found.n_tried, found.units.size, found.rate) == (False, 100_000, 0, 0.0)
    assert found.high == pytest.approx(3.689e-5, rel=1e-3)
    assert "0 of 5 found among 100,000 receptors" in found.reason


def test_the_bound_holds_within_a_batch():
    """No more receptors are generated than allowed, from the first number on."""
    asked = []

    def record(units):
        asked.append(units)
        return np.full(units.size, b"CAAAF"), None, None

    pick(Motif("m", "WW"), record, 1, n_most=70_000, first=5)
    units = np.concatenate(asked)
    assert units.tolist() == list(range(5, 70_005))


@pytest.mark.parametrize("given", [{"n": 0, "n_most": 1}, {"n": 1, "n_most": 0}, {"n": 1, "n_most": 1, "first": -1}])
def test_senseless_numbers_are_refused(given):
    """Nothing wanted, nothing tried, and negative numbers are refused."""
    with pytest.raises(UsageError, match="receptors of at most"):
        pick(Motif("m", "SY"), generate, **given)
