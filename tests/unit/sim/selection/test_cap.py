import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.sim.selection import learned_selection
from rashomon.sim.selection.cap import caps
from rashomon.sim.stream import stream_key
from rashomon.sim.vdj import recombination_model, recombine

MODEL = recombination_model("human", "TRB")


def test_free_chains_have_the_bound_of_the_selection():
    """Nothing is drawn for them."""
    selection = learned_selection("human", "TRB")
    free = np.full(3, -1)
    assert caps(MODEL, selection, free, free, level="allele", n=3).tolist() == [selection.bound] * 3


def test_the_cap_of_a_pair_depends_on_the_pair_alone():
    """Whatever else is asked for beside it."""
    selection = learned_selection("human", "TRB")
    v = np.array([MODEL.v_genes.index(name) for name in ("TRBV19", "TRBV6-9", "TRBV19")])
    j = np.array([0, -1, 0])
    together = caps(MODEL, selection, v, j, level="gene", n=3)
    alone = caps(MODEL, selection, v[:1], j[:1], level="gene", n=1)
    assert together[0] == together[2] == alone[0]
    assert together[1] < together[0]


def test_caps_cut_little_of_new_chains():
    """A common and a rare V: at most 1.5 % of the mass of Q of chains that the pilot has not seen."""
    selection = learned_selection("human", "TRB")
    for name in ("TRBV5-1", "TRBV6-9"):
        v = np.full(20_000, MODEL.v_genes.index(name))
        log_cap = caps(MODEL, selection, v[:1], np.array([-1]), level="gene", n=1)[0]
        chains = recombine(MODEL, stream_key(502, name), np.arange(v.size), v=v, level="gene")
        q = np.exp(selection.log_q(chains.junction_aa, chains.v_genes(), chains.j_genes()))
        assert np.maximum(q - np.exp(log_cap), 0).sum() / q.sum() < 0.015


def test_one_code_per_unit_is_expected():
    """Shape and type are checked."""
    selection = learned_selection("human", "TRB")
    with pytest.raises(UsageError, match=r"j has shape \(2,\)"):
        caps(MODEL, selection, np.array([-1]), np.array([-1, -1]), level="gene", n=1)
