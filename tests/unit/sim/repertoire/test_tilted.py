"""Chains of given genes under a fitted selection."""

import numpy as np
import pytest

from rashomon.core import RashomonError
from rashomon.sim.repertoire.tilted import SPACE, draw_tilted
from rashomon.sim.stream import stream_key
from rashomon.sim.vdj import recombination_model, recombine

MODEL, KEY = recombination_model("human", "TRB"), stream_key(1, "tilted")


def draw(units, **changes):
    n = units.size
    genes = np.full(n, MODEL.v_genes.index("TRBV9")), np.full(n, MODEL.j_genes.index("TRBJ2-7"))
    law = {"weights": np.zeros(SPACE.size), "by_length": np.zeros((n, 26)), "log_cap": np.zeros(n), **changes}
    return draw_tilted(MODEL, KEY, units, genes=genes, **law)


def test_without_weights_it_is_generation():
    """Every first candidate is accepted; a chain is that of its unit, whoever is drawn beside."""
    made = draw(np.arange(300))
    assert len(np.unique(made.junction)) > 290
    assert {MODEL.v_genes[code] for code in made.v_genes()} == {"TRBV9"}
    np.testing.assert_array_equal(draw(np.array([250, 7])).junction, made.junction[[250, 7]])


def test_lengths_are_as_frequent_as_their_weights_say():
    """Two lengths alone are allowed, one of them three times as much: the odds are those of generation, times three."""
    units = np.arange(1500)
    by_length = np.full((units.size, 26), -20.0)
    by_length[:, 13], by_length[:, 14] = 0.0, -np.log(3)
    length = np.strings.str_len(draw(units, by_length=by_length).junction_aa)
    plain = np.strings.str_len(recombine(
        MODEL, stream_key(2, "x"), np.arange(20_000), v=np.full(20_000, MODEL.v_genes.index("TRBV9")),
        j=np.full(20_000, MODEL.j_genes.index("TRBJ2-7")), level="gene").junction_aa)  # fmt: skip
    odds = 3 * (plain == 13).sum() / (plain == 14).sum()
    assert set(length.tolist()) == {13, 14}
    assert (length == 13).mean() == pytest.approx(odds / (1 + odds), abs=0.05)


def test_what_is_never_accepted_is_said(monkeypatch):
    """A unit is given up after so many candidates, with its genes."""
    monkeypatch.setattr("rashomon.sim.repertoire.tilted._MOST", 50)
    with pytest.raises(RashomonError, match="no candidate was accepted for 2 receptors"):
        draw(np.arange(2), log_cap=np.full(2, 60.0))
