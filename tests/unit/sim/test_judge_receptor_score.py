import numpy as np
import pandas as pd
import pytest

from rashomon.dataset import Dataset, GeneCalls, Receptors, Roles, Truth
from rashomon.score.receptor import RECEPTOR_SCORES
from rashomon.sim.judge_receptor_score import JUDGED_RECEPTOR_SCORES, JudgedClusters, JudgedTruth


def clusters(labels, donor=None, *, v="TRBV1", chain="vdj"):
    """Clusters of receptors that differ in nothing else."""
    n = len(labels)
    calls, none = GeneCalls.from_texts([v] * n), GeneCalls(np.full(n, -1), ())
    receptors = Receptors(
        np.arange(n), np.full(n, 1, dtype=np.int8), np.array([b"CASSF"] * n), np.array([b""] * n), calls, none, calls,
        none, none, none, np.ones(n), np.ones(n, dtype=np.int8), "human", {"anchored": np.ones(n, dtype=bool)},
    )  # fmt: skip
    roles = Roles() if donor is None else Roles(donor=truth(donor, name="donor"))
    data = Dataset(pd.DataFrame(index=[f"r{i}" for i in range(n)]), receptors=receptors, roles=roles, item="receptor")
    return JudgedClusters(data, np.array(labels, dtype=np.int32), chain)


def truth(codes, name="epitope"):
    """A truth with these codes."""
    return Truth(name, "mechanism", np.array(codes, dtype=np.int32), tuple("abcdefgh"[: max(codes) + 1]))


def alone(name, found):
    """The value of a score without a truth."""
    return JUDGED_RECEPTOR_SCORES[name].alone(found)


def beside(name, found, codes, seed=0):
    """The value of a score beside a truth."""
    return JUDGED_RECEPTOR_SCORES[name].beside(JudgedTruth(found, truth(codes), np.random.default_rng(seed)))


def test_each_score_is_of_clusters_or_of_a_truth():
    """Exactly one function; every record of the scores of receptors is there."""
    assert all((each.alone is None) != (each.beside is None) for each in JUDGED_RECEPTOR_SCORES.values())
    assert set(RECEPTOR_SCORES) <= set(JUDGED_RECEPTOR_SCORES)


def test_how_much_is_clustered():
    """Receptors that the pipeline left out do not count; clusters and donors are counted by hand."""
    found = clusters([0, 0, 1, 1, 1, -1, -1, -2], donor=[0, 1, 0, 0, 0, 1, 1, 0])
    assert alone("n_clusters", found) == (2.0, "")
    assert alone("clustered", found) == (pytest.approx(5 / 7), "")
    assert alone("percolation", found) == (pytest.approx(3 / 7), "")
    assert alone("donors_per_cluster", found) == (1.5, "")
    assert alone("cross_donor_pairs", found) == (pytest.approx(1 / 4), "")


@pytest.mark.parametrize("name", ["donors_per_cluster", "cross_donor_pairs", "multi_donor_share"])
def test_one_donor_has_no_spread(name):
    """Where there is one donor, the reason says so."""
    assert alone(name, clusters([0, 0, 1, 1]))[1] == "the world has one donor"


def test_nothing_to_score_has_a_reason():
    """No cluster, and no receptor: NaN with words."""
    for name in ("purity", "purity_by_chance", "purity_excess", "clustered_ami"):
        value, reason = beside(name, clusters([-1, -1, -1]), [0, 1, 0])
        assert np.isnan(value)
        assert reason
    value, reason = alone("clustered", clusters([-2, -2]))
    assert np.isnan(value)
    assert reason == "no receptor is compared"


def test_purity_is_chance_and_excess():
    """Purity by chance and its excess sum to the purity; in equal classes of pairs chance is about three quarters."""
    labels, codes = np.repeat(np.arange(100), 2), np.repeat([0, 1], 100)
    found = clusters(labels)
    chance, excess, purity = (beside(name, found, codes)[0] for name in ("purity_by_chance", "purity_excess", "purity"))
    assert purity == 1.0
    assert chance == pytest.approx(0.75, abs=0.01)
    assert chance + excess == pytest.approx(purity)


def test_agreement_is_zero_by_chance_and_one_where_all_is_said():
    """AMI over the clustered receptors is 1 for equal partitions, whoever is alone; about 0 for shuffled labels."""
    codes = np.repeat([0, 1, 2], 40)
    labels = codes.copy()
    labels[::4] = -1
    assert beside("clustered_ami", clusters(labels), codes)[0] == pytest.approx(1.0)
    assert beside("ami", clusters(labels), codes)[0] < 0.9
    shuffled = np.random.default_rng(1).permutation(codes)
    assert abs(beside("clustered_ami", clusters(labels), shuffled)[0]) < 0.06


def test_strata_are_those_of_the_compared_chain():
    """V, J and length of the compared arm; an arm without chains leaves one stratum."""
    assert np.unique(clusters([0, 0, 1]).strata).size == 1
    assert clusters([0, 0, 1], chain="vj").strata.tolist() == [0, 0, 0]
