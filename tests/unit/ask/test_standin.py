"""The stand-in is the pipeline that made the labels, and says when there is none."""

from zlib import crc32

import numpy as np
import pytest

from rashomon.ask import find_standin
from rashomon.core import UsageError
from tests.planted import groups, judged, noise, shuffled, toy_multiverse, toy_parts

MULTIVERSE = toy_multiverse()
TARGET = {
    "norm": "log",
    "scale": "none",
    "clusterer": "leiden",
    "n_neighbours": 15,
    "resolution": 0.5,
    "seed": 0,
}


def made(pipeline):
    """Labels that only the target makes; the others move a third of the cells or more."""
    is_target = all(pipeline.get(name) == level for name, level in TARGET.items() if name != "seed")
    return groups() if is_target else noise(groups(), 0.35, seed=crc32(repr(pipeline).encode()))


def find(codes=None, *, label=made, pipeline=None, **more):
    """Return the stand-in for labels."""
    parts = toy_parts(label, multiverse=MULTIVERSE, **more)
    return find_standin(judged(codes), parts, MULTIVERSE, pipeline=pipeline)


def test_labels_find_the_pipeline_that_made_them():
    """The agreement is 1, over seeds, and every level is the multiverse's own object: tables turn 15 into 15.0."""
    found = find()
    assert found.pipeline == TARGET
    assert [type(level) for level in found.pipeline.values()] == [str, str, str, int, float, int]
    assert found.agreement == pytest.approx(1.0)
    assert found.usable
    assert not found.declared
    assert found.name == "norm=log | scale=none | clusterer=leiden | n_neighbours=15"


def test_names_of_the_clusters_do_not_matter():
    """Renumbered labels find the same pipeline."""
    assert find(np.array([2, 0, 1], dtype=np.int32)[groups()]).pipeline == TARGET


def test_a_declared_pipeline_is_honoured():
    """What the user says goes before what agrees best; what was not said is the default."""
    found = find(pipeline={"norm": "residuals"})
    assert found.pipeline == MULTIVERSE.complete({"norm": "residuals"})
    assert found.declared
    assert 0 < found.agreement < 0.9


def test_a_declared_pipeline_that_does_not_exist_is_refused():
    """An unknown level is named."""
    with pytest.raises(UsageError, match="scale = 'max' is not in the multiverse"):
        find(pipeline={"scale": "max"})


def test_shuffled_labels_have_no_stand_in():
    """Labels that no pipeline makes: the closest is named, and it is of no use."""
    found = find(shuffled())
    assert found.agreement < 0.2
    assert not found.usable
    assert found.assumption.status == "violated"


def test_agreement_is_the_mean_over_seeds():
    """One lucky seed does not make a pipeline the stand-in."""

    def lucky(pipeline):
        target = pipeline.get("norm") == "residuals" and pipeline["seed"] == 1
        return groups() if target else noise(groups(), 0.1 if pipeline.get("scale") == "none" else 0.8, seed=2)

    found = find(label=lucky)
    assert found.pipeline.get("scale") == "none"


def test_failed_runs_are_passed_over():
    """A pipeline that failed is not chosen; where it was declared, its agreement is unknown and it is of no use."""

    def fails(pipeline):
        return pipeline.get("scale") == "none"

    assert find(fails=fails).pipeline != TARGET
    declared = find(fails=fails, pipeline=TARGET)
    assert np.isnan(declared.agreement)
    assert not declared.usable


def test_a_declaration_is_checked_against_the_labels():
    """That the declared pipeline made the labels is said to hold where it makes such labels, and not elsewhere."""
    assert find(pipeline=TARGET).assumption.status == "holds"
    assert find(shuffled(), pipeline=TARGET).assumption.status == "violated"
    assert find().assumption.status == "untested"
