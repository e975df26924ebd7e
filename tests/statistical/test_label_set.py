"""How often sets of labels hold the label: among cells of one kind, and in donors that were not calibrated on."""

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from rashomon.ask.stability.label_set import label_sets, neighbour_votes

N_DATA_SETS = 250
N_CLUSTERS = 3
MODULES = ["rashomon.ask.stability.label_set"]


def made(rng, n_donors, per_donor=80):
    """Three overlapping groups in five dimensions; donors shift their cells and have groups in other shares."""
    donors = np.repeat(np.arange(n_donors), per_donor)
    shares = rng.dirichlet(np.full(N_CLUSTERS, 4.0), n_donors)
    codes = np.concatenate([rng.choice(N_CLUSTERS, per_donor, p=share) for share in shares]).astype(np.int32)
    centres = np.zeros((N_CLUSTERS, 5))
    centres[1, 0] = centres[2, 1] = 2.0
    shift = rng.normal(0, 0.3, (n_donors, 5))
    return centres[codes] + shift[donors] + rng.normal(0, 1, (donors.size, 5)), codes, donors


def votes_of(points, codes, donors=None):
    """What the 20 nearest others say."""
    near = NearestNeighbors(n_neighbors=20).fit(points).kneighbors(return_distance=False)
    return neighbour_votes(near, codes, n_clusters=N_CLUSTERS, blocks=donors)


@pytest.mark.statistical
@pytest.mark.parametrize(("n_donors", "level"), [(19, 0.95), (9, 0.90)])
def test_new_donors_are_covered(accumulate, seed_block, n_donors, level):
    """A donor that was not calibrated on has its labels in the sets as often as promised, at the promised chance."""
    short, covered = 0, []
    for i in range(N_DATA_SETS):
        rng = np.random.default_rng([801, n_donors, seed_block * N_DATA_SETS + i])
        points, codes, donors = made(rng, n_donors + 1)
        votes = votes_of(points, codes, donors)
        new = donors == n_donors
        # the new donor's cells get sets, and are not calibrated on
        found = label_sets(votes, np.where(new, -1, codes), rng=rng, donors=np.where(new, -1, donors))
        held = found.sets[new, codes[new]].mean()
        assert (found.unit, found.level) == ("donor", level)
        short += held < level
        covered.append(held)
    totals = accumulate(
        f"label_sets_of_new_donors_{n_donors}",
        claim=f"a new donor has less than {level:.0%} of its cells covered, in at most {1 - level:.0%} of data sets",
        n=N_DATA_SETS, events={"short": short}, modules=MODULES,
    )  # fmt: skip
    expected = 1 - level
    assert totals["short"] <= totals["n"] * expected + 3 * np.sqrt(totals["n"] * expected * (1 - expected))
    assert np.mean(covered) > level


@pytest.mark.statistical
def test_cells_are_covered_at_the_rate(record, seed_block):
    """Among cells of one kind the share of covered cells is nominal within two points, on average over data sets."""
    rates = []
    for i in range(N_DATA_SETS):
        rng = np.random.default_rng([802, seed_block * N_DATA_SETS + i])
        points, codes, _ = made(rng, 6)
        found = label_sets(votes_of(points, codes), codes, rng=rng)
        rates.append(float(found.sets[np.arange(codes.size), codes].mean()))
    figures = {"n_data_sets": N_DATA_SETS, "nominal": 0.95, "mean": np.mean(rates), "sd": np.std(rates)}
    record("label_sets_of_cells", claim="share of cells whose set holds the label", seed=802, figures=figures)
    assert abs(np.mean(rates) - 0.95) <= 0.02
