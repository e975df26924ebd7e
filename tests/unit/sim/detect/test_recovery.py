import numpy as np
import pytest
from sklearn.metrics import f1_score

from rashomon.core import UsageError
from rashomon.sim.detect.recovery import recovery


def test_f1_is_that_of_scikit_learn(rng):
    """The best F1 over clusters, and of the complement of that cluster, in random labels."""
    for _ in range(20):
        found, member = rng.integers(0, 6, 80), rng.random(80) < rng.uniform(0.1, 0.9)
        each = recovery(found, member)
        scores = [f1_score(member, found == code) for code in range(6)]
        assert each.f1 == pytest.approx(max(scores))
        assert each.cluster == int(np.argmax(scores))
        assert each.complement_f1 == pytest.approx(f1_score(~member, found != each.cluster, zero_division=0.0))
        assert each.prevalence == pytest.approx(member.mean())


def test_random_clusters_recover_nothing(rng):
    """A label independent of four clusters is never found."""
    found = np.repeat(np.arange(4), 25)
    assert not any(recovery(found, rng.permutation(100) < 40).recovered for _ in range(50))


def test_chance_is_exceeded_as_often_as_stated(rng):
    """With no demand on F1 itself, at most 5 % of permuted labels pass, and nearly that many."""
    found = np.repeat(np.arange(5), [40, 30, 20, 20, 10])
    passed = np.mean([recovery(found, rng.permutation(120) < 35, min_f1=0.0).recovered for _ in range(1500)])
    assert 0.02 < passed <= 0.05 + 0.017


def test_one_giant_cluster_is_never_a_group():
    """Its F1 is 0.95 at a prevalence of 90 %, but a permuted label gives the same, and nothing is left outside."""
    member = np.arange(100) < 90
    each = recovery(np.zeros(100, dtype=int), member)
    assert each.f1 == each.null_f1 == pytest.approx(180 / 190)
    assert each.complement_f1 == 0.0
    assert not each.recovered


def test_nearly_one_giant_cluster_is_judged_on_what_lies_outside():
    """A common group needs its complement: two cells split off are better than chance, and not enough."""
    member = np.arange(100) < 90
    nearly = np.where(np.arange(100) >= 97, 1, 0)
    each = recovery(nearly, member)
    assert each.f1 > max(0.8, each.null_f1)
    assert each.complement_f1 < 0.8
    assert not each.recovered
    assert recovery(np.where(np.arange(100) >= 91, 1, 0), member).recovered


def test_a_common_group_beside_several_others_is_recovered():
    """What lies outside the cluster is compared as a whole: the others may be many clusters."""
    found = np.repeat(np.arange(5), [60, 10, 10, 10, 10])
    each = recovery(found, found == 0)
    assert (each.f1, each.complement_f1, each.recovered) == (1.0, 1.0, True)


def test_all_singletons_recover_nothing():
    """Cells without a cluster, or each in its own, are no group; not even a group of one cell."""
    member = np.arange(50) < 10
    for found in (np.full(50, -1), np.arange(50)):
        each = recovery(found, member)
        assert each.f1 == pytest.approx(2 / 11)
        assert not each.recovered
        alone = recovery(found, np.arange(50) == 7)
        assert (alone.f1, alone.null_f1, alone.recovered) == (1.0, 1.0, False)
    assert recovery(np.full(50, -1), member).cluster == -1


def test_dropped_cells_take_no_part_and_unassigned_ones_are_missed():
    """Dropping cells of the group does not lower F1, leaving them without a cluster does."""
    member = np.arange(60) < 20
    found = np.where(member, 0, 1)
    dropped, missed = found.copy(), found.copy()
    dropped[:8], missed[:8] = -2, -1
    assert recovery(dropped, member).f1 == 1.0
    assert recovery(dropped, member).prevalence == pytest.approx(12 / 52)
    assert recovery(missed, member).f1 == pytest.approx(2 * 12 / 32)


@pytest.mark.parametrize(
    ("found", "member", "reason"),
    [
        (np.zeros(5, dtype=int), np.zeros(5, dtype=bool), "no cell of the group"),
        (np.array([-2, 0, 1]), np.array([True, False, False]), "no cell of the group"),
        (np.zeros(5, dtype=int), np.ones(5, dtype=bool), "no cell outside the group"),
        (np.full(5, -2), np.ones(5, dtype=bool), "no cell is compared"),
    ],
)
def test_without_a_group_there_is_no_number_but_a_reason(found, member, reason):
    """Undefined is NaN and not recovered."""
    each = recovery(found, member)
    assert np.isnan([each.f1, each.complement_f1, each.null_f1]).all()
    assert (each.recovered, each.cluster, each.reason) == (False, -1, reason)


def test_gaps_in_the_codes_are_no_clusters():
    """Codes 0 and 7 are two clusters, not eight."""
    found = np.repeat([0, 7], [30, 20])
    each = recovery(found, found == 7)
    assert (each.f1, each.cluster, each.recovered) == (1.0, 7, True)
    assert each.null_f1 == recovery(np.repeat([0, 1], [30, 20]), found == 7).null_f1


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"truth_member": np.zeros(4, dtype=int)}, "truth_member is of type int64"),
        ({"truth_member": np.zeros(3, dtype=bool)}, "the parts have 4 and 3 items"),
        ({"min_f1": 1.5}, "min_f1 is 1.5"),
        ({"level": 1.0}, r"level is 1.0"),
    ],
)
def test_what_cannot_be_compared_is_refused(asked, said):
    """Types, lengths and thresholds are checked."""
    with pytest.raises(UsageError, match=said):
        recovery(np.zeros(4, dtype=int), **{"truth_member": np.arange(4) < 2, **asked})
