import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from sklearn.metrics import auc

from rashomon.core import UsageError
from rashomon.score.receptor.grouping import group
from rashomon.score.receptor.purity import purity
from rashomon.score.receptor.retention import retention
from rashomon.score.receptor.retention_curve import common_range, curve_area, purity_retention_curve


def curve(x, y):
    return pd.DataFrame({"retention": x, "purity": y})


def test_points_are_the_scores_of_each_cutoff(rng):
    """Each row has retention and purity of its labeling; all singletons have no purity, with the reason."""
    truth = sp.csr_matrix(np.eye(3, dtype=bool)[rng.integers(0, 3, 60)])
    labelings = np.column_stack([np.arange(60), *(np.arange(60) // k for k in (2, 5))]).astype(np.int32)
    labelings[labelings[:, 1] > 15, 1] = -1
    found = purity_retention_curve(labelings, truth, cutoffs=[0, 1, 2])
    for k in (1, 2):
        tally = group(labelings[:, k], truth).tally()
        assert found.loc[k, ["retention", "purity"]].tolist() == [retention(tally), purity(tally)]
    assert found.loc[0, ["status", "reason"]].tolist() == ["undefined", "no cluster has two labelled receptors"]
    assert found["cutoff"].tolist() == [0.0, 1.0, 2.0]


def test_area_is_the_trapezoid_rule_over_the_width(rng):
    """Equal to scikit-learn's area divided by the width, in any order of the points."""
    x, y = np.sort(rng.random(8)), rng.random(8)
    expected = auc(x, y) / (x[-1] - x[0])
    order = rng.permutation(8)
    assert curve_area(curve(x, y)).area == pytest.approx(expected)
    assert curve_area(curve(x[order], y[order])).area == pytest.approx(expected)


def test_methods_are_compared_on_the_range_they_share():
    """The better curve at equal retention has the larger area, although its own range is worse."""
    strict = curve([0.1, 0.3], [0.9, 0.7])
    lenient = curve([0.2, 0.6], [0.9, 0.5])
    between = common_range(strict, lenient)
    assert between == (0.2, 0.3)
    assert curve_area(strict, between=between).area == pytest.approx(0.75)
    assert curve_area(lenient, between=between).area == pytest.approx(0.85)
    assert curve_area(strict).area > curve_area(lenient).area


@pytest.mark.parametrize(
    ("points", "between", "reason"),
    [
        (([0.1], [0.9]), None, "fewer than two points with a purity"),
        (([0.1, 0.2], [np.nan, np.nan]), None, "fewer than two points with a purity"),
        (([0.1, 0.2], [0.9, 0.8]), (0.5, 0.4), "no common range of retention"),
        (([0.1, 0.2], [0.9, 0.8]), (np.nan, 0.4), "no common range of retention"),
        (([0.1, 0.2], [0.9, 0.8]), (0.1, 0.4), "the range is beyond the curve"),
    ],
)
def test_no_area_without_a_range(points, between, reason):
    """One point, no purity, no overlap, or a range that the curve does not reach: NaN with the reason."""
    found = curve_area(curve(*points), between=between)
    assert np.isnan(found.area)
    assert found.reason == reason


def test_a_family_that_is_not_nested_is_refused():
    """Retention must not fall from a strict to a lenient cutoff; the cutoffs are named."""
    labelings = np.array([[0, 0, 0, 0], [0, 0, -1, -1]]).T
    with pytest.raises(UsageError, match=r"retention falls from cutoff 12 to 24"):
        purity_retention_curve(labelings, sp.csr_matrix(np.ones((4, 1), dtype=bool)), cutoffs=[12, 24])
