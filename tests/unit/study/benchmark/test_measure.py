"""Measures: which scores apply, how they are read, and what is left out with its reason."""

import pytest

from rashomon.core import UsageError
from rashomon.score import SCORES
from rashomon.score.receptor import RECEPTOR_SCORES
from rashomon.study.benchmark.measure import measures


def test_every_score_is_measured_or_left_out_with_a_reason():
    """None of the registered scores vanishes, of cells or of receptors."""
    for receptors, registry in ((False, SCORES), (True, RECEPTOR_SCORES)):
        found, left = measures(None, receptors=receptors)
        names = {each.name for each in found}
        assert set(registry) <= names | {each.name for each in left}
        assert all(each.because for each in left)
        assert not names & {each.name for each in left}
    assert "prediction_strength" in {each.name for each in measures(None, receptors=False)[1]}


def test_scores_are_read_as_their_records_say():
    """Directions come from the records; numbers that describe have none and no controls."""
    cells = {each.name: each for each in measures(None, receptors=False)[0]}
    assert cells["davies_bouldin"].direction == cells["variation_of_information"].direction == -1
    assert all(cells[name].direction == SCORES[name].direction for name in cells)
    receptors = {each.name: each for each in measures(None, receptors=True)[0]}
    assert receptors["n_clusters"].direction == 0
    assert not receptors["n_clusters"].controlled
    assert receptors["percolation"].direction == -1
    assert not receptors["percolation"].controlled
    assert receptors["purity_excess"].controlled


def test_scores_against_a_truth_come_first():
    """The arrays of a run are cut in two by this order."""
    for receptors in (False, True):
        against = [each.against for each in measures(None, receptors=receptors)[0]]
        assert against == sorted(against, reverse=True)


def test_unknown_scores_and_scores_that_do_not_apply_are_refused():
    """A list in which nothing applies is a mistake, not an empty benchmark."""
    with pytest.raises(UsageError, match="unknown score 'arj'"):
        measures(["arj"], receptors=False)
    with pytest.raises(UsageError, match="none of the scores applies"):
        measures(["retention"], receptors=False)
