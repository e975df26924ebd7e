from functools import cache

import numpy as np
import pytest

from rashomon.core import UsageError
from rashomon.dataset import unique_receptors
from rashomon.multiverse import Executor, Wishes, collect, receptor_multiverse, slots_of
from rashomon.multiverse.base import label_units
from rashomon.score import score
from tests.receptor_sample import planted, receptors, table


@cache
def data():
    return unique_receptors(planted(np.random.default_rng(3), n_families=8, n_members=6, n_orphans=60))[0]


def test_the_default_is_one_exchange_in_the_diverse_chain():
    """Hamming distance 1 and connected components, where the largest holds few receptors."""
    pipeline = receptor_multiverse(data()).default
    assert pipeline == {"chain": "vdj", "clusterer": "component", "distance": "hamming", "v_match": "none", "cutoff": 1}


def test_every_pipeline_runs_and_says_what_it_did():
    """All pipelines of the quick budget end, and label rows of the data set."""
    multiverse = receptor_multiverse(data(), wishes=Wishes({"distance": ["hamming"], "seed": [0]}))
    executor, units = Executor(slots_of(data()), 0), label_units(multiverse)
    runs = collect(
        units, executor.run(units, task="t"), executor.keys(units), obs_names=data().obs_names, item="receptor"
    )
    assert set(runs.runs["status"]) == {"ok"}
    assert set(runs.runs["domain"]) == {"receptors"}
    assert runs.unit == "receptor"
    planted_labels = data().truths["epitope"].codes
    assert score("ami", runs.labels[:, 0], planted_labels).value > 0.1


def test_levels_are_those_asked_for_and_unknown_ones_are_refused():
    """Wishes replace levels; an unknown distance, and a choice that the data do not have, are errors."""
    multiverse = receptor_multiverse(data(), wishes=Wishes({"radius": [30], "clusterer": ["markov"]}))
    assert multiverse["radius"].levels == (30,)
    assert multiverse["clusterer"].levels == ("markov",)
    with pytest.raises(UsageError, match="distance has no level 'blosum'"):
        receptor_multiverse(data(), wishes=Wishes({"distance": ["blosum"]}))
    with pytest.raises(UsageError, match="no choice 'dual'"):
        receptor_multiverse(data(), wishes=Wishes({"dual": ["any"]}))


def test_rows_that_are_no_unique_receptors_are_refused():
    """A table of rows must be made unique first: copies are no observations."""
    with pytest.raises(UsageError, match="no unique receptors"):
        receptor_multiverse(planted(np.random.default_rng(1)))


def test_the_budget_must_exist():
    """A budget that does not exist is an error with the nearest name."""
    with pytest.raises(UsageError, match="unknown budget 'fast'"):
        receptor_multiverse(data(), budget="fast")


def test_pairs_are_offered_where_most_receptors_have_both_chains():
    """With both chains read, pairs are a choice; with few of them, the reason is said."""
    both = receptors(["CAVGGGGF", "CASSLGGF"] * 3, obs=[0, 0, 1, 1, 2, 2], locus=["TRA", "TRB"] * 3)
    paired = unique_receptors(table(both, 3, donor=list("abc")))[0]
    assert receptor_multiverse(paired)["chain"].levels == ("vdj", "paired")
    one = receptors(["CAVGGGGF", *["CASSLGGF"] * 4], obs=[0, 0, 1, 2, 3], locus=["TRA", *["TRB"] * 4])
    few = receptor_multiverse(unique_receptors(table(one, 4, donor=list("abcd")))[0])
    assert few["chain"].levels == ("vdj",)
    assert [entry.because for entry in few.not_run if entry.level == "paired"] == ["25% of the receptors have it"]
