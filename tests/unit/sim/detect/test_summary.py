import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from rashomon.score.rate import wilson
from rashomon.sim.detect.summary import POINT_COLUMNS, summarise


def test_intervals_are_those_of_scipy():
    """Wilson's interval for every count of 30, at two levels."""
    for level in (0.9, 0.95):
        low, high = wilson(np.arange(31), np.full(31, 30), level=level)
        for k in range(31):
            theirs = binomtest(k, 30).proportion_ci(level, method="wilson")
            assert (low[k], high[k]) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


def test_no_trial_has_no_interval():
    """NaN, without a warning."""
    assert np.isnan(wilson(np.array([0]), np.array([0]))).all()


def draws(**columns):
    """Draws at two grid points, three each."""
    base = {
        "depth": np.repeat([100.0, 400.0], 3),
        "kind": ["a"] * 6,
        "replicate": [0, 1, 2] * 2,
        "prevalence": [0.2, 0.4, 0.0, 0.3, 0.3, 0.3],
        "n_clusters": [2.0, 4.0, 3.0, np.nan, np.nan, np.nan],
        "f1": [0.9, 0.5, np.nan, np.nan, np.nan, np.nan],
        "recovered": [True, False, False, False, False, False],
        "ceiling_recovered": [1.0, 1.0, 0.0, np.nan, np.nan, np.nan],
        "ceiling_kind": ["oracle"] * 3 + ["not asked for"] * 3,
        "status": ["ok", "ok", "absent", "failed", "failed", "failed"],
        "reason": ["", "", "no cell of the group", "a", "b", "a"],
    }
    return pd.DataFrame({**base, **columns})


def test_a_grid_point_counts_what_ran():
    """An absent group is one that was not recovered; failures are counted apart, and a point of failures is a row."""
    table = summarise(draws(), axes=["depth", "kind"])
    assert list(table.columns) == ["depth", "kind", *POINT_COLUMNS]
    first, second = table.to_dict("records")
    assert (first["n_replicates"], first["n_failed"], first["n_absent"], first["n_recovered"]) == (3, 0, 1, 1)
    assert first["rate"] == pytest.approx(1 / 3)
    assert first["mean_f1"] == pytest.approx(0.7)
    assert first["ceiling"] == pytest.approx(2 / 3)
    assert (first["low"], first["high"]) == pytest.approx(tuple(x.item() for x in wilson(np.array(1), np.array(3))))
    assert (second["status"], second["reason"], second["n_failed"]) == ("failed", "a, b", 3)
    assert np.isnan([second[name] for name in ("rate", "low", "high", "mean_f1", "ceiling")]).all()


def test_a_failed_draw_is_neither_found_nor_missed():
    """The rate is over the draws that ran."""
    some = draws(status=["ok", "ok", "failed"] * 2, recovered=[True, True, False] * 2)
    table = summarise(some, axes=["depth"])
    assert table["rate"].tolist() == [1.0, 1.0]
    assert table["n_failed"].tolist() == [1, 1]
    assert table["status"].tolist() == ["ok", "ok"]
