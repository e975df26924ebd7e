"""The data beside generated repertoires: the numbers of each, and one p value for all."""

import numpy as np
import pandas as pd
import pytest

from rashomon.ask.receptor.population import (
    BLOOD,
    DATA,
    POPULATION_COLUMNS,
    STATISTICS,
    compare_population,
    population_row,
)
from rashomon.core import UsageError


def rows(links, *, own):
    """The data with `own` links beside draws, all else in proportion."""
    return pd.DataFrame([_row(DATA, own), *(_row(draw, n) for draw, n in enumerate(links))])


def _row(draw, n):
    labels = np.repeat([0, -1], [int(n) + 2, 998 - int(n)])
    return population_row(draw, labels, n_links=float(n))


def test_a_row_counts_clusters_of_two_and_of_three():
    """Sizes 3, 2 and 1: two clusters, one larger, five receptors with a neighbour."""
    found = population_row(4, np.array([0, 0, 0, 1, 1, 2, -1, -1]), n_links=np.nan)
    assert {name: found[name] for name in ("draw", "n", "n_clusters", "n_larger", "retention", "largest")} == {
        "draw": 4, "n": 8, "n_clusters": 2, "n_larger": 1, "retention": 5 / 8, "largest": 3
    }  # fmt: skip
    assert list(found) == list(POPULATION_COLUMNS)
    assert population_row(0, np.full(3, -1), n_links=0.0)["largest"] == 0


def test_p_is_uniform_when_the_data_are_one_more_draw(rng):
    """Over 400 exchangeable sets of 20, p is at most .05 in a twentieth (3 sd), and .5 in half of them."""
    p = []
    for _ in range(400):
        links = rng.poisson(30, 20)
        p.append(compare_population(rows(links[1:], own=links[0])).p)
    small, half = np.mean(np.array(p) <= 0.05), np.mean(np.array(p) <= 0.5)
    assert small <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 400)
    assert half <= 0.5 + 3 * np.sqrt(0.25 / 400)


def test_p_is_smallest_where_the_data_exceed_every_draw():
    """1 / (draws + 1), of all and of each statistic; 1 where all are the same."""
    found = compare_population(rows(range(10, 29), own=60))
    assert found.p == 0.05
    assert found.each["links"] == found.each["retention"] == 0.05
    assert set(found.each) == set(STATISTICS)
    assert found.n_draws == 19
    assert compare_population(rows([5] * 19, own=5)).p == 1.0


def test_blood_is_allowed_more_links_than_generated_receptors():
    """2.5 times as many links are what unselected blood has; only more, beyond chance, says something."""
    draws = [18, 22] * 20
    assert not compare_population(rows(draws, own=int(20 * BLOOD) + 5)).beyond_blood
    far = compare_population(rows(draws, own=90))
    assert far.beyond_blood
    assert far.ratio == 4.5


def test_pipelines_without_distances_are_compared_by_what_they_have():
    """Links that are unknown give no p of links; the others decide, and receptors with a neighbour stand in."""
    table = rows(range(10, 29), own=120).assign(links=np.nan)
    found = compare_population(table)
    assert np.isnan(found.each["links"])
    assert found.p == 0.05
    assert found.beyond_blood


def test_nothing_is_said_without_draws_or_data():
    """No draws: NaN; no row of the data: an error."""
    assert np.isnan(compare_population(rows([], own=4)).p)
    with pytest.raises(UsageError, match="row of the data is missing"):
        compare_population(rows([3, 4], own=4).iloc[1:])
