import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from rashomon.core import RashomonError, UsageError
from rashomon.sim.selection import fit_selection, learned_selection, select
from rashomon.sim.selection.feature import count_features
from rashomon.sim.selection.fit import fit_weights
from rashomon.sim.stream import stream_key
from rashomon.sim.vdj import recombination_model, recombine

MODEL = recombination_model("human", "TRB")


def names(codes, genes):
    """Names of genes as texts."""
    return np.array(genes, dtype=object)[codes]


def test_reweighted_features_are_those_observed(rng):
    """The mean of every feature over generation, weighted by Q, is the observed one, less what the penalty takes."""
    generated, real = rng.integers(0, 4, (5000, 3)), rng.choice(4, (2000, 3), p=[0.4, 0.3, 0.2, 0.1])
    shift = np.array([0, 4, 8])
    codes, target = (generated + shift).astype(np.int32), (real + shift).astype(np.int32)
    weights = fit_weights(target, codes, size=12, penalty=2.0)
    q = np.exp(weights[codes].sum(axis=1))
    found = count_features(codes, q / q.sum(), size=12)
    np.testing.assert_allclose(
        found, count_features(target, np.full(2000, 1 / 2000), size=12) - 0.001 * weights, atol=1e-5
    )


def test_weights_are_those_of_many_classes(rng):
    """With one feature that says all, Q is the ratio of the shares, as counted."""
    real, generated = rng.integers(0, 5, (4000, 1)), rng.choice(5, (6000, 1), p=[0.1, 0.1, 0.2, 0.2, 0.4])
    weights = fit_weights(real.astype(np.int32), generated.astype(np.int32), size=5, penalty=1e-6)
    ratio = np.bincount(real[:, 0]) / 4000 / (np.bincount(generated[:, 0]) / 6000)
    np.testing.assert_allclose(np.exp(weights - weights[0]), ratio / ratio[0], rtol=1e-3)


def test_weights_agree_with_logistic_regression(rng):
    """Two well-specified estimators of one log-linear Q: a classifier of scikit-learn finds the same, within error."""
    generated = rng.integers(0, 3, (60_000, 2)) + np.array([0, 3])
    true = np.array([0.0, 0.7, -0.7, 0.5, 0.0, -0.5])
    q = np.exp(true[generated].sum(axis=1))
    real = generated[rng.random(generated.shape[0]) < q / q.max()]
    weights = fit_weights(real.astype(np.int32), generated.astype(np.int32), size=6, penalty=0.1)
    design = np.zeros((real.shape[0] + generated.shape[0], 6))
    design[np.arange(design.shape[0])[:, None], np.vstack([real, generated])] = 1
    label = np.r_[np.ones(real.shape[0]), np.zeros(generated.shape[0])]
    peer = LogisticRegression(C=10.0, max_iter=1000).fit(design, label).coef_[0]
    for part in (slice(0, 3), slice(3, 6)):
        centred = weights[part] - weights[part].mean()
        np.testing.assert_allclose(centred, peer[part] - peer[part].mean(), atol=0.05)
        np.testing.assert_allclose(centred, true[part] - true[part].mean(), atol=0.05)


def test_a_known_selection_is_recovered():
    """Chains selected by the shipped Q: the Q that is fitted to them is near, in the mean over such chains."""
    shipped = learned_selection("human", "TRB")
    chains = select(MODEL, shipped, stream_key(506, "real"), np.arange(6000))
    v, j = names(chains.v_genes(), MODEL.v_genes), names(chains.j_genes(), MODEL.j_genes)
    fitted = fit_selection(
        chains.junction_aa, v, j, model=MODEL, n_generated=40_000, penalty=5.0, rng=np.random.default_rng(1)
    )
    new = select(MODEL, shipped, stream_key(507, "new"), np.arange(4000))
    given = new.junction_aa, new.v_genes(), new.j_genes()
    ours, true = fitted.log_q(*given), shipped.log_q(*given)
    assert np.corrcoef(ours, true)[0, 1] > 0.9
    # Kullback-Leibler divergence of the fit, against that of generation alone
    assert -0.02 < np.mean(true - ours) < 0.15
    assert np.mean(true) > 0.5
    made = recombine(MODEL, stream_key(508, "made"), np.arange(40_000))
    q = np.exp(fitted.log_q(made.junction_aa, made.v_genes(), made.j_genes()))
    assert q.mean() == pytest.approx(1, abs=0.06)
    # a few have an end that is too rare to be counted on
    assert 5970 < fitted.n_real <= 6000


def test_what_was_left_out_is_said():
    """Genes that are never generated or never observed, an end that belongs to another J; sets tie genes."""
    made = recombine(MODEL, stream_key(509, "real"), np.arange(1500))
    v, j = names(made.v_genes(), MODEL.v_genes), names(made.j_genes(), MODEL.j_genes)
    kept = v != "TRBV9"
    junctions, v, j = made.junction_aa[kept].copy(), v[kept], j[kept]
    v[v == "TRBV12-4"] = "TRBV12-3*01,TRBV12-4*01"
    v[:3], j[3] = "TRBV21-1", "TRBJ2-7"
    junctions[3] = b"CASSLGNEQFF"
    fitted = fit_selection(junctions, v, j, model=MODEL, n_generated=20_000, rng=np.random.default_rng(1))
    said = "; ".join(fitted.notes)
    assert f"left out: 3 of {v.size} (V not generated" in said
    assert "(last 3 residues hardly ever generated with the J)" in said
    assert any(
        note.startswith("generated, never observed:") and "TRBV9" in note.split(": ")[1].split(", ")
        for note in fitted.notes
    )
    groups = dict(zip(fitted.v_genes, fitted.v_groups, strict=True))
    assert groups["TRBV12-3"] == groups["TRBV12-4"] != groups["TRBV12-5"]
    # kept finite by the penalty
    assert np.isfinite(fitted.log_q(np.array([b"CASSLGQAYEQYF"]), ["TRBV9"], ["TRBJ2-7"]))[0]
    assert fitted.weights["v"][groups["TRBV9"]] < 0


def test_wrong_calls_do_not_carry_the_fit():
    """Hundreds of chains with the J of another gene's end are left out, whatever the number that is generated."""
    made = recombine(MODEL, stream_key(510, "real"), np.arange(2000))
    j = names(made.j_genes(), MODEL.j_genes)
    wrong = np.flatnonzero(j == "TRBJ2-1")[:100]
    j[wrong] = "TRBJ2-7"
    v = names(made.v_genes(), MODEL.v_genes)
    fitted = fit_selection(made.junction_aa, v, j, model=MODEL, n_generated=60_000, rng=np.random.default_rng(1))
    assert fitted.n_real <= 1905
    assert fitted.bound < np.log(10)


def test_wrong_arguments_are_refused(rng):
    """Lengths, penalty, nothing to fit on, and a Q that rests on few chains."""
    one = np.array([b"CASSLGQAYEQYF"])
    with pytest.raises(UsageError, match="1 junctions, 2 V calls and 1 J calls"):
        fit_selection(one, ["TRBV9", "TRBV9"], ["TRBJ2-7"], model=MODEL, rng=rng)
    with pytest.raises(UsageError, match=r"penalty -1\.0"):
        fit_selection(one, ["TRBV9"], ["TRBJ2-7"], model=MODEL, penalty=-1.0, rng=rng)
    with pytest.raises(UsageError, match="no row is like a generated chain"):
        fit_selection(one, ["TRBV21-1"], ["TRBJ2-7"], model=MODEL, n_generated=1000, rng=rng)
    rare = np.array([b"CASSWWWWHHHHWWYEQYF"] * 200)
    with pytest.raises(RashomonError, match="rests on few generated chains"):
        fit_selection(rare, ["TRBV9"] * 200, ["TRBJ2-7"] * 200, model=MODEL, n_generated=5_000, penalty=0.1, rng=rng)
