"""Bounds from clusters of one population: of the same size where there are many, else on a line."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.regression.quantile_regression import QuantReg

from rashomon.ask.structure.null_cluster import NULL_COLUMNS, null_bound, null_bounds, with_null
from rashomon.ask.structure.population_record import Population

N = 1000


def population(n, *, seed=0, n_data=N, rung="halves"):
    """Clusters of one population: larger ones come back more firmly."""
    rng = np.random.default_rng(seed)
    size = rng.integers(20, 300, n)
    jaccard = np.clip(0.1 * np.log(size) + rng.normal(0, 0.05, n), 0, 1)
    table = pd.DataFrame({"size": size, "share": size / N, "rung": rung, "jaccard": jaccard})
    return Population(clusters=table, n_obs=N, n_data=n_data)


def test_many_clusters_of_the_size_have_quantiles_of_their_own():
    """With 200 or more within a factor of 1.5, the bound is numpy's quantile of those and of no other."""
    null = population(2000)
    bound = null_bound(null, 90, 0.09)
    near = null.clusters.query("60 <= size <= 135")["jaccard"]
    assert bound.n_clusters == len(near) >= 200
    assert (bound.median, bound.value) == pytest.approx(tuple(np.quantile(near, [0.5, 0.95])))
    assert "within a factor 1.5" in bound.how


def test_few_clusters_make_a_line():
    """With fewer, the bound is on the linear quantile regression on log size, as statsmodels finds it."""
    null = population(150)
    bound = null_bound(null, 100, 0.1)
    design = np.column_stack([np.ones(150), np.log(null.clusters["size"])])
    for value, quantile in ((bound.median, 0.5), (bound.value, 0.95)):
        expected = QuantReg(null.clusters["jaccard"].to_numpy(), design).fit(q=quantile, max_iter=5000, p_tol=1e-9)
        assert value == pytest.approx(float(expected.params @ [1, np.log(100)]), abs=2e-3)
    assert bound.n_clusters == 150
    assert "line on the log of the size" in bound.how


def test_a_line_leaves_a_twentieth_above_it():
    """Of the clusters themselves at most 5 % are above the line, and not far fewer."""
    null = population(150)
    bounds = null_bounds(null, null.clusters["size"].to_numpy(), null.clusters["share"].to_numpy())
    above = (null.clusters["jaccard"].to_numpy() > np.array([bound.value for bound in bounds]) + 1e-9).mean()
    assert 0.03 <= above <= 0.05


def test_a_handful_of_clusters_is_no_yardstick():
    """Below 20 clusters, or for a rung that was not run, there is no bound, and the reason is given."""
    bound = null_bound(population(19), 100, 0.1)
    assert np.isnan(bound.value)
    assert bound.how == "19 clusters of one population; 20 are needed"
    assert null_bound(population(19), 100, 0.1, rung="thinning").n_clusters == 0
    assert null_bound(Population(reason="no counts"), 100, 0.1).how == "no counts"


def test_sizes_beyond_the_null_take_its_nearest():
    """No line is drawn beyond the sizes that one population has, and the words say so."""
    null = population(60)
    largest = int(null.clusters["size"].max())
    bound = null_bound(null, 450, 0.45)
    assert bound.value == null_bound(null, largest, largest / N).value
    assert f"the nearest has {largest} cells" in bound.how


def test_a_cluster_with_most_cells_is_judged_on_its_complement():
    """A cluster of 90 % of the cells is compared with clusters of 10 %, on either side."""
    null = population(2000)
    assert null_bound(null, 900, 0.9) == null_bound(null, 100, 0.1)
    large = null.clusters.assign(size=N - null.clusters["size"], share=1 - null.clusters["share"])
    assert null_bound(Population(clusters=large, n_obs=N, n_data=N), 100, 0.1) == null_bound(null, 100, 0.1)


def test_smaller_draws_are_compared_by_share():
    """Where the data have ten times the cells of a draw, a cluster is compared at its share."""
    assert null_bound(population(2000, n_data=10 * N), 1000, 0.1) == null_bound(population(2000), 100, 0.1)


def test_equal_sizes_have_a_flat_line():
    """Clusters of one size have their quantiles at every size asked."""
    null = population(50)
    null.clusters["size"], null.clusters["share"] = 100, 0.1
    assert null_bound(null, 30, 0.03).value == pytest.approx(np.quantile(null.clusters["jaccard"], 0.95))


def rungs(rows):
    """Rungs with a mean and a lower end."""
    return pd.DataFrame(rows, columns=["cluster", "rung", "jaccard", "low"])


def test_rungs_are_above_below_or_in_between():
    """Above: the lower end is; below: the mean is not; in between, and where no null was run, nothing is said."""
    null = population(2000)
    at = null_bound(null, 100, 0.1).value
    table = rungs(
        [
            (0, "halves", at + 0.2, at + 0.1),
            (1, "halves", at - 0.1, at - 0.2),
            (2, "halves", at + 0.1, at - 0.1),
            (0, "settings", 1.0, 1.0),
        ]
    )
    found = with_null(table, null, sizes=np.full(3, 100), n_obs=N)
    assert [None if pd.isna(value) else bool(value) for value in found["above_null"]] == [True, False, None, None]
    assert found["jaccard_null_95"].tolist()[:3] == [at] * 3
    assert found["null_how"].iloc[3].startswith("0 clusters")
    assert list(found) == [*table, *NULL_COLUMNS]


def test_without_a_population_the_columns_are_there_and_empty():
    """Rows and their order stay; nothing is said."""
    table = rungs([(1, "seed", 0.5, 0.4), (0, "seed", 0.9, 0.8)])
    found = with_null(table, None, sizes=np.array([10, 20]), n_obs=30)
    assert found["cluster"].tolist() == [1, 0]
    assert found[["jaccard_null", "jaccard_null_95", "above_null"]].isna().all(axis=None)
    assert set(found["null_how"]) == {"no null was run"}
