"""Sets of labels that cannot be ruled out."""

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from rashomon.ask.stability.label_set import LEVELS, label_sets, neighbour_votes


def made(rng, *, n_donors, per_donor=60, spread=1.0):
    """Two overlapping groups in the plane; donors shift their cells a little."""
    n = n_donors * per_donor
    donors = np.repeat(np.arange(n_donors), per_donor)
    codes = rng.integers(2, size=n).astype(np.int32)
    centre = np.stack([codes * 2.0, np.zeros(n)], axis=1) + rng.normal(0, 0.3, (n_donors, 2))[donors]
    return centre + rng.normal(0, spread, (n, 2)), codes, donors


def neighbours_of(points, k=15):
    """The nearest others."""
    return NearestNeighbors(n_neighbors=k).fit(points).kneighbors(return_distance=False)


def test_votes_are_shares_of_the_neighbours_that_count(rng):
    """Votes add up to one, and neighbours of the own donor have none."""
    points, codes, donors = made(rng, n_donors=3)
    found = neighbours_of(points)
    votes = neighbour_votes(found, codes, n_clusters=2, blocks=donors)
    assert votes.sum(axis=1) == pytest.approx(1.0)
    i = 7
    others = found[i][donors[found[i]] != donors[i]]
    assert votes[i, 1] == pytest.approx(np.mean(codes[others] == 1))


def test_cells_are_covered_at_the_level(rng):
    """Among cells of one kind the share of sets that hold the label is the level, within sampling error."""
    points, codes, _ = made(rng, n_donors=1, per_donor=4000)
    found = label_sets(neighbour_votes(neighbours_of(points), codes, n_clusters=2), codes, rng=rng)
    assert found.unit == "cell"
    assert found.level == LEVELS[0]
    assert found.sets[np.arange(codes.size), codes].mean() == pytest.approx(0.95, abs=0.015)
    # between the groups both labels stay possible
    assert found.size[np.abs(points[:, 0] - 1.0) < 0.1].mean() > 1.9


@pytest.mark.parametrize(("n_donors", "unit", "level"), [(19, "donor", 0.95), (9, "donor", 0.90), (8, "cell", 0.95)])
def test_donors_are_the_unit_where_there_are_enough(rng, n_donors, unit, level):
    """Nineteen donors are enough for 95 %, nine for 90 %, and fewer for no guarantee about other donors."""
    points, codes, donors = made(rng, n_donors=n_donors)
    votes = neighbour_votes(neighbours_of(points), codes, n_clusters=2, blocks=donors)
    found = label_sets(votes, codes, rng=rng, donors=donors)
    assert (found.unit, found.level) == (unit, level)
    assert ("no guarantee" in found.statement) == (unit == "cell")


def test_clear_groups_have_one_label_each(rng):
    """Where groups are far apart nearly every set has one label."""
    points, codes, _ = made(rng, n_donors=1, per_donor=1000, spread=0.1)
    found = label_sets(neighbour_votes(neighbours_of(points), codes, n_clusters=2), codes, rng=rng)
    assert (found.size == 1).mean() > 0.94


def test_a_level_is_needed(rng):
    """Nothing can be promised at no level."""
    with pytest.raises(ValueError, match="no level"):
        label_sets(np.ones((3, 1)), np.zeros(3, np.int32), rng=rng, levels=())
