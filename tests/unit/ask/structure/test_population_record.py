"""Reference numbers in words, and p-values by draws."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest

from rashomon.ask.structure.population_record import Population, monte_carlo_p


def population(modularity=(0.29, 0.32), *, n_obs=500, n_data=500):
    """Two draws with six and nine clusters; the data have eight."""
    summary = pd.DataFrame(
        {"draw": [0, 1], "n_clusters": [6, 9], "modularity": modularity, "silhouette": np.nan, "reason": ""}
    )
    data = pd.DataFrame({"labels": ["judged", "pipeline"], "n_clusters": [8.0, 7.0], "modularity": [0.71, 0.70]})
    return Population(summary, data=data.assign(silhouette=np.nan), n_obs=n_obs, n_data=n_data)


def test_the_sentence_gives_ranges_beside_your_numbers():
    """Smallest and largest of the draws, then those of the judged labels; what is missing everywhere is left out."""
    assert population().sentence == (
        "One population with your covariance gives 6-9 clusters, modularity 0.29-0.32 (2 draws); yours: 8, 0.71."
    )


def test_equal_numbers_are_no_range():
    """Where all draws agree, one number is said."""
    assert "modularity 0.30 (2 draws)" in population((0.3, 0.3)).sentence


def test_a_sign_is_no_dash():
    """A range from below 0 is said with a word."""
    assert "modularity -0.01 to 0.02 (2 draws)" in population((-0.01, 0.02)).sentence


def test_smaller_draws_are_said():
    """Draws of fewer cells than the data have say how many."""
    assert "(2 draws of 10,000 cells)" in population(n_obs=10_000, n_data=50_000).sentence


def test_a_reason_takes_the_place_of_numbers():
    """Without draws the sentence says why, and the tables have their columns."""
    none = Population(reason="there are no counts")
    assert none.sentence == "No population without groups was drawn: there are no counts."
    assert none.n_draws == 0
    assert [len(table) for table in (none.summary, none.clusters, none.data)] == [0, 0, 0]
    assert {"size", "jaccard"} <= set(none.clusters)


def test_p_values_of_exchangeable_numbers_are_uniform():
    """Over all orders of five different numbers, each of the five attainable p-values has the same probability."""
    found = [monte_carlo_p(order[0], np.array(order[1:])) for order in permutations(range(5))]
    values, counts = np.unique(np.round(found, 10), return_counts=True)
    assert values == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0])
    assert set(counts) == {24}


def test_ties_make_p_values_larger():
    """A draw as large as the data counts against them."""
    assert monte_carlo_p(2.0, np.array([2.0, 2.0, 2.0])) == 1.0
    assert np.isnan(monte_carlo_p(np.nan, np.ones(3)))
    assert np.isnan(monte_carlo_p(1.0, np.array([np.nan])))
