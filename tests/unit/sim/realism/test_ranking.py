import numpy as np
import pytest
import scipy.sparse as sp

from rashomon.core import UsageError
from rashomon.sim.realism.cells import Cells
from rashomon.sim.realism.ranking import RANKING_COLUMNS, compare_simulators
from rashomon.sim.realism.report import realism


@pytest.fixture
def tables(rng):
    rates = rng.gamma(0.7, 3.0, size=(2, 60))
    group = np.arange(80) % 2

    def draw(mean, *, labels=True):
        return Cells(sp.csr_matrix(rng.poisson(mean)), None, group if labels else None)

    return {
        "real": draw(rates[group]),
        "fitted": draw(rates[group]),
        "right": draw(rates[group]),
        "wrong": draw(np.full((80, 60), rates.mean()), labels=False),
    }


def test_true_law_beats_a_wrong_one(tables):
    """Cells of the law of the real ones rank first in the mean, by wins and by the classifier."""
    found = compare_simulators(
        tables["real"], {"wrong": tables["wrong"], "right": tables["right"]}, fitted=tables["fitted"], rng=0
    )
    assert list(found.ranking.columns) == list(RANKING_COLUMNS)
    best, worst = found.ranking.to_dict("records")
    assert best["simulator"] == "right"
    assert best["mean_rank"] < 1.3 < worst["mean_rank"]
    assert best["wins"] > worst["wins"]
    assert (best["auc_rank"], worst["auc_rank"]) == (1, 2)
    assert best["n_copies"] == 0
    assert best["nearest_ratio"] == pytest.approx(1.0, abs=0.2)


def test_mean_rank_is_over_what_all_have(tables):
    """A summary that one simulator lacks is in the table, with a rank for who has it, and not in the mean rank."""
    found = compare_simulators(tables["real"], {"wrong": tables["wrong"], "right": tables["right"]}, rng=0)
    rows = found.table[(found.table["summary"] == "cell_silhouette") & (found.table["distance"] == "ks")]
    assert rows.set_index("simulator")["rank"].to_dict() == {"wrong": pytest.approx(np.nan, nan_ok=True), "right": 1.0}
    ranked = found.table[found.table["distance"].isin(["ks", "ks_2d"])].pivot(
        index="summary", columns="simulator", values="value"
    )
    common = ranked.dropna()
    assert set(found.ranking["n_summaries"]) == {len(common)}
    expected = common.rank(axis=1).mean()
    assert found.ranking.set_index("simulator")["mean_rank"].to_dict() == pytest.approx(expected.to_dict())


def test_each_report_is_the_one_made_alone(tables):
    """Comparing several simulators changes no number of any report."""
    found = compare_simulators(
        tables["real"], {"right": tables["right"], "wrong": tables["wrong"]}, fitted=tables["fitted"], rng=0
    )
    alone = realism(tables["real"], tables["right"], fitted=tables["fitted"], rng=0)
    assert found.reports["right"].table.equals(alone.table)
    assert found.reports["right"].auc == alone.auc
    assert found.reports["right"].memorisation == alone.memorisation


def test_equal_simulators_share_the_rank(tables):
    """Ties have the mean rank, and both win; without fitted cells there is nothing to say about copies."""
    found = compare_simulators(tables["real"], {"a": tables["right"], "b": tables["right"]}, rng=0).ranking
    assert found["mean_rank"].tolist() == [1.5, 1.5]
    assert found["wins"].tolist() == found["n_summaries"].tolist()
    assert found["n_copies"].isna().all()


def test_nothing_to_compare_is_refused(tables):
    """An empty mapping is refused."""
    with pytest.raises(UsageError, match="there is no simulator"):
        compare_simulators(tables["real"], {})
