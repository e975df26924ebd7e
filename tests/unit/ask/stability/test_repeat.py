"""How far repeats agree with each other, and with the judged labels."""

import pytest

from rashomon.ask import Request
from rashomon.ask.stability.repeat import repeat_table
from rashomon.multiverse import collect
from rashomon.score import STABILITY, STABILITY_TABLE
from tests.planted import dataset, groups, judged, noise, shuffled, toy_multiverse, toy_resamples

REQUEST = Request(dataset(), judged(), 0, toy_multiverse())


def values(label, **shape):
    """The measures of repeats with the labels `label(perturbation, replicate, resolution)`."""
    return repeat_table(REQUEST, toy_resamples(label, **shape)).set_index(["perturbation", "resolution", "score"])[
        "value"
    ]


def test_one_row_per_perturbation_resolution_and_measure():
    """The measures that need nothing but runs and a reference, behind what was varied."""
    table = repeat_table(REQUEST, toy_resamples(lambda *repeat: groups()))
    assert table.columns.tolist() == ["perturbation", "resolution", *(column.name for column in STABILITY_TABLE)]
    measures = [record.name for record in STABILITY.values() if record.needs != "predicted"]
    assert len(table) == 2 * 2 * len(measures)
    assert set(table["score"]) == set(measures)


def test_repeats_may_agree_on_other_clusters():
    """The same shuffled labels in every repeat: the pipeline repeats itself, and finds none of the judged clusters."""
    found = values(lambda *repeat: shuffled(), perturbations=("seed",))
    for measure in ("ecc", "pairwise_ami", "inconsistency"):
        assert found["seed", 1.0, measure] == pytest.approx(1)
    assert found["seed", 1.0, "recovery"] < 0.5


def test_repeats_that_differ_are_inconsistent():
    """At the resolution at which labels are noisy, all measures are worse."""
    found = values(lambda kind, i, resolution: groups() if resolution == 1.0 else noise(groups(), 0.5, seed=i))
    for measure in ("ecc", "pairwise_ami", "recovery"):
        assert found["seed", 1.0, measure] == pytest.approx(1)
        assert found["seed", 0.5, measure] < 0.9
    assert found["seed", 0.5, "inconsistency"] > 1.05
    assert found["seed", 0.5, "pac"] > found["seed", 1.0, "pac"]


def test_nothing_repeated_is_an_empty_table():
    """Without repeats, or with one of each, there is nothing to compare."""
    assert repeat_table(REQUEST, collect([], [], [], obs_names=dataset().obs_names)).empty
    assert repeat_table(REQUEST, toy_resamples(lambda *repeat: groups(), n=1)).empty
