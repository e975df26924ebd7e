from dataclasses import fields, replace

import numpy as np
import pytest

from rashomon.core import RashomonError, UsageError
from rashomon.core.thread import THREADS
from rashomon.sim.selection import apply as apply_module
from rashomon.sim.selection import learned_selection, select
from rashomon.sim.selection.feature import KINDS
from rashomon.sim.stream import stream_key
from rashomon.sim.vdj import recombination_model, recombine

MODEL, KEY = recombination_model("human", "TRB"), stream_key(503, "receptor")
SELECTION = learned_selection("human", "TRB")


def same(a, b):
    """Whether two sets of chains are equal in every column."""
    names = [field.name for field in fields(a) if field.name != "model"]
    return all((getattr(a, name) == getattr(b, name)).all() for name in names)


def test_a_chain_depends_on_its_unit_alone(monkeypatch):
    """Any subset, in any order, with one thread or two, in small slices and batches."""
    units = np.arange(600)
    v = np.where(units % 3 == 0, MODEL.v_genes.index("TRBV19"), -1)
    whole = select(MODEL, SELECTION, KEY, units, v=v, level="gene")
    some = np.random.default_rng(1).permutation(600)[:200]
    monkeypatch.setattr(apply_module, "_SLICE", 64)
    monkeypatch.setattr(apply_module, "_BATCH", 50)
    monkeypatch.setenv(THREADS, "1")
    assert same(select(MODEL, SELECTION, KEY, some, v=v[some], level="gene"), whole[some])


def test_another_key_gives_other_chains():
    """And the same key the same chains."""
    units = np.arange(50)
    one, other = (select(MODEL, SELECTION, key, units) for key in (KEY, stream_key(504, "receptor")))
    assert (one.junction != other.junction).sum() > 45
    assert same(one, select(MODEL, SELECTION, KEY, units))


def test_selected_chains_are_reweighted_ones():
    """Length and V usage of selected chains equal those of generated ones weighted by Q, within 5 standard errors."""
    selected = select(MODEL, SELECTION, KEY, np.arange(6000))
    made = recombine(MODEL, stream_key(505, "made"), np.arange(100_000))
    q = np.exp(SELECTION.log_q(made.junction_aa, made.v_genes(), made.j_genes()))
    q = np.minimum(q, np.exp(SELECTION.bound))
    effective = q.sum() ** 2 / (q @ q)
    for value in (
        lambda chains: np.char.str_len(chains.junction_aa).astype(float),
        lambda chains: (chains.v_genes() == MODEL.v_genes.index("TRBV20-1")).astype(float),
        lambda chains: (chains.j_genes() == MODEL.j_genes.index("TRBJ1-1")).astype(float),
        lambda chains: np.array([b"G" in junction for junction in chains.junction_aa], dtype=float),
    ):
        found, weighted = value(selected), np.average(value(made), weights=q)
        error = found.std() * np.sqrt(1 / found.size + 1 / effective)
        assert abs(found.mean() - weighted) < 5 * error


def test_conditions_are_kept():
    """V and J are those that were asked for, rare ones too, and junctions are selected given them."""
    v = np.array([MODEL.v_genes.index("TRBV6-9"), -1] * 1000)
    j = np.array([MODEL.j_genes.index("TRBJ1-1"), MODEL.j_genes.index("TRBJ2-6")] * 1000)
    chains = select(MODEL, SELECTION, KEY, np.arange(2000), v=v, j=j, level="gene")
    assert (chains.j_genes() == j).all()
    assert (chains.v_genes()[v >= 0] == v[v >= 0]).all()
    assert chains.productive.all()
    inside = np.array([b"C" in junction[1:] for junction in chains.junction_aa])
    assert inside.mean() < 0.02


def test_attempts_count_all_candidates():
    """With a Q of 1 everywhere and nothing cut, the first candidate is kept, and its events are those counted."""
    flat = {kind: np.zeros_like(SELECTION.weights[kind]) for kind in KINDS}
    even = replace(SELECTION, weights=flat, log_z=0.0, bound=0.0)
    free = select(MODEL, even, KEY, np.arange(300))
    half = select(MODEL, replace(even, bound=float(np.log(2))), KEY, np.arange(300))
    first = half.junction == free.junction
    assert 100 < first.sum() < 200
    assert (half.attempts[first] == free.attempts[first]).all()
    assert half.attempts.mean() == pytest.approx(2 * free.attempts.mean(), rel=0.3)


def test_no_units_give_no_chains():
    """An empty set of chains, with the same columns."""
    assert len(select(MODEL, SELECTION, KEY, np.arange(0))) == 0


def test_a_unit_that_is_never_accepted_is_an_error():
    """After as many candidates as were allowed."""
    with pytest.raises(RashomonError, match="no candidate was accepted for 5 units in 20 candidates"):
        select(MODEL, replace(SELECTION, bound=40.0), KEY, np.arange(5), n_most=20)


def test_wrong_arguments_are_refused():
    """Another model, units that are no numbers, too many candidates."""
    with pytest.raises(UsageError, match="the selection is of human TRB, the model of mouse TRB"):
        select(recombination_model("mouse", "TRB"), SELECTION, KEY, np.arange(3))
    for units in (np.array([-1]), np.array([0.5]), np.array([2**43])):
        with pytest.raises(UsageError, match="no numbers of receptors"):
            select(MODEL, SELECTION, KEY, units)
    with pytest.raises(UsageError, match="n_most is 0"):
        select(MODEL, SELECTION, KEY, np.arange(3), n_most=0)
