import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.sim.motif.implant import implant
from rashomon.sim.motif.shift import pgen_shift
from rashomon.sim.stream import stream_key
from rashomon.sim.vdj import pgen, recombination_model, recombine

KEY = stream_key(8, "shift")


def test_the_shift_is_that_of_olga():
    """Planting a rare stretch into generated receptors lowers log10 Pgen, by what OLGA says before and after."""
    model = recombination_model("human", "TRB")
    chains = recombine(model, KEY, np.arange(40))
    after = implant(
        chains.junction, chains.junction_aa, np.full(40, b"WMW"), key=KEY, units=np.arange(40), v_keep=4, j_keep=4
    )
    found = pgen_shift(model, chains.junction_aa, after.junction_aa, pgen=pgen, n_most=10, key=KEY)
    assert found.rows.size == 10
    np.testing.assert_allclose(found.before, pgen(model, chains.junction_aa[found.rows]))
    np.testing.assert_allclose(found.after, pgen(model, after.junction_aa[found.rows]))
    assert found.median < -1
    assert f"{found.median:+.2f} in the median" in found.text


def test_only_changed_receptors_are_asked_for():
    """Receptors that stayed are no part of the sample, and genes are those of the sample."""
    before = np.array([b"CAF", b"CWF", b"CAF", b"CAF"])
    after = np.array([b"CAF", b"CWF", b"CGF", b"CYF"])

    def told(_, texts, v, j):
        assert v.tolist() == [12, 13]
        assert j is None
        return np.where(texts == b"CYF", -np.inf, -1.0)

    found = pgen_shift(None, before, after, pgen=told, v=np.arange(10, 14), key=KEY)
    assert found.rows.tolist() == [2, 3]
    assert (found.median, found.lost_frac) == (0.0, 0.5)


def test_the_sample_depends_on_its_key_alone():
    """The same key takes the same receptors; another key takes others."""
    before, after = np.full(500, b"CAF"), np.full(500, b"CGF")
    rows = [
        pgen_shift(None, before, after, pgen=lambda _, x, *__: np.zeros(x.size), n_most=50, key=key).rows
        for key in (KEY, KEY, stream_key(7, "shift"))
    ]
    assert rows[0].tolist() == rows[1].tolist() != rows[2].tolist()


def test_nothing_to_compare_is_nan():
    """Without receptors that can be generated before and after there is no shift, and the text says so."""
    none = pgen_shift(None, np.array([b"A"]), np.array([b"A"]), pgen=lambda *_: np.zeros(0), key=KEY)
    assert np.isnan(none.median)
    assert np.isnan(none.lost_frac)
    assert none.text == "log10 Pgen: none of 0 receptors can be generated before and after"


def test_wrong_columns_are_refused():
    """Other receptors, and a sample of none, are refused."""
    for after, n_most in ((np.array([b"A", b"B"]), 5), (np.array([b"B"]), 0)):
        with pytest.raises(UsageError, match="a sample of"):
            pgen_shift(None, np.array([b"A"]), after, pgen=lambda *_: np.zeros(0), n_most=n_most, key=KEY)
