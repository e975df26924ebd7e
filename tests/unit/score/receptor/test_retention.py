import numpy as np
import pytest
import scipy.sparse as sp

from rashomon.score.receptor.grouping import group
from rashomon.score.receptor.retention import retention


def tally(labels, has_label):
    return group(np.array(labels), sp.csr_matrix(np.array(has_label, dtype=bool)[:, None])).tally()


def test_numerator_and_denominator_are_the_same_receptors():
    """Unlabelled receptors enter neither, so that the share cannot exceed 1."""
    assert retention(tally([0, 0, 0, 1, -1], [1, 1, 0, 1, 1])) == 0.5


def test_a_lone_labelled_receptor_is_not_retained():
    """A receptor whose cluster holds only unlabelled others is in no cluster of the truth."""
    assert retention(tally([0, 0, 0], [1, 0, 0])) == 0.0


def test_nothing_labelled_is_undefined():
    """Without labelled receptors there is no share."""
    assert np.isnan(retention(tally([0, 0], [0, 0])))


def test_all_and_none():
    """One pair keeps everything, singletons nothing."""
    assert retention(tally([0, 0], [1, 1])) == pytest.approx(1.0)
    assert retention(tally([0, 1], [1, 1])) == 0.0
