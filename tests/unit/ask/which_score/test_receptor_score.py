"""Scores of receptor clusterings on trial, against the functions that audits use and by hand."""

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.metrics import adjusted_mutual_info_score

from rashomon.ask.which_score.outcome import direction
from rashomon.ask.which_score.receptor_score import DRAWN_SCORES, RECEPTORS_ON_TRIAL, display, score_call, score_draw
from rashomon.score.receptor import RECEPTOR_SCORES, group

LABELS = np.array([0, 0, 0, 1, 1, 1, 2, 2, -1, -1], dtype=np.int32)
SEEN = np.array([0, 0, 1, 1, 1, -2, 0, -2, 1, 0], dtype=np.int32)


def values(labels=LABELS, seen=SEEN, *, rows=None):
    """What every score says, by name; receptors of two donors in turn, one stratum."""
    n = seen.size
    rows = np.arange(n) if rows is None else rows
    rng = np.random.default_rng(0)
    found = score_draw(labels, rows, seen, np.zeros(n, dtype=int), np.arange(n) % 2, rng=rng)
    return dict(zip(DRAWN_SCORES, found, strict=True))


def test_scores_of_labels_are_those_of_audits():
    """Purity, consistency and F1 as the registry computes them from the labels that are seen."""
    sets = sp.csr_matrix((SEEN[:, None] == np.arange(2)).astype(bool))
    tally = group(LABELS, sets).tally()
    found = values()
    for name in ("purity", "purity_90", "consistency_clustered", "consistency_all"):
        assert found[name] == pytest.approx(RECEPTOR_SCORES[name].call(tally))
    assert found["purity_excess"] < found["purity"]


def test_retention_counts_all_receptors():
    """Eight of ten are in a cluster; receptors that the pipeline left out are not counted."""
    assert values()["retention"] == pytest.approx(0.8)
    kept = np.arange(8)
    assert values(LABELS[kept], rows=kept)["retention"] == 1.0
    assert values()["percolation"] == pytest.approx(0.3)


def test_ami_is_over_receptors_with_a_label_those_alone_as_singletons():
    """As of scikit-learn."""
    known = SEEN >= 0
    alone = np.where(LABELS < 0, 10 + np.arange(10), LABELS)
    assert values()["ami"] == pytest.approx(adjusted_mutual_info_score(SEEN[known], alone[known]), abs=1e-9)


def test_one_cluster_has_no_purity():
    """What a guard forbids is NaN, so that it is never picked."""
    found = values(np.zeros(10, dtype=np.int32), np.where(SEEN < 0, 0, SEEN))
    assert np.isnan(found["purity"])
    assert found["retention"] == 1.0


def test_every_score_has_a_name_and_a_direction():
    """Only a large cluster is bad for being large."""
    assert [name for name in RECEPTORS_ON_TRIAL if direction(name) < 0] == ["percolation"]
    assert len({display(name) for name in RECEPTORS_ON_TRIAL}) == len(RECEPTORS_ON_TRIAL)
    assert score_call().step.writes == ("values",)
