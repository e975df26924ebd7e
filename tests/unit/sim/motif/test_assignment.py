import numpy as np
import pytest
from scipy.stats import chi2_contingency, chisquare

from rashomon.core import UsageError
from rashomon.sim.motif.assignment import assign, label
from rashomon.sim.motif.epitope import Epitope
from rashomon.sim.motif.motif import Motif
from rashomon.sim.stream import stream_key

KEY, N = stream_key(3, "assign"), 40_000
UNITS = np.arange(N)
BINDS = np.random.default_rng(1).random(N) < 0.3
A, B = (Motif("a1", "SYG"), Motif("a2", "RTW")), (Motif("b1", "LLG"), Motif("b2", "QNW"))


def test_binders_carry_motifs_and_orphans_none():
    """In the arms of the signal a share of the binders carries a motif, each with the same probability; others none."""
    epitope = Epitope("E", "A*02:01", "both", A, B, orphan_share=0.6)
    who = assign(epitope, binds=BINDS, key=KEY, units=UNITS)
    assert (who.alpha[~BINDS] == -1).all()
    assert (who.beta[~BINDS] == -1).all()
    assert ((who.alpha >= 0) == (who.beta >= 0)).all()
    assert (who.orphan == (BINDS & (who.alpha < 0))).all()
    assert not who.decoy.any()
    n_orphans = int(who.orphan.sum())
    assert chisquare([n_orphans, BINDS.sum() - n_orphans], BINDS.sum() * np.array([0.6, 0.4])).pvalue > 1e-4
    table = np.histogram2d(who.alpha[who.alpha >= 0], who.beta[who.beta >= 0], bins=(2, 2))[0]
    assert chisquare(table.ravel()).pvalue > 1e-4


@pytest.mark.parametrize(("arm", "silent"), [("alpha", "beta"), ("beta", "alpha")])
def test_one_chain_can_stay_silent(arm, silent):
    """An epitope of one chain plants nothing in the other."""
    epitope = Epitope("E", "A*02:01", arm, **{arm: A})
    who = assign(epitope, binds=BINDS, key=KEY, units=UNITS)
    assert (getattr(who, silent) == -1).all()
    assert (getattr(who, arm) >= 0).any()


@pytest.mark.parametrize("orphans", [0.5, 0.8])
def test_one_chain_of_a_pair_says_nothing(orphans):
    """Of a pair, each half is as frequent among binders as among others; both together occur in binders only."""
    epitope = Epitope("E", "A*02:01", "pair", A, B, orphan_share=orphans)
    who = assign(epitope, binds=BINDS, key=KEY, units=UNITS)
    for half in (who.alpha, who.beta):
        table = [[((half == code) & (binder == BINDS)).sum() for binder in (True, False)] for code in (-1, 0, 1)]
        assert chi2_contingency(table).pvalue > 1e-4
    both = (who.alpha >= 0) & (who.beta >= 0)
    assert both.any()
    assert BINDS[both].all()
    assert (who.alpha[both] == who.beta[both]).all()
    assert (who.decoy == (~BINDS & ((who.alpha >= 0) | (who.beta >= 0)))).all()


def test_receptors_are_assigned_alone():
    """What a receptor carries does not depend on the others."""
    epitope = Epitope("E", "A*02:01", "pair", A, B)
    who, some = assign(epitope, binds=BINDS, key=KEY, units=UNITS), np.array([7, 3, 39_999])
    part = assign(epitope, binds=BINDS[some], key=KEY, units=some)
    for name in ("alpha", "beta", "orphan", "decoy"):
        assert (getattr(part, name) == getattr(who, name)[some]).all()


def test_labels_are_wrong_as_often_as_said():
    """Without clustering, each receptor is labelled wrongly with the rate of the epitope."""
    epitope = Epitope("E", "A*02:01", "beta", beta=B, false_positive=0.02, false_negative=0.3)
    found = label(epitope, binds=BINDS, donor=np.zeros(N, dtype=int), key=KEY, units=UNITS)
    for wrong, n, rate in ((found[~BINDS], (~BINDS).sum(), 0.02), (~found[BINDS], BINDS.sum(), 0.3)):
        assert chisquare([wrong.sum(), n - wrong.sum()], n * np.array([rate, 1 - rate])).pvalue > 1e-4
    perfect = Epitope("E", "A*02:01", "beta", beta=B)
    assert (label(perfect, binds=BINDS, donor=np.zeros(N, dtype=int), key=KEY, units=UNITS) == BINDS).all()


def test_clustered_labels_are_wrong_donor_by_donor():
    """The intraclass correlation of wrong labels is the one asked for, and the mean stays."""
    epitope = Epitope("E", "A*02:01", "beta", beta=B, false_positive=0.2)
    donor = UNITS // 20
    wrong = label(epitope, binds=np.zeros(N, dtype=bool), donor=donor, key=KEY, units=UNITS, clustering=0.3).reshape(
        -1, 20
    )
    assert wrong.mean() == pytest.approx(0.2, abs=0.02)
    between, within = wrong.mean(axis=1).var(ddof=1), wrong.var(axis=1, ddof=1).mean()
    between -= within / 20
    assert between / (between + within) == pytest.approx(0.3, abs=0.04)


def test_wrong_columns_are_refused():
    """Columns of other lengths and clustering out of range are refused."""
    epitope = Epitope("E", "A*02:01", "beta", beta=B)
    with pytest.raises(UsageError, match="3 receptors bind or not, 2 have a number"):
        assign(epitope, binds=np.ones(3, dtype=bool), key=KEY, units=np.arange(2))
    given = {"binds": np.ones(2, dtype=bool), "key": KEY, "units": np.arange(2)}
    with pytest.raises(UsageError, match="3 donors for 2 receptors"):
        label(epitope, donor=np.zeros(3, dtype=int), **given)
    with pytest.raises(UsageError, match="clustering 1"):
        label(epitope, donor=np.zeros(2, dtype=int), clustering=1.0, **given)
