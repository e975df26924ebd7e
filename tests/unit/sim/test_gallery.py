"""Every score is in the gallery, and prefers a wrong labeling there."""

import pytest

from rashomon.score import SCORES, STABILITY
from rashomon.sim.gallery import GALLERY, GALLERY_COLUMNS, gallery_table
from rashomon.sim.gallery_case import LABELINGS


def test_every_score_can_be_fooled():
    """Each score and each stability measure has a record that names labelings, or numbers of clusters."""
    assert set(GALLERY) == set(SCORES) | set(STABILITY)
    for name, record in GALLERY.items():
        if name in STABILITY:
            assert int(record.wrong) < int(record.better)
        else:
            assert {record.wrong, record.better} <= set(LABELINGS)


@pytest.mark.parametrize(
    "name", ["silhouette", "davies_bouldin", "bras", "ari", "variation_of_information", "transfer"]
)
def test_one_draw_shows_it(name):
    """One of each kind: a view, where smaller is better, batches, truths, re-runs."""
    table = gallery_table(GALLERY[name], n_draws=1)
    assert list(table) == list(GALLERY_COLUMNS)
    assert table["fooled"].all()


def test_undefined_values_fool_nobody():
    """NaN on either side is no preference; for scores where smaller is better, the smaller wins."""
    nan = float("nan")
    assert not GALLERY["ari"].is_fooled(nan, 0.1)
    assert not GALLERY["ari"].is_fooled(0.1, 0.1)
    assert GALLERY["davies_bouldin"].is_fooled(1.0, 2.0)
    assert not GALLERY["silhouette"].is_fooled(0.1, 0.2)


def test_a_draw_is_that_of_its_seed():
    """The same seed gives the same values, another one others."""
    first, again, other = (GALLERY["nmi"].values(seed=seed, n_obs=120) for seed in (3, 3, 4))
    assert first == again
    assert first != other
