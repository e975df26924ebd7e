"""The other half of the counts: made again exactly, and never where that cannot be shown."""

from functools import cache

import numpy as np
import pytest

from rashomon.ask import Finished, Request
from rashomon.ask.stability.marker_split import THINNED, held_out_splits, linear_values, same_counts
from rashomon.dataset import Roles
from rashomon.multiverse import Executor, Unit, expression_multiverse, slots_of
from rashomon.multiverse.resample import resample_units
from tests.planted import N_OBS, N_VARS, counts, dataset, groups, judged, shuffled

ENTROPY = 5


@cache
def replicates():
    """Two thinned replicates at every resolution, run by the engine, and the matrices they were run on."""
    data = dataset(roles=Roles())
    multiverse = expression_multiverse(data)
    rng = np.random.default_rng(0)
    planned = resample_units(multiverse.default, multiverse, data, n_replicates=2, rng=rng)
    units = [unit for unit in planned if unit.facts["perturbation"] == THINNED]
    executor = Executor(slots_of(data), ENTROPY)
    finished = tuple(map(Finished, units, executor.run(units, task="t"), executor.keys(units)))
    copies = executor.run([Unit(unit.path[:1], ("x",)) for unit in units], task="copies")
    return finished, {unit.facts["replicate"]: copy.slots["x"] for unit, copy in zip(units, copies, strict=True)}


def ask(codes=None, *, entropy=ENTROPY):
    """The request the replicates belong to."""
    return Request(dataset(roles=Roles()), judged(codes), entropy)


def test_what_is_tested_is_what_the_labels_did_not_see():
    """Held-out counts and the clustered copy add up to the counts, cell by cell and gene by gene."""
    finished, copies = replicates()
    splits, reason = held_out_splits(ask(), finished, n=3)
    assert (len(splits), reason) == (2, "")
    for split, kept in zip(splits, copies.values(), strict=True):
        left_out = (counts() - kept).toarray()
        assert 0.45 < left_out.sum() / counts().sum() < 0.55
        rates = 1e4 * left_out / left_out.sum(axis=1, keepdims=True)
        assert np.allclose(split.values.toarray(), rates, rtol=1e-5)
        assert split.rows.tolist() == list(range(N_OBS))


def test_cells_stand_for_the_cluster_they_match():
    """Each judged cluster is represented by cells of its replicate, mostly its own; shuffled ones by none."""
    finished, _ = replicates()
    for split in held_out_splits(ask(), finished, n=3)[0]:
        members = split.members.toarray().astype(bool)
        for code in range(3):
            own = groups() == code
            assert (members[:, code] & own).sum() / (members[:, code] | own).sum() >= 0.5
    assert held_out_splits(ask(shuffled()), finished, n=3)[0][0].members.sum() == 0


def test_another_seed_is_noticed():
    """Runs that this data set and seed cannot have made are not used, with the reason."""
    finished, _ = replicates()
    splits, reason = held_out_splits(ask(entropy=ENTROPY + 1), finished, n=3)
    assert (splits, reason) == ([], "the halved counts behind the finished runs cannot be made again")


@pytest.mark.parametrize("n", [1, 2])
def test_no_more_splits_than_asked_for(n):
    """The first `n` replicates are used; without any there is a reason."""
    finished, _ = replicates()
    assert len(held_out_splits(ask(), finished, n=n)[0]) == n
    assert held_out_splits(ask(), (), n=n) == ([], "no copy with half of the counts was clustered")


def test_logarithms_are_undone():
    """Counts become counts per 10,000; of log-normalised values the logarithm is undone."""
    rates = linear_values(dataset().expression)
    assert np.allclose(rates.sum(axis=1), 1e4)
    undone = linear_values(dataset(kind="lognormalised").expression)
    assert np.allclose(undone.toarray(), counts().toarray(), rtol=1e-4)


def test_the_same_counts_leave_out_cells_that_were_not_observed():
    """Unassigned cells are others; missing ones take no part."""
    codes = groups().copy()
    codes[:4], codes[4:6] = -2, -1
    split = same_counts(ask(codes), linear_values(dataset().expression))
    assert split.values.shape == (N_OBS - 4, N_VARS)
    assert split.rows[0] == 4
    assert split.members.sum(axis=1)[:2].sum() == 0
    assert split.members.sum() == N_OBS - 6
