from functools import partial

import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.sim.repertoire_realism.group import REAL, Wanted, prepare_groups
from rashomon.sim.repertoire_realism.repertoire import Repertoire
from tests.repertoire_sample import receptors


def wanted(n=100, genes=()):
    return Wanted(n, dict(genes), None, 0, 3)


def test_all_have_the_size_of_the_smallest(rng):
    """Distinct receptors bound it, copies do not count."""
    small = receptors(70, rng)
    doubled = small.take(np.concatenate([np.arange(70)] * 2))
    groups = prepare_groups(
        [receptors(120, rng), doubled], {"law": receptors, "one": receptors(90, rng)}, wanted=wanted()
    )
    assert list(groups) == [REAL, "law", "one"]
    assert {one.drawn.n for group in groups.values() for one in group.members} == {70}
    assert [group.alone for group in groups.values()] == [False, False, True]
    assert groups["one"].members[0] is groups["one"].members[1]


def test_each_person_gets_a_draw_of_its_own(rng):
    """A sampler is asked once per person; its other candidates change nothing of what it makes."""
    real = [receptors(90, rng), receptors(90, rng)]
    alone = prepare_groups(real, {"law": receptors}, wanted=wanted())["law"].members
    beside = prepare_groups(real, {"other": partial(receptors, p_v=0.1), "law": receptors}, wanted=wanted())[
        "law"
    ].members
    assert not np.isin(alone[0].keys, alone[1].keys).all()
    assert np.array_equal(alone[0].keys, beside[0].keys)


def test_copies_are_replaced(rng):
    """A sampler that repeats itself is asked again; one that has too few is refused."""
    pool = receptors(400, rng)
    again = prepare_groups(
        [receptors(90, rng)] * 2, {"pool": lambda n, rng: pool.take(rng.integers(0, 400, n))}, wanted=wanted()
    )
    assert np.unique(again["pool"].members[0].keys).size == 90
    few = pool.take(np.arange(20))
    with pytest.raises(UsageError, match="fewer than 90 distinct receptors"):
        prepare_groups(
            [receptors(90, rng)] * 2, {"few": lambda n, rng: few.take(rng.integers(0, 20, n))}, wanted=wanted()
        )


def test_depth_is_that_of_the_smallest_with_counts(rng):
    """Repertoires without counts do not bound it."""
    real = [receptors(90, rng, counts=True), receptors(90, rng, counts=True)]
    groups = prepare_groups(real, {"law": receptors}, wanted=wanted())
    setting = groups[REAL].members[0].setting
    assert setting.depth == min(int(one.counts.sum()) for one in real)
    assert [one.has_counts for one in groups["law"].members] == [False, False]


def test_genes_are_pooled_everywhere(rng):
    """A name that is replaced is in no repertoire."""
    groups = prepare_groups(
        [receptors(90, rng)] * 2, {"law": receptors}, wanted=wanted(genes={"TRBV2": "TRBV9"}.items())
    )
    assert groups[REAL].members[0].setting.v_names.tolist() == [b"TRBV9"]


@pytest.mark.parametrize(
    ("real", "candidates", "said"),
    [
        (1, {"law": "law"}, "one real repertoire"),
        (2, {}, "candidates are named"),
        (2, {"real": "law"}, "candidates are named"),
        (2, {"list": 3}, "candidate 'list' has 3 repertoires, and there are 2 real ones"),
        (0, {"law": "law"}, "one real repertoire"),
    ],
)
def test_what_cannot_be_compared_is_refused(rng, real, candidates, said):
    """Too few people, no candidate, a name that is taken, or a list of another length."""
    given = {k: receptors if v == "law" else [receptors(80, rng)] * v for k, v in candidates.items()}
    with pytest.raises(UsageError, match=said):
        prepare_groups([receptors(80, rng) for _ in range(real)], given, wanted=wanted())


def test_small_repertoires_are_refused(rng):
    """Curves begin at one receptor in 64."""
    with pytest.raises(UsageError, match="50 distinct receptors"):
        prepare_groups([receptors(80, rng), receptors(50, rng)], {"law": receptors}, wanted=wanted())
    with pytest.raises(UsageError, match="0 distinct receptors"):
        prepare_groups([receptors(80, rng), receptors(80, rng)], {"none": Repertoire([], [], [])}, wanted=wanted())
